import { accountField, type CounterpartObject } from '../domain/record.ts';
import type { RecordWriteRequest, RoleWrite } from '../ports/salesforce.ts';
import { type Collection, type CollectionRow, toCollections } from './collections.ts';
import { recordIdFields } from './records.ts';

/** A row of a collection and the write it belongs to: the record itself, or one of its roles. */
export type RecordRow = CollectionRow & { of: 'record' | 'role'; write: RecordWriteRequest };

const roleObject = 'OpportunityContactRole';

/** Null where only the roles change. */
function toRecordRow(write: RecordWriteRequest): RecordRow | null {
  const { object, fields, key, id } = write;
  if (write.operation === 'create') {
    const body = { ...fields, [recordIdFields[object]]: key };
    return { of: 'record', operation: 'upsert', object, id: null, body, write };
  }
  if (Object.keys(fields).length === 0) return null;
  return { of: 'record', operation: 'update', object, id, body: fields, write };
}

/** A role of a new Opportunity names it by its external id, so that both can be sent in one call. */
function toRoleRow(write: RecordWriteRequest, role: RoleWrite): RecordRow {
  const base = { of: 'role', object: roleObject, write } as const;
  if (role.operation === 'delete') return { ...base, operation: 'delete', id: role.id, body: {} };
  const values = { Role: role.role, IsPrimary: role.isPrimary };
  if (role.operation === 'update') return { ...base, operation: 'update', id: role.id, body: values };
  const parent =
    write.operation === 'create'
      ? { [write.object]: { [recordIdFields[write.object]]: write.key } }
      : { [`${write.object}Id`]: write.id };
  return { ...base, operation: 'insert', id: null, body: { ...parent, ContactId: role.contactId, ...values } };
}

/** Rows that share an Account stand together: Salesforce locks it once for all of them. */
function toLockKey({ object, id, fields }: RecordWriteRequest): string {
  const account = fields[accountField];
  if (object === 'Account') return id ?? '';
  return typeof account === 'string' ? account : '';
}

/** Who is to be the primary one comes after those who are not any more. */
function byPrimary(first: RecordRow, second: RecordRow): number {
  return (
    Number('IsPrimary' in first.body && first.body.IsPrimary === true) -
    Number('IsPrimary' in second.body && second.body.IsPrimary === true)
  );
}

/**
 * The collections of one object's writes in the order in which they must be carried out: records before their roles, roles that end before
 * those that begin.
 */
export function toRecordCollections(
  object: CounterpartObject,
  writes: readonly RecordWriteRequest[],
): Collection<RecordRow>[] {
  const sorted = writes
    .map((write) => ({ write, lock: toLockKey(write) }))
    .sort((a, b) => (a.lock < b.lock ? -1 : Number(a.lock > b.lock)))
    .map(({ write }) => write);
  const records = sorted.map(toRecordRow).filter((row) => row !== null);
  const roles = sorted.flatMap((write) => write.roles.map((role) => toRoleRow(write, role))).sort(byPrimary);
  const pick = (rows: readonly RecordRow[], operation: RecordRow['operation']) =>
    rows.filter((row) => row.operation === operation);
  const ofRecords = [
    toCollections({ operation: 'upsert', object, idField: recordIdFields[object] }, pick(records, 'upsert')),
    toCollections({ operation: 'update', object }, pick(records, 'update')),
  ];
  const ofRoles = [
    toCollections({ operation: 'delete', object: roleObject }, pick(roles, 'delete')),
    toCollections({ operation: 'update', object: roleObject }, pick(roles, 'update')),
    toRoleInserts(pick(roles, 'insert')),
  ];
  return [ofRecords, ofRoles].flatMap((parted) => [
    ...parted.flatMap(({ together }) => together),
    ...parted.flatMap(({ alone }) => alone),
  ]);
}

/** Roles to be made, once more or for the first time. */
export function toRoleInserts(rows: readonly RecordRow[]) {
  return toCollections({ operation: 'insert', object: roleObject }, rows);
}
