import type { Properties } from '../mapping/expression.ts';
import type { OwnerMapping } from '../mapping/types.ts';
import type { OwnerDirectory, PlanProblem } from './types.ts';

export const ownerProperty = 'hubspot_owner_id';
export const ownerField = 'OwnerId';

/** What the ids of queues begin with: a queue may own a Lead, and stands for nobody. */
const queuePrefix = '00G';

/** The Salesforce user who stands for the contact's owner; `null` where nobody does. */
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

/** Who gets what nobody maps: only at a create, so that a person never changes hands because an owner is unknown. */
export function fallbackOwner(mapping: OwnerMapping, owners: OwnerDirectory, properties: Properties): string | null {
  const teams = owners.teamsByOwner.get(ownerOf(properties) ?? '') ?? [];
  const emails = [...teams.map((team) => mapping.fallbackByTeam.get(team)), mapping.fallbackEmail];
  for (const email of emails) {
    const user = email == null ? null : activeUser(owners, email);
    if (user !== null) return user;
  }
  return null;
}

/** Whether the user is a fallback of the mapping, who owns persons because nobody is known, and need be nobody in HubSpot. */
export function isStandIn(mapping: OwnerMapping, owners: OwnerDirectory, userId: string): boolean {
  const email = owners.emailsByUser.get(userId);
  if (email === undefined) return false;
  return [mapping.fallbackEmail, ...mapping.fallbackByTeam.values()].some((each) => each?.toLowerCase() === email);
}

/** The id of the contact's owner in HubSpot. */
export function ownerOf(properties: Properties): string | null {
  return properties[ownerProperty]?.trim() || null;
}

export function isQueue(ownerId: string): boolean {
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
export function userUnmapped(userId: string): PlanProblem {
  return {
    code: 'owner_unmapped',
    message: `No HubSpot owner stands for the Salesforce user ${userId}; the contact keeps its owner in HubSpot.`,
    advice:
      'Add the user under "emails" in owners.yaml, or give a HubSpot user the same email as the Salesforce user, or give the person another owner.',
    fields: [ownerField],
    recordIds: [],
  };
}

function activeUser(owners: OwnerDirectory, email: string): string | null {
  const user = owners.usersByEmail.get(email.toLowerCase());
  return user?.isActive ? user.id : null;
}
