import { recordError } from './fault.ts';
import type { Org } from './org.ts';
import type { RecordError, SfRecord } from './types.ts';

const HISTORY_TYPES = [
  'LeadHistory',
  'ContactHistory',
  'AccountHistory',
  'OpportunityFieldHistory',
  'OpportunityHistory',
];

/** Objects whose rows are settings of the org: they carry no audit fields, and writing them takes the right to administer it. */
export const SETUP_TYPES: ReadonlySet<string> = new Set([
  'User',
  'Group',
  'Organization',
  'LeadStatus',
  'OpportunityStage',
  'RecordType',
  'CurrencyType',
  'DuplicateRule',
  'AssignmentRule',
  ...HISTORY_TYPES,
  'PermissionSet',
  'PermissionSetAssignment',
  'FieldPermissions',
]);

/** Rows that only the platform makes. */
export const QUERY_ONLY_TYPES: ReadonlySet<string> = new Set([
  'LeadStatus',
  'OpportunityStage',
  'RecordType',
  'CurrencyType',
  'DuplicateRule',
  'AssignmentRule',
  ...HISTORY_TYPES,
]);

/** Reads again what the permission sets assigned to the integration user grant. */
export function refreshGrants(org: Org): void {
  const readable = new Set<string>();
  const editable = new Set<string>();
  for (const assignment of org.store.all('PermissionSetAssignment')) {
    if (assignment.IsDeleted === true || assignment.AssigneeId !== org.runAsUserId) continue;
    for (const row of fieldPermissionsOf(org, String(assignment.PermissionSetId))) {
      const key = String(row.Field).toLowerCase();
      if (row.PermissionsRead === true || row.PermissionsEdit === true) readable.add(key);
      if (row.PermissionsEdit === true) editable.add(key);
    }
  }
  org.schema.setGrants(readable, editable);
}

/** The live field permissions of a permission set. */
export function fieldPermissionsOf(org: Org, permissionSetId: string): SfRecord[] {
  const ids = org.store.idsBy('FieldPermissions', 'ParentId', [permissionSetId]) ?? [];
  return [...ids].flatMap((id) => {
    const row = org.store.get('FieldPermissions', id);
    return row === undefined || row.IsDeleted === true ? [] : [row];
  });
}

/** Why a row of settings may not be written, or undefined. */
export function checkSetupWrite(org: Org, type: string, next: SfRecord): RecordError | undefined {
  if (!org.canModifyMetadata) {
    return recordError('INSUFFICIENT_ACCESS_OR_READONLY', 'insufficient access rights on object id');
  }
  if (type !== 'PermissionSetAssignment') return undefined;
  const same = [...org.store.all(type)].find(
    (row) =>
      row.AssigneeId === next.AssigneeId && row.PermissionSetId === next.PermissionSetId && row.IsDeleted !== true,
  );
  if (same === undefined || same.Id === next.Id) return undefined;
  const message = `duplicate value found: <unknown> duplicates value on record with id: ${same.Id}`;
  return recordError('DUPLICATE_VALUE', message);
}
