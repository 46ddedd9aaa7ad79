import { rolesOf } from './opportunities.ts';
import type { Org } from './org.ts';
import type { SfRecord } from './types.ts';

type NewRole = { role?: string; isPrimary?: boolean };

/** What a person does to the contacts of an opportunity. */
export type RoleHands = {
  addRole(opportunityId: string, contactId: string, role?: NewRole): SfRecord;
  /** Takes every role of this contact on the opportunity away. */
  removeRole(opportunityId: string, contactId: string): void;
  /** Makes the contact the primary one, adding it where it has no role; undefined: nobody is primary. */
  setPrimaryRole(opportunityId: string, contactId: string | undefined): void;
};

type Hands = {
  create(type: string, values: Record<string, string | boolean | null>): SfRecord;
  edit(type: string, id: string, values: Record<string, boolean>): SfRecord;
  remove(type: string, id: string): void;
};

const TYPE = 'OpportunityContactRole';

/** The role hands on top of the hands that create, edit and remove. */
export function createRoleHands(org: Org, hands: Hands): RoleHands {
  const live = (opportunityId: string) =>
    rolesOf(org, 'OpportunityId', opportunityId).filter((role) => role.IsDeleted !== true);
  const addRole: RoleHands['addRole'] = (OpportunityId, ContactId, { role, isPrimary = false } = {}) =>
    hands.create(TYPE, { OpportunityId, ContactId, Role: role ?? null, IsPrimary: isPrimary });
  return {
    addRole,
    removeRole(opportunityId, contactId) {
      const roles = live(opportunityId).filter((role) => role.ContactId === contactId);
      if (roles.length === 0) throw new Error(`contact ${contactId} has no role on ${opportunityId}`);
      for (const { Id } of roles) hands.remove(TYPE, Id);
    },
    setPrimaryRole(opportunityId, contactId) {
      const roles = live(opportunityId);
      if (contactId === undefined) {
        for (const { Id, IsPrimary } of roles) if (IsPrimary === true) hands.edit(TYPE, Id, { IsPrimary: false });
        return;
      }
      const own = roles.find((role) => role.ContactId === contactId);
      if (own === undefined) addRole(opportunityId, contactId, { isPrimary: true });
      else hands.edit(TYPE, own.Id, { IsPrimary: true });
    },
  };
}
