import type { Association } from '../../domain/record.ts';
import { SyncError } from '../../errors.ts';
import type { HubSpotRead } from '../../ports/hubspot.ts';
import type { Mark } from '../../ports/ledger-claim.ts';
import type { RecordResult } from '../../ports/ledger-result.ts';
import { doneResult, faultResult } from '../drain/results.ts';
import { hubSpotSilent } from '../drain/unanswered.ts';
import type { RecordDependencies, RecordPlanDependencies } from './dependencies.ts';
import { type KindNames, mappingOf } from './kinds.ts';
import type { RecordBatch, RecordLook } from './record-look.ts';

type Claimed = RecordBatch['claim']['records'][number];

export type ReadRecords = {
  looks: readonly RecordLook[];
  /** Records that HubSpot does not have any more. */
  gone: readonly Claimed[];
  settled: readonly RecordResult[];
  /** Those into which others turned out to be merged. */
  survivors: readonly Mark[];
};

/** Reads the claimed records, and of deals with whom they are associated. What was merged away is settled here: its survivor inherits the pair. */
export async function readRecords(
  dependencies: RecordDependencies,
  batch: RecordBatch,
  names: KindNames,
): Promise<ReadRecords> {
  const { hubspot, mapping, clock } = dependencies;
  const { claim, spend, readAtMs } = batch;
  const ids = claim.records.map(({ recordId }) => recordId);
  const reads = await hubspot.read(names.type, ids, mappingOf(mapping, names.kind).hubspotProperties, spend);
  // What was reserved for reads that were not needed may not pay for other calls.
  spend.prepaid = 0;
  const found: RecordLook[] = [];
  const gone: Claimed[] = [];
  const settled: RecordResult[] = [];
  const survivors: Mark[] = [];
  for (const claimed of claim.records) {
    const read: HubSpotRead = reads.get(claimed.recordId) ?? { kind: 'error', error: hubSpotSilent };
    if (read.kind === 'found') found.push({ claimed, record: read.record, associations: [], readAtMs });
    else if (read.kind === 'error') settled.push(faultResult(claimed, read.error, clock));
    else if (read.kind === 'missing') gone.push(claimed);
    else {
      survivors.push(markOf(names, read.record.id, claimed));
      settled.push(mergedAway(claimed, read.record.id));
    }
  }
  const { looks, failed } = await readAssociations(dependencies, batch, names, found);
  return { looks, gone, settled: [...settled, ...failed], survivors };
}

/** The same looks with whom their deals are associated; companies go as they are. */
export async function readAssociations(
  { hubspot, clock }: Pick<RecordPlanDependencies, 'hubspot' | 'clock'>,
  { spend }: Pick<RecordBatch, 'spend'>,
  { kind, type }: KindNames,
  looks: readonly RecordLook[],
): Promise<{ looks: readonly RecordLook[]; failed: readonly RecordResult[] }> {
  if (kind !== 'deal' || looks.length === 0) return { looks, failed: [] };
  const ids = looks.map(({ record }) => record.id);
  const [contacts, companies] = await Promise.all([
    hubspot.associations(type, ids, 'contacts', spend),
    hubspot.associations(type, ids, 'companies', spend),
  ]);
  const whole: RecordLook[] = [];
  const failed: RecordResult[] = [];
  for (const look of looks) {
    const parts = [contacts.get(look.record.id), companies.get(look.record.id)];
    const fault = parts.find((part) => part instanceof SyncError);
    if (fault instanceof SyncError) failed.push(faultResult(look.claimed, fault, clock));
    else
      whole.push({
        ...look,
        associations: parts.flatMap((part): readonly Association[] => (part instanceof SyncError ? [] : (part ?? []))),
      });
  }
  return { looks: whole, failed };
}

function mergedAway(claimed: Claimed, survivorId: string): RecordResult {
  const text = `It was merged into ${survivorId} in HubSpot, which is looked at in its place.`;
  const decision = { outcome: 'merged', code: 'merged_away', text, reasons: [], fields: [], observedOnly: false };
  const done = { ...doneResult(claimed, decision), mergedInto: survivorId };
  const { pairId, recordId } = claimed;
  return pairId === null ? done : { ...done, pairId, retiredContactIds: [{ id: recordId, status: 'merged' }] };
}

function markOf({ kind }: KindNames, recordId: string, { priority }: Claimed): Mark {
  return { system: 'hubspot', object: kind, recordId, priority, hints: ['merged'], source: 'merge' };
}
