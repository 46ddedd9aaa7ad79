import { Problem } from './problem.ts';

const mostRetries = 3;
/** Worth another try: the service is away, is starting, or asks to come back. */
const passing: ReadonlySet<number> = new Set([0, 429, 502, 503, 504]);
/** A service that asks for more is not waited for behind somebody's back. */
const longestWaitMs = 10_000;

/** Whether asking again may help, and how often it was tried. What a person must change is never tried again. */
export function mayRetry(failed: number, error: Error): boolean {
  if (!(error instanceof Problem) || failed >= mostRetries) return false;
  if (error.retryAfterMs !== null && error.retryAfterMs > longestWaitMs) return false;
  // The same press is still being worked on: its answer is kept for whoever asks again.
  return passing.has(error.status) || error.code === 'in_progress';
}

/** What the service asks for, else 0.5, 1, 2 s, a quarter more or less by chance. */
export function retryDelay(failed: number, error: Error): number {
  const asked = error instanceof Problem ? error.retryAfterMs : null;
  return asked ?? 500 * 2 ** failed * (0.75 + Math.random() / 2);
}
