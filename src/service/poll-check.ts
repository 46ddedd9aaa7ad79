import { SyncError } from '../errors.ts';
import type { LedgerStatus } from '../ports/ledger-admin.ts';
import type { PollResult } from '../usecases/poll-salesforce/poll-salesforce.ts';
import { areHidden, type ChangeSource, watermarksOf } from '../usecases/poll-salesforce/sources.ts';

export type PollCheck = { ok: boolean; detail: string };

/** How many rounds may be missed before it shows. */
const missedRounds = 10;
/** A round may take its time, however often they come. */
const leastLateMs = 120_000;

const hiddenOpportunities = 'opportunities are hidden from the integration user: stages follow the status alone';

/** What the last round of this process came to, and when (epoch milliseconds). */
export type RoundCheck = PollCheck & { atMs: number };

/** What a round of this process came to. @param now epoch milliseconds */
export function checkOfRound(round: PollResult | SyncError, now: number): RoundCheck {
  return { ...toCheck(round), atMs: now };
}

function toCheck(round: PollResult | SyncError): PollCheck {
  if (round instanceof SyncError) return { ok: false, detail: `not read, it will be tried again (${round.code})` };
  const faults = [...round.failing];
  const failing = faults.filter(([source, error]) => !areHidden(source, error));
  const named = failing.map(([source, { code }]) => `${source} (${code})`).join(', ');
  const details = [
    ...(failing.length === 0 ? [] : [`not readable: ${named}; the others are read`]),
    ...(failing.length === faults.length ? [] : [hiddenOpportunities]),
  ];
  return details.length === 0 ? { ok: true, detail: 'read' } : { ok: false, detail: details.join('; ') };
}

/**
 * Whether Salesforce is read, for a process that may not be the one that does it: by its own last round where that failed and nobody has read
 * everything since, else by the age of the oldest watermark. Null: nobody has ever begun to read.
 * @param now epoch milliseconds
 * @param sources what is read: a watermark that another source left behind says nothing
 */
export function checkPoll(
  own: RoundCheck | null,
  watermarks: LedgerStatus['watermarks'],
  { now, pollEveryMs, sources }: { now: number; pollEveryMs: number; sources: readonly ChangeSource[] },
): PollCheck | null {
  const fastMarks = new Set(sources.map((source) => watermarksOf(source).fast));
  const fast = watermarks.filter(({ source }) => fastMarks.has(source));
  const oldestMs = Math.min(...fast.map(({ atMs }) => atMs));
  const isOwnFault = own?.ok === false && oldestMs <= own.atMs;
  if (fast.length === 0 || isOwnFault) return own === null ? null : { ok: own.ok, detail: own.detail };
  const lateMs = Math.max(missedRounds * pollEveryMs, leastLateMs);
  const late = fast.filter(({ atMs }) => now - atMs > lateMs).map(({ source }) => source);
  const detail = `read up to ${new Date(oldestMs).toISOString()}`;
  return late.length === 0 ? { ok: true, detail } : { ok: false, detail: `only ${detail} (${late.join(', ')})` };
}
