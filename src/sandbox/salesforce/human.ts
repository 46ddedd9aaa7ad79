import { normaliseId } from './ids.ts';
import { type NewUser, type Org, putUser } from './org.ts';
import { toSfDate } from './time.ts';
import type { FieldValue, RecordError, SaveResult, SfRecord, WriteContext } from './types.ts';
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

type ConvertOptions = {
  accountId?: string;
  contactId?: string;
  /** A new opportunity of this name; none without it. */
  opportunityName?: string;
  convertedStatus?: string;
};

type ConvertedIds = { accountId: string; contactId: string; opportunityId: string | undefined };

const DAYS_TO_CLOSE_MS = 90 * 86_400_000;

function refusal(errors: readonly RecordError[]): Error {
  return new Error(errors.map(({ statusCode, message }) => `${statusCode}: ${message}`).join('; '));
}

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

const PERSON_FIELDS = [
  'FirstName',
  'Salutation',
  'Title',
  'Email',
  'Phone',
  'MobilePhone',
  'LeadSource',
  'Description',
];
const ADDRESS_FIELDS = ['Street', 'City', 'State', 'PostalCode', 'Country'];

/**
 * Converts a lead as SOAP convertLead does: account and contact (and opportunity) are created, or filled where they are blank; the lead
 * becomes read-only. Custom fields move only where LeadConvertSettings maps them. Source: SOAP API guide, convertLead.
 */
function convertLead(org: Org, lead: SfRecord, options: ConvertOptions, context: WriteContext): ConvertedIds {
  if (lead.IsConverted === true || lead.IsDeleted === true) throw new Error(`lead ${lead.Id} cannot be converted`);
  const accountId =
    options.accountId ?? save(org, 'Account', { Name: lead.Company ?? null, OwnerId: ownerOf(lead, context) }, context);
  const contactId = convertToContact(org, lead, accountId, options.contactId, context);
  const closeDate = toSfDate(org.now() + DAYS_TO_CLOSE_MS);
  const opportunityId =
    options.opportunityName === undefined
      ? undefined
      : save(
          org,
          'Opportunity',
          { Name: options.opportunityName, StageName: 'Prospecting', CloseDate: closeDate, AccountId: accountId },
          context,
        );
  const converted: SfRecord = {
    ...lead,
    IsConverted: true,
    Status: options.convertedStatus ?? 'Closed - Converted',
    ConvertedDate: toSfDate(org.now()),
    ConvertedAccountId: accountId,
    ConvertedContactId: contactId,
    ConvertedOpportunityId: opportunityId ?? null,
  };
  org.store.put('Lead', stamp(org, 'Lead', converted, context, false));
  return { accountId, contactId, opportunityId };
}

function ownerOf(lead: SfRecord, context: WriteContext): FieldValue {
  return typeof lead.OwnerId === 'string' && lead.OwnerId.startsWith('005') ? lead.OwnerId : context.userId;
}

function save(org: Org, type: string, values: Record<string, FieldValue>, context: WriteContext): string {
  const result = insertRecord(org, type, values, context);
  if (!result.ok) throw refusal(result.errors);
  return result.id;
}

function convertToContact(
  org: Org,
  lead: SfRecord,
  accountId: string,
  contactId: string | undefined,
  context: WriteContext,
): string {
  const values: Record<string, FieldValue> = { LastName: lead.LastName ?? null, AccountId: accountId };
  values.OwnerId = ownerOf(lead, context);
  for (const name of PERSON_FIELDS) values[name] = lead[name] ?? null;
  for (const name of ADDRESS_FIELDS) values[`Mailing${name}`] = lead[name] ?? null;
  for (const { outputObject, inputField, outputField } of org.convertMapping) {
    if (outputObject === 'Contact') values[outputField] = lead[inputField] ?? null;
  }
  if (contactId === undefined) return save(org, 'Contact', values, context);
  const existing = org.store.get('Contact', contactId);
  const blanks = Object.entries(values).filter(([name]) => (existing?.[name] ?? null) === null);
  const result = updateRecord(org, 'Contact', contactId, Object.fromEntries(blanks), context);
  if (!result.ok) throw refusal(result.errors);
  return result.id;
}
