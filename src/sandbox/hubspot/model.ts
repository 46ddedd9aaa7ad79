/** The object types the sandbox knows, by the names that stand in paths. */
export const OBJECT_TYPES = ['contacts', 'companies', 'deals'] as const;
export type ObjectType = (typeof OBJECT_TYPES)[number];

/** Object type ids as in HubSpot's payloads and paths (`/crm/objects/2026-03/0-1/…`). */
export const TYPE_IDS: Record<ObjectType, string> = { contacts: '0-1', companies: '0-2', deals: '0-3' };
export const SINGULAR: Record<ObjectType, string> = { contacts: 'contact', companies: 'company', deals: 'deal' };

/** Contacts keep their modification time under another name than everything else (search guide, "filter by modified date"). */
export const MODIFIED_PROPERTY: Record<ObjectType, string> = {
  contacts: 'lastmodifieddate',
  companies: 'hs_lastmodifieddate',
  deals: 'hs_lastmodifieddate',
};

/** Who changes a value: what webhooks call `changeSource` + `sourceId` and the property history `sourceType` + `sourceId`. */
export type Author = { changeSource: string; sourceId?: string; sourceLabel?: string; userId?: number };

/** One past or present value of a property; `at` is epoch milliseconds. */
export type PastValue = { value: string; at: number; author: Author };

/** What a record holds. Values are strings as in the API; an empty property has no key. */
export type RecordState = {
  values: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  updatedAt: number;
  archived: boolean;
};

export type SandboxRecord = {
  id: string;
  /** The id as a number: lists and walks go in this order. */
  order: number;
  type: ObjectType;
  createdAt: number;
  author: Author;
  state: RecordState;
  archivedAt?: number;
  /** Properties changed after creation, oldest value first; others have had one value since `createdAt`. */
  history?: Map<string, PastValue[]>;
  /** Ids that were merged into this record, oldest first. */
  mergedIds?: string[];
  /** What search still shows: states before changes that its index has not seen yet, oldest first (`undefined`: no record yet). */
  unindexed?: { until: number; before: RecordState | undefined }[];
};

/** The value of a property as a read answers it (`null` for empty): own columns first, then the stored values. */
export function readValue(record: SandboxRecord, name: string, state: RecordState = record.state): string | null {
  switch (name) {
    case 'hs_object_id':
      return record.id;
    case 'createdate':
    case 'hs_createdate':
      return new Date(record.createdAt).toISOString();
    case 'lastmodifieddate':
    case 'hs_lastmodifieddate':
      return name === MODIFIED_PROPERTY[record.type] ? new Date(state.updatedAt).toISOString() : null;
    case 'hs_merged_object_ids':
      return record.mergedIds === undefined ? null : record.mergedIds.join(';');
    default:
      return state.values[name] ?? null;
  }
}

/** Who sets what HubSpot works out itself. */
export const CALCULATED: Author = { changeSource: 'CALCULATED' };

/** Adds a value to the history of a property; the first value, since creation, is put before it. */
export function remember(record: SandboxRecord, name: string, entry: PastValue): void {
  record.history ??= new Map();
  const past = record.history.get(name);
  if (past !== undefined) {
    past.push(entry);
    return;
  }
  const first = record.state.values[name];
  const start = first === undefined ? [] : [{ value: first, at: record.createdAt, author: record.author }];
  record.history.set(name, [...start, entry]);
}

/** All values a property had, newest first, as `propertiesWithHistory` shows them. */
export function readHistory(record: SandboxRecord, name: string): PastValue[] {
  const past = record.history?.get(name);
  if (past !== undefined) return past.toReversed();
  const value = readValue(record, name);
  if (value === null) return [];
  return [{ value, at: record.createdAt, author: name.startsWith('hs_v2_date_') ? CALCULATED : record.author }];
}
