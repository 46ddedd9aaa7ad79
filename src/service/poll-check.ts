import { SyncError } from '../errors.ts';
import type { LedgerStatus } from '../ports/ledger-admin.ts';
import type { PollResult } from '../usecases/poll-salesforce/poll-salesforce.ts';
import { changeSources, watermarksOf } from '../usecases/poll-salesforce/sources.ts';

export type PollCheck = { ok: boolean; detail: string };

/** A watermark that a source left behind which is no longer read says nothing. */
const fastMarks: ReadonlySet<string> = new Set(changeSources.map((source) => watermarksOf(source).fast));

/** How many rounds may be missed before it shows. */
const missedRounds = 10;
/** A round may take its time, however often they come. */
const leastLateMs = 120_000;

/** What the last round of this process came to, and when (epoch milliseconds). */
export type RoundCheck = PollCheck & { atMs: number };

/** What a round of this process came to. @param now epoch milliseconds */
export function checkOfRound(round: PollResult | SyncError, now: number): RoundCheck {
  return { ...toCheck(round), atMs: now };
}

function toCheck(round: PollResult | SyncError): PollCheck {
  if (round instanceof SyncError) return { ok: false, detail: `not read, it will be tried again (${round.code})` };
  const failing = [...round.failing].map(([source, { code }]) => `${source} (${code})`);
  return failing.length === 0
    ? { ok: true, detail: 'read' }
    : { ok: false, detail: `not readable: ${failing.join(', ')}; the others are read` };
}

/**
 * Whether Salesforce is read, for a process that may not be the one that does it: by its own last round where that failed and nobody has read
 * everything since, else by the age of the oldest watermark. Null: nobody has ever begun to read.
 * @param now epoch milliseconds
 */
export function checkPoll(
  own: RoundCheck | null,
  watermarks: LedgerStatus['watermarks'],
  { now, pollEveryMs }: { now: number; pollEveryMs: number },
): PollCheck | null {
  const fast = watermarks.filter(({ source }) => fastMarks.has(source));
  const oldestMs = Math.min(...fast.map(({ atMs }) => atMs));
  const isOwnFault = own?.ok === false && oldestMs <= own.atMs;
  if (fast.length === 0 || isOwnFault) return own === null ? null : { ok: own.ok, detail: own.detail };
  const isLate = now - oldestMs > Math.max(missedRounds * pollEveryMs, leastLateMs);
  const detail = `read up to ${new Date(oldestMs).toISOString()}`;
  return isLate ? { ok: false, detail: `only ${detail}` } : { ok: true, detail };
}
