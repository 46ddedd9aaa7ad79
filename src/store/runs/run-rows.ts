import { hintBits } from '../ledger-pending.ts';
import type { Queryable } from '../pool.ts';

/** What an event told, and nobody else would find out. What a run itself asks for (`born`, `resync`) ends with it. */
const toldHints = hintBits.created | hintBits.deleted | hintBits.merged | hintBits.erased;

/** Locks what the runs have marked, in the order of its key, as everybody does. Throws the driver's error. */
export async function lockRows(db: Queryable, runId: string): Promise<void> {
  const text = `select from pending where run_id = $1 order by connection_id, system, object, record_id for update`;
  await db.query({ name: 'lock-run-rows', text, values: [runId] });
}

// Leased ones, too: one whose lease ends in any way but a commit is held all the same.
const holdSql = `
update pending set due_at = 'infinity', wait_code = 'run_paused'
where run_id = any($1::bigint[]) and (due_at < 'infinity' or wait_code is distinct from 'run_paused')`;

/** Nothing of what these runs have marked is looked at any more. Throws the driver's error. */
export async function holdRows(db: Queryable, runIds: readonly string[]): Promise<void> {
  await db.query({ name: 'hold-run-rows', text: holdSql, values: [runIds] });
}

const freeSql = `
update pending set due_at = greatest(clock_timestamp(), not_before), wait_code = null where run_id = $1 and due_at = 'infinity'`;

/** What was held is due again. Throws the driver's error. */
export async function freeRows(db: Queryable, runId: string): Promise<void> {
  await db.query({ name: 'free-run-rows', text: freeSql, values: [runId] });
}

// A write whose answer was lost is resolved, whoever began it [11]. What is leased ends with its look: until then it stands under its run, so
// that nothing more is written.
const forgetSql = `
with own as materialized (
  select p.connection_id, p.system, p.object, p.record_id,
         p.hints & ${toldHints} = 0 and not exists (
           select from links l join writes w on w.pair_id = l.pair_id and w.state in ('open', 'unknown')
           where l.connection_id = p.connection_id and l.system = p.system and l.object = p.object and l.record_id = p.record_id) as ends
  from pending p where p.run_id = any($1::bigint[]) and p.lease_token is null
), gone as (
  delete from pending p using own o
  where o.ends and (p.connection_id, p.system, p.object, p.record_id) = (o.connection_id, o.system, o.object, o.record_id)
)
update pending p set
  run_id = null, due_at = case when p.due_at = 'infinity' then clock_timestamp() else p.due_at end,
  wait_code = case when p.wait_code = 'run_paused' then null else p.wait_code end
from own o
where not o.ends and (p.connection_id, p.system, p.object, p.record_id) = (o.connection_id, o.system, o.object, o.record_id)`;

const looseSql = `
update pending set due_at = clock_timestamp(), wait_code = null
where run_id = any($1::bigint[]) and lease_token is not null and due_at = 'infinity'`;

/** What these runs have marked and nobody else has a part in is forgotten; the rest goes on without them. Throws the driver's error. */
export async function forgetRows(db: Queryable, runIds: readonly string[]): Promise<void> {
  await db.query({ name: 'forget-run-rows', text: forgetSql, values: [runIds] });
  await db.query({ name: 'loosen-run-rows', text: looseSql, values: [runIds] });
}
