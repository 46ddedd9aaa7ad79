import type { SalesforcePerson, SalesforceRecord } from '../../domain/record.ts';
import type { RoleChange } from '../../ports/salesforce.ts';

/** Rows whose stamp is this fresh are never remembered: they may change again within the second that the stamp shows. */
const freshMs = 2_000;

/** A row as it is remembered: which one, when it was changed, and all that could be another time. */
export type SeenRow = { key: string; atMs: number; content: string };

/**
 * Rows that led to a mark already and are read again because the windows overlap. Kept by this process alone, and as long as wide
 * windows read them: to forget one costs a look.
 */
export type SeenRows = {
  has(row: SeenRow): boolean;
  add(rows: readonly SeenRow[], serverMs: number): void;
  /** A wide window begins: what the last one did not read is forgotten. */
  age(): void;
};

/** An empty memory. */
export function createSeenRows(): SeenRows {
  let [young, old] = [new Map<string, string>(), new Map<string, string>()];
  return {
    has({ key, content }) {
      if ((young.get(key) ?? old.get(key)) !== content) return false;
      young.set(key, content);
      return true;
    },
    add(rows, serverMs) {
      for (const { key, atMs, content } of rows) if (atMs < serverMs - freshMs) young.set(key, content);
    },
    age() {
      [young, old] = [new Map(), young];
    },
  };
}

/** A person's row. */
export function rowOfPerson(person: SalesforcePerson): SeenRow {
  const { id, modifiedAtMs, fields, externalId, isDeleted, isConverted, masterRecordId, opportunities } = person;
  const content = [modifiedAtMs, fields, externalId, isDeleted, isConverted, masterRecordId, opportunities];
  return { key: id, atMs: modifiedAtMs, content: JSON.stringify(content) };
}

/** An Account's or Opportunity's row. */
export function rowOfRecord(record: SalesforceRecord): SeenRow {
  const { id, modifiedAtMs, fields, externalId, isDeleted, masterRecordId, roles } = record;
  const content = [modifiedAtMs, fields, externalId, isDeleted, masterRecordId, roles];
  return { key: id, atMs: modifiedAtMs, content: JSON.stringify(content) };
}

/** What was deleted, by its id: each round reads some of the log again. */
export function rowOfDeleted(id: string): SeenRow {
  return { key: `deleted ${id}`, atMs: 0, content: '' };
}

/** A role's row: by its own stamp, or by that of its opportunity. */
export function rowOfRole(source: string, { id, atMs }: RoleChange): SeenRow {
  return { key: `${source} ${id}`, atMs, content: String(atMs) };
}
