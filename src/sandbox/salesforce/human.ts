import { type ConvertedIds, type ConvertOptions, convertLead, refusal } from './convert.ts';
import { normaliseId } from './ids.ts';
import { type NewUser, type Org, putUser } from './org.ts';
import type { FieldValue, SaveResult, SfRecord, WriteContext } from './types.ts';
import { deleteRecord, insertRecord, stamp, updateRecord } from './write.ts';

/** What a person does in the browser: validation holds, field-level security of the integration user and assignment rules do not. */
export type HumanHands = {
  /** The person that edits; `LastModifiedById` of everything done here. */
  userId: string;
  create(type: string, values: Record<string, FieldValue>): SfRecord;
  edit(type: string, id: string, values: Record<string, FieldValue>): SfRecord;
  remove(type: string, id: string): void;
  undelete(type: string, id: string): SfRecord;
  /** Empties this record from the recycle bin: not even queryAll shows it any more. */
  purge(type: string, id: string): void;
  /** Up to three of one kind: the losers go to the recycle bin with `MasterRecordId`, children of losing accounts move. */
  merge(type: 'Lead' | 'Contact' | 'Account', winnerId: string, loserIds: readonly string[]): SfRecord;
  convertLead(id: string, options?: ConvertOptions): ConvertedIds;
  addUser(user: NewUser): SfRecord;
  /** Existing rows in bulk, without rules: `values` are stored as they are, on top of the defaults. */
  seed(type: string, rows: readonly Record<string, FieldValue>[]): string[];
};

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

  function touch(type: string, record: SfRecord): SfRecord {
    org.store.put(type, stamp(org, type, record, context, false));
    return record;
  }

  return {
    userId,
    create: (type, values) => done(type, insertRecord(org, type, values, context)),
    edit: (type, id, values) => done(type, updateRecord(org, type, id, values, context)),
    remove(type, id) {
      const result = deleteRecord(org, type, id, context);
      if (!result.ok) throw refusal(result.errors);
    },
    undelete: (type, id) => touch(type, { ...mustGet(type, id), IsDeleted: false, MasterRecordId: null }),
    purge: (type, id) => org.store.remove(type, mustGet(type, id).Id),
    merge(type, winnerId, loserIds) {
      const winner = mustGet(type, winnerId);
      for (const id of loserIds) {
        const loser = mustGet(type, id);
        touch(type, { ...loser, IsDeleted: true, MasterRecordId: winner.Id });
        if (type === 'Account') moveContacts(org, loser.Id, winner.Id);
      }
      return touch(type, { ...winner });
    },
    convertLead: (id, options) => convertLead(org, mustGet('Lead', id), options ?? {}, context),
    addUser: (user) => putUser(org, org.store.nextId('User'), user),
    seed: (type, rows) => rows.map((row) => seedOne(org, type, row, context)),
  };
}

/** Children that a merge moves fire no triggers; their stamps stay (Apex guide, triggers and merge statements). */
function moveContacts(org: Org, fromId: string, toId: string): void {
  for (const id of org.store.idsBy('Contact', 'AccountId', [fromId]) ?? []) {
    const contact = org.store.get('Contact', id);
    if (contact !== undefined) org.store.put('Contact', { ...contact, AccountId: toId });
  }
}

function seedOne(org: Org, type: string, row: Record<string, FieldValue>, context: WriteContext): string {
  const object = org.schema.object(type);
  const id = org.store.nextId(type);
  const record: SfRecord = { Id: id };
  for (const field of object?.fields ?? []) {
    if (field.type === 'boolean') record[field.name] = false;
    const preset = field.picklist?.find((item) => item.defaultValue);
    if (preset !== undefined) record[field.name] = preset.value;
    if (field.name === 'OwnerId') record.OwnerId = context.userId;
  }
  org.store.put(type, { ...stamp(org, type, Object.assign(record, row), context, true), ...row, Id: id });
  return id;
}
