import type { FunnelLedger, FunnelPeriod, MoveFacts, WeekSums } from '../../ports/ledger-funnel.ts';
import type { LedgerContext } from '../context.ts';
import { asLedger } from '../pool.ts';
import { readPeople } from './people.ts';
import { readStageSums } from './stage-sums.ts';

// Weeks of PostgreSQL begin on Monday.
const weeksSql = `
select extract(epoch from week)::float8 * 1000 as "weekMs", sum(handoffs)::int as handoffs, sum(recycles)::int as recycles
from (
  select date_trunc('week', handed_over_at, 'UTC') as week, count(*) as handoffs, 0 as recycles from pairs
  where connection_id = $1 and object = 'contact' and handed_over_at >= $2 and handed_over_at < $3 group by 1
  union all
  select date_trunc('week', closed_at, 'UTC'), 0, count(*) from stage_moves
  where connection_id = $1 and kind = 'recycle' and state = 'verified' and closed_at >= $2 and closed_at < $3 group by 1
) as q
group by week order by week`;

const factsSql = `
select count(*)::int as moves, count(*) filter (where kind = 'inferred')::int as inferred,
       count(distinct contact_id) filter (where to_stage <> all($4::text[]))::int as "toOtherStages",
       (select extract(epoch from coalesce(closed_at, at))::float8 * 1000 from stage_moves
        where connection_id = $1 and state in ('verified', 'seen') order by coalesce(closed_at, at), id limit 1) as "oldestMs"
from stage_moves
where connection_id = $1 and state in ('verified', 'seen') and coalesce(closed_at, at) >= $2 and coalesce(closed_at, at) < $3`;

/** Counts the funnel; every statement reads indexes alone. */
export function createFunnelLedger({ pool, connectionId }: LedgerContext): FunnelLedger {
  const bounds = ({ fromMs, toMs }: FunnelPeriod) => [connectionId, new Date(fromMs), new Date(toMs)];
  return {
    stageSums: (period, stages) =>
      asLedger(async () => {
        const people = await readPeople(pool, connectionId);
        return await readStageSums(pool, connectionId, { period, stages, people });
      }),
    weekSums: (period) =>
      asLedger(async () => {
        const query = { name: 'funnel-weeks', text: weeksSql, values: bounds(period) };
        return (await pool.query<WeekSums>(query)).rows;
      }),
    moveFacts: (period, stages) =>
      asLedger(async () => {
        const query = { name: 'funnel-facts', text: factsSql, values: [...bounds(period), stages] };
        const [row] = (await pool.query<MoveFacts>(query)).rows;
        return row ?? { moves: 0, inferred: 0, toOtherStages: 0, oldestMs: null };
      }),
  };
}
