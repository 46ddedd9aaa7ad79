import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { navigate } from 'wouter/use-browser-location';
import { Problem } from './problem.ts';
import { mayRetry, retryDelay } from './retry.ts';
import { forgetSignedIn } from './signed-in.ts';

/**
 * Keeps what the API answered, for as long as the page is open. A session that has ended leads to the sign-in page and back.
 * @param tell shows what went wrong with a press, unless its place shows it itself
 */
export function createQueryClient(tell: (problem: Problem) => void): QueryClient {
  const leave = (error: Error) => {
    if (error instanceof Problem && error.status === 401) leaveForSignIn(client);
  };
  const client = new QueryClient({
    queryCache: new QueryCache({ onError: leave }),
    mutationCache: new MutationCache({
      onError: (error, _given, _context, { meta }) => {
        leave(error);
        if (meta?.quiet !== true && error instanceof Problem && error.status !== 401) tell(error);
      },
    }),
    defaultOptions: {
      queries: { retry: mayRetry, retryDelay, staleTime: 5_000, networkMode: 'always' },
      mutations: { retry: mayRetry, retryDelay, networkMode: 'always' },
    },
  });
  return client;
}

function leaveForSignIn(client: QueryClient): void {
  if (window.location.pathname === '/sign-in') return;
  forgetSignedIn();
  // What the last person saw must not be shown to the next one.
  client.clear();
  goToSignIn();
}

/** Leads to the sign-in page, and from there back to what is shown now. */
export function goToSignIn(): void {
  const { pathname, search } = window.location;
  const then = `${pathname}${search}`;
  navigate(then === '/' ? '/sign-in' : `/sign-in?then=${encodeURIComponent(then)}`, { replace: true });
}
