import type { RolesMapping } from '../mapping/record-types.ts';
import {
  type Association,
  contactKey,
  type FieldValue,
  primaryContactKey,
  primaryRoleKey,
  roleKey,
  type SalesforceRecord,
  unlabelled,
} from '../record.ts';

/** The contacts of a deal, by HubSpot id, with the labels that people gave them. */
export function contactsOf(associations: readonly Association[]): ReadonlyMap<string, readonly string[]> {
  const contacts = associations.filter(({ toObject }) => toObject === 'contact');
  return new Map(contacts.map(({ toId, labels }) => [toId, labels]));
}

/**
 * The contacts of a deal as properties: `contacts/<id>` holds the labels in one order, without the one that stands for the primary role, or
 * `unlabelled`; `contacts/primary` the one contact with that label.
 *
 * @param ids also those that do not take part, which hold null
 */
export function contactProperties(
  associations: readonly Association[],
  { primaryLabel }: Pick<RolesMapping, 'primaryLabel'>,
  ids: Iterable<string>,
): Record<string, string | null> {
  const contacts = contactsOf(associations);
  const primary = [...contacts].filter(([, labels]) => primaryLabel !== null && labels.includes(primaryLabel));
  const properties: Record<string, string | null> = {
    [primaryContactKey]: primary.length === 1 ? (primary[0]?.[0] ?? null) : null,
  };
  for (const id of ids) properties[contactKey(id)] = joinLabels(contacts.get(id), primaryLabel);
  return properties;
}

function joinLabels(labels: readonly string[] | undefined, primaryLabel: string | null): string | null {
  if (labels === undefined) return null;
  return join(labels.filter((label) => label !== primaryLabel));
}

function join(labels: readonly string[]): string {
  return labels.length === 0 ? unlabelled : [...new Set(labels)].sort().join(';');
}

/** What `contacts/<id>` or `roles/<id>` holds, as a list. */
function split(value: FieldValue): string[] {
  return value === null || value === unlabelled ? [] : String(value).split(';');
}

/**
 * The roles of an Opportunity as fields: `roles/<id>` by the HubSpot contact that its Contact stands for, `roles/primary` that contact. A primary
 * Contact that no pair stands for is named by its own id, so that nobody takes its place unnoticed.
 *
 * @param ids also those that have no role, which hold null
 */
export function roleFields(
  { roles }: Pick<SalesforceRecord, 'roles'>,
  contactOf: ReadonlyMap<string, string>,
  ids: Iterable<string>,
): Record<string, FieldValue> {
  const primary = roles.find(({ isPrimary }) => isPrimary);
  const fields: Record<string, FieldValue> = {
    [primaryRoleKey]: primary === undefined ? null : (contactOf.get(primary.contactId) ?? primary.contactId),
  };
  for (const id of ids) {
    // Salesforce lets a Contact have several roles: the primary one counts, or else the first.
    const own = roles.filter(({ contactId }) => contactOf.get(contactId) === id);
    const role = own.find(({ isPrimary }) => isPrimary) ?? own[0];
    fields[roleKey(id)] = role === undefined ? null : (role.role ?? unlabelled);
  }
  return fields;
}

/** The role that labels stand for; of several the one that the Contact has already. Labels that are no role do not count. */
export function toRole({ roles }: RolesMapping, labels: FieldValue, held: FieldValue): FieldValue {
  if (labels === null) return null;
  const named = split(labels).flatMap((label) => roles.get(label) ?? []);
  return named.find((role) => role === held) ?? named[0] ?? unlabelled;
}

/** The labels that a contact shall have for its role; those that are no role stay. A role that no label stands for is none. */
export function toLabels({ roles, labels }: RolesMapping, role: FieldValue, held: FieldValue): FieldValue {
  if (role === null) return null;
  const others = split(held).filter((label) => !roles.has(label));
  const label = role === unlabelled ? undefined : labels.get(String(role));
  const same = split(held).find((each) => roles.get(each) === role);
  const kept = same ?? label;
  return join(kept === undefined ? others : [...others, kept]);
}
