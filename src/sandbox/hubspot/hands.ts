import { addStage, type NewStage, toStageDates } from './lifecycle.ts';
import { eraseContact, mergeRecords } from './merges.ts';
import { type Author, type ObjectType, type PastValue, readHistory, readValue, type SandboxRecord } from './model.ts';
import type { Portal } from './portal.ts';
import {
  archiveRecord,
  createRecord,
  findConflict,
  requireValid,
  restoreRecord,
  updateRecord,
  withoutEmpty,
} from './writes.ts';

/** A contact as a person sees it: every stored value, and where the record stands. Times in epoch milliseconds. */
export type ContactView = {
  id: string;
  properties: Readonly<Record<string, string>>;
  createdAt: number;
  updatedAt: number;
  archived: boolean;
  mergedIds: readonly string[];
};

/** Who edits: a person in HubSpot's own pages unless something else is named. */
type EditOptions = { changeSource?: string; sourceId?: string; sourceLabel?: string; userId?: number };

/** What people do in HubSpot's pages. Each of these sends the webhooks that HubSpot would send; `seedContacts` alone sends none. */
export type Hands = {
  createContact(properties: Record<string, string>, options?: EditOptions): string;
  /** A person may move the lifecycle stage backward; any other `changeSource` than `CRM_UI` goes forward only. */
  editContact(id: string, properties: Record<string, string>, options?: EditOptions): void;
  deleteContact(id: string, options?: EditOptions): void;
  restoreContact(id: string, options?: EditOptions): void;
  /** Answers the id of the survivor, which is a new one. */
  mergeContacts(primaryId: string, otherId: string, options?: EditOptions): string;
  privacyDelete(id: string, options?: EditOptions): void;
  /** Contacts in bulk without webhooks; values are taken as they are, without a check. Answers their ids in order. */
  seedContacts(list: Iterable<Readonly<Record<string, string>>>): string[];
  /** A stage of the portal's own behind `after`; HubSpot gives such stages numeric ids. Without `value` it gets the next one, which is answered. */
  addLifecycleStage(stage: NewStage): string;
  /** The contact of this id, in the recycle bin too; a merged id leads to the survivor. */
  getContact(id: string): ContactView | undefined;
  /** All values a property of this contact had, newest first; `at` in epoch milliseconds. */
  getHistory(id: string, property: string): PastValue[];
  /** All contacts by ascending id, made up afresh on each call. */
  contacts(): ContactView[];
  contactCount(): number;
  createRecord(type: ObjectType, properties: Record<string, string>, options?: EditOptions): string;
};

function toAuthor(options: EditOptions = {}): Author {
  const userId = options.userId ?? 9_000_001;
  const changeSource = options.changeSource ?? 'CRM_UI';
  if (changeSource !== 'CRM_UI') {
    const { sourceId, sourceLabel } = options;
    return {
      changeSource,
      ...(sourceId === undefined ? {} : { sourceId }),
      ...(sourceLabel === undefined ? {} : { sourceLabel }),
    };
  }
  return { changeSource, sourceId: options.sourceId ?? `userId:${userId}`, userId };
}

/** The contact as it stands now; later changes do not reach this copy. */
export function toView(record: SandboxRecord): ContactView {
  const modified = readValue(record, 'lastmodifieddate') ?? '';
  const properties = { ...record.state.values, hs_object_id: record.id, lastmodifieddate: modified };
  const { createdAt, state } = record;
  return {
    id: record.id,
    properties,
    createdAt,
    updatedAt: state.updatedAt,
    archived: state.archived,
    mergedIds: record.mergedIds ?? [],
  };
}

/** The human's hands on a portal. They throw what HubSpot's page would refuse: an unknown id, an invalid value, an email that is taken. */
export function createHands(portal: Portal): Hands {
  const contacts = portal.stores.contacts;

  function require(id: string): SandboxRecord {
    const record = contacts.resolve(id);
    if (record === undefined) throw new Error(`no contact with id ${id}`);
    return record;
  }

  function create(type: ObjectType, properties: Record<string, string>, options?: EditOptions): string {
    const values = requireValid(portal, type, properties);
    const conflict = findConflict(portal, type, values);
    if (conflict !== undefined) throw conflict;
    return createRecord(portal, type, values, toAuthor(options)).id;
  }

  return {
    createContact: (properties, options) => create('contacts', properties, options),
    createRecord: create,
    editContact(id, properties, options) {
      const record = require(id);
      const values = requireValid(portal, 'contacts', properties);
      const conflict = findConflict(portal, 'contacts', values, record);
      if (conflict !== undefined) throw conflict;
      updateRecord(portal, record, values, toAuthor(options));
    },
    deleteContact: (id, options) => archiveRecord(portal, require(id), toAuthor(options)),
    restoreContact(id, options) {
      const record = require(id);
      if (!record.state.archived) throw new Error(`contact ${id} is not in the recycle bin`);
      const conflict = findConflict(portal, 'contacts', record.state.values, record);
      if (conflict !== undefined) throw conflict;
      restoreRecord(portal, record, toAuthor(options));
    },
    addLifecycleStage: (stage) => addStage(portal, stage),
    mergeContacts: (primaryId, otherId, options) =>
      mergeRecords(portal, require(primaryId), require(otherId), toAuthor(options)).id,
    privacyDelete: (id, options) => eraseContact(portal, require(id), toAuthor(options)),
    seedContacts(list) {
      const author = toAuthor({ changeSource: 'IMPORT' });
      const at = portal.now();
      const ids: string[] = [];
      for (const values of list) {
        const stage = values.lifecyclestage;
        const dates = stage === undefined ? {} : toStageDates(undefined, stage, at);
        ids.push(contacts.add({ ...withoutEmpty(values), ...dates }, author, at).id);
      }
      return ids;
    },
    getContact(id) {
      const record = contacts.resolve(id);
      return record === undefined ? undefined : toView(record);
    },
    getHistory: (id, property) => readHistory(require(id), property),
    contacts: () => contacts.all().map(toView),
    contactCount: () => contacts.all().length,
  };
}
