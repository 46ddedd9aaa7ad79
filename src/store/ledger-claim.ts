import { randomUUID } from 'node:crypto';
import type { PairKnowledge } from '../domain/plan/types.ts';
import type { PersonReference, SalesforceReference } from '../domain/record.ts';
import type { Priority } from '../ports/budget.ts';
import type { Claim, ClaimedRecord, ClaimRequest } from '../ports/ledger-claim.ts';
import { assertMayWork, type LedgerContext } from './context.ts';
import { toHints } from './ledger-pending.ts';
import { readKnowledge } from './pair-knowledge.ts';
import { asLedger } from './pool.ts';
import { isRebuildingSql } from './rebuild-hold.ts';

const stoppedSql = `
select paused_at is not null or ${isRebuildingSql}
  or exists (select from waits where connection_id = $1 and until > statement_timestamp()) as stopped
from connections where id = $1`;

// Nothing here waits for a lock: what another claim holds is passed over. One row per pair, and only pairs that nobody leases; the pair's
// lease is looked at again once its row is locked.
const toClaimSql = (band: string) => `
with due as materialized (
  select p.record_id, p.priority, p.due_at, l.pair_id
  from pending p
  left join links l on l.connection_id = p.connection_id and l.system = p.system and l.object = p.object and l.record_id = p.record_id
  left join pairs r on r.id = l.pair_id
  where p.connection_id = $1 and p.system = $2 and p.object = $3 and p.due_at <= statement_timestamp()${band}
    and (p.leased_until is null or p.leased_until < statement_timestamp())
    and (r.leased_until is null or r.leased_until < statement_timestamp())
  order by p.priority, p.due_at
  limit $4
  for update of p skip locked
), first as (
  select *, row_number() over (partition by pair_id order by priority, due_at) as place from due
), free as (
  select id from pairs
  where id in (select pair_id from first) and (leased_until is null or leased_until < statement_timestamp())
  for update skip locked
), taken as (
  select record_id, pair_id from first where pair_id is null or (place = 1 and pair_id in (select id from free))
), leased as (
  update pairs set lease_token = $5, leased_until = clock_timestamp() + make_interval(secs => $6)
  where id in (select pair_id from taken)
)
update pending p set lease_token = $5, leased_until = clock_timestamp() + make_interval(secs => $6), claimed_in = (select pg_current_snapshot())
from taken t
where p.connection_id = $1 and p.system = $2 and p.object = $3 and p.record_id = t.record_id
returning p.record_id, p.counter, p.priority, p.hints, p.attempts, p.source, p.run_id,
          extract(epoch from p.marked_at)::float8 * 1000 as marked, t.pair_id`;

/** A statement of its own per band, so that each has a plan of its own. */
const claims = {
  all: { name: 'claim', text: toClaimSql('') },
  live: { name: 'claim-live', text: toClaimSql(' and p.priority <= 2') },
  background: { name: 'claim-background', text: toClaimSql(' and p.priority >= 3') },
} as const;

type ClaimedRow = {
  record_id: string;
  counter: string;
  priority: Priority;
  hints: number;
  attempts: number;
  source: string;
  run_id: string | null;
  marked: number;
  pair_id: string | null;
};

/** Leases due records together with their pairs, and tells what the ledger knows of each pair. Three statements, whatever the size. */
export async function claimRecords<Reference extends SalesforceReference = PersonReference>(
  context: LedgerContext,
  request: ClaimRequest,
): Promise<Claim<Reference>> {
  const { pool, connectionId } = context;
  const { system, object, limit, leaseMs, mappingVersion, band = 'all' } = request;
  const token = randomUUID();
  return await asLedger(async () => {
    await assertMayWork(pool, context, { mappingVersion, evenPaused: true });
    const { rows: gate } = await pool.query<{ stopped: boolean }>({
      name: 'stopped',
      text: stoppedSql,
      values: [connectionId],
    });
    if (gate[0]?.stopped !== false) return { token, leaseMs, records: [] };
    const values = [connectionId, system, object, limit, token, leaseMs / 1_000];
    const { rows } = await pool.query<ClaimedRow>({ ...claims[band], values });
    const pairs = await readKnowledge<Reference>(
      pool,
      rows.flatMap(({ pair_id: id }) => (id === null ? [] : [id])),
    );
    const records = rows.map((row) => toRecord(row, pairs));
    records.sort((one, other) => one.priority - other.priority || one.markedAtMs - other.markedAtMs);
    return { token, leaseMs, records };
  });
}

function toRecord<Reference extends SalesforceReference>(
  row: ClaimedRow,
  pairs: ReadonlyMap<string, PairKnowledge<Reference>>,
): ClaimedRecord<Reference> {
  return {
    recordId: row.record_id,
    counter: row.counter,
    priority: row.priority,
    hints: toHints(row.hints),
    attempts: row.attempts,
    source: row.source,
    runId: row.run_id,
    markedAtMs: row.marked,
    pairId: row.pair_id,
    pair: row.pair_id === null ? null : (pairs.get(row.pair_id) ?? null),
  };
}
