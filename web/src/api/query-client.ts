import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { navigate } from 'wouter/use-browser-location';
import { Problem } from './problem.ts';

const mostRetries = 3;
/** Worth another try: the service is away, is starting, or asks to come back. `in_progress`: the same press is still being worked on. */
const passing = new Set([0, 429, 502, 503, 504]);

/** Whether asking again may help, and how often it was tried. What a person must change is never tried again. */
export function mayRetry(failed: number, error: Error): boolean {
  if (!(error instanceof Problem) || failed >= mostRetries) return false;
  return passing.has(error.status) || error.code === 'in_progress';
}

/** What the service asks for, else 0.5, 1, 2 s with a little chance in it. */
export function retryDelay(failed: number, error: Error): number {
  const asked = error instanceof Problem ? error.retryAfterMs : null;
  return asked ?? 500 * 2 ** failed * (0.75 + Math.random() / 2);
}

/** Keeps what the API answered, for as long as the page is open. A session that has ended leads to the sign-in page and back. */
export function createQueryClient(): QueryClient {
  const leave = (error: Error) => {
    if (error instanceof Problem && error.status === 401) goToSignIn(client);
  };
  const client = new QueryClient({
    queryCache: new QueryCache({ onError: leave }),
    mutationCache: new MutationCache({ onError: leave }),
    defaultOptions: {
      queries: { retry: mayRetry, retryDelay, staleTime: 5_000, networkMode: 'always' },
      mutations: { retry: mayRetry, retryDelay, networkMode: 'always' },
    },
  });
  return client;
}

function goToSignIn(client: QueryClient): void {
  const { pathname, search } = window.location;
  if (pathname === '/sign-in') return;
  // What the last person saw must not be shown to the next one.
  client.clear();
  const then = `${pathname}${search}`;
  navigate(then === '/' ? '/sign-in' : `/sign-in?then=${encodeURIComponent(then)}`, { replace: true });
}
