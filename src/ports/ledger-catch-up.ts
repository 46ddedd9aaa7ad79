import type { Watermark } from './ledger-sweep.ts';

/** An outage that is being made up for. Times are epoch milliseconds. */
export type CatchUp = {
  /** Since when something is missing. */
  sinceMs: number;
  /** The watermarks that were left behind. */
  sources: readonly string[];
  /** Something happened that no reading of changes tells of, such as deletions in HubSpot: a comparison is wanted. */
  isLost: boolean;
  /** When all that is missing had been read and marked; null: not yet. */
  readAtMs: number | null;
};

export type CatchUpLedger = {
  /** All watermarks of sources. */
  watermarks(): Promise<readonly Watermark[]>;
  /** Null: nothing is being made up for. */
  catchUp(): Promise<CatchUp | null>;
  /** Puts one state in place of the other, unless somebody else was faster. @returns whether it was us */
  changeCatchUp(from: CatchUp | null, to: CatchUp | null): Promise<boolean>;
  /** Whether nothing is due any more that was marked by then, but for records of objects that are `off`: nobody looks at those. */
  isWorkedOff(untilMs: number, off?: readonly string[]): Promise<boolean>;
  /**
   * Takes the turn of starting the daily comparison whose time this is. @returns false: it was taken
   */
  takeComparison(dueAtMs: number): Promise<boolean>;
};
