import { type Kysely, sql } from 'kysely';
import type { PersonObject, SystemName } from '../domain/record.ts';
import type { ChangeRow, ContactHistory } from '../ports/ledger.ts';
import { readFailures } from './ledger-admin.ts';
import type { Tables } from './tables.ts';

/** Everything the ledger knows of one contact: where it stands, what was decided last, and the newest 200 changed fields. */
export async function readHistory(
  queries: Kysely<Tables>,
  connectionId: number,
  contactId: string,
): Promise<ContactHistory> {
  const pair = await readPair(queries, connectionId, contactId);
  const [decision, pending, failures, changes] = await Promise.all([
    readDecision(queries, connectionId, contactId),
    readPending(queries, connectionId, contactId),
    readFailures(queries, connectionId, { limit: 1, contactId }),
    pair === undefined ? [] : readChanges(queries, pair.pairId),
  ]);
  const person =
    pair === undefined || pair.person_object === null || pair.person_id === null
      ? null
      : { object: pair.person_object as PersonObject, id: pair.person_id };
  const base =
    pair === undefined || pair.hubspot === null || pair.salesforce === null
      ? null
      : { hubspot: pair.hubspot, salesforce: pair.salesforce };
  return {
    contactId,
    pairId: pair?.pairId ?? null,
    person,
    handedOverAtMs: pair?.handedOverAtMs ?? null,
    base,
    decision,
    pending,
    failure: failures[0] ?? null,
    changes,
  };
}

async function readPair(queries: Kysely<Tables>, connectionId: number, contactId: string) {
  return await queries
    .selectFrom('links')
    .innerJoin('pairs', 'pairs.id', 'links.pair_id')
    .leftJoin('bases', 'bases.pair_id', 'pairs.id')
    .select([
      'pairs.id as pairId',
      'person_object',
      'person_id',
      'hubspot',
      'salesforce',
      sql<number | null>`extract(epoch from handed_over_at)::float8 * 1000`.as('handedOverAtMs'),
    ])
    .where('links.connection_id', '=', connectionId)
    .where('links.system', '=', 'hubspot')
    .where('links.object', '=', 'contact')
    .where('links.record_id', '=', contactId)
    .executeTakeFirst();
}

async function readDecision(
  queries: Kysely<Tables>,
  connectionId: number,
  contactId: string,
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
    .where('system', '=', 'hubspot')
    .where('object', '=', 'contact')
    .where('record_id', '=', contactId)
    .executeTakeFirst();
  return row ?? null;
}

async function readPending(
  queries: Kysely<Tables>,
  connectionId: number,
  contactId: string,
): Promise<ContactHistory['pending']> {
  const row = await queries
    .selectFrom('pending')
    .select([
      'attempts',
      'priority',
      'source',
      sql<number>`extract(epoch from due_at - clock_timestamp())::float8 * 1000`.as('dueInMs'),
    ])
    .where('connection_id', '=', connectionId)
    .where('system', '=', 'hubspot')
    .where('object', '=', 'contact')
    .where('record_id', '=', contactId)
    .executeTakeFirst();
  return row ?? null;
}

async function readChanges(queries: Kysely<Tables>, pairId: string): Promise<readonly ChangeRow[]> {
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
      'run_id as runId',
      'state',
    ])
    .where('pair_id', '=', pairId)
    .orderBy('at', 'desc')
    .orderBy('write_id', 'desc')
    .limit(200)
    .execute();
  return rows.map((row) => ({ ...row, system: row.system as SystemName }));
}
