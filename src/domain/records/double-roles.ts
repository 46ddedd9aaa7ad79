import type { FieldChange } from '../plan/types.ts';
import { doubleRoleKey, roleKey, type SalesforceRecord, unlabelled } from '../record.ts';
import type { DealInput } from './types.ts';

/**
 * Roles that Salesforce made twice of one of ours: its answer was lost, and it was carried out after we had sent it again. Of two with the same
 * name in the hands of one Contact the one that counts stays. What we have not written lately is people's, and stays.
 *
 * @param changes what else is to be written: a role that changes anyway is left to the next look
 */
export function doubleRoles(
  { contactOfPerson, pair, mapping }: Pick<DealInput, 'contactOfPerson' | 'pair' | 'mapping'>,
  { roles }: Pick<SalesforceRecord, 'roles'>,
  changes: readonly FieldChange[],
): FieldChange[] {
  return [...new Set(roles.map(({ contactId }) => contactId))].flatMap((personId) => {
    const own = roles.filter(({ contactId }) => contactId === personId);
    const kept = own.find(({ isPrimary }) => isPrimary) ?? own[0];
    const field = roleKey(contactOfPerson.get(personId) ?? '');
    const isOurs = (pair?.recentWrites ?? []).some(
      (write) => write.system === 'salesforce' && write.field === field && write.after === (kept?.role ?? unlabelled),
    );
    if (!isOurs || changes.some((change) => change.field === field)) return [];
    const doubles = own.filter((role) => role !== kept && role.role === kept?.role);
    const { rule } = mapping.roles;
    return doubles.map(({ id, role }) => ({ field: doubleRoleKey(id), before: role ?? unlabelled, after: null, rule }));
  });
}
