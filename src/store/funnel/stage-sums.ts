import type pg from 'pg';
import type { FunnelPeriod, RankedStage, StageSums } from '../../ports/ledger-funnel.ts';
import { inTransaction } from '../pool.ts';
import type { People } from './people.ts';

const doneAt = 'coalesce(closed_at, at)';
const isOver = `state in ('verified', 'seen')`;

// All moves of those who moved since the period began: what they came from tells how long they stayed, and what they came to since, whether
// they advanced. A move to the stage that somebody is in already is none.
const movesSql = `
with asked as (select * from unnest($4::text[], $5::int[]) as q(stage, rank)),
merged as (select * from unnest($6::text[], $7::text[]) as q(old, who)),
since as materialized (
  select coalesce(m.who, x.contact_id) as who, x.done_at, x.id, x.to_stage
  from (select contact_id, ${doneAt} as done_at, id, to_stage from stage_moves
        where connection_id = $1 and ${isOver} and ${doneAt} >= $2::timestamptz) as x
  left join merged m on m.old = x.contact_id
),
ids as (
  select who, who as contact_id from (select distinct who from since) as q
  union all
  select m.who, m.old from merged m where exists (select from since s where s.who = m.who)
),
moves as (
  select who, done_at, id, to_stage from since
  union all
  select i.who, b.done_at, b.id, b.to_stage
  from ids i
  cross join lateral (
    select ${doneAt} as done_at, id, to_stage from stage_moves
    where connection_id = $1 and contact_id = i.contact_id and ${isOver} and ${doneAt} < $2::timestamptz
    offset 0
  ) as b
),
steps as (
  select * from (
    select who, done_at, id, to_stage, lag(to_stage) over (partition by who order by done_at, id) as before from moves
  ) as q
  where before is distinct from to_stage
),
stays as (
  select s.who, s.to_stage as stage, s.done_at, a.rank, lead(s.done_at) over person as left_at,
         max(a.rank) over (person rows between 1 following and unbounded following) as later
  from steps s left join asked a on a.stage = s.to_stage
  window person as (partition by s.who order by s.done_at, s.id)
),
entered as (
  select stage, count(*)::int as entered, count(*) filter (where came)::int as advanced
  from (select who, stage, bool_or(later > rank) as came from stays where done_at >= $2::timestamptz and done_at < $3::timestamptz
        group by who, stage) as q
  group by stage
),
left_it as (
  select stage, percentile_cont(0.5) within group (order by extract(epoch from left_at - done_at)::float8) as median
  from stays where left_at >= $2::timestamptz and left_at < $3::timestamptz group by stage
)
select a.stage, coalesce(e.entered, 0) as entered, coalesce(e.advanced, 0) as advanced, l.median as "medianSeconds"
from asked a left join entered e on e.stage = a.stage left join left_it l on l.stage = a.stage`;

// Whoever was not merged comes in the order of the index; the few others are put together apart.
const nowSql = `
with special as (select * from unnest($2::text[], $3::text[]) as q(old, who)),
latest as (
  (select distinct on (contact_id) contact_id as who, to_stage from stage_moves
   where connection_id = $1 and ${isOver} and contact_id <> all($4::text[])
   order by contact_id desc, ${doneAt} desc, id desc)
  union all
  (select distinct on (s.who) s.who, m.to_stage
   from (select old, who from special union select who, who from special) as s
   cross join lateral (select ${doneAt} as done_at, id, to_stage from stage_moves
                       where connection_id = $1 and contact_id = s.old and ${isOver} order by ${doneAt} desc, id desc limit 1) as m
   order by s.who, m.done_at desc, m.id desc)
)
select to_stage as stage, count(*)::int as now from latest where who <> all($5::text[]) group by to_stage`;

type Moved = Omit<StageSums, 'now'>;

/** What the moves of the period come to, by stage, and who is where now. Throws the driver's error. */
export async function readStageSums(
  pool: pg.Pool,
  connectionId: number,
  { period, stages, people }: { period: FunnelPeriod; stages: readonly RankedStage[]; people: People },
): Promise<readonly StageSums[]> {
  const olds = people.merged.map(({ old }) => old);
  const whos = people.merged.map(({ who }) => who);
  const bounds = [connectionId, new Date(period.fromMs), new Date(period.toMs)];
  const asked = [stages.map(({ stage }) => stage), stages.map(({ rank }) => rank)];
  const special = [...new Set([...olds, ...whos])];
  return await inTransaction(pool, async (client) => {
    // Enough to sort the moves of a busy year without a file.
    await client.query(`set local work_mem = '48MB'`);
    const moved = await client.query<Moved>({
      name: 'funnel-moves',
      text: movesSql,
      values: [...bounds, ...asked, olds, whos],
    });
    const now = await client.query<{ stage: string; now: number }>({
      name: 'funnel-now',
      text: nowSql,
      values: [connectionId, olds, whos, special, people.gone],
    });
    const here = new Map(now.rows.map((row) => [row.stage, row.now]));
    return moved.rows.map((row) => ({ ...row, now: here.get(row.stage) ?? 0 }));
  });
}
