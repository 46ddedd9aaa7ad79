import { SyncError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';

/** Nobody waits longer for a list: the slots of a busy budget included. */
const patienceMs = 8_000;

/** The answer, if it comes while somebody still waits for it. @throws SyncError retryable `crm_slow` */
export async function inTime<T>({ sleep }: Pick<Clock, 'sleep'>, answer: Promise<T>): Promise<T> {
  const answered = new AbortController();
  const late = sleep(patienceMs, answered.signal).then((): never => {
    throw new SyncError('retryable', 'crm_slow', 'The CRM takes too long.', { advice: 'Search again in a moment.' });
  });
  // Whoever is not waited for any more goes on by itself, and nobody hears how it ends.
  late.catch(() => undefined);
  answer.catch(() => undefined);
  try {
    return await Promise.race([answer, late]);
  } finally {
    answered.abort();
  }
}
