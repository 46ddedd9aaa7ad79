import { recordError } from './fault.ts';
import { derivePrimaryContact, rolesOf } from './opportunities.ts';
import type { Org } from './org.ts';
import { toSfDateTime } from './time.ts';
import type { RecordError, SfRecord } from './types.ts';

export type MergeType = 'Lead' | 'Contact' | 'Account';

/** Fields by which an account's records hang on it. A merge moves all of them; a delete takes those of `OWNED` along. */
const ACCOUNT_LINKS = [
  { type: 'Contact', field: 'AccountId' },
  { type: 'Opportunity', field: 'AccountId' },
  { type: 'Account', field: 'ParentId' },
] as const;
const OWNED = ['Contact', 'Opportunity'] as const;

/** The live contacts and opportunities of an account, which go to the recycle bin with it (help, "Deleting Accounts"). */
export function childrenOfAccount(
  org: Org,
  accountId: string,
): { type: 'Contact' | 'Opportunity'; record: SfRecord }[] {
  return OWNED.flatMap((type) =>
    linkedRows(org, type, 'AccountId', accountId)
      .filter((record) => record.IsDeleted !== true)
      .map((record) => ({ type, record })),
  );
}

/**
 * Why an account cannot be deleted by API: it has closed-won opportunities. A person is asked, and may delete them along with it (help,
 * "Considerations for Deleting Accounts").
 */
export function checkAccountDelete(org: Org, account: SfRecord): RecordError | undefined {
  const won = childrenOfAccount(org, account.Id).filter(({ record }) => record.IsWon === true);
  if (won.length === 0) return undefined;
  const names = won.map(({ record }) => record.Name).join(', ');
  const message = `Your attempt to delete ${account.Name} could not be completed because some opportunities in that account were closed won. The opportunities that could not be deleted are shown below.: ${names}\n`;
  return recordError('DELETE_FAILED', message);
}

/**
 * Children that a merge moves fire no triggers (Apex guide, triggers and merge statements). Whether their SystemModstamp moves is not
 * documented: see `mergeMovesChildStamps`.
 */
export function moveChildren(org: Org, type: MergeType, fromId: string, toId: string): void {
  for (const link of type === 'Account' ? ACCOUNT_LINKS : []) {
    for (const child of linkedRows(org, link.type, link.field, fromId)) {
      // An account is never its own parent.
      org.store.put(link.type, { ...touched(org, child), [link.field]: child.Id === toId ? null : toId });
    }
  }
  for (const role of type === 'Contact' ? rolesOf(org, 'ContactId', fromId) : []) {
    org.store.put('OpportunityContactRole', { ...touched(org, role), ContactId: toId });
    derivePrimaryContact(org, role.OpportunityId);
  }
}

function touched(org: Org, child: SfRecord): SfRecord {
  return org.behaviour.mergeMovesChildStamps ? { ...child, SystemModstamp: toSfDateTime(org.now()) } : child;
}

function linkedRows(org: Org, type: string, field: string, id: string): SfRecord[] {
  const ids = org.store.idsBy(type, field, [id]) ?? [];
  return [...ids].flatMap((childId) => org.store.get(type, childId) ?? []);
}
