import type { HubSpotRecord, SalesforceReference } from '../../domain/record.ts';
import type { SyncError } from '../../errors.ts';
import type { Spend } from '../../ports/budget.ts';
import type { HubSpotRead, HubSpotType } from '../../ports/hubspot.ts';
import type { Hint } from '../../ports/ledger-claim.ts';
import type { Knowledge } from '../../ports/ledger-knowledge.ts';
import { hubSpotSilent } from '../drain/unanswered.ts';
import { toVendorFault } from '../vendor-fault.ts';
import type { PreviewDependencies } from './dependencies.ts';

/** A HubSpot record to be previewed: one that was read, or an id. `hints`: what a mark would tell of it. */
export type Wanted = { id: string; record: HubSpotRecord | null; hints?: readonly Hint[] };

/** One living record, and under which ids it was asked for. */
export type Subject<Reference extends SalesforceReference> = Knowledge<Reference> & {
  record: HubSpotRecord;
  askedIds: readonly string[];
  hints: readonly Hint[];
};

export type Subjects<Reference extends SalesforceReference> = {
  subjects: readonly Subject<Reference>[];
  /** Ids of which HubSpot has no record, and those that it could not be asked for. */
  ended: ReadonlyMap<string, 'gone' | SyncError>;
};

type Kind = { type: HubSpotType; object: 'contact' | 'company' | 'deal'; properties: readonly string[] };

/**
 * Reads what is not read yet, and what the ledger knows of each. Ids that were merged away lead to their survivor, which has the pair of the
 * merged one as long as it has none of its own: so will its next look find it.
 */
export async function readWanted<Reference extends SalesforceReference>(
  dependencies: Pick<PreviewDependencies, 'hubspot' | 'ledger'>,
  { type, object, properties }: Kind,
  wanted: readonly Wanted[],
  spend: Spend,
): Promise<Subjects<Reference>> {
  const reads = await readAll(dependencies, { type, properties }, wanted, spend);
  const ended = new Map<string, 'gone' | SyncError>();
  const living = new Map<string, { record: HubSpotRecord; askedIds: string[]; hints: Hint[] }>();
  for (const { id, hints = [] } of wanted) {
    const read = reads.get(id) ?? { kind: 'error', error: hubSpotSilent };
    if (read.kind === 'missing') ended.set(id, 'gone');
    else if (read.kind === 'error') ended.set(id, read.error);
    else {
      const known = living.get(read.record.id) ?? { record: read.record, askedIds: [], hints: [] };
      living.set(read.record.id, { ...known, askedIds: [...known.askedIds, id], hints: [...known.hints, ...hints] });
    }
  }
  const all = [...living.values()];
  const ids = all.flatMap(({ record, askedIds }) => [record.id, ...askedIds, ...record.mergedIds]);
  const known = await dependencies.ledger.knowledgeOf<Reference>({ system: 'hubspot', object }, [...new Set(ids)]);
  const subjects = all.map((one) => {
    const memories = [one.record.id, ...one.askedIds, ...one.record.mergedIds].flatMap((id) => known.get(id) ?? []);
    return { ...one, ...(memories[0] ?? { pairId: null, pair: null }) };
  });
  return { subjects, ended };
}

async function readAll(
  { hubspot }: Pick<PreviewDependencies, 'hubspot'>,
  { type, properties }: Pick<Kind, 'type' | 'properties'>,
  wanted: readonly Wanted[],
  spend: Spend,
): Promise<ReadonlyMap<string, HubSpotRead>> {
  const given = wanted.flatMap(({ id, record }): [string, HubSpotRead][] =>
    record === null ? [] : [[id, { kind: 'found', record, readAtMs: 0 }]],
  );
  const ids = [...new Set(wanted.flatMap(({ id, record }) => (record === null ? [id] : [])))];
  if (ids.length === 0) return new Map(given);
  const reads = await hubspot.read(type, ids, properties, spend).catch(toVendorFault);
  if (reads instanceof Map) return new Map([...given, ...reads]);
  const error: HubSpotRead = { kind: 'error', error: reads };
  return new Map([...given, ...ids.map((id) => [id, error] as const)]);
}
