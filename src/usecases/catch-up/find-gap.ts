import type { CatchUp } from '../../ports/ledger-catch-up.ts';
import type { Watermark } from '../../ports/ledger-sweep.ts';

/** A source of changes, and how far behind its watermark may be. */
export type WatchedSource = {
  source: string;
  /** Behind by more than this: something is being made up for. */
  lateAfterMs: number;
  /** Behind by more than this: something happened that reading its changes does not tell any more. Null: never. */
  lostAfterMs: number | null;
};

/** HubSpot sends a webhook again for 24 hours; its search shows neither deletions nor merges (webhooks guide). */
const webhookReachMs = 24 * 3_600_000;
/** Salesforce knows deletions for 15 days; the hour is for our clock (REST guide, Get Deleted). */
const deletedReachMs = 15 * 86_400_000 - 3_600_000;

/**
 * What an outage has left to be made up for, by the age of the watermarks; a source that was never read leaves nothing. Pure.
 * @param now epoch milliseconds
 */
export function findGap(
  watermarks: readonly Pick<Watermark, 'source' | 'atMs'>[],
  watched: readonly WatchedSource[],
  now: number,
): Pick<CatchUp, 'sinceMs' | 'sources' | 'isLost'> | null {
  const ages = watched.flatMap(({ source, ...limits }) => {
    const mark = watermarks.find((each) => each.source === source);
    return mark === undefined ? [] : [{ source, atMs: mark.atMs, ageMs: now - mark.atMs, ...limits }];
  });
  const late = ages.filter(({ ageMs, lateAfterMs }) => ageMs > lateAfterMs);
  if (late.length === 0) return null;
  return {
    sinceMs: Math.min(...late.map(({ atMs }) => atMs)),
    sources: late.map(({ source }) => source),
    isLost: late.some(({ ageMs, lostAfterMs }) => lostAfterMs !== null && ageMs > lostAfterMs),
  };
}

type Watching = {
  /** Names of the sweeps' watermarks, and of those of Salesforce's changes and deletions. */
  sweeps: readonly string[];
  changes: readonly string[];
  deletions: readonly string[];
  sweepEveryMs: number;
  pollEveryMs: number;
};

/** A restart and a slow round are no outage. */
const leastSweepGapMs = 30 * 60_000;
const leastPollGapMs = 10 * 60_000;

/** What is watched: sweeps of HubSpot stand for its webhooks too, for who was away for so long was told of nothing. */
export function watchedSources(watching: Watching): readonly WatchedSource[] {
  const { sweeps, changes, deletions, sweepEveryMs, pollEveryMs } = watching;
  const sweepGapMs = Math.max(leastSweepGapMs, 3 * sweepEveryMs);
  const pollGapMs = Math.max(leastPollGapMs, 10 * pollEveryMs);
  return [
    ...sweeps.map((source) => ({ source, lateAfterMs: sweepGapMs, lostAfterMs: webhookReachMs })),
    ...changes.map((source) => ({ source, lateAfterMs: pollGapMs, lostAfterMs: null })),
    ...deletions.map((source) => ({ source, lateAfterMs: pollGapMs, lostAfterMs: deletedReachMs })),
  ];
}
