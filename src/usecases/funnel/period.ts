import { SyncError } from '../../errors.ts';
import type { FunnelPeriod } from '../../ports/ledger-funnel.ts';
import { momentForms, readMoment } from '../runs/moments.ts';

const dayMs = 86_400_000;
const usual = '90d';
/** A year and some: a longer one would make everybody else wait for its answer. */
const longestDays = 400;

/**
 * The period that is meant: a date alone as its end means the whole of that day. What lies in the future ends now.
 * @throws SyncError permanent `bad_period`
 */
export function readPeriod(
  { from = usual, to }: { from?: string | undefined; to?: string | undefined },
  nowMs: number,
): FunnelPeriod {
  const fromMs = readMoment(from, nowMs);
  const endMs = to === undefined ? nowMs : readMoment(to, nowMs);
  if (fromMs === null || endMs === null) throw badPeriod(`Give the begin and the end as ${momentForms}.`);
  const isDay = to !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(to.trim());
  const toMs = Math.min(nowMs, isDay ? endMs + dayMs : endMs);
  if (fromMs >= toMs) throw badPeriod('The period must begin before it ends, and before now.');
  if (toMs - fromMs > longestDays * dayMs) throw badPeriod(`The period may have ${longestDays} days at most.`);
  return { fromMs, toMs };
}

function badPeriod(why: string): SyncError {
  return new SyncError('permanent', 'bad_period', `The period cannot be used. ${why}`, {
    advice: 'Correct the period; docs/funnel.md says what it takes.',
  });
}
