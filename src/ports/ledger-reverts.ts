import type { HubSpotObject } from '../domain/record.ts';
import type { PendingRevert } from '../domain/revert/types.ts';

/** A pair that a run wrote, or that has taken over one that it wrote. `recordId` null: HubSpot has no record of it any more. */
export type WrittenPair = { pairId: string; object: HubSpotObject; recordId: string | null };

export type WrittenPairs = {
  pairs: readonly WrittenPair[];
  /** Where the next page begins; null: this was the last. */
  after: string | null;
};

/** `listedId`: the pair that was listed, where it has ended in another one since. */
export type LoosePair = WrittenPair & { listedId: string };

/** How far a revert has come. `loose`: open, and nobody is about to look at them. */
export type OpenReverts = { open: number; loose: readonly LoosePair[] };

type WrittenCounts = {
  pairs: number;
  created: readonly { object: string; count: number }[];
  putBack: number;
  orDeleted: number;
};

export type RevertLedger = {
  /** A page of the pairs that a run wrote until then, by their ids. @param untilMs epoch milliseconds */
  pairsOfRun(runId: string, untilMs: number, after: string | null, limit: number): Promise<WrittenPairs>;
  /**
   * How many pairs a run wrote until then, and how many records it created, by system and object. `putBack`: pairs of which it wrote other fields
   * than our ids in records that it had not created; `orDeleted`: those, and the pairs of what it created.
   */
  countWritten(runId: string, untilMs: number): Promise<WrittenCounts>;
  /** Whether one of these pairs waits for another revert. */
  waitsForOther(revertId: string, pairIds: readonly string[]): Promise<boolean>;
  /** What a revert that has listed all still waits for. */
  openReverts(revertId: string, limit: number): Promise<OpenReverts>;
  /** Gives these pairs up, and counts them as left for this reason; null: another pair stands for them now. */
  leaveReverts(revertId: string, pairIds: readonly string[], reason: 'refused' | 'record_gone' | null): Promise<void>;
  /** What pairs would be put back to: for who plans a revert without beginning it. By pair id. */
  revertsOf(
    pairIds: readonly string[],
    revert: Pick<PendingRevert, 'runId' | 'reverts' | 'created' | 'hasOthers'> & { untilMs: number },
  ): Promise<ReadonlyMap<string, PendingRevert>>;
};
