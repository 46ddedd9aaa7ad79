import type pg from 'pg';
import type { RecordResult } from '../ports/ledger.ts';
import { type LedgerContext, toJson } from './context.ts';
import { eraseValues } from './erase.ts';

type Work = { context: LedgerContext; token: string; mappingVersion: number };
export type Accepted = { result: RecordResult; runId: string | null };

// `record_id` is known only after a create. `unknown` stays open: the vendor may still commit it. Each intent is closed by its own outcome
// alone: that a later write of the pair happened does not keep an older one, whose answer was lost, from being carried out after it.
// A create that was certainly refused made nobody: it does not count against its run's limit.
const outcomesSql = `
with closed as (
  update writes w set
    state = o.state, error_code = o.error_code, record_id = coalesce(w.record_id, o.record_id),
    closed_at = case when o.state = 'unknown' then null else clock_timestamp() end
  from jsonb_to_recordset($2::jsonb) as o(id bigint, state text, record_id text, error_code text)
  where w.id = o.id and w.connection_id = $1 and w.state in ('open', 'unknown')
  returning w.run_id, w.system, w.operation, w.state
)
update runs r set creates = greatest(0, r.creates - c.refused)
from (
  select run_id, count(*) as refused from closed
  where state = 'refused' and system = 'salesforce' and operation = 'create' group by run_id
) as c
where r.id = c.run_id`;

// Emails are free once the pair has its person; all that it reserved is, once its writes came to nothing and none is open any more.
const freeReservedSql = `
delete from links l using jsonb_to_recordset($2::jsonb) as q(pair_id bigint, failed boolean), pairs r
where r.id = q.pair_id and l.pair_id = r.id and l.connection_id = $1 and l.status = 'reserved' and (
  (l.object = 'email' and r.person_id is not null)
  or ((l.object = 'email' or q.failed)
      and not exists (select from writes w where w.pair_id = r.id and w.state in ('open', 'unknown'))))`;

// A link stays with its pair: a row of another pair's makes the statement fail on the pair's unique index or count (below).
const linksSql = `
insert into links as l (connection_id, system, object, record_id, pair_id, status)
select distinct on (q.system, q.object, q.record_id) $1::smallint, q.system, q.object, q.record_id, q.pair_id, q.status
from jsonb_to_recordset($2::jsonb) as q(system text, object text, record_id text, pair_id bigint, status text, rank int)
order by q.system, q.object, q.record_id, q.rank
on conflict (connection_id, system, object, record_id) do update set status = excluded.status
where l.pair_id = excluded.pair_id`;

const pairsSql = `
update pairs p set
  person_object = coalesce(q.person_object, p.person_object),
  person_id = coalesce(q.person_id, p.person_id),
  handed_over_at = case when q.handed_over then coalesce(p.handed_over_at, clock_timestamp()) else p.handed_over_at end,
  hubspot_written_at = greatest(p.hubspot_written_at, to_timestamp(q.written / 1000.0)),
  updated_at = clock_timestamp()
from jsonb_to_recordset($1::jsonb) as q(pair_id bigint, person_object text, person_id text, handed_over boolean, written float8)
where p.id = q.pair_id`;

const basesSql = `
insert into bases as b (pair_id, hubspot, salesforce, mapping_version)
select q.pair_id, q.hubspot, q.salesforce, $1 from jsonb_to_recordset($2::jsonb) as q(pair_id bigint, hubspot jsonb, salesforce jsonb)
on conflict (pair_id) do update set
  hubspot = b.hubspot || excluded.hubspot, salesforce = b.salesforce || excluded.salesforce,
  mapping_version = excluded.mapping_version, updated_at = clock_timestamp()`;

const decisionsSql = `
insert into decisions as d (connection_id, system, object, record_id, outcome, code, text, reasons, fields, observed_only, mapping_version, run_id)
select $1, 'hubspot', 'contact', q.record_id, q.outcome, q.code, q.text, q.reasons,
       array(select jsonb_array_elements_text(q.fields)), q.observed_only, $2, q.run_id
from jsonb_to_recordset($3::jsonb) as q(record_id text, outcome text, code text, text text, reasons jsonb, fields jsonb, observed_only boolean, run_id bigint)
on conflict (connection_id, system, object, record_id) do update set
  outcome = excluded.outcome, code = excluded.code, text = excluded.text, reasons = excluded.reasons, fields = excluded.fields,
  observed_only = excluded.observed_only, mapping_version = excluded.mapping_version, run_id = excluded.run_id, at = clock_timestamp()`;

// A further failure of the same cause counts up; another cause begins anew.
export const failuresSql = `
insert into failures as f (connection_id, system, object, record_id, pair_id, kind, code, message, advice, fields, record_ids,
                           vendor_code, correlation_id, attempts)
select $1, 'hubspot', 'contact', q.record_id, q.pair_id, q.kind, q.code, q.message, q.advice,
       array(select jsonb_array_elements_text(q.fields)), array(select jsonb_array_elements_text(q.record_ids)),
       q.vendor_code, q.correlation_id, 1
from jsonb_to_recordset($2::jsonb) as q(record_id text, pair_id bigint, kind text, code text, message text, advice text, fields jsonb,
     record_ids jsonb, vendor_code text, correlation_id text)
on conflict (connection_id, system, object, record_id) do update set
  first_at = case when f.code = excluded.code then f.first_at else excluded.first_at end,
  attempts = case when f.code = excluded.code then f.attempts + 1 else 1 end,
  pair_id = coalesce(excluded.pair_id, f.pair_id), kind = excluded.kind, code = excluded.code, message = excluded.message,
  advice = excluded.advice, fields = excluded.fields, record_ids = excluded.record_ids, vendor_code = excluded.vendor_code,
  correlation_id = excluded.correlation_id, last_at = clock_timestamp()`;

const clearSql = `
delete from failures where connection_id = $1 and system = 'hubspot' and object = 'contact' and record_id = any($2)`;

/** Stores the results of records whose lease is ours: a statement per kind of fact, none per record. Throws the driver's error. */
export async function applyResults(client: pg.PoolClient, work: Work, accepted: readonly Accepted[]): Promise<void> {
  const { connectionId } = work.context;
  const results = accepted.map(({ result }) => result);
  await applyOutcomes(client, connectionId, results);
  await applyPairs(client, connectionId, results);
  await freeReserved(client, connectionId, results);
  const bases = results.flatMap(({ pairId, agreed }) =>
    agreed === undefined || agreed === null || pairId === undefined ? [] : [{ pair_id: pairId, ...agreed }],
  );
  if (bases.length > 0)
    await client.query({ name: 'merge-bases', text: basesSql, values: [work.mappingVersion, toJson(bases)] });
  await eraseValues(client, erasedPairs(results));
  await applyDecisions(client, work, accepted);
  const failures = results.flatMap((result) => (result.failure ? [toFailureRow(result, result.failure)] : []));
  if (failures.length > 0)
    await client.query({ name: 'failures', text: failuresSql, values: [connectionId, toJson(failures)] });
  const cleared = results.filter(({ failure }) => failure === null).map(({ contactId }) => contactId);
  if (cleared.length > 0)
    await client.query({ name: 'clear-failures', text: clearSql, values: [connectionId, cleared] });
}

async function applyOutcomes(
  client: pg.PoolClient,
  connectionId: number,
  results: readonly RecordResult[],
): Promise<void> {
  const outcomes = results.flatMap(({ outcomes: own = [] }) =>
    own.map((outcome) => ({
      id: outcome.intentId,
      state: outcome.state,
      record_id: outcome.recordId ?? null,
      error_code: outcome.errorCode ?? null,
    })),
  );
  if (outcomes.length === 0) return;
  await client.query({ name: 'outcomes', text: outcomesSql, values: [connectionId, toJson(outcomes)] });
}

async function freeReserved(
  client: pg.PoolClient,
  connectionId: number,
  results: readonly RecordResult[],
): Promise<void> {
  const closed = results.flatMap(({ pairId, outcomes = [] }) => {
    const states = outcomes.flatMap(({ state }) => (state === 'unknown' ? [] : [state]));
    if (pairId === undefined || states.length === 0) return [];
    return [{ pair_id: pairId, failed: !states.includes('done') }];
  });
  if (closed.length === 0) return;
  await client.query({ name: 'free-reserved', text: freeReservedSql, values: [connectionId, toJson(closed)] });
}

async function applyPairs(
  client: pg.PoolClient,
  connectionId: number,
  results: readonly RecordResult[],
): Promise<void> {
  const links = results.flatMap((result) => toLinks(result));
  if (links.length > 0) {
    const { rowCount } = await client.query({ name: 'links', text: linksSql, values: [connectionId, toJson(links)] });
    const asked = new Set(links.map(({ system, object, record_id: id }) => `${system}\n${object}\n${id}`));
    // An id that belongs to another pair: the caller finds the guilty record by halves.
    if (rowCount !== asked.size) throw Object.assign(new Error('link of another pair'), { code: '23505' });
  }
  const pairs = results.flatMap(({ pairId, person, handedOver, hubspotWrittenAtMs }) => {
    const known = person === undefined && handedOver !== true && hubspotWrittenAtMs === undefined;
    if (pairId === undefined || known) return [];
    return [
      {
        pair_id: pairId,
        person_object: person?.object ?? null,
        person_id: person?.id ?? null,
        handed_over: handedOver === true,
        written: hubspotWrittenAtMs ?? null,
      },
    ];
  });
  if (pairs.length > 0) await client.query({ name: 'pairs', text: pairsSql, values: [toJson(pairs)] });
}

function erasedPairs(results: readonly RecordResult[]): readonly string[] {
  return results.flatMap(({ pairId, retiredContactIds = [] }) =>
    pairId !== undefined && retiredContactIds.some(({ status }) => status === 'erased') ? [pairId] : [],
  );
}

type LinkRow = { system: string; object: string; record_id: string; pair_id: string; status: string; rank: number };

function toLinks({ pairId, person, retiredContactIds = [], retiredPersonIds = [] }: RecordResult): readonly LinkRow[] {
  if (pairId === undefined) return [];
  const link = (system: string, object: string, id: string, status: string, rank: number) => ({
    system,
    object,
    record_id: id,
    pair_id: pairId,
    status,
    rank,
  });
  return [
    ...(person === undefined ? [] : [link('salesforce', person.object, person.id, 'live', 0)]),
    ...retiredContactIds.map(({ id, status }) => link('hubspot', 'contact', id, status, 1)),
    ...retiredPersonIds.map(({ object, id, status }) => link('salesforce', object, id, status, 1)),
  ];
}

async function applyDecisions(
  client: pg.PoolClient,
  { context, mappingVersion }: Work,
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
    values: [context.connectionId, mappingVersion, toJson(rows)],
  });
}

/** A failure as the columns of its table. */
export function toFailureRow(
  { contactId, pairId }: Pick<RecordResult, 'contactId' | 'pairId'>,
  failure: NonNullable<RecordResult['failure']>,
) {
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
