import type pg from 'pg';
import type { Birth, BirthResult } from '../ports/ledger-work.ts';
import { assertMayWork, type LedgerContext, toJson } from './context.ts';
import { createPairs } from './create-pairs.ts';
import { findHeld } from './held.ts';
import { hubspotObjectOf } from './kinds.ts';
import { asLedger, inTransaction } from './pool.ts';
import { countWithinLimits } from './run-limits.ts';
import { insertIntents, withPartitions } from './writes.ts';

type Work = { context: LedgerContext; token: string; mappingVersion: number };
type Refusal = Extract<BirthResult, { ok: false }>['reason'];

/**
 * Commits, before the call, that these records of Salesforce are about to be created in HubSpot: a pair for each, its link reserved, and the intent. Each
 * is answered for itself.
 *
 * @throws SyncError wait `mapping_changed` | `paused`
 */
export async function reserveBirths(
  context: LedgerContext,
  token: string,
  mappingVersion: number,
  births: readonly Birth[],
): Promise<readonly BirthResult[]> {
  if (births.length === 0) return [];
  const work = { context, token, mappingVersion };
  return await asLedger(() =>
    withPartitions(context.pool, () => inTransaction(context.pool, (client) => reserveWithin(client, work, births))),
  );
}

async function reserveWithin(
  client: pg.PoolClient,
  work: Work,
  births: readonly Birth[],
): Promise<readonly BirthResult[]> {
  const { context } = work;
  await assertMayWork(client, context, { mappingVersion: work.mappingVersion, evenPaused: false });
  const refusals = new Map<string, Refusal>();
  const runs = await findRuns(client, work, births);
  const held = keep(births, refusals, 'stale', ({ recordId }) => runs.has(recordId));
  const within = await countWithinLimits(
    client,
    context,
    held.map(({ recordId }) => ({ contactId: recordId, runId: runs.get(recordId) ?? null, operation: 'create' })),
  );
  const allowed = keep(held, refusals, 'limit', ({ recordId }) => within.runs.has(recordId));
  const pairs = await givePairs(client, work, allowed, refusals);
  await within.count(new Set(pairs.keys()));
  await supersedeEarlier(client, [...pairs.values()]);
  const intents = allowed.flatMap(({ recordId, object: own, changes }) => {
    const pairId = pairs.get(recordId);
    const runId = within.runs.get(recordId) ?? null;
    const object = hubspotObjectOf({ object: own });
    const intent = { system: 'hubspot', object, recordId: null, operation: 'create', changes } as const;
    return pairId === undefined ? [] : [{ contactId: recordId, pairId, runId, intent }];
  });
  const intentIds = await insertIntents(client, work, intents);
  return births.map(({ recordId }): BirthResult => {
    const [pairId, intentId] = [pairs.get(recordId), intentIds.get(recordId)];
    if (pairId !== undefined && intentId !== undefined) return { recordId, ok: true, pairId, intentId };
    return { recordId, ok: false, reason: refusals.get(recordId) ?? 'stale' };
  });
}

function keep(
  births: readonly Birth[],
  refusals: Map<string, Refusal>,
  reason: Refusal,
  test: (birth: Birth) => boolean,
): readonly Birth[] {
  return births.filter((birth) => {
    if (test(birth)) return true;
    refusals.set(birth.recordId, reason);
    return false;
  });
}

async function findRuns(
  client: pg.PoolClient,
  { context, token }: Work,
  births: readonly Birth[],
): Promise<ReadonlyMap<string, string | null>> {
  const runs = new Map<string, string | null>();
  for (const object of [...new Set(births.map((birth) => birth.object))].sort()) {
    const records = births.flatMap(({ recordId, object: own }) =>
      own === object ? [{ contactId: recordId, pairId: null }] : [],
    );
    const held = await findHeld(client, { context, of: { system: 'salesforce', object }, token }, records);
    for (const [recordId, { runId }] of held) runs.set(recordId, runId);
  }
  return runs;
}

// A pair that never had a HubSpot record is one whose answer was lost: it is used again. One that has or had one is not born any more.
const knownSql = `
select l.record_id, l.pair_id,
       r.tombstone_reason is null and not exists (
         select from links c where c.pair_id = r.id and c.system = 'hubspot' and c.object = r.object) as free,
       coalesce(r.lease_token is distinct from $3 and r.leased_until > clock_timestamp(), false) as leased
from jsonb_to_recordset($2::jsonb) as q(object text, record_id text)
join links l on l.connection_id = $1 and l.system = 'salesforce' and l.object = q.object and l.record_id = q.record_id
join pairs r on r.id = l.pair_id
order by r.id
for update of r`;

const leaseSql = `
update pairs set lease_token = $1, leased_until = (select max(leased_until) from pending where lease_token = $1) where id = any($2)`;

const newLinksSql = `
insert into links (connection_id, system, object, record_id, pair_id, status)
select $1, 'salesforce', q.object, q.record_id, q.pair_id, 'reserved'
from jsonb_to_recordset($2::jsonb) as q(object text, record_id text, pair_id bigint)
order by q.object, q.record_id
on conflict do nothing
returning record_id, pair_id`;

type Known = { record_id: string; pair_id: string; free: boolean; leased: boolean };

/** A pair for each record, the one that it has already or a new one; by the record's id. */
async function givePairs(
  client: pg.PoolClient,
  { context: { connectionId }, token }: Work,
  births: readonly Birth[],
  refusals: Map<string, Refusal>,
): Promise<ReadonlyMap<string, string>> {
  if (births.length === 0) return new Map();
  const keys = births.map(({ object, recordId }) => ({ object, record_id: recordId }));
  const { rows } = await client.query<Known>({
    name: 'born-links',
    text: knownSql,
    values: [connectionId, toJson(keys), token],
  });
  const known = new Map(rows.map((row) => [row.record_id, row]));
  const pairs = new Map<string, string>();
  for (const { record_id: id, pair_id: pairId, free, leased } of rows) {
    if (!free) refusals.set(id, 'taken');
    else if (leased) refusals.set(id, 'stale');
    else pairs.set(id, pairId);
  }
  if (pairs.size > 0) await client.query({ name: 'lease-born', text: leaseSql, values: [token, [...pairs.values()]] });
  const unknown = keys.filter((key) => !known.has(key.record_id));
  if (unknown.length === 0) return pairs;
  const links = await makePairs(client, { connectionId, token }, unknown);
  const { rows: linked } = await client.query<{ record_id: string; pair_id: string }>({
    name: 'born-reserve',
    text: newLinksSql,
    values: [connectionId, toJson(links)],
  });
  for (const { record_id: id, pair_id: pairId } of linked) pairs.set(id, pairId);
  // Somebody else has linked the person since we looked: the pair that was made for it is nobody's.
  const lost = links.filter((link) => !pairs.has(link.record_id));
  for (const { record_id: id } of lost) refusals.set(id, 'taken');
  if (lost.length > 0) await client.query('delete from pairs where id = any($1)', [lost.map((link) => link.pair_id)]);
  return pairs;
}

type Key = { object: string; record_id: string };

/** New pairs, kind by kind. */
async function makePairs(
  client: pg.PoolClient,
  { connectionId, token }: { connectionId: number; token: string },
  keys: readonly Key[],
): Promise<readonly (Key & { pair_id: string })[]> {
  const links: (Key & { pair_id: string })[] = [];
  for (const object of new Set(keys.map((key) => hubspotObjectOf(key)))) {
    const own = keys.filter((key) => hubspotObjectOf(key) === object);
    const made = await createPairs(client, connectionId, { token, object }, own.length);
    links.push(...own.map((key, place) => ({ ...key, pair_id: made[place] ?? '' })));
  }
  return links;
}

/** The write that follows is the same upsert: whatever the lost one still does is done again. */
async function supersedeEarlier(client: pg.PoolClient, pairIds: readonly string[]): Promise<void> {
  if (pairIds.length === 0) return;
  await client.query({
    name: 'supersede-born',
    text: `update writes set state = 'superseded', closed_at = clock_timestamp()
           where pair_id = any($1) and state in ('open', 'unknown') and system = 'hubspot' and operation = 'create'`,
    values: [pairIds],
  });
}
