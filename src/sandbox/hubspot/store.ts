import { type Author, OBJECT_TYPES, type ObjectType, type RecordState, type SandboxRecord } from './model.ts';
import type { Properties } from './properties.ts';

/** Ids are longer than 32 bits, as in real portals, and the same id exists once per object type. */
const FIRST_ID = 210_000_000_001;

/** The records of one object type, with what is needed to find them fast. */
export type Store = {
  /** The record of this id, archived ones too; ids that were merged away lead nowhere here (see `resolve`). */
  get(id: string): SandboxRecord | undefined;
  /** The record of this id or of the record it was merged into. */
  resolve(id: string): SandboxRecord | undefined;
  isMergedAway(id: string): boolean;
  /** All records by ascending id, archived ones too. */
  all(): readonly SandboxRecord[];
  /** Index in `all()` of the first record whose id is at least `id`. */
  indexFrom(id: number): number;
  /** The living record that holds this value of a unique property (for emails the secondary ones too). */
  findUnique(property: string, value: string): SandboxRecord | undefined;
  add(values: Readonly<Record<string, string>>, author: Author, at: number): SandboxRecord;
  /** Replaces the state and keeps the indexes and the search lag right; `at` where the change does not move the modification time. */
  setState(record: SandboxRecord, state: RecordState, at?: number): void;
  /** Takes the record out for good. */
  remove(record: SandboxRecord): void;
  /** From now on `resolve(id)` finds the survivor of a merge. */
  leaveTrail(id: string, survivorId: string): void;
};

/** Emails and unique values compare without case and outer blanks. */
function toKey(value: string): string {
  return value.trim().toLowerCase();
}

/** Who holds which value of the unique properties, among living records; secondary emails count as emails. */
function createUniqueIndex(type: ObjectType, properties: Properties, all: () => readonly SandboxRecord[]) {
  const holders = new Map<string, Map<string, SandboxRecord>>();

  function holdersOf(property: string): Map<string, SandboxRecord> {
    const present = holders.get(property) ?? new Map<string, SandboxRecord>();
    holders.set(property, present);
    return present;
  }

  function keysOf(property: string, state: RecordState): string[] {
    const own = state.values[property];
    const more = property === 'email' ? state.values.hs_additional_emails : undefined;
    return [...(own === undefined ? [] : [own]), ...(more?.split(';') ?? [])].map(toKey);
  }

  function addValues(record: SandboxRecord, property: string): void {
    if (record.state.archived) return;
    for (const key of keysOf(property, record.state)) holdersOf(property).set(key, record);
  }

  properties.onUnique((changedType, property) => {
    if (changedType === type) for (const record of all()) addValues(record, property);
  });

  return {
    find: (property: string, value: string) => holders.get(property)?.get(toKey(value)),
    add(record: SandboxRecord): void {
      for (const property of properties.unique(type)) addValues(record, property);
    },
    remove(record: SandboxRecord): void {
      for (const property of properties.unique(type)) {
        for (const key of keysOf(property, record.state)) {
          if (holdersOf(property).get(key) === record) holdersOf(property).delete(key);
        }
      }
    },
  };
}

/** An empty store. `searchLagMs` says how long search does not see a change. */
function createStore(type: ObjectType, properties: Properties, searchLagMs: () => number): Store {
  const byId = new Map<string, SandboxRecord>();
  const ordered: SandboxRecord[] = [];
  const mergedInto = new Map<string, string>();
  const unique = createUniqueIndex(type, properties, () => ordered);
  let nextId = FIRST_ID;

  function lag(record: SandboxRecord, at: number, before: RecordState | undefined): void {
    if (searchLagMs() <= 0) return;
    record.unindexed ??= [];
    record.unindexed.push({ until: at + searchLagMs(), before });
  }

  function indexFrom(id: number): number {
    let low = 0;
    let high = ordered.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((ordered[middle]?.order ?? 0) < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function resolve(id: string): SandboxRecord | undefined {
    const next = mergedInto.get(id);
    return next === undefined ? byId.get(id) : resolve(next);
  }

  return {
    get: (id) => byId.get(id),
    resolve,
    isMergedAway: (id) => mergedInto.has(id),
    all: () => ordered,
    indexFrom,
    findUnique: unique.find,
    add(values, author, at) {
      const order = nextId++;
      const state: RecordState = { values, updatedAt: at, archived: false };
      const record: SandboxRecord = { id: String(order), order, type, createdAt: at, author, state };
      byId.set(record.id, record);
      ordered.push(record);
      unique.add(record);
      lag(record, at, undefined);
      return record;
    },
    setState(record, state, at = state.updatedAt) {
      lag(record, at, record.state);
      unique.remove(record);
      record.state = state;
      unique.add(record);
    },
    remove(record) {
      unique.remove(record);
      byId.delete(record.id);
      ordered.splice(indexFrom(record.order), 1);
    },
    leaveTrail(id, survivorId) {
      mergedInto.set(id, survivorId);
    },
  };
}

/** One store per object type. */
export function createStores(properties: Properties, searchLagMs: () => number): Record<ObjectType, Store> {
  const [contacts, companies, deals] = OBJECT_TYPES.map((type) => createStore(type, properties, searchLagMs));
  if (contacts === undefined || companies === undefined || deals === undefined)
    throw new Error('object types are missing');
  return { contacts, companies, deals };
}
