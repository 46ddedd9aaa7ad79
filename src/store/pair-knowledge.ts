import type { OpenStageMove } from '../domain/lifecycle/types.ts';
import type { Base, FrozenField, OpenIntent, PairKnowledge, RecentWrite, Tombstone } from '../domain/plan/types.ts';
import type { PersonReference, SalesforceReference } from '../domain/record.ts';
import type { HeldBack, PendingRevert } from '../domain/revert/types.ts';
import { roleObject } from './kinds.ts';
import type { Queryable } from './pool.ts';
import { type RevertRow, readReverts } from './revert-targets.ts';

// A statement of its own: the claim's sees bases as they were before it had the pair's lock. Recent writes go back two hours, more than a
// fight is looked for, and no further than the moment at which a person thawed the field: what was before it is settled.
const knowledgeSql = `
select r.id, case when r.person_id is not null then jsonb_build_object('object', r.person_object, 'id', r.person_id) end as person,
       r.tombstone_reason as tombstone, r.recycles,
       extract(epoch from r.handed_over_at)::float8 * 1000 as handed_over,
       b.hubspot, b.salesforce, extract(epoch from b.updated_at)::float8 * 1000 as agreed_at,
       w.intents, f.persons, f.contacts, m.move, z.frozen, v.recent, h.held, q.revert
from pairs r
left join bases b on b.pair_id = r.id
left join (
  select pair_id, jsonb_agg(jsonb_build_object('id', id::text, 'system', system, 'object', object, 'recordId', record_id, 'fields', changes,
           'openedAtMs', floor(extract(epoch from at) * 1000)) order by id) as intents
  from writes where pair_id = any($1) and state in ('open', 'unknown') group by pair_id
) as w on w.pair_id = r.id
left join (
  select pair_id,
         array_agg(record_id order by created_at, record_id)
           filter (where system = 'salesforce' and object <> '${roleObject}'
                    and status in ('merged', 'converted', 'deleted', 'erased')) as persons,
         array_agg(record_id order by created_at, record_id)
           filter (where system = 'hubspot' and object <> 'email' and status in ('live', 'merged')) as contacts
  from links where pair_id = any($1) group by pair_id
) as f on f.pair_id = r.id
left join (
  select pair_id, jsonb_build_object('from', from_stage, 'to', to_stage, 'kind', kind, 'mustClear', must_clear, 'code', code, 'text', text,
           'step', step, 'openedAtMs', floor(extract(epoch from at) * 1000)) as move
  from stage_moves where pair_id = any($1) and state = 'open'
) as m on m.pair_id = r.id
left join (
  select pair_id, jsonb_agg(jsonb_build_object('system', system, 'field', field, 'text', text) order by id) as frozen
  from frozen_fields where pair_id = any($1) and thawed_at is null group by pair_id
) as z on z.pair_id = r.id
left join (
  select o.pair_id, jsonb_agg(jsonb_build_object('system', o.system, 'field', c.value ->> 'field', 'after', c.value -> 'after',
           'atMs', floor(extract(epoch from o.at) * 1000)) order by o.at desc, o.id desc) as recent
  from writes o cross join lateral jsonb_array_elements(o.changes) as c
  where o.pair_id = any($1) and o.at > statement_timestamp() - interval '2 hours'
    and o.state in ('open', 'done', 'unknown') and o.operation in ('create', 'update')
    and not exists (select from frozen_fields t where t.pair_id = o.pair_id and t.system = o.system and t.field = c.value ->> 'field'
                      and t.thawed_at >= o.at)
  group by o.pair_id
) as v on v.pair_id = r.id
left join (
  select pair_id, jsonb_agg(jsonb_build_object('hubspot', hubspot, 'salesforce', salesforce, 'runId', run_id::text)
                            order by hubspot, salesforce) as held
  from held_fields where pair_id = any($1) group by pair_id
) as h on h.pair_id = r.id
left join lateral (
  -- A revert that a person holds does not hold its pairs: live work goes on.
  select jsonb_build_object('runId', u.id::text, 'reverts', u.reverts::text, 'created', coalesce(u.options ->> 'created', 'keep'),
           'untilMs', extract(epoch from u.started_at) * 1000,
           'hasOthers', r.object = 'company' and exists (select from revert_pairs e join pairs f on f.id = e.pair_id
                                                         where e.run_id = u.id and e.state = 'open' and f.object <> 'company')) as revert
  from revert_pairs o join runs u on u.id = o.run_id and u.state = 'running'
  where o.pair_id = r.id and o.state = 'open' limit 1
) as q on true
where r.id = any($1)`;

type KnowledgeRow<Reference> = {
  id: string;
  person: Reference | null;
  tombstone: Tombstone | null;
  recycles: number;
  handed_over: number | null;
  hubspot: Base['hubspot'] | null;
  salesforce: Base['salesforce'] | null;
  agreed_at: number | null;
  intents: OpenIntent[] | null;
  persons: string[] | null;
  contacts: string[] | null;
  move: OpenStageMove | null;
  frozen: (FrozenField & { text: string })[] | null;
  recent: RecentWrite[] | null;
  held: HeldBack[] | null;
  revert: RevertRow | null;
};

/** What the ledger knows of these pairs, all of one kind, by their ids: one statement, whatever their number. */
export async function readKnowledge<Reference extends SalesforceReference = PersonReference>(
  db: Queryable,
  pairIds: readonly string[],
): Promise<ReadonlyMap<string, PairKnowledge<Reference>>> {
  if (pairIds.length === 0) return new Map();
  const { rows } = await db.query<KnowledgeRow<Reference>>({
    name: 'pair-knowledge',
    text: knowledgeSql,
    values: [pairIds],
  });
  const reverts = await readReverts(
    db,
    rows.flatMap(({ id, revert }) => (revert === null ? [] : [{ pairId: id, revert }])),
  );
  return new Map(rows.map((row) => [row.id, toKnowledge(row, reverts.get(row.id) ?? null)]));
}

function toKnowledge<Reference extends SalesforceReference>(
  row: KnowledgeRow<Reference>,
  revert: PendingRevert | null,
): PairKnowledge<Reference> {
  const { person, hubspot, salesforce } = row;
  return {
    person,
    handedOverAtMs: row.handed_over,
    base: hubspot === null || salesforce === null ? null : { hubspot, salesforce },
    openIntents: row.intents ?? [],
    formerPersonIds: row.persons ?? [],
    formerContactIds: row.contacts ?? [],
    tombstone: row.tombstone,
    agreedAtMs: row.agreed_at,
    recycles: row.recycles,
    stageMove: row.move,
    frozen: row.frozen ?? [],
    recentWrites: row.recent ?? [],
    ...(revert === null ? {} : { revert }),
    ...(row.held === null ? {} : { heldBack: row.held }),
  };
}
