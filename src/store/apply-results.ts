import type pg from 'pg';
import type { RecordType } from '../ports/ledger-claim.ts';
import type { FailureReport, RecordResult } from '../ports/ledger-result.ts';
import { applyOutcomes, freeReserved } from './apply-outcomes.ts';
import { applyBases, applyEmails, applyPairs } from './apply-pairs.ts';
import { type LedgerContext, toJson } from './context.ts';
import { erasePersons } from './erase.ts';
import { applyFreezes } from './freezes.ts';
import { releaseHeld } from './held-fields.ts';
import { hubspotObjectOf } from './kinds.ts';
import { applyReverts } from './revert-results.ts';
import { linkRoles } from './role-links.ts';
import { applyStages } from './stage-moves.ts';

type Work = { context: LedgerContext; of: RecordType; token: string; mappingVersion: number };
export type Accepted = { result: RecordResult; runId: string | null };

const decisionsSql = `
insert into decisions as d (connection_id, system, object, record_id, outcome, code, text, reasons, fields, observed_only, mapping_version, run_id)
select $1, $4, $5, q.record_id, q.outcome, q.code, q.text, q.reasons,
       array(select jsonb_array_elements_text(q.fields)), q.observed_only, $2, q.run_id
from jsonb_to_recordset($3::jsonb) as q(record_id text, outcome text, code text, text text, reasons jsonb, fields jsonb, observed_only boolean, run_id bigint)
on conflict (connection_id, system, object, record_id) do update set
  outcome = excluded.outcome, code = excluded.code, text = excluded.text, reasons = excluded.reasons, fields = excluded.fields,
  observed_only = excluded.observed_only, mapping_version = excluded.mapping_version, run_id = excluded.run_id, at = clock_timestamp()`;

// A further failure of the same cause counts up; another cause begins anew. What the marks told is kept: the settled row takes it away.
const failuresSql = `
insert into failures as f (connection_id, system, object, record_id, pair_id, kind, code, message, advice, fields, record_ids,
                           vendor_code, correlation_id, attempts, hints)
select $1, $3, $4, q.record_id, q.pair_id, q.kind, q.code, q.message, q.advice,
       array(select jsonb_array_elements_text(q.fields)), array(select jsonb_array_elements_text(q.record_ids)),
       q.vendor_code, q.correlation_id, 1, coalesce(p.hints, 0)
from jsonb_to_recordset($2::jsonb) as q(record_id text, pair_id bigint, kind text, code text, message text, advice text, fields jsonb,
     record_ids jsonb, vendor_code text, correlation_id text)
left join pending p on p.connection_id = $1 and p.system = $3 and p.object = $4 and p.record_id = q.record_id
on conflict (connection_id, system, object, record_id) do update set
  first_at = case when f.code = excluded.code then f.first_at else excluded.first_at end,
  attempts = case when f.code = excluded.code then f.attempts + 1 else 1 end,
  pair_id = coalesce(excluded.pair_id, f.pair_id), kind = excluded.kind, code = excluded.code, message = excluded.message,
  advice = excluded.advice, fields = excluded.fields, record_ids = excluded.record_ids, vendor_code = excluded.vendor_code,
  correlation_id = excluded.correlation_id, last_at = clock_timestamp(), hints = f.hints | excluded.hints`;

const clearSql = `
delete from failures where connection_id = $1 and system = $3 and object = $4 and record_id = any($2)`;

/**
 * Stores the results of records whose lease is ours: a statement per kind of fact, none per record. Throws the driver's error.
 * @returns the pairs that have landed: that got a Salesforce side, were handed over, converted, or have ended or go on
 */
export async function applyResults(
  client: pg.PoolClient,
  work: Work,
  accepted: readonly Accepted[],
): Promise<ReadonlySet<string>> {
  const { context, of } = work;
  const { connectionId } = context;
  const results = accepted.map(({ result }) => result);
  await applyOutcomes(client, connectionId, results);
  const landed = await applyPairs(client, connectionId, hubspotObjectOf(of), results);
  await applyEmails(client, context, results);
  await freeReserved(client, connectionId, results);
  await applyBases(client, work.mappingVersion, results);
  await releaseHeld(client, results);
  await applyReverts(client, accepted);
  await applyStages(client, context, results);
  await linkRoles(client, connectionId, results);
  await applyFreezes(client, context, results);
  // Nobody erases a company or a deal for privacy.
  if (hubspotObjectOf(of) === 'contact') await erasePersons(client, context, results);
  await applyDecisions(client, work, accepted);
  await storeFailures(
    client,
    work,
    results.flatMap((result) => (result.failure ? [{ ...result, failure: result.failure }] : [])),
  );
  const cleared = results.filter(({ failure }) => failure === null).map(({ contactId }) => contactId);
  if (cleared.length > 0)
    await client.query({
      name: 'clear-failures',
      text: clearSql,
      values: [connectionId, cleared, of.system, of.object],
    });
  return landed;
}

type Failed = Pick<RecordResult, 'contactId' | 'pairId'> & { failure: FailureReport };

/** Stores or renews failures of the records that the work is about. Throws the driver's error. */
export async function storeFailures(
  client: pg.PoolClient,
  { context, of }: Pick<Work, 'context' | 'of'>,
  failed: readonly Failed[],
): Promise<void> {
  if (failed.length === 0) return;
  const rows = failed.map((one) => toFailureRow(one, one.failure));
  const values = [context.connectionId, toJson(rows), of.system, of.object];
  await client.query({ name: 'failures', text: failuresSql, values });
}

async function applyDecisions(
  client: pg.PoolClient,
  { context, of, mappingVersion }: Work,
  accepted: readonly Accepted[],
): Promise<void> {
  const rows = accepted.flatMap(({ result: { contactId, decision }, runId }) => {
    if (decision === undefined) return [];
    const { observedOnly, ...told } = decision;
    return [{ ...told, record_id: contactId, observed_only: observedOnly, run_id: runId }];
  });
  if (rows.length === 0) return;
  await client.query({
    name: 'decisions',
    text: decisionsSql,
    values: [context.connectionId, mappingVersion, toJson(rows), of.system, of.object],
  });
}

/** A failure as the columns of its table. */
function toFailureRow({ contactId, pairId }: Failed, failure: FailureReport) {
  return {
    record_id: contactId,
    pair_id: pairId ?? null,
    kind: failure.kind,
    code: failure.code,
    message: failure.message,
    advice: failure.advice,
    fields: failure.fields,
    record_ids: failure.recordIds,
    vendor_code: failure.vendorCode ?? null,
    correlation_id: failure.correlationId ?? null,
  };
}
