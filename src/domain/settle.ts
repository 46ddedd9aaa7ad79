import type { ErrorKind } from '../errors.ts';
import { backoff } from './retry.ts';

/** An error reduced to what decides what happens to its record. */
export type Fault = {
  kind: ErrorKind;
  code: string;
  untilMs?: number | undefined;
  pausesConnection?: boolean | undefined;
};

/** How a record with a fault goes on. */
export type FaultSettlement =
  | { kind: 'later'; delayMs: number; counts: boolean; code: string; isAway?: boolean }
  | { kind: 'failed' };

/** From this attempt on, what is still being retried is shown among the failures. */
export const shownFromAttempt = 3;

/**
 * From this attempt on it holds up no run any more: some ten minutes after the first. Not sooner, for what has left its run is written as live work: it
 * counts against no limit of the run, and a revert of the run does not put it back.
 */
export const leavesRunFromAttempt = 8;

/**
 * The same for faults that may be the CRM's as a whole: some three quarters of an hour. A run that still lists waits for the CRM, however long
 * that takes; else it would pass on one record after the other.
 */
export const awayUntilAttempt = 12;

/** A revert gives such a pair up after some two hours: nobody else puts it back later, so that it outwaits most outages. */
const awayUntilRevertAttempt = 24;

/** Whether a revert gives a pair up whose look has failed again, so that it comes to an end. @param attempts failed ones so far, this one not counted */
export function leavesRevert(settled: { counts: boolean; isAway?: boolean }, attempts: number): boolean {
  return settled.counts && attempts + 1 >= (settled.isAway === true ? awayUntilRevertAttempt : leavesRunFromAttempt);
}

/** Whole calls fail so: no record can be told from the others by it. */
const awayCodes: ReadonlySet<string> = new Set([
  'hubspot_timeout',
  'hubspot_unreachable',
  'hubspot_unreadable_answer',
  'hubspot_unavailable',
  'salesforce_unavailable',
  'salesforce_unreachable',
  'salesforce_no_answer',
  'salesforce_bad_answer',
  'salesforce_bulk_undone',
  'salesforce_bulk_unfinished',
  'unexpected',
]);

/** A wait without a stated end is tried again after this. */
const unknownWaitMs = 30_000;

/**
 * Decides how a record whose look failed goes on: a wait, and whatever stops the whole connection, waits without using up an attempt;
 * what may work later comes back with back-off, however long that takes (an outage of any length ends by itself); the rest is a failure at
 * once, looked at again when the record changes.
 *
 * @param attempts failed attempts so far, this one not counted
 * @param chance a number in [0, 1) for the jitter
 */
export function settleFault(fault: Fault, attempts: number, now: number, chance: number): FaultSettlement {
  if (fault.kind === 'wait' || fault.pausesConnection === true) {
    const delayMs = fault.untilMs === undefined ? unknownWaitMs : Math.max(0, fault.untilMs - now);
    return { kind: 'later', delayMs, counts: false, code: fault.code };
  }
  if (fault.kind === 'retryable') {
    const later = { kind: 'later', delayMs: backoff(attempts + 1, chance), counts: true, code: fault.code } as const;
    return awayCodes.has(fault.code) ? { ...later, isAway: true } : later;
  }
  return { kind: 'failed' };
}
