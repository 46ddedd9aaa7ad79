import type { Association, CounterpartReference, HubSpotRecord, SalesforceRecord } from '../../domain/record.ts';
import type { DealFacts } from '../../domain/records/types.ts';
import { SyncError, toSyncError } from '../../errors.ts';
import type { Spend } from '../../ports/budget.ts';
import type { ContactHistory } from '../../ports/ledger-history.ts';
import type { RecordDependencies } from '../drain-records/dependencies.ts';
import { type KindNames, mappingOf } from '../drain-records/kinds.ts';
import { planRecords } from '../drain-records/plan-records.ts';
import type { PlannedRecord } from '../drain-records/record-look.ts';
import { unclaimedBatch } from '../preview/unclaimed.ts';
import type { Unread } from './read-sides.ts';

export type ReadAssociations = {
  associations: readonly Association[];
  /** Without its associations a deal cannot be planned. */
  fault: SyncError | null;
  unread: readonly Unread[];
};

/** The contacts of a company; of a deal its companies too. */
export async function readAssociations(
  { hubspot, mapping }: Pick<RecordDependencies, 'hubspot' | 'mapping'>,
  { kind, type }: KindNames,
  { id }: HubSpotRecord,
  spend: Spend,
): Promise<ReadAssociations> {
  if (!mappingOf(mapping, kind).isOn) return { associations: [], fault: null, unread: [] };
  const others = kind === 'deal' ? (['contacts', 'companies'] as const) : (['contacts'] as const);
  const answers = await Promise.all(
    others.map(async (to) => {
      try {
        return (await hubspot.associations(type, [id], to, spend)).get(id) ?? [];
      } catch (thrown) {
        if (thrown instanceof SyncError) return thrown;
        throw thrown;
      }
    }),
  );
  const fault = answers.find((answer) => answer instanceof SyncError) ?? null;
  return {
    associations: answers.flatMap((answer): readonly Association[] => (answer instanceof SyncError ? [] : answer)),
    fault: fault instanceof SyncError ? fault : null,
    unread: fault instanceof SyncError ? [{ what: 'associations', code: fault.code }] : [],
  };
}

/** The plan that the sync would make, or why there is none. */
export type RecordNow = { facts: DealFacts | null } & (
  | { kind: 'planned'; look: PlannedRecord; counterpart: SalesforceRecord | null }
  /** The mapping has this kind off. */
  | { kind: 'off' }
  | { kind: 'unknown'; error: SyncError }
);

type Given = Pick<ReadAssociations, 'associations' | 'fault'> & {
  record: HubSpotRecord;
  history: ContactHistory<CounterpartReference>;
};

/**
 * Makes the plan that the sync would make at this moment, with what both CRMs say now. Without the hints of a mark: a company that only its
 * Account leads to, found by its domain, is told as one that nobody has passed for; the look that the Account asks for links it.
 */
export async function planRecordNow(
  dependencies: RecordDependencies,
  names: KindNames,
  { record, history, associations, fault }: Given,
  spend: Spend,
): Promise<RecordNow> {
  if (!mappingOf(dependencies.mapping, names.kind).isOn) return { kind: 'off', facts: null };
  const now = dependencies.clock.now();
  const { pairId, pair } = history;
  const { records, batch } = unclaimedBatch([{ recordId: record.id, pairId, pair }], now, spend);
  try {
    const { deal: facts, recordFault } = await dependencies.facts(spend);
    const obstacle = recordFault ?? (names.kind === 'deal' ? fault : null);
    if (obstacle !== null) return { kind: 'unknown', error: obstacle, facts };
    const looks = records.map((claimed) => ({ claimed, record, associations, readAtMs: now }));
    const { planned, failed } = await planRecords(dependencies, batch, names, looks);
    const [first] = planned;
    if (first !== undefined) return { kind: 'planned', look: first, counterpart: counterpartOf(first), facts };
    const { code = 'unexpected', text = 'It could not be planned.' } = failed[0]?.decision ?? {};
    return { kind: 'unknown', error: new SyncError('retryable', code, text), facts };
  } catch (thrown) {
    return { kind: 'unknown', error: toSyncError(thrown), facts: null };
  }
}

/** The Account or Opportunity of the plan, among those that were found. */
function counterpartOf({ plan, matches }: PlannedRecord): SalesforceRecord | null {
  const found = [...matches.byId, ...matches.byExternalId, ...matches.byDomain];
  return found.find(({ id }) => id === plan.counterpart?.id) ?? null;
}
