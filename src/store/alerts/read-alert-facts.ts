import type { AlertReadings } from '../../ports/ledger-incidents.ts';
import type { LedgerContext } from '../context.ts';
import { asLedger } from '../pool.ts';

const ms = (column: string) => `floor(extract(epoch from ${column})::float8 * 1000)`;

/** A run that failed is told for so many days, unless a later one of its kind was begun. */
const failedDays = 3;
/** More handoffs in a stretch than this make no difference. */
const mostHandoffs = 100;
const mostRuns = 50;
const mostFrozen = 50;

// `statement_timestamp()`: an index cannot be searched by a time that moves meanwhile.
// Each part reads few rows by an index: failures by their last time, the few fields that are frozen, runs that wait, handoffs up to a number.
const readSql = `
select
  (select ${ms('min(o.due_at)')}
   from (select v.system, v.object, n.priority
         from (values ('hubspot', 'contact'), ('hubspot', 'company'), ('hubspot', 'deal'), ('salesforce', 'Lead'), ('salesforce', 'Contact'),
                      ('salesforce', 'Account'), ('salesforce', 'Opportunity')) as v(system, object)
         cross join generate_series(1, 2) as n(priority)
         where v.object <> all($3::text[])) as k
   cross join lateral (
     select due_at from pending
     where connection_id = $1 and system = k.system and object = k.object and priority = k.priority and due_at <= statement_timestamp()
       and (leased_until is null or leased_until <= statement_timestamp())
     order by due_at limit 1) as o) as "oldestDueMs",
  (select coalesce(jsonb_agg(jsonb_build_object('system', system, 'code', code, 'untilMs', ${ms('until')}) order by system), '[]')
   from waits where connection_id = $1) as waits,
  (select jsonb_build_object(
     'lastHour', count(*) filter (where first_at > statement_timestamp() - interval '1 hour'),
     'dayBefore', count(*) filter (where first_at <= statement_timestamp() - interval '1 hour' and first_at > statement_timestamp() - interval '25 hours'),
     'commonCode', mode() within group (order by code) filter (where first_at > statement_timestamp() - interval '1 hour'))
   from failures where connection_id = $1 and last_at > statement_timestamp() - interval '25 hours') as failures,
  (select coalesce(jsonb_agg(jsonb_build_object('system', system, 'field', field, 'records', records, 'sinceMs', ${ms('since')})), '[]')
   from (select system, field, count(*) as records, min(since) as since from frozen_fields
         where connection_id = $1 and thawed_at is null group by system, field order by system, field limit ${mostFrozen}) as f) as frozen,
  (select coalesce(jsonb_agg(jsonb_build_object('id', id::text, 'kind', kind, 'object', object, 'state', state, 'reason', stopped_reason,
     'sinceMs', case when state = 'failed' then ${ms('ended_at')} else ${ms('moved_at')} end) order by id), '[]')
   from (
     (select * from runs where connection_id = $1 and state in ('stopped', 'review') order by id desc limit ${mostRuns})
     union all
     (select r.* from runs r where r.connection_id = $1 and r.state = 'failed' and r.ended_at > statement_timestamp() - interval '${failedDays} days'
        and not r.dry_run and not exists (
          select from runs n where n.connection_id = $1 and n.id > r.id and n.kind = r.kind and n.object is not distinct from r.object
            and not n.dry_run)
      order by r.ended_at desc limit ${mostRuns})
   ) as r) as runs,
  (select ${ms('max(beat_at)')} from processes where works) as "workerSeenMs",
  jsonb_build_object(
    'lastMs', (select ${ms('max(handed_over_at)')} from pairs where connection_id = $1 and object = 'contact' and handed_over_at is not null),
    'windows', (
      select coalesce(jsonb_agg(jsonb_build_object('hours', h, 'now', counts[1], 'weeksBefore', to_jsonb(counts[2:])) order by h), '[]')
      from (
        select h, array_agg(c.handoffs order by w) as counts
        from unnest($2::int[]) as h cross join generate_series(0, 4) as w
        cross join lateral (
          select count(*)::int as handoffs from (
            select from pairs
            where connection_id = $1 and object = 'contact'
              and handed_over_at > statement_timestamp() - make_interval(days => 7 * w, hours => h)
              and handed_over_at <= statement_timestamp() - make_interval(days => 7 * w)
            limit ${mostHandoffs}) as p) as c
        group by h) as s)) as handoffs`;

/** What the decision looks at beside the first view; see the port. */
export async function readAlertFacts(
  { pool, connectionId }: LedgerContext,
  silences: readonly number[],
  off: readonly string[],
): Promise<AlertReadings> {
  return await asLedger(async () => {
    const { rows } = await pool.query<AlertReadings>({
      name: 'alert-facts',
      text: readSql,
      values: [connectionId, silences, off],
    });
    const [row] = rows;
    if (row === undefined) throw new Error('a statement without a condition gave no row');
    return row;
  });
}
