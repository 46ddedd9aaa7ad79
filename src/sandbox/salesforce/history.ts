import type { Org } from './org.ts';
import { toSfDateTime } from './time.ts';
import type { FieldDefinition, FieldValue, SfRecord } from './types.ts';

/** The objects whose changes can be tracked, and where their rows go. */
const HISTORY_OF: Readonly<Record<string, string>> = {
  Lead: 'LeadHistory',
  Contact: 'ContactHistory',
  Account: 'AccountHistory',
  Opportunity: 'OpportunityFieldHistory',
};

/** The object whose changes this history holds, or undefined for what is no history. */
export function historyOwner(type: string): string | undefined {
  return Object.keys(HISTORY_OF).find((owner) => HISTORY_OF[owner] === type);
}

/** Names of the history's own rows, besides fields: a record that began, a lead that was converted (Object Reference, LeadHistory). */
type Event = 'created' | 'leadConverted';

/** One row that is no change of a field, where the org tracks this object at all. */
export function recordEvent(org: Org, type: string, record: SfRecord, event: Event, userId: string): void {
  if ((org.tracked.get(type)?.size ?? 0) > 0) add(org, type, record.Id, userId, { Field: event });
}

/** A row per tracked field that changed; none where the value is the same, even if it was sent. */
export function recordChanges(org: Org, type: string, before: SfRecord, next: SfRecord, userId: string): void {
  for (const name of org.tracked.get(type) ?? []) {
    const [old, value] = [before[name] ?? null, next[name] ?? null];
    const field = org.schema.field(type, name);
    if (old === value || field === undefined) continue;
    for (const row of toRows(org, field, old, value)) add(org, type, next.Id, userId, row);
  }
}

/** Long text is only said to have changed; a lookup gives a row with names and one with ids (Object Reference; help, "Field History Tracking"). */
function toRows(org: Org, field: FieldDefinition, old: FieldValue, value: FieldValue): Record<string, FieldValue>[] {
  if (field.type === 'textarea' && field.length > 255) return [{ Field: field.name, DataType: 'Text' }];
  if (field.type !== 'reference')
    return [{ Field: field.name, DataType: toDataType(field), OldValue: old, NewValue: value }];
  const name = field.relationshipName ?? field.name;
  return [
    { Field: name, DataType: 'Text', OldValue: nameOf(org, field, old), NewValue: nameOf(org, field, value) },
    { Field: name, DataType: 'EntityId', OldValue: old, NewValue: value },
  ];
}

function toDataType({ type }: FieldDefinition): string {
  if (type === 'boolean') return 'Boolean';
  if (type === 'currency') return 'Currency';
  if (type === 'percent') return 'Percent';
  if (type === 'double' || type === 'int') return 'Double';
  return type === 'date' ? 'DateOnly' : type === 'datetime' ? 'DateTime' : 'Text';
}

function nameOf(org: Org, field: FieldDefinition, id: FieldValue): FieldValue {
  if (typeof id !== 'string') return null;
  for (const type of field.referenceTo ?? []) {
    const name = org.store.get(type, id)?.Name;
    if (name !== undefined) return name;
  }
  return null;
}

function add(org: Org, type: string, recordId: string, userId: string, values: Record<string, FieldValue>): void {
  const table = HISTORY_OF[type];
  if (table === undefined) return;
  // One prefix and one row of numbers for the histories of all objects, as on the platform.
  const Id = org.store.nextId('LeadHistory');
  const made = { IsDeleted: false, CreatedById: userId, CreatedDate: toSfDateTime(org.now()) };
  org.store.put(table, { Id, [`${type}Id`]: recordId, OldValue: null, NewValue: null, ...made, ...values });
}
