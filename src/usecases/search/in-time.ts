import { SyncError } from '../../errors.ts';

/** Nobody waits longer for a list: the slots of a busy budget included. */
const patienceMs = 8_000;

/** The answer, if it comes while somebody still waits for it. @throws SyncError retryable `crm_slow` */
export async function inTime<T>(answer: Promise<T>, withinMs = patienceMs): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_done, failed) => {
    timer = setTimeout(() => failed(new SyncError('retryable', 'crm_slow', 'The CRM takes too long.')), withinMs);
  });
  // It goes on by itself, and nobody hears how it ends.
  answer.catch(() => undefined);
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
