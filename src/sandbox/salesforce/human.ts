import { type ConvertedIds, type ConvertOptions, convertLead, refusal } from './convert.ts';
import { type MergeType, moveChildren } from './families.ts';
import { normaliseId } from './ids.ts';
import { isNumeric, numberText, toStoredNumber } from './numbers.ts';
import { applyStage, derivePrimaryContact } from './opportunities.ts';
import { type NewUser, type Org, putUser } from './org.ts';
import { createRoleHands, type RoleHands } from './roles.ts';
import { logDelete, restore, runFlows, save, stamp, trash } from './save.ts';
import { toSfDateTime } from './time.ts';
import type { FieldValue, SaveResult, SfRecord, WriteContext } from './types.ts';
import { defaults, deleteRecord, insertRecord, updateRecord } from './write.ts';

/** What a person does in the browser: validation holds, field-level security of the integration user and assignment rules do not. */
export type HumanHands = RoleHands & {
  /** The person that edits; `LastModifiedById` of everything done here. */
  userId: string;
  create(type: string, values: Record<string, FieldValue>): SfRecord;
  /** `byUserId`: another user of the org, or another app's; default the person. */
  edit(type: string, id: string, values: Record<string, FieldValue>, byUserId?: string): SfRecord;
  /** An account takes its contacts and opportunities along, won ones too: the person has been asked. */
  remove(type: string, id: string): void;
  /** An account comes back with what went with it. */
  undelete(type: string, id: string): SfRecord;
  /** Empties this record from the recycle bin: not even queryAll shows it any more. */
  purge(type: string, id: string): void;
  /**
   * Up to three of one kind: the losers go to the recycle bin with `MasterRecordId`, the winner gets one update (with `values`, the ones the
   * person picked), what hangs on losing accounts (contacts, opportunities, child accounts) and the roles of losing contacts move.
   */
  merge(type: MergeType, winnerId: string, loserIds: readonly string[], values?: Record<string, FieldValue>): SfRecord;
  convertLead(id: string, options?: ConvertOptions): ConvertedIds;
  addUser(user: NewUser): SfRecord;
  /** A mass stamp by the platform itself (a picklist is relabelled, a roll-up is made): SystemModstamp moves, nothing else. */
  touch(type: string, ids?: readonly string[]): void;
  /**
   * Does the work in a transaction that is not committed yet: its rows carry the stamps of now, nobody sees them and nobody can write the
   * rows they replace (UNABLE_TO_LOCK_ROW) until the answer is called.
   */
  commitLater(work: () => void): () => void;
  /** Existing rows in bulk, without rules: `values` are stored as they are, on top of the defaults. */
  seed(type: string, rows: readonly Record<string, FieldValue>[]): string[];
};

const MAX_LOSERS = 2;

/** The hands of one human user of the org. */
export function createHumanHands(org: Org): HumanHands {
  const userId = org.store.nextId('User');
  putUser(org, userId, { email: 'sales.person@sandbox.example', firstName: 'Sales', lastName: 'Person' });
  const context: WriteContext = {
    userId,
    assigns: false,
    savesDuplicates: true,
    showsDuplicateRecords: false,
    isHuman: true,
  };

  function mustGet(type: string, id: string): SfRecord {
    const full = normaliseId(id);
    const record = full === undefined ? undefined : org.store.get(type, full);
    if (record === undefined) throw new Error(`no ${type} ${id}`);
    return record;
  }

  function done(type: string, result: SaveResult): SfRecord {
    if (!result.ok) throw refusal(result.errors);
    return mustGet(type, result.id);
  }

  const basic: Pick<HumanHands, 'create' | 'edit' | 'remove'> = {
    create: (type, values) => done(type, insertRecord(org, type, values, context)),
    edit: (type, id, values, byUserId = userId) =>
      done(type, updateRecord(org, type, id, values, { ...context, userId: mustGet('User', byUserId).Id })),
    remove(type, id) {
      const result = deleteRecord(org, type, id, context);
      if (!result.ok) throw refusal(result.errors);
    },
  };
  return {
    userId,
    ...basic,
    ...createRoleHands(org, basic),
    undelete: (type, id) => restore(org, type, mustGet(type, id), context),
    purge(type, id) {
      const record = mustGet(type, id);
      if (record.IsDeleted !== true) trash(org, type, record, context);
      org.store.remove(type, record.Id);
    },
    merge(type, winnerId, loserIds, values = {}) {
      if (loserIds.length > MAX_LOSERS) throw new Error('a merge takes three records at most');
      const winner = mustGet(type, winnerId);
      for (const id of loserIds) {
        const loser = mustGet(type, id);
        trash(org, type, loser, context, winner.Id);
        moveChildren(org, type, loser.Id, winner.Id);
      }
      const next: SfRecord = { ...mustGet(type, winnerId), ...values, Id: winner.Id };
      runFlows(org, type, next, winner, context);
      save(org, type, next, winner, context);
      return next;
    },
    convertLead: (id, options) => convertLead(org, mustGet('Lead', id), options ?? {}, context),
    addUser: (user) => putUser(org, org.store.nextId('User'), user),
    touch(type, ids) {
      const rows = ids === undefined ? [...org.store.all(type)] : ids.map((id) => mustGet(type, id));
      for (const row of rows) org.store.put(type, { ...row, SystemModstamp: toSfDateTime(org.now()) });
    },
    commitLater: (work) => openTransaction(org, work),
    seed: (type, rows) => rows.map((row) => seedOne(org, type, row, context)),
  };
}

function openTransaction(org: Org, work: () => void): () => void {
  const open = { startedAtMs: org.now() };
  const { ids, release } = org.store.hold(work);
  org.openTransactions.add(open);
  for (const id of ids) org.rules.locks.set(id, Number.POSITIVE_INFINITY);
  return () => {
    for (const id of ids) org.rules.locks.delete(id);
    org.openTransactions.delete(open);
    release();
  };
}

function seedOne(org: Org, type: string, row: Record<string, FieldValue>, context: WriteContext): string {
  const object = org.schema.object(type);
  const id = org.store.nextId(type);
  const record: SfRecord = { ...defaults(org, type, context), Id: id };
  const given = { ...row };
  for (const field of object?.fields ?? []) {
    const literal = isNumeric(field) ? numberText(row[field.name]) : undefined;
    if (literal !== undefined) given[field.name] = toStoredNumber(literal);
  }
  Object.assign(record, given);
  if (type === 'Opportunity') applyStage(org, record, undefined, given);
  org.store.put(type, { ...stamp(org, type, record, context, true), ...given, Id: id });
  if (type === 'OpportunityContactRole') derivePrimaryContact(org, record.OpportunityId);
  if (type === 'Opportunity' && typeof record.ContactId === 'string') {
    const role = { OpportunityId: id, ContactId: record.ContactId, IsPrimary: true };
    seedOne(org, 'OpportunityContactRole', role, context);
  }
  if (row.IsDeleted === true) logDelete(org, type, id, org.now());
  return id;
}
