import type pg from 'pg';
import type { HubSpotObject, SystemName } from '../../domain/record.ts';
import type { FailureCause, HourOfFlow } from '../../ports/ledger-overview.ts';

/**
 * One sum. `hourMs`: of what is shown by hour, when that began, epoch milliseconds. `daysAgo`: of what began by hour within the last 24 hours 0,
 * in those before 1, else null.
 */
export type Tally = {
  name: string;
  key: string;
  hourMs: number | null;
  isToday: boolean;
  daysAgo: 0 | 1 | null;
  amount: number;
};

/** So many rows that nobody has folded yet are worth a statement. */
const foldFrom = 500;

const readSql = `
select name, key, case when name in ('writes', 'handoffs') then extract(epoch from hour)::float8 * 1000 end as "hourMs",
       hour >= date_trunc('day', clock_timestamp(), 'UTC') as "isToday",
       case when hour > clock_timestamp() - interval '24 hours' then 0 when hour > clock_timestamp() - interval '48 hours' then 1 end as "daysAgo",
       sum(amount)::float8 as amount,
       count(*) filter (where made_in is not null and made_at < clock_timestamp() - interval '1 minute')::int as loose
from tallies
where connection_id = $1 and (name in ('pairs', 'failures') or hour > clock_timestamp() - interval '25 hours')
group by 1, 2, 3, 4, 5`;

// Rows of the last minute stay as they are: whoever listens for changes has still to see them. Who folds at the same time takes other rows. Of
// failures all count, of the rest what is shown: the last day.
const foldSql = `
with gone as (
  delete from tallies where id in (
    select id from tallies where made_at < clock_timestamp() - interval '1 minute' for update skip locked)
  returning connection_id, name, key, hour, amount
), kept as (
  select connection_id, name, key, case when hour < clock_timestamp() - interval '3 days' then '-infinity' else hour end as hour, amount from gone
  where name in ('pairs', 'failures') or hour >= clock_timestamp() - interval '3 days'
)
insert into tallies (connection_id, name, key, hour, amount, made_in)
select connection_id, name, key, hour, sum(amount), null from kept group by connection_id, name, key, hour having sum(amount) <> 0`;

/** All sums, as exact as counting. Throws the driver's error. */
export async function readTallies(pool: pg.Pool, connectionId: number): Promise<readonly Tally[]> {
  const { rows } = await pool.query<Tally & { loose: number }>({
    name: 'read-tallies',
    text: readSql,
    values: [connectionId],
  });
  if (rows.reduce((sum, { loose }) => sum + loose, 0) >= foldFrom) await foldTallies(pool);
  return rows;
}

/** Makes one row of many; what they come to stays. Throws the driver's error. */
export async function foldTallies(pool: pg.Pool): Promise<void> {
  await pool.query(foldSql);
}

/** What the sums of this name come to, of those that are let through. */
export function sumOf(tallies: readonly Tally[], name: string, takes: (tally: Tally) => boolean = () => true): number {
  return tallies.reduce((sum, tally) => (tally.name === name && takes(tally) ? sum + tally.amount : sum), 0);
}

/** HubSpot records that have a Salesforce side, by kind. */
export function pairsOf(tallies: readonly Tally[]): Record<HubSpotObject, number> {
  const of = (object: HubSpotObject) => sumOf(tallies, 'pairs', ({ key }) => key === object);
  return { contact: of('contact'), company: of('company'), deal: of('deal') };
}

/** Handoffs and changed fields of the UTC day. */
export function todayOf(tallies: readonly Tally[]): { handoffs: number; changes: number } {
  const isToday = (tally: Tally) => tally.isToday;
  return { handoffs: sumOf(tallies, 'handoffs', isToday), changes: sumOf(tallies, 'changes', isToday) };
}

const hourMs = 3_600_000;

/** The last 24 hours by hour, the oldest first; the last one is under way. @param now epoch milliseconds */
export function flowOf(tallies: readonly Tally[], now: number): readonly HourOfFlow[] {
  const last = Math.floor(now / hourMs) * hourMs;
  const writes = (system: SystemName, at: number) =>
    sumOf(tallies, 'writes', (tally) => tally.key === system && tally.hourMs === at);
  return Array.from({ length: 24 }, (_, index) => {
    const at = last - (23 - index) * hourMs;
    return {
      hourMs: at,
      toHubspot: writes('hubspot', at),
      toSalesforce: writes('salesforce', at),
      handoffs: sumOf(tallies, 'handoffs', (tally) => tally.hourMs === at),
    };
  });
}

/** Failures by their code, the most frequent first; days by full hours. */
export function causesOf(tallies: readonly Tally[]): readonly FailureCause[] {
  const codes = new Set(tallies.filter(({ name }) => name === 'failures').map(({ key }) => key));
  const causes = [...codes].map((code) => {
    const of = (daysAgo: Tally['daysAgo']) =>
      sumOf(tallies, 'failures', (tally) => tally.key === code && tally.daysAgo === daysAgo);
    const [newInDay, newInDayBefore] = [of(0), of(1)];
    return { code, count: newInDay + newInDayBefore + of(null), newInDay, newInDayBefore };
  });
  return causes.filter(({ count }) => count > 0).sort((one, other) => other.count - one.count);
}
