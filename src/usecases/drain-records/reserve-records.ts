import type { FieldChange } from '../../domain/plan/types.ts';
import type { CounterpartReference } from '../../domain/record.ts';
import type { RecordResult } from '../../ports/ledger-result.ts';
import type { Intent, Reservation } from '../../ports/ledger-work.ts';
import { refusedReservation } from '../drain/refusals.ts';
import { faultResult } from '../drain/results.ts';
import type { RecordDependencies } from './dependencies.ts';
import type { KindNames } from './kinds.ts';
import { isAssociation } from './pseudo-fields.ts';
import type { PlannedRecord, RecordBatch, ReservedRecord } from './record-look.ts';

/**
 * Commits links and intents for a whole batch in one transaction, before any CRM is written. Who comes second to an Account, and what a run's
 * safety limit holds back, goes later.
 */
export async function reserveRecords(
  { ledger, mappingVersion, clock }: RecordDependencies,
  { claim }: RecordBatch,
  names: KindNames,
  looks: readonly PlannedRecord[],
): Promise<ReservedRecord[]> {
  const of = { system: 'hubspot', object: names.kind } as const;
  const wanted = looks.map((look) => toReservation(names, look));
  const answers = await ledger.reserve(claim.token, mappingVersion, wanted, of);
  const byRecord = new Map(answers.map((answer) => [answer.contactId, answer]));
  const reserved: ReservedRecord[] = [];
  const refused: RecordResult[] = [];
  for (const look of looks) {
    const answer = byRecord.get(look.claimed.recordId);
    if (answer?.ok) reserved.push({ ...look, pairId: answer.pairId, intentId: answer.intentId });
    else if (answer !== undefined && answer.reason !== 'stale') {
      const fault = refusedReservation(answer, clock.now(), look.plan.counterpart?.id);
      refused.push(faultResult(look.claimed, fault, clock));
    }
  }
  if (refused.length > 0) await ledger.commit(claim.token, mappingVersion, refused, of);
  return reserved;
}

function toReservation(names: KindNames, look: PlannedRecord): Reservation {
  const { claimed, record, plan } = look;
  return {
    contactId: claimed.recordId,
    counter: claimed.counter,
    pairId: claimed.pairId,
    contactIds: [record.id, ...record.mergedIds],
    person: plan.counterpart,
    claimEmails: [],
    intent: firstIntent(names, look),
  };
}

/** What is written first: the archiving, else Salesforce, else HubSpot. Null where only links are to be made. */
function firstIntent(names: KindNames, look: PlannedRecord): Intent | null {
  const { plan, record } = look;
  if (plan.archives) {
    return { system: 'hubspot', object: names.kind, recordId: record.id, operation: 'delete', changes: [] };
  }
  if (plan.write !== null) {
    const { object, id, operation, changes } = plan.write;
    return { system: 'salesforce', object, recordId: id, operation, changes };
  }
  return hubSpotIntent(names, look, nextChanges(names, look, plan.counterpart));
}

/** The properties that HubSpot is to be written, the counterpart's id among them; where there are none, the associations. */
export function nextChanges(
  { property }: KindNames,
  { plan, record }: PlannedRecord,
  counterpart: CounterpartReference | null,
): readonly FieldChange[] {
  const before = record.properties[property] ?? null;
  const needsId = counterpart !== null && before !== counterpart.id;
  const id: FieldChange[] = needsId ? [{ field: property, before, after: counterpart.id, rule: 'id' }] : [];
  const properties = [...id, ...plan.changes.filter((change) => !isAssociation(change))];
  return properties.length > 0 ? properties : plan.changes;
}

/** The associations that follow where properties were written first. */
export function associationsAfter({ plan }: PlannedRecord, written: readonly FieldChange[]): readonly FieldChange[] {
  return written.some(isAssociation) ? [] : plan.changes.filter(isAssociation);
}

/** The write of these changes; null: there are none. */
export function hubSpotIntent(
  { kind }: KindNames,
  { record }: PlannedRecord,
  changes: readonly FieldChange[],
): Intent | null {
  if (changes.length === 0) return null;
  return { system: 'hubspot', object: kind, recordId: record.id, operation: 'update', changes };
}
