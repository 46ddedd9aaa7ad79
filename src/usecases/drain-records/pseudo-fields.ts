import type { FieldChange } from '../../domain/plan/types.ts';
import {
  type Association,
  type ContactRole,
  contactKey,
  type FieldValue,
  type HubSpotObject,
  type HubSpotRecord,
  primaryContactKey,
  primaryRoleKey,
  roleKey,
  type SalesforceRecord,
  unlabelled,
} from '../../domain/record.ts';
import type { AssociationWrite, HubSpotType } from '../../ports/hubspot.ts';
import type { RoleWrite } from '../../ports/salesforce.ts';
import { companyProperties } from './kinds.ts';

const contactPrefix = contactKey('');
const rolePrefix = roleKey('');

/**
 * The record with its contacts as properties, so that base, merge and audit treat them as fields.
 * @param primaryLabel the label that stands for the primary contact; null: none does
 */
export function withContacts(
  record: HubSpotRecord,
  associations: readonly Association[],
  primaryLabel: string | null,
): HubSpotRecord {
  const contacts = associations.filter(({ toObject }) => toObject === 'contact');
  const primary = contacts.filter(({ labels }) => primaryLabel !== null && labels.includes(primaryLabel));
  const labelled = contacts.map(({ toId, labels }) => [contactKey(toId), labelsOf(labels, primaryLabel)] as const);
  const properties = {
    ...record.properties,
    ...Object.fromEntries(labelled),
    [primaryContactKey]: primary.length === 1 ? (primary[0]?.toId ?? null) : null,
  };
  return { ...record, properties };
}

function labelsOf(labels: readonly string[], primaryLabel: string | null): string {
  const others = labels.filter((label) => label !== primaryLabel).sort();
  return others.length === 0 ? unlabelled : others.join(';');
}

/** The Opportunity with its roles as fields, by the HubSpot contacts that the Contacts stand for. Roles of others are left out. */
export function withRoles(record: SalesforceRecord, contactOf: ReadonlyMap<string, string>): SalesforceRecord {
  const known = record.roles.flatMap((role) => {
    const contactId = contactOf.get(role.contactId);
    return contactId === undefined ? [] : [{ role, contactId }];
  });
  const primary = known.find(({ role }) => role.isPrimary);
  const fields: Record<string, FieldValue> = { ...record.fields, [primaryRoleKey]: primary?.contactId ?? null };
  for (const { role, contactId } of known) fields[roleKey(contactId)] = role.role ?? unlabelled;
  return { ...record, fields };
}

export function isRole({ field }: Pick<FieldChange, 'field'>): boolean {
  return field.startsWith(rolePrefix);
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
  const wanted = new Map(changes.filter(isRole).map(({ field, after }) => [field.slice(rolePrefix.length), after]));
  const primaryId = wanted.get('primary') ?? null;
  wanted.delete('primary');
  if (typeof primaryId === 'string' && !wanted.has(primaryId)) wanted.set(primaryId, roleHeld(primaryId));
  return [...wanted].flatMap(([contactId, value]) => toRoleWrite(contactId, value));

  function heldBy(contactId: string): ContactRole | undefined {
    return held.find((role) => role.contactId === personOf.get(contactId));
  }
  function roleHeld(contactId: string): FieldValue {
    return heldBy(contactId)?.role ?? unlabelled;
  }
  function toRoleWrite(contactId: string, value: FieldValue): RoleWrite[] {
    const existing = heldBy(contactId);
    if (value === null) return existing === undefined ? [] : [{ operation: 'delete', id: existing.id }];
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
