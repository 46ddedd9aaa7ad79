import type { Priority } from '../ports/budget.ts';
import type { Band, Hint, Mark } from '../ports/ledger-claim.ts';
import type { WorkLedger } from '../ports/ledger-work.ts';
import { type LedgerContext, toJson } from './context.ts';
import { releaseLeases, renewLeases } from './leases.ts';
import { asLedger, type Queryable } from './pool.ts';
import { isRebuildingSql } from './rebuild-hold.ts';

/** A bit per hint, so that marks can be OR-ed in one statement. The numbers are stored: never change one. */
export const hintBits: Readonly<Record<Hint, number>> = {
  created: 1,
  deleted: 2,
  merged: 4,
  erased: 8,
  resync: 16,
  born: 32,
};

export function toHints(bits: number): readonly Hint[] {
  return (Object.keys(hintBits) as Hint[]).filter((hint) => (bits & hintBits[hint]) !== 0);
}

type MarkRow = {
  system: string;
  object: string;
  record_id: string;
  priority: number;
  due_in: number;
  hints: number;
  source: string;
  run_id: string | null;
};

/** One row per record: an upsert cannot touch a row twice. */
function toRows(marks: readonly Mark[]): readonly MarkRow[] {
  const rows = new Map<string, MarkRow>();
  for (const mark of marks) {
    const key = `${mark.system}\n${mark.object}\n${mark.recordId}`;
    const bits = (mark.hints ?? []).reduce((sum, hint) => sum | hintBits[hint], 0);
    const known = rows.get(key);
    if (known === undefined) {
      rows.set(key, {
        system: mark.system,
        object: mark.object,
        record_id: mark.recordId,
        priority: mark.priority,
        due_in: (mark.dueInMs ?? 0) / 1_000,
        hints: bits,
        source: mark.source,
        run_id: mark.runId ?? null,
      });
      continue;
    }
    known.hints |= bits;
    known.due_in = Math.min(known.due_in, (mark.dueInMs ?? 0) / 1_000);
    if (mark.priority < known.priority) {
      Object.assign(known, { priority: mark.priority, source: mark.source, run_id: mark.runId ?? null });
    }
  }
  return [...rows.values()];
}

const takes = `(excluded.priority < p.priority or (p.due_at = 'infinity' and excluded.run_id is distinct from p.run_id))`;

/**
 * What becomes of a pending row `p` that a person asks for, at priority 2: its run, if it has one, has no part in it any more, and no delay of a
 * failing record holds it back. To be set on a conflict.
 */
export const askedAgainSql = `
  hints = p.hints | excluded.hints, counter = nextval('pending_counter'), priority = least(p.priority, excluded.priority),
  not_before = '-infinity', run_id = case when excluded.priority < p.priority then null else p.run_id end,
  wait_code = case when p.due_at = 'infinity' then null else p.wait_code end,
  due_at = case when p.lease_token is null or p.due_at = 'infinity' then least(p.due_at, excluded.due_at) else p.due_at end`;

// Sorted by key, so that two marks never wait for each other in a circle. The counter is drawn under the row's lock: it can only rise.
// A leased row keeps its due time (it is being looked at); its risen counter makes it due when it is settled. A record that has failed more
// than once is not looked at again at once, whatever marks it: 2 s after its last failure, then 4, up to a minute [9]. What was told of it
// before it failed still counts [8].
//
// What a run marked and somebody else wants more urgently belongs to the run no more; so does what a paused run holds (`infinity`), whoever else
// asks for it.
export const toMarkSql = (rows: string) => `
insert into pending as p (connection_id, system, object, record_id, priority, due_at, not_before, counter, hints, source, run_id)
select $1, m.system, m.object, m.record_id, m.priority, greatest(clock_timestamp() + make_interval(secs => m.due_in), quiet.until),
       quiet.until, nextval('pending_counter'), m.hints | coalesce(f.hints, 0), m.source, m.run_id
from ${rows}
left join failures f on f.connection_id = $1 and f.system = m.system and f.object = m.object and f.record_id = m.record_id
cross join lateral (
  select case when f.attempts > 1 then f.last_at + make_interval(secs => least(60, power(2, least(f.attempts, 10) - 1)))
              else '-infinity' end as until
) as quiet
order by m.system, m.object, m.record_id
on conflict (connection_id, system, object, record_id) do update set
  counter = nextval('pending_counter'),
  hints = p.hints | excluded.hints,
  priority = least(p.priority, excluded.priority),
  source = case when ${takes} then excluded.source else p.source end,
  run_id = case when ${takes} then excluded.run_id else p.run_id end,
  wait_code = case when p.due_at = 'infinity' and ${takes} then null else p.wait_code end,
  due_at = case when p.due_at = 'infinity' and not ${takes} then p.due_at
                when p.lease_token is not null and p.due_at < 'infinity' then p.due_at
                else greatest(least(p.due_at, excluded.due_at), p.not_before) end,
  marked_at = case when p.lease_token is not null then excluded.marked_at else p.marked_at end`;

const markSql =
  toMarkSql(`jsonb_to_recordset($2::jsonb) as m(system text, object text, record_id text, priority smallint, due_in float8,
     hints smallint, source text, run_id bigint)`);

// Whom another record stood in the way of, or about whose counterpart people are asked, where one of these records is among the ids. That
// something was deleted answers no question that its deletion has raised.
const markHeldUpSql = toMarkSql(`(
  select f.system, f.object, f.record_id, 2::smallint as priority, 0::float8 as due_in, 0::smallint as hints, 'released' as source,
         null::bigint as run_id
  from failures f
  where f.connection_id = $1 and (
    f.record_ids && $2::text[] and f.code in ('person_deleted', 'person_unlinked', 'account_deleted', 'account_unlinked',
      'opportunity_deleted', 'opportunity_unlinked')
    or f.record_ids && ($2::text[] || $3::text[]) and f.code in ('person_taken', 'person_taken_meanwhile', 'born_taken',
      'several_persons', 'person_merged', 'person_restored',
      'account_taken', 'account_taken_meanwhile', 'several_accounts', 'account_merged', 'account_name_differs', 'account_restored',
      'opportunity_taken', 'opportunity_taken_meanwhile', 'several_opportunities', 'opportunity_merged', 'opportunity_restored'))
) as m`);

/** Marks inside a transaction of the caller's. Throws the driver's error. */
export async function markWith(
  db: Queryable,
  { connectionId }: LedgerContext,
  marks: readonly Mark[],
): Promise<number> {
  if (marks.length === 0) return 0;
  const { rowCount } = await db.query({ name: 'mark', text: markSql, values: [connectionId, toJson(toRows(marks))] });
  return rowCount ?? 0;
}

const releaseAllSql = `
with freed as (
  update pairs set lease_token = null, leased_until = null where lease_token is not null
), freed_runs as (
  update runs set lease_token = null, leased_until = null where lease_token is not null
)
update pending set lease_token = null, leased_until = null where lease_token is not null`;

/** The priorities of a band. Each is asked for by itself: however much the other band has to do, nobody reads past it. */
const prioritiesOf: Readonly<Record<Band, readonly Priority[]>> = { live: [1, 2], background: [3, 4] };
const allPriorities: readonly Priority[] = [1, 2, 3, 4];

// What a paused run holds is due at no time.
const dueSql = `
select
  (select jsonb_build_object('due', count(*), 'priority', min(priority)) from (
     select p.priority from unnest($4::smallint[]) as k(priority)
     cross join lateral (
       select priority from pending
       where connection_id = $1 and system = $2 and object = $3 and priority = k.priority and due_at <= statement_timestamp()
         and (leased_until is null or leased_until < statement_timestamp())
       limit 1000) as p
     limit 1000) as ready) as ready,
  extract(epoch from least(
    (select min(p.due_at) from unnest($4::smallint[]) as k(priority)
     cross join lateral (
       select due_at from pending
       where connection_id = $1 and system = $2 and object = $3 and priority = k.priority and due_at > statement_timestamp()
         and due_at < 'infinity'
       order by due_at limit 1) as p),
    (select min(leased_until) from pending
     where connection_id = $1 and system = $2 and object = $3 and lease_token is not null and leased_until >= statement_timestamp()
       and priority = any($4::smallint[]))
  ) - statement_timestamp())::float8 * 1000 as next,
  (select paused_at is not null or ${isRebuildingSql} from connections where id = $1) as paused,
  extract(epoch from (select max(until) from waits where connection_id = $1 and until > statement_timestamp())
    - statement_timestamp())::float8 * 1000 as wait`;

type DueRow = {
  ready: { due: number; priority: Priority | null };
  next: number | null;
  paused: boolean;
  wait: number | null;
};

type PendingLedger = Pick<WorkLedger, 'mark' | 'markHeldUp' | 'renew' | 'release' | 'releaseAll' | 'due'>;

/** The statements about pending records that are not part of a batch's own protocol. */
export function createPendingLedger(context: LedgerContext): PendingLedger {
  const { pool, connectionId } = context;
  return {
    mark: (marks) => asLedger(() => markWith(pool, context, marks)),

    markHeldUp: (recordIds, goneIds = []) =>
      asLedger(async () => {
        if (recordIds.length + goneIds.length === 0) return 0;
        const values = [connectionId, recordIds, goneIds];
        return (await pool.query({ name: 'mark-held-up', text: markHeldUpSql, values })).rowCount ?? 0;
      }),

    renew: (token, leaseMs) => renewLeases(context, token, leaseMs),
    release: (token) => releaseLeases(context, token),

    releaseAll: () => asLedger(async () => void (await pool.query(releaseAllSql))),

    due: (system, object, band) =>
      asLedger(async () => {
        const { rows } = await pool.query<DueRow>({
          name: 'due',
          text: dueSql,
          values: [connectionId, system, object, band === undefined ? allPriorities : prioritiesOf[band]],
        });
        const row = rows[0];
        if (row === undefined) return { due: 0, priority: null, nextInMs: null, paused: false };
        if (row.paused || row.wait !== null) return { due: 0, priority: null, nextInMs: row.wait, paused: true };
        return { ...row.ready, nextInMs: row.next, paused: false };
      }),
  };
}
