import { sameId } from '../merge/same-id.ts';
import type { PlanProblem, Reason } from '../plan/types.ts';
import { type CounterpartObject, idNames, type SalesforceRecord } from '../record.ts';
import { recordQuestions, toProblem } from './record-questions.ts';
import { followIds, followRecords, type RecordTrace } from './trace-records.ts';
import type { CompanyInput, DealInput } from './types.ts';

/** What a company or deal is in Salesforce: one living record, certainly nothing, or a question that a person must answer. */
export type Resolution =
  | { kind: 'found'; record: SalesforceRecord; reasons: readonly Reason[] }
  | { kind: 'nobody' }
  | { kind: 'problem'; problem: PlanProblem }
  /** The record was deleted, and nothing took its place: the pair ends. */
  | { kind: 'ended'; problem: PlanProblem };

/** What resolving is decided from, for companies and deals alike. */
export type ResolveInput = Pick<CompanyInput | DealInput, 'record' | 'pair' | 'matches' | 'deadRecordIds'> & {
  events: (CompanyInput | DealInput)['mapping']['events'];
};

/**
 * Finds the Account or Opportunity by what remembers it. The memories are asked in order, and the first that leads to a living record decides:
 * ledger, external id, our id property, former ids. Two records in one memory are never guessed between; a memory that ends with a deleted
 * record keeps a new one from being created.
 */
export function resolveByMemory(object: CounterpartObject, input: ResolveInput): Resolution {
  const questions = recordQuestions[object];
  const ended = input.pair?.tombstone ?? null;
  if (ended === 'erased') return { kind: 'problem', problem: toProblem(questions.erased, []) };
  const memories = traceMemories(object, input);
  const found = memories.find(({ live }) => live.length > 0);
  if (found !== undefined)
    return ended === 'person_deleted' ? restore(object, input, found) : choose(object, input, found);
  const dead = memories.flatMap((trace) => trace.dead);
  if (ended === 'person_deleted') return { kind: 'ended', problem: toProblem(questions.unlinked, dead) };
  if (dead.length === 0) return { kind: 'nobody' };
  // One of which nothing is left may only be out of sight: a person must look.
  const isDeleted = input.pair?.person != null && (memories[0]?.deleted.length ?? 0) > 0;
  return { kind: isDeleted ? 'ended' : 'problem', problem: toProblem(questions.deleted, dead) };
}

/** The one living record of a trace, unless it is another's or not the only one. */
export function choose(object: CounterpartObject, input: ResolveInput, trace: RecordTrace): Resolution {
  const { code, text, live, isMerged } = trace;
  const questions = recordQuestions[object];
  const ask = (question: keyof typeof questions, ids: readonly string[]): Resolution => ({
    kind: 'problem',
    problem: toProblem(questions[question], ids),
  });
  const [record, ...others] = live;
  if (record === undefined) return { kind: 'nobody' };
  const ids = live.map(({ id }) => id);
  if (others.length > 0) return ask('several', ids);
  if (isTaken(input, record)) return ask('taken', ids);
  if (isMerged && code === 'found_by_ledger' && mustAskOfMerge(object, input, record)) return ask('merged', ids);
  const holders = carrying(input).filter(({ id, isDeleted }) => !isDeleted && !sameId(id, record.id));
  if (record.externalId !== input.record.id && holders.some(({ externalId }) => externalId === input.record.id)) {
    return ask('several', [...ids, ...holders.map(({ id }) => id)]);
  }
  const also = holders.map(({ id }) => ({
    code: 'other_record_carries_id',
    text: `The ${object} ${id} carries an id of this record too: only one of them stays linked.`,
  }));
  return { kind: 'found', record, reasons: [{ code, text }, ...orphanReasons(input, record), ...also] };
}

/** A record is there again that was deleted, or a person entered another one's id in its place. */
function restore(object: CounterpartObject, input: ResolveInput, trace: RecordTrace): Resolution {
  const chosen = choose(object, input, trace);
  if (chosen.kind !== 'found') return chosen;
  const { record, reasons } = chosen;
  const { pair, events } = input;
  const isFormer = [...(pair?.formerPersonIds ?? []), pair?.person?.id ?? ''].some((id) => sameId(id, record.id));
  if (!isFormer) return chosen;
  if (events.restoredInSalesforce === 'ask') {
    return { kind: 'problem', problem: toProblem(recordQuestions[object].restored, [record.id]) };
  }
  const text = `The ${object} had been deleted and is there again: both are linked anew.`;
  return { ...chosen, reasons: [...reasons, { code: 'record_restored', text }] };
}

function traceMemories(object: CounterpartObject, input: ResolveInput): RecordTrace[] {
  const { record, pair, matches } = input;
  const { property } = object === 'Account' ? idNames.company : idNames.deal;
  const entered = record.properties[property]?.trim();
  return [
    followIds(matches, pair?.person ? [pair.person.id] : [], {
      code: 'found_by_ledger',
      text: `It is paired with an ${object}.`,
    }),
    followRecords(matches, carrying(input), {
      code: 'found_by_external_id',
      text: `An ${object} in Salesforce carries the id of this record.`,
    }),
    followIds(matches, entered ? [entered] : [], {
      code: 'found_by_id_property',
      text: `Its ${property} leads to an ${object} in Salesforce.`,
    }),
    followIds(matches, pair?.formerPersonIds ?? [], {
      code: 'found_by_former_id',
      text: `A former pairing leads to an ${object} in Salesforce.`,
    }),
  ];
}

/** A record that carries the id of another living record of HubSpot is never adopted. */
export function isTaken(input: ResolveInput, { externalId }: SalesforceRecord): boolean {
  if (!externalId || ownIds(input).includes(externalId)) return false;
  return !input.deadRecordIds.has(externalId);
}

function orphanReasons(input: ResolveInput, { object, externalId }: SalesforceRecord): Reason[] {
  if (!externalId || ownIds(input).includes(externalId)) return [];
  const text = `The ${object} carries the id of a record that HubSpot no longer has: it is linked to this one.`;
  return [{ code: 'found_orphan', text }];
}

/** Somebody has answered by entering the survivor's id. */
function mustAskOfMerge(object: CounterpartObject, { events, record }: ResolveInput, survivor: SalesforceRecord) {
  const { property } = object === 'Account' ? idNames.company : idNames.deal;
  return events.mergedInSalesforce === 'ask' && !sameId(record.properties[property]?.trim() ?? '', survivor.id);
}

function ownIds({ record, pair }: ResolveInput): string[] {
  return [record.id, ...record.mergedIds, ...(pair?.formerContactIds ?? [])];
}

/** All records that carry an id of this one, dead ones too. */
function carrying(input: ResolveInput): SalesforceRecord[] {
  const ids = ownIds(input);
  return input.matches.byExternalId.filter(({ externalId }) => externalId !== null && ids.includes(externalId));
}
