import type { Histories } from '../../domain/plan/types.ts';
import { SyncError, toSyncError } from '../../errors.ts';
import { historyUnread } from '../drain/unanswered.ts';
import type { RecordPlanDependencies } from './dependencies.ts';
import type { KindNames } from './kinds.ts';
import { isAssociation, isRole } from './pseudo-fields.ts';
import type { PlannedRecord, RecordBatch } from './record-look.ts';

type Pasts = Awaited<ReturnType<RecordPlanDependencies['hubspot']['readHistories']>>;
const empty: Pasts = new Map();

/**
 * Reads the past of all contested fields of these looks: one question to each CRM. Neither of them keeps the past of associations and roles. Per
 * record id; where a CRM did not answer, why.
 */
export async function readRecordHistories(
  { hubspot, salesforce }: RecordPlanDependencies,
  { spend }: RecordBatch,
  { type }: KindNames,
  looks: readonly PlannedRecord[],
): Promise<ReadonlyMap<string, Histories | SyncError>> {
  const asksHubSpot = looks.filter(({ plan }) => propertiesOf(plan).length > 0);
  const asksSalesforce = looks.filter(({ plan }) => fieldsOf(plan).length > 0);
  const counterparts = asksSalesforce.flatMap(({ plan }) => plan.counterpart ?? []);
  const properties = [...new Set(asksHubSpot.flatMap(({ plan }) => propertiesOf(plan)))];
  const fields = [...new Set(asksSalesforce.flatMap(({ plan }) => fieldsOf(plan)))];
  const ids = asksHubSpot.map(({ record }) => record.id);
  const [ofRecords, ofCounterparts] = await Promise.all([
    ids.length === 0 ? empty : hubspot.readHistories(type, ids, properties, spend).catch(toSyncError),
    counterparts.length === 0 ? empty : salesforce.readHistories(counterparts, fields, spend).catch(toSyncError),
  ]);
  return new Map(looks.map((look) => [look.record.id, historiesOf(look, ofRecords, ofCounterparts)]));
}

function historiesOf({ plan, record }: PlannedRecord, records: Pasts | SyncError, counterparts: Pasts | SyncError) {
  if (records instanceof SyncError) return records;
  if (counterparts instanceof SyncError) return counterparts;
  const hubspot = records.get(record.id);
  if (hubspot === undefined && propertiesOf(plan).length > 0) return historyUnread;
  return { hubspot: hubspot ?? {}, salesforce: counterparts.get(plan.counterpart?.id ?? '') ?? {} };
}

function propertiesOf({ asks }: PlannedRecord['plan']): string[] {
  return (asks?.properties ?? []).filter((field) => !isAssociation({ field }));
}

function fieldsOf({ asks }: PlannedRecord['plan']): string[] {
  return (asks?.fields ?? []).filter((field) => !isRole({ field }));
}
