import {
  type Candidate,
  type ChooseInput,
  chooseCounterpart,
  conflictFailure,
} from '../../domain/rebuild/choose-counterpart.ts';
import {
  type HubSpotObject,
  type HubSpotRecord,
  pluralOf,
  type SalesforcePerson,
  type SalesforceRecord,
} from '../../domain/record.ts';
import type { RunCount } from '../../domain/runs/types.ts';
import type { FoundId, RebuiltPair } from '../../ports/ledger-rebuild.ts';
import type { FailureReport } from '../../ports/ledger-result.ts';
import { hubSpotSilent } from '../drain/unanswered.ts';
import { kinds } from '../drain-records/kinds.ts';
import { createCounter } from '../runs/run-counts.ts';
import type { Position } from './position.ts';
import type { RebuildContext, RebuildPage } from './rebuild.ts';

/** Two reads in HubSpot and one look in Salesforce serve this many. */
const recordsPerPage = 200;

type Conflict = { recordId: string; failure: FailureReport };

/** A page of HubSpot ids for which anything was found: both sides are read, and pairs made where the ids leave no doubt. */
export async function makePairs(
  context: RebuildContext,
  object: HubSpotObject,
  position: Position,
): Promise<RebuildPage> {
  const { ledger } = context.dependencies;
  const { run } = context;
  const asked = await ledger.foundRecords(run.id, object, position.after, recordsPerPage);
  const last = asked.at(-1);
  if (last === undefined) return { counts: [], marks: [], next: null };
  const { living, missing } = await readHubSpot(context, object, asked);
  const ids = [...new Set([...asked, ...living.flatMap(({ record, alias }) => [record.id, ...alias])])];
  const found = await ledger.foundIds(run.id, object, ids);
  const candidates = await readCandidates(context, object, living, found);
  const { pairs, conflicts } = decide(context, object, { living, missing, found, candidates });
  const outcomes = await ledger.storePairs(run.id, object, pairs);
  const taken = pairs.filter(({ recordId }) => outcomes.get(recordId) === 'taken');
  conflicts.push(
    ...taken.map(({ recordId, counterpart }) => ({
      recordId,
      failure: conflictFailure({ reason: 'several', recordIds: [counterpart.id] }),
    })),
  );
  await ledger.storeConflicts(object, conflicts);
  return {
    counts: countPairs(object, { pairs, conflicts }, outcomes, found),
    marks: [],
    next: asked.length < recordsPerPage ? null : { ...position, after: last },
  };
}

type Read = {
  living: readonly Living[];
  missing: readonly string[];
  found: readonly FoundId[];
  candidates: ReadonlyMap<string, readonly Candidate[]>;
};

/** Which pairs the ids leave no doubt of, and where they contradict each other. */
function decide(
  { dependencies: { mapping } }: RebuildContext,
  object: HubSpotObject,
  { living, missing, found, candidates }: Read,
): { pairs: RebuiltPair[]; conflicts: Conflict[] } {
  const pairs: RebuiltPair[] = [];
  const conflicts: Conflict[] = missing.map((recordId) => ({
    recordId,
    failure: conflictFailure({
      reason: 'unknown',
      recordIds: found.flatMap((id) => (id.recordId === recordId ? id.counterpart.id : [])),
    }),
  }));
  for (const { record, alias } of living) {
    const ownIds = new Set([record.id, ...alias]);
    const rivals = rivalsOf(found, ownIds);
    const chosen = chooseCounterpart({
      recordId: record.id,
      ownIds,
      candidates: candidates.get(record.id) ?? [],
      rivals,
    });
    if (chosen.kind === 'conflict') conflicts.push({ recordId: record.id, failure: conflictFailure(chosen) });
    if (chosen.kind === 'pair') {
      pairs.push({
        recordId: record.id,
        formerIds: alias,
        counterpart: chosen.counterpart,
        formerCounterparts: chosen.former,
        handedOver: object === 'contact' && mapping.gate.decide(record.properties).passes,
      });
    }
  }
  return { pairs, conflicts };
}

type Living = { record: HubSpotRecord; alias: readonly string[] };

/** The living records behind these ids, each once, with all ids that lead to it. */
async function readHubSpot(
  { dependencies: { hubspot, mapping }, spend }: RebuildContext,
  object: HubSpotObject,
  ids: readonly string[],
): Promise<{ living: readonly Living[]; missing: readonly string[] }> {
  const reads = await hubspot.read(pluralOf[object], ids, mapping[object].hubspotProperties, spend);
  const living = new Map<string, { record: HubSpotRecord; alias: Set<string> }>();
  const missing: string[] = [];
  for (const id of ids) {
    const read = reads.get(id) ?? ({ kind: 'error', error: hubSpotSilent } as const);
    if (read.kind === 'error') throw read.error;
    if (read.kind === 'missing') {
      missing.push(id);
      continue;
    }
    const { record } = read;
    const known = living.get(record.id) ?? { record, alias: new Set(record.mergedIds) };
    if (id !== record.id) known.alias.add(id);
    living.set(record.id, known);
  }
  return { living: [...living.values()].map(({ record, alias }) => ({ record, alias: [...alias] })), missing };
}

/** Everybody in Salesforce whom an id of either side leads to, by HubSpot id. */
async function readCandidates(
  { dependencies: { salesforce }, spend }: RebuildContext,
  object: HubSpotObject,
  living: readonly Living[],
  found: readonly FoundId[],
): Promise<ReadonlyMap<string, readonly Candidate[]>> {
  if (living.length === 0) return new Map();
  const asked = living.map(({ record: { id }, alias }) => {
    const externalIds = [id, ...alias];
    const own = found.filter(({ recordId }) => externalIds.includes(recordId));
    return { id, externalIds, ids: [...new Set(own.map(({ counterpart }) => counterpart.id))] };
  });
  if (object === 'contact') {
    const lookups = asked.map(({ id, externalIds, ids }) => ({
      contactId: id,
      externalIds,
      personIds: ids,
      emails: [],
    }));
    const matches = await salesforce.findPersons(lookups, { Lead: [], Contact: [] }, spend);
    return new Map(
      [...matches].map(([id, { byExternalId, byId }]) => [id, [...byExternalId, ...byId].map(toCandidate)]),
    );
  }
  const lookups = asked.map(({ id, externalIds, ids }) => ({ key: id, externalIds, recordIds: ids, domains: [] }));
  const matches = await salesforce.findRecords(kinds[object].object, lookups, [], spend);
  return new Map([...matches].map(([id, { byExternalId, byId }]) => [id, [...byExternalId, ...byId].map(toCandidate)]));
}

function toCandidate(row: SalesforcePerson | SalesforceRecord): Candidate {
  const { object, id, externalId, isDeleted, masterRecordId } = row;
  const convertedContactId = 'convertedContactId' in row ? row.convertedContactId : null;
  return { object, id, externalId, isDeleted, masterRecordId, convertedContactId };
}

/** Who else names the same records of Salesforce. */
function rivalsOf(found: readonly FoundId[], ownIds: ReadonlySet<string>): ChooseInput['rivals'] {
  const rivals = new Map<string, string[]>();
  for (const { recordId, counterpart } of found) {
    if (ownIds.has(recordId)) continue;
    rivals.set(counterpart.id, [...(rivals.get(counterpart.id) ?? []), recordId]);
  }
  return rivals;
}

/** How many pairs, by what told of them; and what became of those that were not made. */
function countPairs(
  object: HubSpotObject,
  { pairs, conflicts }: { pairs: readonly RebuiltPair[]; conflicts: readonly Conflict[] },
  outcomes: Awaited<ReturnType<RebuildContext['dependencies']['ledger']['storePairs']>>,
  found: readonly FoundId[],
): RunCount[] {
  const counter = createCounter();
  for (const { recordId, formerIds, counterpart } of pairs) {
    const outcome = outcomes.get(recordId) ?? 'taken';
    if (outcome === 'taken') continue;
    const own = [recordId, ...formerIds];
    const told = found.find((id) => own.includes(id.recordId) && id.counterpart.id === counterpart.id);
    counter.add(
      'listed',
      `${object}.${outcome === 'made' ? `by_${told?.toldBy ?? 'external_id'}` : outcome}`,
      recordId,
    );
  }
  for (const { recordId } of conflicts) counter.add('listed', `${object}.conflict`, recordId);
  return counter.all();
}
