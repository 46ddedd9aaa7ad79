import { z } from 'zod';
import { SyncError, toSyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { SalesforceClient } from './client.ts';

/** Of a query or an upload. `numberRecordsProcessed`: refused ones too. */
const jobInfo = z.object({
  id: z.string().min(1),
  state: z.string(),
  createdDate: z.string(),
  numberRecordsProcessed: z.number().default(0),
  numberRecordsFailed: z.number().default(0),
});

export type JobInfo = z.infer<typeof jobInfo>;

/** A job that works nothing off for so long is given up. */
export const stalledMs = 10 * 60_000;
const SHORTEST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
const finalStates: ReadonlySet<string> = new Set(['JobComplete', 'Failed', 'Aborted']);

export function isFinal({ state }: Pick<JobInfo, 'state'>): boolean {
  return finalStates.has(state);
}

/** @throws SyncError retryable `salesforce_bad_answer` */
export function readJob(answer: unknown): JobInfo {
  const parsed = jobInfo.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new SyncError('retryable', 'salesforce_bad_answer', 'Salesforce answered a bulk job in an unexpected form.');
}

/** How long to wait before a job is asked for again: half as long as it has taken so far, from a second to half a minute. */
export function toPollGapMs(elapsedMs: number): number {
  return Math.min(LONGEST_WAIT_MS, Math.max(SHORTEST_WAIT_MS, elapsedMs / 2 || 0));
}

/**
 * Why a job cannot be had or used where another way may still do: refused, gone, made under another API version. Null: the fault is not the
 * job's, and the same question holds again.
 */
export function toJobFault(error: SyncError): SyncError | null {
  const { status = 0, pausesConnection } = error.detail;
  return status >= 400 && status < 500 && status !== 401 && status !== 429 && pausesConnection !== true ? error : null;
}

/** Nobody waits for the job any more: what becomes of the abortion does not matter. */
export async function abortJob(client: SalesforceClient, path: string, spend: Spend): Promise<void> {
  await client.send({ method: 'PATCH', path, body: { state: 'Aborted' } }, spend).catch(toSyncError);
}
