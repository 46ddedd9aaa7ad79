import type { Properties } from '../mapping/expression.ts';
import type { OwnerMapping } from '../mapping/types.ts';
import type { OwnerDirectory } from './types.ts';

export const ownerProperty = 'hubspot_owner_id';
export const ownerField = 'OwnerId';

/** The Salesforce user who stands for the contact's owner; `null` where nobody does. */
export function mappedOwner(mapping: OwnerMapping, owners: OwnerDirectory, properties: Properties): string | null {
  const ownerId = properties[ownerProperty]?.trim();
  if (!ownerId) return null;
  const email = owners.emailsByOwner.get(ownerId);
  if (email === undefined) return null;
  return activeUser(owners, mapping.emails.get(email) ?? email);
}

/** Who gets what nobody maps: only at a create, so that a person never changes hands because an owner is unknown. */
export function fallbackOwner(mapping: OwnerMapping, owners: OwnerDirectory): string | null {
  return mapping.fallbackEmail === null ? null : activeUser(owners, mapping.fallbackEmail);
}

function activeUser(owners: OwnerDirectory, email: string): string | null {
  const user = owners.usersByEmail.get(email.toLowerCase());
  return user?.isActive ? user.id : null;
}
