import type { SalesforcePerson } from '../../domain/record.ts';

/** Rows whose stamp is this fresh are never remembered: they may change again within the second that the stamp shows. */
const freshMs = 2_000;

/**
 * Rows that led to a mark already and are read again because the windows overlap. Kept by this process alone and for two wide windows: to
 * forget one costs a look.
 */
export type SeenRows = {
  has(person: SalesforcePerson): boolean;
  add(persons: readonly SalesforcePerson[], serverMs: number): void;
  /** A wide window begins: what is older than the last one is forgotten. */
  age(): void;
};

/** An empty memory. */
export function createSeenRows(): SeenRows {
  let [young, old] = [new Map<string, string>(), new Map<string, string>()];
  return {
    has: (person) => (young.get(person.id) ?? old.get(person.id)) === contentOf(person),
    add(persons, serverMs) {
      for (const person of persons) {
        if (person.modifiedAtMs < serverMs - freshMs) young.set(person.id, contentOf(person));
      }
    },
    age() {
      [young, old] = [new Map(), young];
    },
  };
}

function contentOf({ modifiedAtMs, fields, externalId, isDeleted, isConverted, ...rest }: SalesforcePerson): string {
  const { masterRecordId, opportunities } = rest;
  return JSON.stringify([modifiedAtMs, fields, externalId, isDeleted, isConverted, masterRecordId, opportunities]);
}
