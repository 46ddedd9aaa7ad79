import type { FieldChange } from '../../domain/plan/types.ts';
import {
  type Association,
  type ContactRole,
  contactKey,
  doubleRoleOf,
  type FieldValue,
  type HubSpotObject,
  roleKey,
  unlabelled,
} from '../../domain/record.ts';
import type { AssociationWrite, HubSpotType } from '../../ports/hubspot.ts';
import type { RoleWrite } from '../../ports/salesforce.ts';
import { companyProperties } from './kinds.ts';

const contactPrefix = contactKey('');
const rolePrefix = roleKey('');

/** Whether the change is one of a contact role, `roles/<contact>` or `roles/primary`. */
export function isRole({ field }: Pick<FieldChange, 'field'>): boolean {
  return field.startsWith(rolePrefix);
}

/** The HubSpot contacts whose roles are among these changes. */
export function contactsIn(changes: readonly Pick<FieldChange, 'field'>[]): string[] {
  const ofContacts = changes.filter((change) => isRole(change) && doubleRoleOf(change.field) === null);
  const ids = ofContacts.map(({ field }) => field.slice(rolePrefix.length));
  return ids.filter((id) => id !== 'primary');
}

/** The contact whose part in the deal this property of a deal tells; null: another property. */
export function contactOf(property: string): string | null {
  const id = property.startsWith(contactPrefix) ? property.slice(contactPrefix.length) : 'primary';
  return id === 'primary' ? null : id;
}

/** Whether a change of the HubSpot record is made by an association, and not by writing a property. */
export function isAssociation({ field }: Pick<FieldChange, 'field'>): boolean {
  return field.startsWith(contactPrefix) || companyProperties.has(field);
}

/** Where the Contact of a HubSpot contact and its role in the Opportunity are found. */
type Roles = {
  /** As last read; empty for a new Opportunity. */
  held: readonly ContactRole[];
  /** The Contact by HubSpot contact. */
  personOf: ReadonlyMap<string, string>;
};

/** The contact roles that a plan's changes come to. Somebody whose Contact is not known has none to be written. */
export function toRoleWrites(changes: readonly FieldChange[], { held, personOf }: Roles): RoleWrite[] {
  const doubles = changes.flatMap(({ field }) => doubleRoleOf(field) ?? []);
  const ofContacts = changes.filter((change) => isRole(change) && doubleRoleOf(change.field) === null);
  const wanted = new Map(ofContacts.map(({ field, after }) => [field.slice(rolePrefix.length), after]));
  const primaryId = wanted.get('primary') ?? null;
  wanted.delete('primary');
  if (typeof primaryId === 'string' && !wanted.has(primaryId)) wanted.set(primaryId, roleHeld(primaryId));
  return [
    ...[...wanted].flatMap(([contactId, value]) => toRoleWrite(contactId, value)),
    ...doubles.map((id) => ({ operation: 'delete', id }) as const),
  ];

  /** Salesforce lets a Contact have several roles: the primary one counts, or else the first. All of them end together. */
  function allOf(contactId: string): ContactRole[] {
    return held.filter((role) => role.contactId === personOf.get(contactId));
  }
  function heldBy(contactId: string): ContactRole | undefined {
    const own = allOf(contactId);
    return own.find(({ isPrimary }) => isPrimary) ?? own[0];
  }
  function roleHeld(contactId: string): FieldValue {
    return heldBy(contactId)?.role ?? unlabelled;
  }
  function toRoleWrite(contactId: string, value: FieldValue): RoleWrite[] {
    if (value === null) return allOf(contactId).map(({ id }) => ({ operation: 'delete', id }));
    const existing = heldBy(contactId);
    const role = value === unlabelled ? null : String(value);
    const isPrimary = primaryId === contactId || (primaryId === null && existing?.isPrimary === true);
    if (existing !== undefined) return [{ operation: 'update', id: existing.id, role, isPrimary }];
    const person = personOf.get(contactId);
    return person === undefined ? [] : [{ operation: 'create', contactId: person, role, isPrimary }];
  }
}

/** The associations that the changes of a record come to. @param associations as last read: labels that no role stands for stay */
export function toAssociationWrites(
  from: { type: HubSpotType; id: string },
  changes: readonly FieldChange[],
  { associations, primaryLabel }: { associations: readonly Association[]; primaryLabel: string | null },
): AssociationWrite[] {
  const companies = changes.filter(({ field }) => companyProperties.has(field));
  const wanted = new Map(
    changes
      .filter(({ field }) => field.startsWith(contactPrefix))
      .map(({ field, after }) => [field.slice(contactPrefix.length), after]),
  );
  const primaryChange = wanted.get('primary');
  wanted.delete('primary');
  const isPrimary = (contactId: string) =>
    primaryChange === undefined ? heldLabels(contactId).includes(primaryLabel ?? '') : primaryChange === contactId;
  const touched = new Set(wanted.keys());
  if (primaryChange !== undefined && primaryLabel !== null) {
    for (const { toObject, toId, labels } of associations) {
      if (toObject === 'contact' && (toId === primaryChange || labels.includes(primaryLabel))) touched.add(toId);
    }
  }
  return [...companies.flatMap(companyWrites), ...[...touched].map(contactWrite)];

  function labelsOf(object: HubSpotObject, id: string): readonly string[] {
    return associations.find(({ toObject, toId }) => toObject === object && toId === id)?.labels ?? [];
  }
  function heldLabels(contactId: string): readonly string[] {
    return labelsOf('contact', contactId);
  }
  function contactWrite(contactId: string): AssociationWrite {
    const value = wanted.get(contactId);
    const to = { type: 'contacts', id: contactId } as const;
    if (value === null) return { from, to, operation: 'remove', labels: [], isPrimary: false };
    const roles =
      value === undefined
        ? heldLabels(contactId).filter((label) => label !== primaryLabel)
        : value === unlabelled
          ? []
          : String(value).split(';');
    const labels = primaryLabel !== null && isPrimary(contactId) ? [...roles, primaryLabel] : roles;
    return { from, to, operation: 'set', labels, isPrimary: false };
  }
  function companyWrites({ before, after }: FieldChange): AssociationWrite[] {
    const to = (id: FieldValue) => ({ type: 'companies', id: String(id) }) as const;
    // Writing replaces the labels that people gave to the company.
    if (after !== null) {
      const labels = labelsOf('company', String(after));
      return [{ from, to: to(after), operation: 'set', labels, isPrimary: true }];
    }
    return before === null ? [] : [{ from, to: to(before), operation: 'remove', labels: [], isPrimary: false }];
  }
}
