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

/** `several`: more than one lives. `dead`: none does. `other`: it carries the id of another record. `rivals`: others name it, and it names nobody. */
export type ConflictReason = 'several' | 'dead' | 'other' | 'rivals';

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
    message: messages[reason](recordIds),
    advice:
      'Correct the ids in both CRMs so that one record names the other one, then retry this failure; or merge the records that are the same.',
    fields: [],
    recordIds: [...recordIds],
  } as const;
}

const messages: Readonly<Record<ConflictReason, (ids: readonly string[]) => string>> = {
  several: (ids) =>
    `The ids in both CRMs lead to several living records in Salesforce: ${ids.join(', ')}. No pair was made.`,
  dead: (ids) => `The ids lead to records that Salesforce has deleted: ${ids.join(', ')}. No pair was made.`,
  other: ([id, other]) =>
    `The Salesforce record ${id} carries the id of another record in HubSpot, ${other}. No pair was made.`,
  rivals: ([id, ...others]) =>
    `Other records in HubSpot name the Salesforce record ${id} too (${others.join(', ')}), and it names none. No pair was made.`,
};

/** A record of Salesforce carries an id that HubSpot has no record for. */
export function deadRecordFailure(recordIds: readonly string[]) {
  return {
    ...conflictFailure({ reason: 'dead', recordIds }),
    message: `HubSpot has no record of this id any more, and records in Salesforce carry it: ${recordIds.join(', ')}.`,
    advice:
      'Empty the id in Salesforce if the record shall be free, or restore the record in HubSpot; then retry this failure.',
  };
}
