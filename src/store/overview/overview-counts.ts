import type { OverviewFacts } from '../../ports/ledger-overview.ts';
import type { Queryable } from '../pool.ts';

/** So many pending records are counted one by one; beyond that the first view says that there are more. */
const mostCounted = 50_000;

type Counts = Pick<OverviewFacts, 'pending' | 'waitingForParents' | 'frozenFields' | 'stageDisagreements'>;

// What a paused run holds is due at no time. The oldest ones are asked for kind by kind and priority by priority, as the workers do.
const countsSql = `
select
  (select jsonb_build_object(
     'due', count(*) filter (where is_due and not leased),
     'background', count(*) filter (where is_due and not leased and priority >= 3),
     'waiting', count(*) filter (where not is_due and not leased),
     'leased', count(*) filter (where leased),
     'more', count(*) >= $2::int)
   from (select priority, due_at <= clock_timestamp() as is_due, coalesce(leased_until > clock_timestamp(), false) as leased
         from pending where connection_id = $1 limit $2::int) as p) as pending,
  (select jsonb_build_object(
     'all', floor(extract(epoch from min(o.due_at)) * 1000),
     'live', floor(extract(epoch from min(o.due_at) filter (where k.priority <= 2)) * 1000))
   from (select v.system, v.object, n.priority
         from (values ('hubspot', 'contact'), ('hubspot', 'company'), ('hubspot', 'deal'), ('salesforce', 'Lead'), ('salesforce', 'Contact'),
                      ('salesforce', 'Account'), ('salesforce', 'Opportunity')) as v(system, object)
         cross join generate_series(1, 4) as n(priority)) as k
   cross join lateral (
     select due_at from pending
     where connection_id = $1 and system = k.system and object = k.object and priority = k.priority and due_at <= clock_timestamp()
       and (leased_until is null or leased_until <= clock_timestamp())
     order by due_at limit 1) as o) as oldest,
  (select count(*)::int from (
     select distinct system, object, record_id from (
       select system, object, record_id from parent_waits where connection_id = $1 limit $2::int) as w) as d) as waiting_for_parents,
  (select count(*)::int from frozen_fields where connection_id = $1 and thawed_at is null) as frozen_fields,
  (select count(*)::int from (select from stage_disagreements where connection_id = $1 limit $2::int) as d) as stage_disagreements`;

type Row = {
  pending: Omit<Counts['pending'], 'oldestDueMs' | 'oldestLiveDueMs'>;
  oldest: { all: number | null; live: number | null };
  waiting_for_parents: number;
  frozen_fields: number;
  stage_disagreements: number;
};

const nothing: Counts = {
  pending: { due: 0, background: 0, waiting: 0, leased: 0, more: false, oldestDueMs: null, oldestLiveDueMs: null },
  waitingForParents: 0,
  frozenFields: 0,
  stageDisagreements: 0,
};

/** What must be counted at the moment of looking, for it depends on the time or is told by a view. Throws the driver's error. */
export async function readOverviewCounts(db: Queryable, connectionId: number): Promise<Counts> {
  const { rows } = await db.query<Row>({
    name: 'overview-counts',
    text: countsSql,
    values: [connectionId, mostCounted],
  });
  const [row] = rows;
  if (row === undefined) return nothing;
  return {
    pending: { ...row.pending, oldestDueMs: row.oldest.all, oldestLiveDueMs: row.oldest.live },
    waitingForParents: row.waiting_for_parents,
    frozenFields: row.frozen_fields,
    stageDisagreements: row.stage_disagreements,
  };
}
