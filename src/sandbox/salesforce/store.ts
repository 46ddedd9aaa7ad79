import { ID_PREFIXES, makeId } from './ids.ts';
import type { Schema } from './schema.ts';
import type { SfRecord } from './types.ts';

// Looked up often enough, on their own or in WHERE ... IN, that a scan over 100,000 rows would cost the benchmark.
const INDEXED_NAMES = new Set([
  'Email',
  'LastName',
  'AccountId',
  'MasterRecordId',
  'ConvertedContactId',
  'ConvertedAccountId',
  'PermissionSetId',
  'ParentId',
  'Username',
  'ContactId',
  'OpportunityId',
  'LeadId',
]);

/** What was deleted and when, apart from the rows: it outlives their purge. No query sees it. */
export const DELETE_LOG = '#deletes';

/** One write, and how to take it back or make it again. */
type Step = { id: string; undo: () => void; redo: () => void };

type Index = Map<string, Set<string>>;
/** `sorted`: all ids, rising; null: not known since a row was taken away or came out of order. */
type Table = { rows: Map<string, SfRecord>; indexes: Map<string, Index>; lastNumber: number; sorted: string[] | null };

/** Records in memory. A record is replaced, never changed in place, so a reader may keep what it got. */
export type Store = {
  get(type: string, id: string): SfRecord | undefined;
  all(type: string): IterableIterator<SfRecord>;
  count(type: string): number;
  ids(type: string): IterableIterator<string>;
  /** Ids behind this one (all, where it is undefined), rising. */
  idsAfter(type: string, id: string | undefined): Iterable<string>;
  nextId(type: string): string;
  put(type: string, record: SfRecord): void;
  remove(type: string, id: string): void;
  /** Ids whose field equals one of the values without regard to case; undefined where the field has no index. */
  idsBy(type: string, field: string, values: readonly string[]): Set<string> | undefined;
  isIndexed(type: string, field: string): boolean;
  /** Builds the index of a field that came later. */
  addIndex(type: string, field: string): void;
  /** Runs the work and takes back what it wrote; the answer writes it after all, and names the rows it would write. */
  hold(work: () => void): { ids: string[]; release: () => void };
  /** Runs the work; if it answers false, everything it wrote is taken back. */
  atomically(work: () => boolean): boolean;
};

function indexKey(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.toLowerCase() : undefined;
}

function addToIndex(index: Index, value: unknown, id: string): void {
  const key = indexKey(value);
  if (key === undefined) return;
  const ids = index.get(key);
  if (ids === undefined) index.set(key, new Set([id]));
  else ids.add(id);
}

function removeFromIndex(index: Index, value: unknown, id: string): void {
  const key = indexKey(value);
  const ids = key === undefined ? undefined : index.get(key);
  if (key === undefined || ids === undefined) return;
  ids.delete(id);
  if (ids.size === 0) index.delete(key);
}

function createTable(schema: Schema, type: string): Table {
  const fields = schema.object(type)?.fields ?? [];
  const indexed = fields.filter((field) => field.isExternalId || INDEXED_NAMES.has(field.name));
  return {
    rows: new Map(),
    indexes: new Map(indexed.map((field) => [field.name, new Map()])),
    lastNumber: 0,
    sorted: [],
  };
}

/** Where the ids behind this one begin. */
function findAfter(sorted: readonly string[], id: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? '') <= id) low = middle + 1;
    else high = middle;
  }
  return low;
}

function* from(sorted: readonly string[], start: number): Generator<string> {
  for (let at = start; at < sorted.length; at += 1) {
    const id = sorted[at];
    if (id !== undefined) yield id;
  }
}

/** New ids are the greatest so far, so that the order is rarely lost. */
function keepOrder(table: Table, id: string, isThere: boolean): void {
  const { sorted } = table;
  const last = sorted?.at(-1);
  if (isThere && (last === undefined || last < id)) sorted?.push(id);
  else table.sorted = null;
}

/** An empty store for the objects of the schema. */
export function createStore(schema: Schema): Store {
  const names = [...schema.objects().map(({ name }) => name), DELETE_LOG];
  const tables = new Map(names.map((name) => [name, createTable(schema, name)]));
  let journal: Step[] | undefined;

  function table(type: string): Table {
    const found = tables.get(type);
    if (found === undefined) throw new Error(`no table ${type}`);
    return found;
  }

  function replace(type: string, id: string, next: SfRecord | undefined): void {
    const owner = table(type);
    const { rows, indexes } = owner;
    const before = rows.get(id);
    if ((before === undefined) !== (next === undefined)) keepOrder(owner, id, next !== undefined);
    for (const [field, index] of indexes) {
      if (before?.[field] === next?.[field]) continue;
      if (before !== undefined) removeFromIndex(index, before[field], id);
      if (next !== undefined) addToIndex(index, next[field], id);
    }
    if (next === undefined) rows.delete(id);
    else rows.set(id, next);
    journal?.push({ id, undo: () => replace(type, id, before), redo: () => replace(type, id, next) });
  }

  return {
    get: (type, id) => table(type).rows.get(id),
    all: (type) => table(type).rows.values(),
    count: (type) => table(type).rows.size,
    ids: (type) => table(type).rows.keys(),
    idsAfter(type, id) {
      const owner = table(type);
      owner.sorted ??= [...owner.rows.keys()].sort();
      return from(owner.sorted, id === undefined ? 0 : findAfter(owner.sorted, id));
    },
    nextId(type) {
      const owner = table(type);
      owner.lastNumber += 1;
      return makeId(ID_PREFIXES[type] ?? 'a00', owner.lastNumber);
    },
    put: (type, record) => replace(type, record.Id, record),
    remove: (type, id) => replace(type, id, undefined),
    idsBy(type, field, values) {
      const index = table(type).indexes.get(field);
      if (index === undefined) return undefined;
      const found = new Set<string>();
      for (const value of values) for (const id of index.get(value.toLowerCase()) ?? []) found.add(id);
      return found;
    },
    isIndexed: (type, field) => table(type).indexes.has(field),
    addIndex(type, field) {
      const index: Index = new Map();
      for (const row of table(type).rows.values()) addToIndex(index, row[field], row.Id);
      table(type).indexes.set(field, index);
    },
    hold(work) {
      const outer = journal;
      const own: Step[] = [];
      journal = own;
      try {
        work();
      } finally {
        journal = undefined;
        for (const { undo } of own.toReversed()) undo();
        journal = outer;
      }
      return {
        ids: [...new Set(own.map(({ id }) => id))],
        release: () => {
          for (const { redo } of own) redo();
        },
      };
    },
    atomically(work) {
      const outer = journal;
      const own: Step[] = [];
      journal = own;
      let keeps = false;
      try {
        keeps = work();
      } finally {
        journal = undefined;
        if (!keeps) for (const { undo } of own.reverse()) undo();
        journal = outer;
        if (keeps) outer?.push(...own);
      }
      return keeps;
    },
  };
}
