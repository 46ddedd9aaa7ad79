import type pg from 'pg';
import type { RecordKey } from '../ports/ledger-claim.ts';
import type { FailureGroup } from '../ports/ledger-history.ts';

/** How many records and fields of a group are named. */
const mostNamed = 5;

// One pass over the failures, and for each cause a few steps on the index of causes.
const groupsSql = `
select g.code, newest.kind, newest.message, newest.advice, g.count, g.new_in_day, g.new_in_day_before, g.first_at_ms, g.last_at_ms,
  g.objects, coalesce(named.fields, '{}') as fields, samples.records
from (
  select code, count(*)::int as count,
    count(*) filter (where first_at > clock_timestamp() - interval '24 hours')::int as new_in_day,
    count(*) filter (where first_at > clock_timestamp() - interval '48 hours' and first_at <= clock_timestamp() - interval '24 hours')::int
      as new_in_day_before,
    extract(epoch from min(first_at))::float8 * 1000 as first_at_ms, extract(epoch from max(last_at))::float8 * 1000 as last_at_ms,
    array_agg(distinct system || ' ' || object) as objects
  from failures where connection_id = $1 group by code
) g
cross join lateral (
  select kind, message, advice from failures where connection_id = $1 and code = g.code order by last_at desc limit 1
) newest
cross join lateral (
  select jsonb_agg(jsonb_build_object('system', s.system, 'object', s.object, 'recordId', s.record_id)) as records
  from (select system, object, record_id from failures where connection_id = $1 and code = g.code order by last_at desc limit $2) s
) samples
left join lateral (
  select array_agg(distinct f.field) as fields from (
    select unnest(fields) as field from failures where connection_id = $1 and code = g.code order by last_at desc limit $2 * 10) f
) named on true
order by g.count desc, g.last_at_ms desc, g.code`;

type Row = Pick<FailureGroup, 'code' | 'kind' | 'message' | 'advice' | 'count' | 'objects' | 'fields'> & {
  new_in_day: number;
  new_in_day_before: number;
  first_at_ms: number;
  last_at_ms: number;
  records: RecordKey[];
};

/** All failures by their cause, the most frequent first, in one statement. */
export async function readFailureGroups(pool: pg.Pool, connectionId: number): Promise<readonly FailureGroup[]> {
  const { rows } = await pool.query<Row>({
    name: 'failure-groups',
    text: groupsSql,
    values: [connectionId, mostNamed],
  });
  return rows.map(({ new_in_day, new_in_day_before, first_at_ms, last_at_ms, records, ...group }) => ({
    ...group,
    newInDay: new_in_day,
    newInDayBefore: new_in_day_before,
    firstAtMs: first_at_ms,
    lastAtMs: last_at_ms,
    samples: records,
  }));
}
