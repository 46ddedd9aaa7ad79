import type { SalesforceObject, SalesforceReference } from '../record.ts';

/** A record of Salesforce that an id leads to, as far as it takes to tell who it is. */
export type Candidate = {
  object: SalesforceObject;
  id: string;
  externalId: string | null;
  isDeleted: boolean;
  masterRecordId: string | null;
  /** Of a converted Lead: the Contact that it became. */
  convertedContactId: string | null;
};

export type ChooseInput = {
  recordId: string;
  /** Its id and all that were merged into it. */
  ownIds: ReadonlySet<string>;
  /** All records of Salesforce that an id of either side leads to, dead ones too, survivors and Contacts of conversions included. */
  candidates: readonly Candidate[];
  /** Other HubSpot records for which the same Salesforce records were found, by Salesforce id. */
  rivals: ReadonlyMap<string, readonly string[]>;
};

/**
 * `several`: more than one lives, or the one is another pair's. `dead`: none does. `other`: it carries the id of another record. `rivals`: others
 * name it, and it names nobody. `unknown`: HubSpot has no such record.
 */
export type ConflictReason = 'several' | 'dead' | 'other' | 'rivals' | 'unknown';

export type Chosen =
  | {
      kind: 'pair';
      counterpart: SalesforceReference;
      former: readonly (SalesforceReference & { status: 'merged' | 'converted' })[];
    }
  | { kind: 'conflict'; reason: ConflictReason; recordIds: readonly string[] }
  /** Nothing was found. */
  | { kind: 'none' };

/**
 * Decides which record of Salesforce a HubSpot record was paired with, by ids alone. Where they contradict each other nobody guesses: a person
 * decides. Pure.
 */
export function chooseCounterpart({ recordId, ownIds, candidates, rivals }: ChooseInput): Chosen {
  const all = [...new Map(candidates.map((candidate) => [candidate.id, candidate])).values()];
  const living = all.filter((candidate) => !candidate.isDeleted && !isFormer(candidate));
  const [found, ...others] = living;
  if (found === undefined) {
    return all.length === 0
      ? { kind: 'none' }
      : { kind: 'conflict', reason: 'dead', recordIds: all.map(({ id }) => id) };
  }
  if (others.length > 0) return { kind: 'conflict', reason: 'several', recordIds: living.map(({ id }) => id) };
  const { object, id, externalId } = found;
  if (externalId !== null && !ownIds.has(externalId)) {
    return { kind: 'conflict', reason: 'other', recordIds: [id, externalId] };
  }
  const claiming = (rivals.get(id) ?? []).filter((rival) => rival !== recordId && !ownIds.has(rival));
  if (externalId === null && claiming.length > 0) {
    return { kind: 'conflict', reason: 'rivals', recordIds: [id, ...claiming] };
  }
  return { kind: 'pair', counterpart: { object, id }, former: formerOf(all, id) };
}

/** A converted Lead goes on as its Contact. */
function isFormer({ object, convertedContactId }: Candidate): boolean {
  return object === 'Lead' && convertedContactId !== null;
}

/** Who led to the one that lives: by a merge or a conversion, also by several in a row. */
function formerOf(all: readonly Candidate[], id: string): (SalesforceReference & { status: 'merged' | 'converted' })[] {
  const others = all.filter((candidate) => candidate.id !== id);
  const nextOf = ({ masterRecordId, convertedContactId }: Candidate) => masterRecordId ?? convertedContactId;
  const leads = (candidate: Candidate, seen: readonly string[] = []): boolean => {
    const next = nextOf(candidate);
    if (next === null || seen.includes(candidate.id)) return false;
    if (next === id) return true;
    const between = others.find((each) => each.id === next);
    return between !== undefined && leads(between, [...seen, candidate.id]);
  };
  return others
    .filter((candidate) => leads(candidate))
    .map(({ object, id: former, masterRecordId }) => ({
      object,
      id: former,
      status: masterRecordId === null ? 'converted' : 'merged',
    }));
}

/** What a person is told of a conflict. Holds ids alone. */
export function conflictFailure({ reason, recordIds }: { reason: ConflictReason; recordIds: readonly string[] }) {
  return {
    kind: 'needs-human',
    code: 'rebuild_conflict',
    message: `The ids in both CRMs contradict each other, and no pair was made: ${texts[reason](recordIds)}`,
    advice:
      'Correct the ids in both CRMs so that one record names the other one (or merge records that are the same, or empty an id that names nobody), then retry this failure.',
    fields: [],
    recordIds: [...recordIds],
  } as const;
}

const texts: Readonly<Record<ConflictReason, (ids: readonly string[]) => string>> = {
  several: (ids) => `they lead to several records in Salesforce, or to one that is another pair's: ${ids.join(', ')}.`,
  dead: (ids) => `they lead to records that Salesforce has deleted: ${ids.join(', ')}.`,
  other: ([id, other]) => `the Salesforce record ${id} carries the id of another record in HubSpot, ${other}.`,
  rivals: ([id, ...others]) => `other records in HubSpot name the Salesforce record ${id} too: ${others.join(', ')}.`,
  unknown: (ids) => `HubSpot has no record of this id any more, and records in Salesforce carry it: ${ids.join(', ')}.`,
};
