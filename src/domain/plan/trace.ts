import { sameId } from '../merge/same-id.ts';
import type { SalesforcePerson } from '../record.ts';
import type { PlanInput } from './types.ts';

/**
 * What one memory says: the living persons it leads to, the ids at which it ends with nobody alive, those of them that are known to have
 * been deleted, and whether a merge led on.
 */
export type Trace = {
  code: string;
  text: string;
  live: readonly SalesforcePerson[];
  dead: readonly string[];
  deleted: readonly string[];
  isMerged: boolean;
};

/** Follows merges to the survivor and conversions to the Contact. */
export function follow(input: PlanInput, starts: readonly SalesforcePerson[], code: string, text: string): Trace {
  const live = new Map<string, SalesforcePerson>();
  const dead: string[] = [];
  const deleted: string[] = [];
  let isMerged = false;
  for (const start of starts) {
    const end = endOf(input, start);
    isMerged ||= end.isMerged;
    if (end.person !== undefined) live.set(end.person.id.slice(0, 15), end.person);
    else dead.push(start.id);
    if (end.isDeleted) deleted.push(start.id);
  }
  return { code, text, live: [...live.values()], dead, deleted, isMerged };
}

type End = { person: SalesforcePerson | undefined; isDeleted: boolean; isMerged: boolean };

function endOf(input: PlanInput, start: SalesforcePerson): End {
  const seen = new Set<string>();
  let isMerged = false;
  let person: SalesforcePerson | undefined = start;
  while (person !== undefined && !seen.has(person.id)) {
    seen.add(person.id);
    const next = nextOf(person);
    if (next === null) {
      const isAlive = !person.isDeleted && !person.isConverted;
      return { person: isAlive ? person : undefined, isDeleted: person.isDeleted, isMerged };
    }
    isMerged ||= person.isDeleted;
    person = personById(input, next);
  }
  return { person: undefined, isDeleted: false, isMerged };
}

function nextOf({ isDeleted, isConverted, masterRecordId, convertedContactId }: SalesforcePerson): string | null {
  if (isDeleted) return masterRecordId;
  return isConverted ? convertedContactId : null;
}

/** The person of this id among everything that was found. */
export function personById({ persons }: PlanInput, id: string): SalesforcePerson | undefined {
  return [...persons.byId, ...persons.byExternalId, ...persons.byEmail].find((person) => sameId(person.id, id));
}
