import type { PairKnowledge } from '../domain/plan/types.ts';
import type { HubSpotObject, PersonReference, SalesforceReference } from '../domain/record.ts';
import type { RecordType } from './ledger-claim.ts';

/** What a claim of a record would tell of its pair. `pairId` null: no pair knows it. */
export type Knowledge<Reference extends SalesforceReference = PersonReference> = {
  pairId: string | null;
  pair: PairKnowledge<Reference> | null;
};

/** For who plans records without claiming them. */
export type KnowledgeLedger = {
  /** By record id; records that no pair knows are left out. Leases nothing, writes nothing. */
  knowledgeOf<Reference extends SalesforceReference = PersonReference>(
    of: RecordType,
    recordIds: readonly string[],
  ): Promise<ReadonlyMap<string, Knowledge<Reference>>>;
  /**
   * A page of the pairs that have a living HubSpot record and have had a counterpart, in the order of their ids.
   * @param after the pair behind which the page begins; null: the first
   * @param writtenSinceMs only those in which something was written since then, epoch milliseconds
   */
  pairsAfter(
    object: HubSpotObject,
    after: string | null,
    limit: number,
    writtenSinceMs?: number,
  ): Promise<readonly { pairId: string; recordId: string }[]>;
};
