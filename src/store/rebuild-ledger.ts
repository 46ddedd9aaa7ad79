import type pg from 'pg';
import type { HubSpotObject } from '../domain/record.ts';
import type { RebuildLedger, RebuiltFacts } from '../ports/ledger-rebuild.ts';
import type { RecordResult } from '../ports/ledger-result.ts';
import { type LedgerContext, toJson } from './context.ts';
import { applyDealStates } from './deal-states.ts';
import { asLedger, inTransaction } from './pool.ts';
import { addFoundIds, readFoundIds, readFoundRecords, readRebuiltPairs } from './rebuild-ids.ts';
import { handedOnceSql, makePairs } from './rebuild-pairs.ts';
import { replaceRelations } from './relations.ts';
import { linkRoles } from './role-links.ts';

const failSql = `
insert into failures as f (connection_id, system, object, record_id, kind, code, message, advice, fields, record_ids)
select $1, 'hubspot', $2, q.record_id, q.kind, q.code, q.message, q.advice, q.fields, q.record_ids
from jsonb_to_recordset($3::jsonb)
  as q(record_id text, kind text, code text, message text, advice text, fields text[], record_ids text[])
on conflict (connection_id, system, object, record_id) do update set
  kind = excluded.kind, code = excluded.code, message = excluded.message, advice = excluded.advice, fields = excluded.fields,
  record_ids = excluded.record_ids, last_at = clock_timestamp()`;

const policySql = `
update runs set state = 'running', phase = 'listing', cursor = $3::jsonb, options = options || jsonb_build_object('policy', $2::text),
  mapping_version = (select mapping_version from connections where id = $1), moved_at = clock_timestamp(), lease_token = null,
  leased_until = null
where id = (
  select id from runs where connection_id = $1 and kind = 'rebuild' and state = 'review' order by id desc limit 1 for update)
returning id`;

const handedSql = `
update pairs set handed_over_at = ${handedOnceSql}, landed_at = clock_timestamp(),
  landed_in = pg_current_xact_id(), updated_at = clock_timestamp()
where id = any($1::bigint[]) and handed_over_at is null`;

const basesSql = `
insert into bases as b (pair_id, hubspot, salesforce, mapping_version)
select q.pair_id, q.hubspot, q.salesforce, coalesce((select mapping_version from connections where id = $1), 0)
from jsonb_to_recordset($2::jsonb) as q(pair_id bigint, hubspot jsonb, salesforce jsonb)
on conflict (pair_id) do nothing`;

/** What a rebuild stores, and what it asks. */
export function createRebuildLedger(context: LedgerContext): RebuildLedger {
  const { pool, connectionId } = context;
  return {
    hasPairs: () =>
      asLedger(async () => {
        const text = 'select from pairs where connection_id = $1 and person_id is not null limit 1';
        return (await pool.query(text, [connectionId])).rowCount === 1;
      }),
    endReviewsBefore: (runId) =>
      asLedger(async () => {
        const text = `update runs set state = 'cancelled', stopped_reason = 'begun_anew', ended_at = clock_timestamp()
                      where connection_id = $1 and kind = 'rebuild' and state = 'review' and id < $2`;
        await pool.query(text, [connectionId, runId]);
      }),
    addFoundIds: (runId, object, ids) => asLedger(() => addFoundIds(pool, runId, object, ids)),
    foundRecords: (runId, object, after, limit) =>
      asLedger(() => readFoundRecords(pool, runId, object, { after, limit })),
    foundIds: (runId, object, recordIds) => asLedger(() => readFoundIds(pool, runId, object, recordIds)),
    storePairs: (runId, object, pairs) =>
      asLedger(() => inTransaction(pool, (client) => makePairs(client, { connectionId, runId, object }, pairs))),
    storeConflicts: (object, conflicts) =>
      asLedger(async () => {
        if (conflicts.length === 0) return;
        const rows = conflicts.map(({ recordId, failure: { recordIds, ...failure } }) => ({
          ...failure,
          record_id: recordId,
          record_ids: recordIds,
        }));
        await pool.query({ name: 'rebuild-conflicts', text: failSql, values: [connectionId, object, toJson(rows)] });
      }),
    rebuiltPairs: (runId, object, afterPairId, limit) =>
      asLedger(() => readRebuiltPairs(pool, runId, object, { afterPairId, limit })),
    storeFacts: (object, facts) =>
      asLedger(() => inTransaction(pool, (client) => storeFacts(client, context, object, facts))),
    chooseRebuildPolicy: (policy, cursor) =>
      asLedger(async () => {
        const { rows } = await pool.query<{ id: string }>(policySql, [connectionId, policy, toJson(cursor)]);
        return rows[0]?.id ?? null;
      }),
    forgetFound: (runId) =>
      asLedger(async () => void (await pool.query('delete from rebuild_ids where run_id <= $1', [runId]))),
  };
}

/** Relations, roles and deal states by the statements that looks use. */
async function storeFacts(
  client: pg.PoolClient,
  context: LedgerContext,
  object: HubSpotObject,
  facts: readonly RebuiltFacts[],
): Promise<void> {
  const results: RecordResult[] = facts.map(({ recordId, base: _base, handedOver: _handedOver, ...fact }) => ({
    ...fact,
    contactId: recordId,
    counter: '0',
  }));
  await replaceRelations(client, { context, of: { system: 'hubspot', object } }, results);
  await linkRoles(client, context.connectionId, results);
  await applyDealStates(client, results);
  const handed = facts.flatMap(({ handedOver, pairId }) => (handedOver ? pairId : []));
  if (handed.length > 0) await client.query({ name: 'rebuild-handed', text: handedSql, values: [handed] });
  const bases = facts.flatMap(({ pairId, base }) => (base === null ? [] : [{ pair_id: pairId, ...base }]));
  if (bases.length === 0) return;
  await client.query({ name: 'rebuild-bases', text: basesSql, values: [context.connectionId, toJson(bases)] });
}
