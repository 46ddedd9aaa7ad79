import type { HubSpotRecord } from '../../domain/record.ts';
import type { ClaimedRecord, Mark, RecordType } from '../../ports/ledger-claim.ts';
import type { RecordResult } from '../../ports/ledger-result.ts';
import type { DrainDependencies } from './dependencies.ts';

type ReadLook = { claimed: Pick<ClaimedRecord, 'recordId' | 'pairId'> };

type ReadBatch<Look extends ReadLook> = {
  token: string;
  of: RecordType;
  looks: readonly Look[];
  /** What the reading alone decided. */
  settled: readonly RecordResult[];
  /** The records into which others turned out to be merged. */
  survivors: readonly Mark[];
  recordOf(look: Look): Pick<HubSpotRecord, 'id' | 'mergedIds'>;
};

/**
 * Settles what the reading alone decides, merged records among it, and lets survivors inherit the pairs of those that were merged into
 * them, before anything is planned: whatever is decided of a survivor, its pair goes on.
 * @returns the looks that go on; a survivor that has just inherited is looked at again, with that knowledge
 */
export async function settleMerges<Look extends ReadLook>(
  { ledger, mappingVersion }: Pick<DrainDependencies, 'ledger' | 'mappingVersion'>,
  { token, of, looks, settled, survivors, recordOf }: ReadBatch<Look>,
): Promise<readonly Look[]> {
  // Before the commit: a crash after it would leave nobody who knows of the survivors.
  if (survivors.length > 0) await ledger.mark(survivors);
  if (settled.length > 0) await ledger.commit(token, mappingVersion, settled, of);
  // Once more: another worker may have looked at one of them before its pair was there.
  if (survivors.length > 0) await ledger.mark(survivors);
  const marked = new Set(survivors.map(({ recordId }) => recordId));
  const heirs = looks.filter((look) => recordOf(look).mergedIds.length > 0 || marked.has(recordOf(look).id));
  if (heirs.length === 0) return looks;
  const outdated = await ledger.inheritMerged(
    token,
    heirs.map((look) => ({
      contactId: look.claimed.recordId,
      pairId: look.claimed.pairId,
      contactIds: [recordOf(look).id, ...recordOf(look).mergedIds],
    })),
    of,
  );
  return looks.filter(({ claimed: { recordId } }) => !outdated.has(recordId));
}
