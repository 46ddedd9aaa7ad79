import { z } from 'zod';
import { toLongId } from '../domain/salesforce-ids.ts';
import { SyncError } from '../errors.ts';
import type { ChangePage } from '../ports/salesforce.ts';
import type { SalesforceClient } from './client.ts';
import type { Subanswer, Subrequest } from './composite.ts';
import { toAnswerError } from './errors.ts';
import { toEpochMs } from './persons.ts';
import { toDateTimeLiteral, toName } from './soql.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Deletions are told for 15 days; an hour less, as clocks differ. */
const OLDEST_MS = 15 * DAY_MS - 60 * MINUTE_MS;
/** Start and end must lie more than a minute apart. */
const SHORTEST_MS = 2 * MINUTE_MS;
/** Salesforce purges a full log of entries older than two hours. */
export const unpurgedMs = 110 * MINUTE_MS;

export type DeletedWindow = { fromMs: number; untilMs: number };
export type Deletions = Pick<ChangePage, 'deletedIds' | 'deletedWindow'>;

export const noDeletions: Deletions = { deletedIds: [], deletedWindow: null };

const deletedAnswer = z.object({
  deletedRecords: z.array(z.object({ id: z.string() })),
  latestDateCovered: z.string().optional(),
});

function toWholeSecond(epochMs: number): number {
  return Math.floor(epochMs / 1000) * 1000;
}

/** The window to ask for: up to now by the server's clock, never older than Salesforce knows, never shorter than it allows. */
export function toDeletedWindow(sinceMs: number, serverNowMs: number): DeletedWindow {
  const untilMs = toWholeSecond(serverNowMs);
  const fromMs = Math.max(toWholeSecond(sinceMs), untilMs - OLDEST_MS);
  return { fromMs: Math.min(fromMs, untilMs - SHORTEST_MS), untilMs };
}

/**
 * Asks which records of an object were deleted. No query: it does not count among the five of a composite call.
 * @see https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_getdeleted.htm
 */
export function toDeletedPart(object: string, window: DeletedWindow): Subrequest {
  const query = `start=${encodeURIComponent(toDateTimeLiteral(window.fromMs))}&end=${encodeURIComponent(toDateTimeLiteral(window.untilMs))}`;
  return { method: 'GET', path: `/sobjects/${toName(object)}/deleted/?${query}` };
}

/**
 * Reads the answer. The next question begins where the oldest open transaction did (`latestDateCovered`), not at the end asked for.
 * @returns the error where the answer is one
 */
export function readDeleted(client: SalesforceClient, window: DeletedWindow, answer: Subanswer): Deletions | SyncError {
  if (answer.status !== 200) {
    return toAnswerError({ status: answer.status, headers: {}, body: answer.body }, client.now());
  }
  const parsed = deletedAnswer.safeParse(answer.body);
  if (!parsed.success) {
    return new SyncError('retryable', 'salesforce_bad_answer', 'Salesforce answered deletions in an unexpected form.');
  }
  const coveredMs = toEpochMs(parsed.data.latestDateCovered) ?? window.untilMs;
  const ids = parsed.data.deletedRecords.map(({ id }) => toLongId(id)).filter((id) => id !== null);
  return {
    deletedIds: [...new Set(ids)],
    deletedWindow: { fromMs: window.fromMs, untilMs: Math.min(coveredMs, window.untilMs) },
  };
}

/** The window was refused although it is well formed: the log was purged. What it still must have can be asked for. */
export function isPurged(error: SyncError): boolean {
  return error.detail.vendorCode === 'INVALID_REPLICATION_DATE';
}
