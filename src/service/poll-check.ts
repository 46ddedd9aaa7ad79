import { SyncError } from '../errors.ts';
import type { LedgerStatus } from '../ports/ledger.ts';
import type { PollResult } from '../usecases/poll-salesforce/poll-salesforce.ts';

export type PollCheck = { ok: boolean; detail: string };

/** How many rounds may be missed before it shows. */
const missedRounds = 10;
/** A round may take its time, however often they come. */
const leastLateMs = 120_000;

/** What the last round of this process came to. */
export function checkOfRound(round: PollResult | SyncError): PollCheck {
  if (round instanceof SyncError) return { ok: false, detail: `not read, it will be tried again (${round.code})` };
  const failing = [...round.failing].map(([source, { code }]) => `${source} (${code})`);
  return failing.length === 0
    ? { ok: true, detail: 'read' }
    : { ok: false, detail: `not readable: ${failing.join(', ')}; the others are read` };
}

/**
 * Whether Salesforce is read, for a process that may not be the one that does it: by its own last round, else by the age of the oldest
 * watermark. Null: nobody has ever begun to read.
 * @param now epoch milliseconds
 */
export function checkPoll(
  own: PollCheck | null,
  watermarks: LedgerStatus['watermarks'],
  { now, pollEveryMs }: { now: number; pollEveryMs: number },
): PollCheck | null {
  if (own?.ok === false) return own;
  const fast = watermarks.filter(({ source }) => /^salesforce\..*\.fast$/.test(source));
  if (fast.length === 0) return own;
  const oldestMs = Math.min(...fast.map(({ atMs }) => atMs));
  const isLate = now - oldestMs > Math.max(missedRounds * pollEveryMs, leastLateMs);
  const detail = `read up to ${new Date(oldestMs).toISOString()}`;
  return isLate ? { ok: false, detail: `only ${detail}` } : { ok: true, detail };
}
