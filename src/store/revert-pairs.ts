import type pg from 'pg';
import type { OpenReverts, RevertLedger, WrittenPair, WrittenPairs } from '../ports/ledger-reverts.ts';
import type { LedgerContext } from './context.ts';
import { asLedger, inTransaction, type Queryable } from './pool.ts';
import { readReverts } from './revert-targets.ts';
import { addCounts } from './runs/run-counts.ts';

// Whoever ended in another pair by a merge is put back there. The smallest of the living ids names the record.
const survivorsSql = (source: string) => `
with recursive asked as (${source}), up as (
  select id as start, id from asked
  union all
  select u.start, p.absorbed_into from up u join pairs p on p.id = u.id where p.absorbed_into is not null
)
select distinct on (r.id) r.id::text as "pairId", r.object,
       (select min(l.record_id) from links l
        where l.pair_id = r.id and l.system = 'hubspot' and l.object = r.object and l.status = 'live') as "recordId"
from up u join pairs r on r.id = u.id and r.absorbed_into is null
order by r.id`;

const pageIds = `
select distinct pair_id from writes
where connection_id = $1 and run_id = $2 and at <= to_timestamp($3 / 1000.0) and pair_id > $4 and state in ('done', 'unknown', 'open')
order by pair_id limit $5`;

async function readPage(
  { pool, connectionId }: LedgerContext,
  [runId, untilMs, after, limit]: Parameters<RevertLedger['pairsOfRun']>,
): Promise<WrittenPairs> {
  const values = [connectionId, runId, untilMs, after ?? '0', limit];
  const { rows: ids } = await pool.query<{ pair_id: string }>({ name: 'pairs-of-run', text: pageIds, values });
  const pairIds = ids.map(({ pair_id: id }) => id);
  const text = survivorsSql('select unnest($1::bigint[]) as id');
  const { rows: pairs } = await pool.query<WrittenPair>({ name: 'survivors', text, values: [pairIds] });
  return { pairs, after: ids.length < limit ? null : (pairIds.at(-1) ?? null) };
}

const countSql = `
with own as materialized (
  select pair_id, system, object, record_id, operation, state, changes from writes
  where connection_id = $1 and run_id = $2 and at <= to_timestamp($3 / 1000.0) and state in ('done', 'unknown', 'open')
), made as materialized (
  select pair_id, system, object, record_id from own where operation = 'create' and state = 'done' and record_id is not null
), back as materialized (
  select distinct o.pair_id from own o
  left join made m on m.pair_id = o.pair_id and m.system = o.system and m.record_id = o.record_id
  where m.pair_id is null and exists (
    select from jsonb_array_elements(o.changes) as c(change)
    where c.change ->> 'rule' <> 'id' and c.change ->> 'erased' is distinct from 'true')
)
select (select count(distinct pair_id)::int from own) as pairs,
       (select count(*)::int from back) as "putBack",
       (select count(*)::int from (select pair_id from back union select pair_id from made) as touched) as "orDeleted",
       (select coalesce(jsonb_agg(jsonb_build_object('object', c.object, 'count', c.count) order by c.object), '[]') from (
          select object, count(*)::int as count from made group by object) as c) as created`;

// A pair that has ended in another one since is that one's to put back.
const openSql = `
select o.pair_id::text as "listedId", r.id::text as "pairId", r.object,
       (select min(k.record_id) from links k
        where k.pair_id = r.id and k.system = 'hubspot' and k.object = r.object and k.status = 'live') as "recordId",
       exists (select from links k join pending p on p.connection_id = k.connection_id and p.system = k.system and p.object = k.object
                 and p.record_id = k.record_id
               where k.pair_id = r.id and k.system = 'hubspot' and k.object = r.object) as "isComing"
from revert_pairs o
cross join lateral (
  with recursive up as (
    select o.pair_id as id
    union all
    select p.absorbed_into from up u join pairs p on p.id = u.id where p.absorbed_into is not null
  )
  select u.id from up u join pairs p on p.id = u.id and p.absorbed_into is null limit 1
) as s
join pairs r on r.id = s.id
where o.run_id = $1 and o.state = 'open'
order by o.pair_id limit $2`;

async function readOpen({ pool }: LedgerContext, revertId: string, limit: number): Promise<OpenReverts> {
  type Row = OpenReverts['loose'][number] & { isComing: boolean };
  const { rows } = await pool.query<Row>({ name: 'open-reverts', text: openSql, values: [revertId, limit] });
  return {
    open: rows.length,
    loose: rows.filter(({ isComing, listedId, pairId }) => !isComing || listedId !== pairId),
  };
}

const leaveSql = `
with gone as (
  update revert_pairs set state = 'left' where run_id = $1 and pair_id = any($2::bigint[]) and state = 'open' returning pair_id
)
select (select min(l.record_id) from links l where l.pair_id = o.pair_id and l.system = 'hubspot') as id from gone o`;

async function leave(
  { pool }: LedgerContext,
  [revertId, pairIds, reason]: Parameters<RevertLedger['leaveReverts']>,
): Promise<void> {
  await inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ id: string | null }>(leaveSql, [revertId, pairIds]);
    if (reason === null) return;
    const counts = rows.map(({ id }) => ({
      runId: revertId,
      kind: 'left' as const,
      code: reason,
      count: 1,
      samples: id === null ? [] : [id],
    }));
    await addCounts(client, counts);
  });
}

/** What a revert lists and waits for. */
export function createRevertLedger(context: LedgerContext): RevertLedger {
  const { pool, connectionId } = context;
  return {
    pairsOfRun: (...asked) => asLedger(() => readPage(context, asked)),
    countWritten: (runId, untilMs) =>
      asLedger(async () => {
        type Row = Awaited<ReturnType<RevertLedger['countWritten']>>;
        const { rows } = await pool.query<Row>(countSql, [connectionId, runId, untilMs]);
        return rows[0] ?? { pairs: 0, created: [], putBack: 0, orDeleted: 0 };
      }),
    waitsForOther: (revertId, pairIds) =>
      asLedger(async () => {
        const text = `select from revert_pairs where pair_id = any($2::bigint[]) and state = 'open' and run_id <> $1 limit 1`;
        return (await pool.query({ name: 'other-reverts', text, values: [revertId, pairIds] })).rows.length > 0;
      }),
    openReverts: (revertId, limit) => asLedger(() => readOpen(context, revertId, limit)),
    leaveReverts: (...asked) => asLedger(() => leave(context, asked)),
    revertsOf: (pairIds, revert) =>
      asLedger(() =>
        readReverts(
          pool,
          pairIds.map((pairId) => ({ pairId, revert })),
        ),
      ),
  };
}

const insertSql = `
insert into revert_pairs (run_id, pair_id)
select $1, q.id from unnest($2::bigint[]) as q(id) order by q.id
on conflict (run_id, pair_id) do update set state = 'open'`;

/** Lists pairs that are to be put back, in the transaction that stores the page. Throws the driver's error. */
export async function insertRevertPairs(
  db: Queryable | pg.PoolClient,
  runId: string,
  pairIds: readonly string[],
): Promise<void> {
  if (pairIds.length === 0) return;
  await db.query({ name: 'list-reverts', text: insertSql, values: [runId, pairIds] });
}
