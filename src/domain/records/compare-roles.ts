import { agreementOf, type Comparison, heldOf, isEqual } from '../merge/compare.ts';
import { reasonFor, valueWay, type Way } from '../merge/convert-field.ts';
import type { MergeInput } from '../merge/types.ts';
import type { Reason } from '../plan/types.ts';
import {
  contactKey,
  type FieldValue,
  primaryContactKey,
  primaryRoleKey,
  roleKey,
  type SalesforceRecord,
} from '../record.ts';
import { sortOut } from './merge-record.ts';
import { contactsOf, toLabels, toRole } from './role-fields.ts';
import type { DealInput, RecordPlan } from './types.ts';

/** All HubSpot contacts that take part on either side, in one order. */
export function takingPart(deal: DealInput, opportunity: Pick<SalesforceRecord, 'roles'> | null): string[] {
  const inRoles = (opportunity?.roles ?? []).flatMap(({ contactId }) => deal.contactOfPerson.get(contactId) ?? []);
  const ids = new Set([...contactsOf(deal.associations).keys(), ...inRoles]);
  return [...ids].sort((one, other) => one.length - other.length || (one < other ? -1 : 1));
}

/**
 * Compares the contacts of a deal with the roles of its Opportunity, one by one, and who is primary. Somebody who cannot have a role yet is left
 * out of Salesforce with the reason, and stays in HubSpot.
 */
export function compareRoles(deal: DealInput, sides: MergeInput, ids: readonly string[]) {
  const { roles } = deal.mapping;
  const primary = roles.primaryLabel === null ? null : comparePrimary(deal, sides, ids);
  return sortOut([...ids.map((id) => compareRole(deal, sides, id)), primary]);
}

function compareRole(deal: DealInput, sides: MergeInput, id: string): Comparison | Reason {
  const held = heldOf(sides, contactKey(id), roleKey(id));
  if ('text' in held) return held;
  const { roles } = deal.mapping;
  const there = roleThere(deal, id, held.hubspot, held.salesforce);
  const isLeft =
    held.salesforce === null && held.hubspot !== null && deal.contacts.get(id)?.person?.object !== 'Contact';
  const back = isLeft ? leftWithPerson(id) : valueWay(toLabels(roles, held.salesforce, held.hubspot));
  return compared(deal, sides, held, { there, back, empty: 'clear' });
}

/** A role that has gone with its Contact was taken away by nobody. */
function leftWithPerson(id: string): Way {
  const sentence = `contact ${id} has no Contact in Salesforce: that it has no role there does not take it off the deal.`;
  return { kind: 'obstacle', reason: reasonFor(roleKey(id), 'role_gone_with_person', sentence) };
}

/** The primary role is never taken from everybody: a new one takes it from the one before. */
function comparePrimary(deal: DealInput, sides: MergeInput, ids: readonly string[]): Comparison | Reason {
  const held = heldOf(sides, primaryContactKey, primaryRoleKey);
  if ('text' in held) return held;
  const { hubspot, salesforce } = held;
  const waits = hubspot === null ? null : obstacleTo(deal, primaryRoleKey, String(hubspot));
  const there = waits ?? valueWay(hubspot);
  const isPaired = salesforce === null || ids.includes(String(salesforce));
  const back = isPaired ? valueWay(salesforce) : unpairedPrimary;
  return compared(deal, sides, held, { there, back, empty: 'keep' });
}

const unpairedPrimary: Way = {
  kind: 'obstacle',
  reason: reasonFor(
    primaryRoleKey,
    'role_not_paired',
    'no HubSpot contact stands for the Contact in the primary role.',
  ),
};

type Held = Exclude<ReturnType<typeof heldOf>, Reason>;

function compared(
  { mapping: { roles } }: DealInput,
  sides: MergeInput,
  held: Held,
  ways: Pick<Comparison, 'there' | 'back' | 'empty'>,
): Comparison {
  return {
    ...held,
    ...agreementOf(sides, held, undefined),
    ...ways,
    rule: roles.rule,
    writtenAs: roles.rule,
    required: false,
    unit: held.field,
    fallback: roles.fallback,
    equal: isEqual(held, ways.there, ways.back, undefined),
  };
}

/** The role of a contact of the deal, or why it cannot have one. */
export function roleThere(deal: DealInput, id: string, labels: FieldValue, held: FieldValue): Way {
  const role = toRole(deal.mapping.roles, labels, held);
  return (role === null ? null : obstacleTo(deal, roleKey(id), id)) ?? valueWay(role);
}

function obstacleTo({ contacts }: DealInput, field: string, id: string): Way | null {
  const contact = contacts.get(id);
  const waits = (code: string, sentence: string): Way => ({
    kind: 'obstacle',
    reason: reasonFor(field, code, sentence),
  });
  if (contact?.person?.object === 'Contact' && contact.passedGate) return null;
  if (contact === undefined || !contact.passedGate) {
    return waits('role_below_gate', `contact ${id} has not passed the gate: it gets its role as soon as it has.`);
  }
  if (contact.person === null) {
    return waits('role_waits_for_person', `contact ${id} is not in Salesforce yet: it gets its role as soon as it is.`);
  }
  const text = `contact ${id} is still a Lead: it gets its role as soon as sales converts the Lead.`;
  return waits('role_waits_for_conversion', text);
}

/** Nobody guesses between several contacts with the label. */
export function ambiguousPrimary({ associations, mapping }: DealInput): Reason[] {
  const { primaryLabel } = mapping.roles;
  const labelled = [...contactsOf(associations)].filter(([, labels]) => labels.includes(primaryLabel ?? ''));
  if (primaryLabel === null || labelled.length < 2) return [];
  const text = `Several contacts of the deal are labelled ${primaryLabel} (${labelled.map(([id]) => id).join(', ')}): the primary role stays as it is until one alone is.`;
  return [{ code: 'primary_ambiguous', text }];
}

/** Contacts in a role that no pair stands for: they stay, and are told. */
export function unpairedRoles(deal: DealInput, { roles }: Pick<SalesforceRecord, 'roles'>): Reason[] {
  return unpairedOf(deal, roles).map((id) => {
    const text = `No HubSpot contact stands for the Contact ${id} in a role: it stays in Salesforce alone.`;
    return { code: 'role_not_paired', text };
  });
}

function unpairedOf({ contactOfPerson }: DealInput, roles: SalesforceRecord['roles']): string[] {
  const ids = roles.map(({ contactId }) => contactId).filter((id) => !contactOfPerson.has(id));
  return [...new Set(ids)];
}

/** Whose landing gives somebody a role, on either side. Who has one already waits for nothing. */
export function roleWaits(
  deal: DealInput,
  opportunity: Pick<SalesforceRecord, 'roles'> | null,
): RecordPlan['waitsFor'] {
  const roles = opportunity?.roles ?? [];
  const present = new Set(roles.map(({ contactId }) => deal.contactOfPerson.get(contactId)));
  const waiting = [...contactsOf(deal.associations).keys()].filter(
    (id) => !present.has(id) && obstacleTo(deal, '', id) !== null,
  );
  return [
    ...waiting.map((recordId) => ({ object: 'contact', recordId }) as const),
    ...unpairedOf(deal, roles).map((recordId) => ({ object: 'Contact', recordId }) as const),
  ];
}
