import type pg from 'pg';
import type { StageMove, StageSeen } from '../domain/lifecycle/types.ts';
import type { RecordResult } from '../ports/ledger-result.ts';
import { type LedgerContext, toJson } from './context.ts';
import type { Queryable } from './pool.ts';

/** How long closed moves and seen stages are kept: as long as the audit log. What is older is not taken in again. */
export const keptStageMonths = 25;

/** A stage that HubSpot dates a little otherwise than we do is still the same one. */
const sameWithinMs = 10 * 60_000;

export type NewMove = { pairId: string; contactId: string; move: StageMove };

// A pair has at most one move that is open. One towards another stage overtakes it; one towards the same goes on with it.
const overtakeSql = `
update stage_moves m set state = 'conflict', closed_at = clock_timestamp()
from jsonb_to_recordset($1::jsonb) as q(pair_id bigint, to_stage text)
where m.pair_id = any($2::bigint[]) and m.pair_id = q.pair_id and m.state = 'open' and m.to_stage <> q.to_stage`;

// Salesforce's facts, or the mapping on their behalf, are the source of every move of ours. A stage that was emptied is not emptied again.
const openSql = `
insert into stage_moves as m (connection_id, pair_id, contact_id, from_stage, to_stage, kind, source, code, text, must_clear, step, state)
select $1, q.pair_id, q.contact_id, q.from_stage, q.to_stage, q.kind, 'salesforce', q.code, q.text, q.must_clear,
       case when q.must_clear then 'clearing' else 'setting' end, 'open'
from jsonb_to_recordset($2::jsonb) as q(pair_id bigint, contact_id text, from_stage text, to_stage text, kind text, code text, text text,
     must_clear boolean)
on conflict (pair_id) where state = 'open' do update set
  step = case when m.step = 'setting' or not excluded.must_clear then 'setting' else 'clearing' end`;

/** Opens the moves that begin with an intent, one per pair. Throws the driver's error. */
export async function openStageMoves(
  db: Queryable,
  { connectionId }: LedgerContext,
  moves: readonly NewMove[],
): Promise<void> {
  if (moves.length === 0) return;
  const rows = moves.map(({ pairId, contactId, move }) => ({
    pair_id: pairId,
    contact_id: contactId,
    from_stage: move.from,
    to_stage: move.to,
    kind: move.kind,
    code: move.code,
    text: move.text,
    must_clear: move.mustClear,
  }));
  const pairIds = rows.map((row) => row.pair_id);
  await db.query({ name: 'overtake-moves', text: overtakeSql, values: [toJson(rows), pairIds] });
  await db.query({ name: 'open-moves', text: openSql, values: [connectionId, toJson(rows)] });
}

const carryOnSql = `
with moved as (
  update stage_moves m set
    step = case when q.how = 'setting' then 'setting' else m.step end,
    state = case when q.how = 'setting' then 'open' else q.how end,
    closed_at = case when q.how = 'setting' then null else clock_timestamp() end
  from jsonb_to_recordset($1::jsonb) as q(pair_id bigint, how text)
  where m.pair_id = any($2::bigint[]) and m.pair_id = q.pair_id and m.state = 'open'
  returning m.pair_id, m.kind, m.state
)
update pairs set recycles = recycles + 1
where id in (select pair_id from moved where state = 'verified' and kind = 'recycle')`;

// What the ledger has already is passed over: a transition to the same stage at about the same time, ours or seen, under the contact's
// present id or another one of the pair. Unless the contact was at another stage in between: then it has come back to this one.
const known = (isSame: (row: string) => string) => `
  select from stage_moves m where ${isSame('m')} and m.to_stage = q.stage and m.state not in ('conflict', 'ignored')
    and q.at between m.at - make_interval(secs => $4)
      and coalesce(m.closed_at, case when m.state = 'open' then clock_timestamp() else m.at end) + make_interval(secs => $4)
    and not exists (
      select from stage_moves o where ${isSame('o')} and o.to_stage <> q.stage and o.state in ('verified', 'seen')
        and coalesce(o.closed_at, o.at) > coalesce(m.closed_at, m.at) and coalesce(o.closed_at, o.at) < q.at)`;
const seenSql = `
insert into stage_moves (connection_id, pair_id, contact_id, at, to_stage, kind, source, code, text, state)
select $1, q.pair_id, q.contact_id, q.at, q.stage, q.code, q.source, q.code, q.text, 'seen'
from (
  select *, timestamptz 'epoch' + r.at_ms * interval '1 millisecond' as at
  from jsonb_to_recordset($2::jsonb) as r(pair_id bigint, contact_id text, at_ms float8, stage text, source text, code text, text text)
) as q
where q.at > clock_timestamp() - make_interval(months => $3)
  and not exists (${known((row) => `${row}.connection_id = $1 and ${row}.contact_id = q.contact_id`)})
  and not exists (${known((row) => `${row}.pair_id = q.pair_id`)})
order by q.at`;

const seenTexts: Readonly<Record<StageSeen['code'], string>> = {
  reached: 'The contact was seen at this stage.',
  inferred: 'HubSpot tells that the contact entered this stage; nobody saw it happen.',
  moved_back: 'A person moved the stage backward in HubSpot, and the mapping accepts it.',
};

/** Stores how moves went on and which stages were seen. Throws the driver's error. */
export async function applyStages(
  client: pg.PoolClient,
  { connectionId }: LedgerContext,
  results: readonly RecordResult[],
): Promise<void> {
  const moved = results.flatMap(({ pairId, stageMove }) =>
    pairId === undefined || stageMove === undefined ? [] : [{ pair_id: pairId, how: stageMove }],
  );
  if (moved.length > 0) {
    const values = [toJson(moved), moved.map((row) => row.pair_id)];
    await client.query({ name: 'carry-on-moves', text: carryOnSql, values });
  }
  const seen = results.flatMap((result) => toSeenRows(result));
  if (seen.length === 0) return;
  const values = [connectionId, toJson(seen), keptStageMonths, sameWithinMs / 1_000];
  await client.query({ name: 'stages-seen', text: seenSql, values });
}

function toSeenRows({ contactId, pairId, stagesSeen = [] }: RecordResult) {
  const kept = stagesSeen.filter(
    (one, place) =>
      !stagesSeen.slice(0, place).some((other) => other.stage === one.stage && isSameTime(one.atMs, other.atMs)),
  );
  return kept.map(({ stage, atMs, source, code }) => ({
    pair_id: pairId ?? null,
    contact_id: contactId,
    at_ms: atMs,
    stage,
    source,
    code,
    text: seenTexts[code],
  }));
}

function isSameTime(one: number, other: number): boolean {
  return Math.abs(one - other) <= sameWithinMs;
}
