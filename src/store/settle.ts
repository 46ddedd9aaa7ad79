import type pg from 'pg';
import { awayUntilAttempt, leavesRunFromAttempt } from '../domain/settle.ts';
import type { RecordType } from '../ports/ledger-claim.ts';
import type { RecordResult } from '../ports/ledger-result.ts';
import { storeFailures } from './apply-results.ts';
import { type LedgerContext, toJson } from './context.ts';
import { findHeld } from './held.ts';
import { countOutcomes, type LookRuns, lockLookRuns, type Settled, settleLookRuns } from './runs/look-runs.ts';

type Work = { context: LedgerContext; of: RecordType; token: string };

// One row per settled record. Deleted where nothing marked it meanwhile; else it goes back at once. A retry waits out its delay whatever
// marked it (a failing record has a minimum time between looks), a wait does not: what changed may have ended it. One that fails again and
// again is retried for nobody's run, so that a run ends.
const settleSql = `
with asked as (
  select q.record_id, q.kind, q.counter, q.delay, q.counts, q.code, q.away
  from jsonb_to_recordset($2::jsonb) as q(record_id text, kind text, counter bigint, delay float8, counts boolean, code text, away boolean)
), leaving as materialized (
  select p.record_id from asked q
  join pending p on p.connection_id = $1 and p.system = $3 and p.object = $4 and p.record_id = q.record_id
  where q.kind = 'later' and q.counts
    and (p.attempts + 1 >= ${leavesRunFromAttempt} and not q.away and p.run_id = any($5::bigint[])
         or p.attempts + 1 >= ${awayUntilAttempt} and p.run_id = any($6::bigint[]))
), gone as (
  delete from pending p using asked q
  where p.connection_id = $1 and p.system = $3 and p.object = $4 and p.record_id = q.record_id
    and q.kind <> 'later' and p.counter = q.counter
  returning p.record_id
), back as (
  update pending p set
  lease_token = null, leased_until = null,
  due_at = case when q.kind = 'later' and (q.counts or p.counter = q.counter)
                then clock_timestamp() + make_interval(secs => q.delay) else least(p.due_at, clock_timestamp()) end,
  not_before = case when q.kind = 'later' and q.counts then clock_timestamp() + make_interval(secs => q.delay) else '-infinity' end,
  attempts = case when q.kind <> 'later' then 0 when q.counts then p.attempts + 1 else p.attempts end,
  wait_code = case when q.kind = 'later' and p.counter = q.counter then q.code end,
  run_id = case when p.record_id in (select record_id from leaving) then null else p.run_id end
from asked q
where p.connection_id = $1 and p.system = $3 and p.object = $4 and p.record_id = q.record_id
  and (q.kind = 'later' or p.counter <> q.counter)
)
select record_id, false as "isLeft" from gone
union all
select record_id, true from leaving`;

export const freePairsSql = `
update pairs set lease_token = null, leased_until = null where id = any($2) and lease_token = $1`;

// The pair that was leased with the row at the claim, where the result names none.
const leasedPairsSql = `
update pairs r set lease_token = null, leased_until = null
from links l
where l.connection_id = $2 and l.system = $4 and l.object = $5 and l.record_id = any($3)
  and r.id = l.pair_id and r.lease_token = $1`;

/**
 * Ends the leases of held records whose work is over; records without a settlement stay claimed. Throws the driver's error.
 * @param runs those that the looks were made for
 */
export async function settle(
  client: pg.PoolClient,
  { context, of, token }: Work,
  results: readonly RecordResult[],
  runs: LookRuns,
): Promise<Settled> {
  const rows = results.flatMap(({ contactId, counter, settle: how }) => {
    if (how === undefined) return [];
    const later =
      how.kind === 'later'
        ? { delay: how.delayMs / 1_000, counts: how.counts, code: how.code, away: how.isAway === true }
        : {};
    return [{ record_id: contactId, kind: how.kind, counter, delay: 0, counts: false, away: false, ...later }];
  });
  if (rows.length === 0) return { ended: new Set(), left: new Set() };
  const { rows: over } = await client.query<{ record_id: string; isLeft: boolean }>({
    name: 'settle',
    text: settleSql,
    values: [context.connectionId, toJson(rows), of.system, of.object, runs.left, runs.draining],
  });
  const settled = results.filter((result) => result.settle !== undefined);
  const pairIds = settled.flatMap(({ pairId }) => pairId ?? []);
  if (pairIds.length > 0) await client.query({ name: 'free-pairs', text: freePairsSql, values: [token, pairIds] });
  const unnamed = settled.filter(({ pairId }) => pairId === undefined).map(({ contactId }) => contactId);
  if (unnamed.length > 0) {
    await client.query({
      name: 'free-leased-pairs',
      text: leasedPairsSql,
      values: [token, context.connectionId, unnamed, of.system, of.object],
    });
  }
  const idsOf = (isLeft: boolean) => new Set(over.flatMap((row) => (row.isLeft === isLeft ? [row.record_id] : [])));
  return { ended: idsOf(false), left: idsOf(true) };
}

/** A refused row is looked at again after this; what made it refuse is in the failure. */
const poisonedDelayMs = 15 * 60_000;

/** Records that the ledger itself refused this record's result, and gives the record back for a later look. */
export async function settlePoisoned(
  client: pg.PoolClient,
  work: Work,
  result: RecordResult,
  thrown: unknown,
): Promise<void> {
  const held = await findHeld(client, work, [{ contactId: result.contactId, pairId: null }]);
  if (!held.has(result.contactId)) return;
  const runs = await lockLookRuns(client, held.values(), { alone: false });
  const state = typeof thrown === 'object' && thrown !== null && 'code' in thrown ? String(thrown.code) : undefined;
  const failure = {
    kind: 'needs-human' as const,
    code: 'ledger_rejected',
    message: 'The ledger could not store what was found out about this record.',
    advice: 'It is looked at again every 15 minutes. If this stays, report the code shown here.',
    fields: [],
    recordIds: [],
    ...(state === undefined ? {} : { vendorCode: state }),
  };
  await storeFailures(client, work, [{ contactId: result.contactId, failure }]);
  const { contactId, counter } = result;
  const later = { kind: 'later', delayMs: poisonedDelayMs, counts: true, code: 'ledger_rejected' } as const;
  const given = [{ contactId, counter, settle: later }];
  const settled = await settle(client, work, given, runs);
  await settleLookRuns(client, runs);
  await countOutcomes(client, work, given, { held, settled });
}
