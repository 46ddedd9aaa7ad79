import { SyncError } from '../errors.ts';
import type { HubSpotType } from '../ports/hubspot.ts';
import type { CallOptions } from './client.ts';

/** Most inputs of a batch without history (using-object-apis page). */
const BATCH_SIZE = 100;

/** Cuts a list into batches, in order. */
export function toBatches<T>(items: readonly T[], size: number = BATCH_SIZE): T[][] {
  const batches: T[][] = [];
  for (let start = 0; start < items.length; start += size) batches.push(items.slice(start, start + size));
  return batches;
}

/** Runs `work` for each item, at most `limit` at a time. */
export async function forEachLimited<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const lanes = Array.from({ length: Math.min(limit, items.length) }, async () => {
    for (const item of queue) await work(item);
  });
  await Promise.all(lanes);
}

/** An answer that parses as JSON but is not what the API promises. */
export function unreadableAnswer(isWrite: boolean): SyncError {
  return new SyncError('retryable', 'hubspot_unreadable_answer', 'HubSpot answered something that could not be read.', {
    advice:
      'It will be tried again. If this repeats, check that nothing between this machine and HubSpot alters answers.',
    ...(isWrite ? { mayHaveHappened: true } : {}),
  });
}

/** The options of a call on records, named for the log. */
export function toCall(
  type: HubSpotType,
  verb: string,
  isWrite: boolean,
  spend: CallOptions['spend'],
  bucket: CallOptions['bucket'] = 'hubspot',
): CallOptions {
  return { operation: `${type}.${verb}`, bucket, isWrite, spend };
}
