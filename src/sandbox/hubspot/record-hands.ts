import { refreshCalculated } from './calculated.ts';
import { STAGE_PROPERTY, toStageDates } from './lifecycle.ts';
import { mergeRecords } from './merges.ts';
import {
  type Author,
  MODIFIED_PROPERTY,
  type ObjectType,
  type PastValue,
  readHistory,
  readValue,
  type SandboxRecord,
  SINGULAR,
} from './model.ts';
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

/** A record as a person sees it: every stored value, and where the record stands. Times in epoch milliseconds. */
export type RecordView = {
  id: string;
  properties: Readonly<Record<string, string>>;
  createdAt: number;
  updatedAt: number;
  archived: boolean;
  mergedIds: readonly string[];
};

/** Who edits: a person in HubSpot's own pages unless something else is named. */
export type EditOptions = { changeSource?: string; sourceId?: string; sourceLabel?: string; userId?: number };

/** What people do with records of any object type. They throw what HubSpot's page would refuse: an unknown id, an invalid value, a unique value that is taken. */
export type RecordHands = {
  createRecord(type: ObjectType, properties: Record<string, string>, options?: EditOptions): string;
  editRecord(type: ObjectType, id: string, properties: Record<string, string>, options?: EditOptions): void;
  deleteRecord(type: ObjectType, id: string, options?: EditOptions): void;
  restoreRecord(type: ObjectType, id: string, options?: EditOptions): void;
  /** Answers the id of the survivor, which is a new one. */
  mergeRecords(type: ObjectType, primaryId: string, otherId: string, options?: EditOptions): string;
  /** Records in bulk without webhooks; values are taken as they are, without a check or a default. Answers their ids in order. */
  seedRecords(type: ObjectType, list: Iterable<Readonly<Record<string, string>>>): string[];
  /** The record of this id, in the recycle bin too; a merged id leads to the survivor. */
  getRecord(type: ObjectType, id: string): RecordView | undefined;
  /** All values a property of this record had, newest first; `at` in epoch milliseconds. */
  getRecordHistory(type: ObjectType, id: string, property: string): PastValue[];
  /** All records by ascending id, in the recycle bin too, made up afresh on each call. */
  records(type: ObjectType): RecordView[];
};

/** The author of what hands do. */
export function toAuthor(options: EditOptions = {}): Author {
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

/** The record as it stands now; later changes do not reach this copy. */
export function toView(record: SandboxRecord): RecordView {
  const modifiedName = MODIFIED_PROPERTY[record.type];
  const modified = readValue(record, modifiedName) ?? '';
  const properties = { ...record.state.values, hs_object_id: record.id, [modifiedName]: modified };
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

/** The record of this id or of its survivor, in the recycle bin too; throws when there is none. */
export function requireRecord(portal: Portal, type: ObjectType, id: string): SandboxRecord {
  const record = portal.stores[type].resolve(id);
  if (record === undefined) throw new Error(`no ${SINGULAR[type]} with id ${id}`);
  return record;
}

function requireFree(portal: Portal, type: ObjectType, values: Readonly<Record<string, string>>, self?: SandboxRecord) {
  const conflict = findConflict(portal, type, values, self);
  if (conflict !== undefined) throw conflict;
}

/** The hands on the records of a portal. */
export function createRecordHands(portal: Portal): RecordHands {
  const require = (type: ObjectType, id: string) => requireRecord(portal, type, id);

  return {
    createRecord(type, properties, options) {
      const values = requireValid(portal, type, properties);
      requireFree(portal, type, values);
      return createRecord(portal, type, values, toAuthor(options)).id;
    },
    editRecord(type, id, properties, options) {
      const record = require(type, id);
      // A person drags a lifecycle stage backward where an app may not; a deal's stage is held against its pipeline for both.
      const values = requireValid(portal, type, properties, type === 'deals' ? record : undefined);
      requireFree(portal, type, values, record);
      updateRecord(portal, record, values, toAuthor(options));
    },
    deleteRecord: (type, id, options) => archiveRecord(portal, require(type, id), toAuthor(options)),
    restoreRecord(type, id, options) {
      const record = require(type, id);
      if (!record.state.archived) throw new Error(`${SINGULAR[type]} ${id} is not in the recycle bin`);
      requireFree(portal, type, record.state.values, record);
      restoreRecord(portal, record, toAuthor(options));
    },
    mergeRecords: (type, primaryId, otherId, options) =>
      mergeRecords(portal, require(type, primaryId), require(type, otherId), toAuthor(options)).id,
    seedRecords(type, list) {
      const author = toAuthor({ changeSource: 'IMPORT' });
      const at = portal.now();
      const ids: string[] = [];
      for (const values of list) {
        const stage = values[STAGE_PROPERTY[type]];
        const dates = stage === undefined ? {} : toStageDates(undefined, stage, at);
        const record = portal.stores[type].add({ ...withoutEmpty(values), ...dates }, author, at);
        if (type !== 'contacts') refreshCalculated(portal, record, at, true);
        ids.push(record.id);
      }
      return ids;
    },
    getRecord(type, id) {
      const record = portal.stores[type].resolve(id);
      return record === undefined ? undefined : toView(record);
    },
    getRecordHistory: (type, id, property) => readHistory(require(type, id), property),
    records: (type) => portal.stores[type].all().map(toView),
  };
}
