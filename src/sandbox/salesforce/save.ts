import { childrenOfAccount } from './families.ts';
import { recordChanges, recordEvent } from './history.ts';
import { derivePrimaryContact, rolesOf } from './opportunities.ts';
import type { Org } from './org.ts';
import { refreshGrants, SETUP_TYPES } from './permissions.ts';
import { recordStage } from './stage-history.ts';
import { DELETE_LOG } from './store.ts';
import { toSfDateTime } from './time.ts';
import type { SfRecord, WriteContext } from './types.ts';

/** Lets the org's automation change a record before it is saved, in the same transaction and so under the name of who saves. */
export function runFlows(
  org: Org,
  type: string,
  next: SfRecord,
  before: SfRecord | undefined,
  context: WriteContext,
): void {
  for (const flow of org.flows.get(type) ?? []) {
    Object.assign(next, flow({ ...next }, { before, userId: context.userId }));
  }
}

/** Stamps and stores a record, with its history and what follows for its neighbours. `before` is undefined for a new one. */
export function save(
  org: Org,
  type: string,
  next: SfRecord,
  before: SfRecord | undefined,
  context: WriteContext,
): void {
  org.store.put(type, stamp(org, type, next, context, before === undefined));
  if (SETUP_TYPES.has(type)) refreshGrants(org);
  if (before === undefined) recordEvent(org, type, next, 'created', context.userId);
  else recordChanges(org, type, before, next, context.userId);
  if (type === 'Opportunity') recordStage(org, next, before, context.userId);
  if (type !== 'OpportunityContactRole') return;
  if (next.IsPrimary === true) keepOnePrimary(org, next, context);
  derivePrimaryContact(org, next.OpportunityId);
}

/** "Each Opportunity has only one primary contact" (Object Reference, OpportunityContactRole). */
function keepOnePrimary(org: Org, primary: SfRecord, context: WriteContext): void {
  for (const role of rolesOf(org, 'OpportunityId', String(primary.OpportunityId))) {
    if (role.Id === primary.Id || role.IsPrimary !== true) continue;
    org.store.put(
      'OpportunityContactRole',
      stamp(org, 'OpportunityContactRole', { ...role, IsPrimary: false }, context, false),
    );
  }
}

/**
 * Puts a record into the recycle bin, with the roles of an opportunity and what belongs to an account. `masterId` is what it was merged into. A role that is deleted
 * itself is gone at once: its IsDeleted only follows its opportunity (Object Reference).
 */
export function trash(org: Org, type: string, record: SfRecord, context: WriteContext, masterId?: string): void {
  const moves = masterId === undefined ? org.behaviour.deleteMovesStamp : org.behaviour.mergeMovesStamp;
  const gone: SfRecord = {
    ...record,
    IsDeleted: true,
    ...(masterId === undefined ? {} : { MasterRecordId: masterId }),
  };
  if (type === 'OpportunityContactRole') org.store.remove(type, record.Id);
  else org.store.put(type, moves ? stamp(org, type, gone, context, false) : gone);
  logDelete(org, type, record.Id, org.now());
  if (type === 'Account' && masterId === undefined) trashChildren(org, record, context);
  if (type === 'OpportunityContactRole') derivePrimaryContact(org, record.OpportunityId);
  if (type !== 'Opportunity') return;
  for (const role of rolesOf(org, 'OpportunityId', record.Id)) {
    org.store.put(
      'OpportunityContactRole',
      stamp(org, 'OpportunityContactRole', { ...role, IsDeleted: true }, context, false),
    );
    logDelete(org, 'OpportunityContactRole', role.Id, org.now());
  }
}

function trashChildren(org: Org, account: SfRecord, context: WriteContext): void {
  for (const { type, record } of childrenOfAccount(org, account.Id)) {
    trash(org, type, record, context);
    logDelete(org, type, record.Id, org.now(), account.Id);
  }
}

/** What `/deleted` lists, whatever becomes of the row; `withId` is what it was deleted along with. */
export function logDelete(org: Org, type: string, id: string, atMs: number, withId: string | null = null): void {
  org.store.put(DELETE_LOG, { Id: id, Type: type, DeletedDate: toSfDateTime(atMs), With: withId });
}

/** Takes a record out of the recycle bin under its old id; what merged it away is forgotten (MasterRecordId is null for what is not deleted). */
export function restore(org: Org, type: string, record: SfRecord, context: WriteContext): SfRecord {
  const back: SfRecord = { ...record, IsDeleted: false };
  if (org.schema.field(type, 'MasterRecordId') !== undefined) back.MasterRecordId = null;
  org.store.put(type, stamp(org, type, back, context, false));
  org.store.remove(DELETE_LOG, record.Id);
  if (type === 'Account') restoreChildren(org, record.Id, context);
  if (type !== 'Opportunity') return back;
  for (const role of rolesOf(org, 'OpportunityId', record.Id)) {
    if (role.IsDeleted === true) restore(org, 'OpportunityContactRole', role, context);
  }
  return back;
}

/** What went to the recycle bin with the account comes back with it. */
function restoreChildren(org: Org, accountId: string, context: WriteContext): void {
  for (const { Id, Type } of [...org.store.all(DELETE_LOG)].filter((entry) => entry.With === accountId)) {
    const child = org.store.get(String(Type), Id);
    if (child !== undefined && child.AccountId === accountId) restore(org, String(Type), child, context);
  }
}

/** Sets the audit fields and what the platform derives (Name). A save that changes nothing moves the stamps too. */
export function stamp(org: Org, type: string, record: SfRecord, context: WriteContext, isNew: boolean): SfRecord {
  const now = toSfDateTime(org.now());
  if (type === 'Lead' || type === 'Contact' || type === 'User') {
    record.Name = [record.FirstName, record.LastName].filter((part) => part != null).join(' ');
  }
  if (SETUP_TYPES.has(type)) return record;
  if (isNew) {
    record.CreatedDate = now;
    record.CreatedById = context.userId;
    record.IsDeleted = false;
  }
  record.LastModifiedDate = now;
  record.LastModifiedById = context.userId;
  record.SystemModstamp = now;
  return record;
}
