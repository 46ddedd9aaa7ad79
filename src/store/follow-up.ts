import type pg from 'pg';
import type { Mark, RecordType } from '../ports/ledger-claim.ts';
import type { RecordResult } from '../ports/ledger-result.ts';
import type { LedgerContext } from './context.ts';
import { applyDealStates, type DealRelation, readDealRelations, readDealStates, withoutNews } from './deal-states.ts';
import type { HeldResult } from './hold-results.ts';
import { hubspotObjectOf } from './kinds.ts';
import { markWith } from './ledger-pending.ts';
import { landingKeys } from './parent-locks.ts';
import { registerWaits, releaseWaits } from './parent-waits.ts';
import {
  dropRelations,
  markOf,
  marksOfCompanies,
  type RelationChange,
  replaceRelations,
  unpairedOnly,
} from './relations.ts';
import { inherited } from './runs/look-runs.ts';

type Work = { context: LedgerContext; of: RecordType; token: string };
type Held = ReadonlyMap<string, HeldResult>;

/**
 * What follows from results for other records: relations are stored, waits begin and end, and all who should look are marked, in one
 * statement and in the order of their keys. To be called once the pairs are stored. Throws the driver's error.
 * @param landed pairs that got a Salesforce side, were handed over, converted or ended with these results
 */
export async function followUp(
  client: pg.PoolClient,
  work: Work,
  results: readonly RecordResult[],
  { held, landed }: { held: Held; landed: ReadonlySet<string> },
): Promise<void> {
  const { context, of } = work;
  const tellers = new Map(
    results.map(({ contactId, bornContactId }) => [bornContactId ?? contactId, held.get(contactId)]),
  );
  const changes = await replaceRelations(client, work, results);
  const marks = [
    ...results.flatMap(({ contactId, marks: own = [] }) => own.map((mark) => inherited(mark, held.get(contactId)))),
    ...(await unpairedOnly(
      client,
      context,
      marksOfCompanies(of, changes, (id) => tellers.get(id)),
    )),
    ...(await marksOfDeals(client, work, results, { changes, landed, tellers })),
  ];
  await dropRelations(client, work, results);
  marks.push(...(await registerWaits(client, work, results, held)));
  const awaited = results.filter(
    ({ contactId, pairId, mergedInto }) =>
      held.get(contactId)?.isAwaited === true && (mergedInto !== undefined || landed.has(pairId ?? '')),
  );
  const parents = awaited.flatMap((result) => {
    const look = held.get(result.contactId);
    return landingKeys(of, result).map((key) => ({ key, look }));
  });
  marks.push(...(await releaseWaits(client, context.connectionId, parents)));
  await markWith(client, context, marks);
}

type DealFacts = {
  changes: readonly RelationChange[];
  landed: ReadonlySet<string>;
  tellers: ReadonlyMap<string, HeldResult | undefined>;
};

/** Contacts and companies whose deals have come to something else: a deal's state is new, the deal has ended, or it is theirs or not any more. */
async function marksOfDeals(
  client: pg.PoolClient,
  { context: { connectionId }, of }: Work,
  results: readonly RecordResult[],
  { changes, landed, tellers }: DealFacts,
): Promise<readonly Mark[]> {
  if (hubspotObjectOf(of) !== 'deal') return [];
  const changed = await applyDealStates(client, results);
  const idOf = ({ contactId, bornContactId }: RecordResult) => bornContactId ?? contactId;
  const told = results.filter(
    ({ pairId = '', tombstone = null }) => changed.has(pairId) || (tombstone !== null && landed.has(pairId)),
  );
  const states = new Map(results.map((result) => [idOf(result), result.dealState ?? null]));
  // What a look does not say stays as it is: those who come to the deal or leave it are told of that.
  const altered = new Set(changes.map(({ record_id: id }) => id));
  const unsaid = results.filter((result) => result.dealState === undefined && altered.has(idOf(result)));
  const known = await readDealStates(
    client,
    unsaid.flatMap(({ pairId }) => pairId ?? []),
  );
  for (const result of unsaid) states.set(idOf(result), known.get(result.pairId ?? '') ?? null);
  // A deal that has ended lets everybody go, and says no more of what it has come to.
  const ended = new Set(results.filter(({ tombstone = null }) => tombstone !== null).map(idOf));
  const moved = changes.filter(({ record_id: id, how }) => {
    return (how !== 'changed' && states.get(id) != null) || (how === 'gone' && ended.has(id));
  });
  const related = await readDealRelations(client, connectionId, told.map(idOf));
  const all = [...related, ...moved];
  // A deal that comes to others of the same state changes nothing for them; one that changes, ends or leaves may.
  const beginning = new Set(told.filter(({ pairId = '' }) => changed.get(pairId) === null).map(idOf));
  const gone = new Set(moved.filter(({ how }) => how === 'gone').map(({ record_id: id }) => id));
  const candidates = all.flatMap((relation) => {
    const state = states.get(relation.record_id) ?? null;
    const isNew = beginning.has(relation.record_id) && !gone.has(relation.record_id);
    return isNew && state !== null ? [{ ...relation, state, relation }] : [];
  });
  const silent = await withoutNews(client, connectionId, candidates, [...states.keys()]);
  const quiet = new Set<DealRelation>([...silent].map(({ relation }) => relation));
  return all
    .filter((relation) => !quiet.has(relation))
    .map((relation) => markOf(relation, 'deal', tellers.get(relation.record_id)));
}
