import type { Watermark } from '../../ports/ledger-sweep.ts';

/**
 * How far before the watermark each round reads: a row carries the time of its change and is seen once its transaction is committed. Nearly
 * all commit within seconds (Apex may compute for ten); a minute covers them and the clocks of the org's servers.
 */
export const fastOverlapMs = 60_000;

/**
 * A row that is fresher than this may be part of what somebody is doing right now, ourselves above all: where that is so, it is left for the
 * next round, whose window begins further back.
 */
const settlingMs = 30_000;

/** @param serverMs the server's clock when the row was read */
export function isSettling(stampMs: number, serverMs: number): boolean {
  return stampMs > serverMs - settlingMs;
}

/** The longest transactions: a REST call of another integration may run for ten minutes. */
export const wideOverlapMs = 15 * 60_000;

/** How often the wide window is read. */
export const wideEveryMs = 10 * 60_000;

/** A watermark stays this far behind the server's clock, which answers tell in whole seconds. */
export const safetyMs = 5_000;

/** `/deleted` wants more than a minute between start and end. */
const deletedOverlapMs = 2 * 60_000;
/** It knows 15 days; the hour is for our clock. */
const deletedReachMs = 15 * 86_400_000 - 3_600_000;

/** A watermark this far ahead of the server's clock was set by a clock that was wrong, or comes from another time. */
const futureMs = 60_000;

/** Where one source has been read to; null: never. */
export type Positions = { fast: Watermark | null; wide: Watermark | null; deleted: Watermark | null };

/** What one round reads of a source. */
export type Window = { isFirst: boolean; isWide: boolean; fromMs: number; deletedSinceMs: number | null };

/**
 * The window of a round. Both marks are in the server's time, so no clock of ours decides when the wide one is due; ours only serves the
 * first round, whose rows nobody looks at.
 * @param now epoch milliseconds
 */
export function windowOf({ fast, wide, deleted }: Positions, now: number): Window {
  if (fast === null) return { isFirst: true, isWide: false, fromMs: now, deletedSinceMs: null };
  const isWide = wide === null || fast.atMs - wide.atMs >= wideEveryMs;
  const wideFromMs = Math.min(fast.atMs, wide?.atMs ?? fast.atMs) - wideOverlapMs;
  const sinceMs = (deleted?.atMs ?? fast.atMs) - deletedOverlapMs;
  return {
    isFirst: false,
    isWide,
    fromMs: isWide ? wideFromMs : fast.atMs - fastOverlapMs,
    deletedSinceMs: Math.max(sinceMs, now - deletedReachMs),
  };
}

/** Whether a watermark lies in the future of the server's clock. */
export function liesAhead(mark: Watermark | null, serverMs: number): mark is Watermark {
  return mark !== null && mark.atMs > serverMs + futureMs;
}

/** How far to read back where nothing tells when reading ended: the clock that says so was ahead itself. */
const unknownReachMs = 86_400_000;

/**
 * Where to read on after a mark that lies in the future: where it was moved last, as nobody has read since, and further back than any
 * transaction lasts.
 */
export function restartOf({ movedAtMs }: Watermark, serverMs: number): number {
  const isUnknown = movedAtMs === undefined || movedAtMs > serverMs + futureMs;
  return (isUnknown ? serverMs - unknownReachMs : Math.min(movedAtMs, serverMs - safetyMs)) - wideOverlapMs;
}

/** Where a mark goes after its last page: never backward, never beyond the server's clock less the safety time. */
export function nextMark(source: string, from: Watermark | null, readUntilMs: number): Watermark {
  return { source, atMs: Math.max(from?.atMs ?? 0, readUntilMs - safetyMs), cursor: null };
}
