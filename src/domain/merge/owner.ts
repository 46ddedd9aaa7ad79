import type { Properties } from '../mapping/expression.ts';
import type { FieldRule, OwnerMapping } from '../mapping/types.ts';
import type { OwnerDirectory, PlanProblem, Reason } from '../plan/types.ts';
import type { HubSpotObject } from '../record.ts';
import { agreementOf, type Comparison } from './compare.ts';
import { obstacle, reasonFor, reasonOf, valueWay, type Way } from './convert-field.ts';
import type { Decided } from './merge-fields.ts';
import { sameId } from './same-id.ts';
import type { MergeInput } from './types.ts';

export const ownerProperty = 'hubspot_owner_id';
export const ownerField = 'OwnerId';

/**
 * Compares the owners of both sides: who owns the record in HubSpot, and the user who owns it in Salesforce.
 *
 * @returns null where HubSpot has no such property; a reason where Salesforce did not answer it
 */
export function compareOwner(
  input: MergeInput,
  owner: OwnerMapping,
  owners: OwnerDirectory,
  rule: FieldRule,
): Comparison | Reason | null {
  const { properties } = input.hubspot;
  const hubspot = properties[ownerProperty];
  const salesforce = input.salesforce.fields[ownerField];
  if (hubspot === undefined) return null;
  if (salesforce === undefined) return reasonOf(ownerField, 'field_not_read');
  const held = { source: ownerProperty, field: ownerField, hubspot, salesforce };
  const there = ownerThere(owner, owners, properties);
  const back = ownerBack(owner, owners, String(salesforce ?? ''));
  const isOwners = there.kind === 'value' && there.value !== null && sameId(String(salesforce), String(there.value));
  return {
    ...held,
    ...agreementOf(input, held, undefined),
    rule,
    writtenAs: 'owner',
    empty: 'keep',
    required: true,
    unit: ownerField,
    fallback: 'salesforce',
    there,
    back,
    equal: isOwners || (back.kind === 'value' && back.value === ownerOf(properties)),
  };
}

function ownerThere(owner: OwnerMapping, owners: OwnerDirectory, properties: Properties): Way {
  const ownerId = ownerOf(properties);
  if (ownerId === null) return valueWay(null);
  const user = mappedOwner(owner, owners, properties);
  if (user !== null) return valueWay(user);
  const sentence = `no active Salesforce user stands for the HubSpot owner ${ownerId}; the owner stays as it is.`;
  return { kind: 'obstacle', reason: reasonFor(ownerField, 'owner_unmapped', sentence) };
}

function ownerBack(mapping: OwnerMapping, owners: OwnerDirectory, userId: string): Way {
  if (userId === '') return valueWay(null);
  if (isQueue(userId)) return obstacle(ownerField, 'owner_is_queue');
  const owner = ownerOfUser(mapping, owners, userId);
  if (owner !== null) return valueWay(owner);
  const sentence = `no HubSpot owner stands for the Salesforce user ${userId}; the owner stays as it is.`;
  return { kind: 'obstacle', reason: reasonFor(ownerField, 'owner_unmapped', sentence) };
}

/**
 * The failure of an owner on either side whom nobody maps: a person's to solve, while all else goes on. Null: there is none.
 *
 * @param decided what became of the fields, as `mergeFields` answers
 */
export function ownerReport(
  { hubspot, ourUserId }: MergeInput,
  owner: OwnerMapping,
  owners: OwnerDirectory,
  decided: Decided,
): PlanProblem | null {
  const kept = decided.find(([{ source }, { kind }]) => source === ownerProperty && kind === 'blocked');
  if (kept === undefined) return null;
  const [{ there, back, salesforce, situation }, { reasons }] = kept;
  const ownerId = ownerOf(hubspot.properties);
  const isWay = (way: Way) => way.kind === 'obstacle' && reasons.includes(way.reason);
  if (ownerId !== null && isWay(there)) {
    return fallbackOwner(owner, owners, hubspot.properties) === null ? ownerUnmapped(ownerId) : null;
  }
  const userId = String(salesforce ?? '');
  // Who had the record before both were linked is told among the reasons; that somebody gives it to such a one is a failure.
  if (situation !== 'salesforce' && situation !== 'both') return null;
  if (!isWay(back) || isQueue(userId) || isStandIn(owner, owners, userId)) return null;
  return ourUserId !== null && sameId(userId, ourUserId) ? null : userUnmapped(userId, hubspot.object);
}

/** What the ids of queues begin with: a queue may own a Lead, and stands for nobody. */
const queuePrefix = '00G';

/** The Salesforce user who stands for the owner in HubSpot; `null` where nobody does. */
export function mappedOwner(mapping: OwnerMapping, owners: OwnerDirectory, properties: Properties): string | null {
  const ownerId = ownerOf(properties);
  if (ownerId === null) return null;
  const email = owners.emailsByOwner.get(ownerId);
  if (email === undefined) return null;
  return activeUser(owners, mapping.emails.get(email) ?? email);
}

/** The HubSpot owner who stands for a Salesforce user; `null` where nobody does, or several do. */
export function ownerOfUser(mapping: OwnerMapping, owners: OwnerDirectory, userId: string): string | null {
  const email = owners.emailsByUser.get(userId);
  if (email === undefined) return null;
  const stated = [...mapping.emails].flatMap(([owner, user]) =>
    user === email ? (owners.ownersByEmail.get(owner) ?? []) : [],
  );
  if (stated.length > 0) return stated.length === 1 ? (stated[0] ?? null) : null;
  return owners.ownersByEmail.get(email) ?? null;
}

/** Who gets what nobody maps: only at a create, so that nothing ever changes hands because an owner is unknown. */
export function fallbackOwner(mapping: OwnerMapping, owners: OwnerDirectory, properties: Properties): string | null {
  const teams = owners.teamsByOwner.get(ownerOf(properties) ?? '') ?? [];
  const emails = [...teams.map((team) => mapping.fallbackByTeam.get(team)), mapping.fallbackEmail];
  for (const email of emails) {
    const user = email == null ? null : activeUser(owners, email);
    if (user !== null) return user;
  }
  return null;
}

/** Whether the user is a fallback of the mapping, who owns records because nobody is known, and need be nobody in HubSpot. */
function isStandIn(mapping: OwnerMapping, owners: OwnerDirectory, userId: string): boolean {
  const email = owners.emailsByUser.get(userId);
  if (email === undefined) return false;
  return [mapping.fallbackEmail, ...mapping.fallbackByTeam.values()].some((each) => each?.toLowerCase() === email);
}

/** The id of the record's owner in HubSpot. */
export function ownerOf(properties: Properties): string | null {
  return properties[ownerProperty]?.trim() || null;
}

function isQueue(ownerId: string): boolean {
  return ownerId.startsWith(queuePrefix);
}

/** The failure that names the owner nobody maps, by id: an email is a person's. */
export function ownerUnmapped(ownerId: string): PlanProblem {
  return {
    code: 'owner_unmapped',
    message: `No active Salesforce user stands for the HubSpot owner ${ownerId}, and owners.yaml names no fallback who is one.`,
    advice:
      'Add the owner under "emails" in owners.yaml, give the Salesforce user the same email as the owner, or set "fallback".',
    fields: [ownerField],
    recordIds: [],
  };
}

/** The failure that names the Salesforce user, by id, whom no owner in HubSpot stands for. */
function userUnmapped(userId: string, object: HubSpotObject): PlanProblem {
  return {
    code: 'owner_unmapped',
    message: `No HubSpot owner stands for the Salesforce user ${userId}; the ${object} keeps its owner in HubSpot.`,
    advice:
      'Add the user under "emails" in owners.yaml, or give a HubSpot user the same email as the Salesforce user, or give the record another owner in Salesforce.',
    fields: [ownerField],
    recordIds: [],
  };
}

function activeUser(owners: OwnerDirectory, email: string): string | null {
  const user = owners.usersByEmail.get(email.toLowerCase());
  return user?.isActive ? user.id : null;
}
