import { type Kysely, sql } from 'kysely';
import type { HubSpotObject, PersonReference, SalesforceReference, SystemName } from '../domain/record.ts';
import type { ChangeRow, ContactHistory } from '../ports/ledger-history.ts';
import type { LedgerContext } from './context.ts';
import { readFailures } from './ledger-failures.ts';
import { readScope } from './pair-family.ts';
import { readKnowledge } from './pair-knowledge.ts';
import { createQueries, type Tables } from './tables.ts';

/** Everything the ledger knows of one record: where it stands, what was decided last, and the newest 200 changed fields. */
export async function readHistory<Reference extends SalesforceReference = PersonReference>(
  { pool, connectionId }: LedgerContext,
  contactId: string,
  object: HubSpotObject = 'contact',
): Promise<ContactHistory<Reference>> {
  const queries = createQueries(pool);
  const { pairId, pairIds } = await readScope(pool, connectionId, contactId, object);
  const key = { system: 'hubspot', object, recordId: contactId } as const;
  const [knowledge, landedAtMs, decision, pending, failures, changes] = await Promise.all([
    readKnowledge<Reference>(pool, pairId === null ? [] : [pairId]),
    readLanding(queries, pairId),
    readDecision(queries, connectionId, key),
    readPending(queries, connectionId, key),
    readFailures(queries, connectionId, { limit: 1, of: key }),
    readChanges(queries, pairIds),
  ]);
  const pair = pairId === null ? null : (knowledge.get(pairId) ?? null);
  return {
    contactId,
    pairId,
    person: pair?.person ?? null,
    handedOverAtMs: pair?.handedOverAtMs ?? null,
    landedAtMs,
    base: pair?.base ?? null,
    pair,
    decision,
    pending,
    failure: failures[0] ?? null,
    changes,
  };
}

async function readLanding(queries: Kysely<Tables>, pairId: string | null): Promise<number | null> {
  if (pairId === null) return null;
  const row = await queries
    .selectFrom('pairs')
    .select(sql<number | null>`floor(extract(epoch from landed_at)::float8 * 1000)`.as('landedAtMs'))
    .where('id', '=', pairId)
    .executeTakeFirst();
  return row?.landedAtMs ?? null;
}

/** The newest decision about a record of Salesforce that was marked for its own sake. Throws the driver's error. */
export async function readPersonDecision(
  { pool, connectionId }: LedgerContext,
  { object, id }: SalesforceReference,
): Promise<ContactHistory['decision']> {
  return await readDecision(createQueries(pool), connectionId, { system: 'salesforce', object, recordId: id });
}

type Key = { system: SystemName; object: string; recordId: string };

async function readDecision(
  queries: Kysely<Tables>,
  connectionId: number,
  { system, object, recordId }: Key,
): Promise<ContactHistory['decision']> {
  const row = await queries
    .selectFrom('decisions')
    .select([
      'outcome',
      'code',
      'text',
      'reasons',
      'fields',
      'observed_only as observedOnly',
      'mapping_version as mappingVersion',
      sql<number>`extract(epoch from at)::float8 * 1000`.as('atMs'),
    ])
    .where('connection_id', '=', connectionId)
    .where('system', '=', system)
    .where('object', '=', object)
    .where('record_id', '=', recordId)
    .executeTakeFirst();
  return row ?? null;
}

async function readPending(
  queries: Kysely<Tables>,
  connectionId: number,
  { object, recordId }: Key,
): Promise<ContactHistory['pending']> {
  const row = await queries
    .selectFrom('pending')
    .select([
      'attempts',
      'priority',
      'source',
      'wait_code as waitCode',
      sql<number | null>`extract(epoch from nullif(due_at, 'infinity') - clock_timestamp())::float8 * 1000`.as(
        'dueInMs',
      ),
      sql<number | null>`floor(extract(epoch from nullif(due_at, 'infinity')) * 1000)::float8`.as('dueAtMs'),
    ])
    .where('connection_id', '=', connectionId)
    .where('system', '=', 'hubspot')
    .where('object', '=', object)
    .where('record_id', '=', recordId)
    .executeTakeFirst();
  return row ?? null;
}

async function readChanges(queries: Kysely<Tables>, pairIds: readonly string[]): Promise<readonly ChangeRow[]> {
  const rows = await queries
    .selectFrom('field_changes')
    .select([
      sql<number>`extract(epoch from at)::float8 * 1000`.as('atMs'),
      'system',
      'object',
      'record_id as recordId',
      'operation',
      'field',
      'before',
      'after',
      'rule',
      'conflict',
      'run_id as runId',
      'state',
    ])
    .where('pair_id', '=', sql<string>`any(${pairIds}::bigint[])`)
    .orderBy('at', 'desc')
    .orderBy('write_id', 'desc')
    .limit(200)
    .execute();
  return rows.map((row) => ({
    ...row,
    system: row.system as SystemName,
    conflict: row.conflict as SystemName | null,
  }));
}
