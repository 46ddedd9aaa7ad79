import { z } from 'zod';
import type {
  CounterpartObject,
  PersonObject,
  SalesforceObject,
  SalesforcePerson,
  SalesforceRecord,
} from '../domain/record.ts';
import { SyncError, toSyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { RowFilter, RowPage, RowQuestion } from '../ports/salesforce.ts';
import { type JobProgress, type Rows, readBulkQuery, startBulkQuery } from './bulk-query.ts';
import type { SalesforceClient } from './client.ts';
import { queryPage } from './composite.ts';
import type { Describer } from './directory.ts';
import { personFields, toPerson } from './persons.ts';
import { personFlag, toRecord, toRecordSelection } from './records.ts';
import { withSetupAdvice } from './setup-advice.ts';
import { toCountStatement, toFilterConditions, toLastId, toWalkStatement, type WalkPlan } from './walk-statements.ts';

/**
 * A walk of more rows than this goes through a Bulk job: fewer calls, but a wait for the job.
 * @see docs/decisions/0027-bulk-api.md for the measurement
 */
const bulkQueryAbove = 50_000;
/** Most rows of one answer of a query. */
const PAGE_ROWS = 2_000;
const counted = z.object({ totalSize: z.number() });

export type WalkScope = { client: SalesforceClient; describe: Describer; spend: Spend; progress: JobProgress };

/** A person account is a Contact in the shape of an Account: walks of companies leave it out. */
async function toConditions(
  scope: Pick<WalkScope, 'describe' | 'spend'>,
  object: SalesforceObject,
  filter: RowFilter,
): Promise<string[]> {
  const conditions = toFilterConditions(object, filter);
  if (object !== 'Account') return conditions;
  const hasPersons = (await scope.describe('Account', scope.spend)).some(({ name }) => name === personFlag);
  return hasPersons ? [...conditions, `${personFlag} = false`] : conditions;
}

async function sendQuery(
  { client, spend }: Pick<WalkScope, 'client' | 'spend'>,
  object: SalesforceObject,
  soql: string,
): Promise<unknown> {
  try {
    return await client.send({ method: 'GET', path: `/query/?q=${encodeURIComponent(soql)}` }, spend);
  } catch (thrown) {
    throw withSetupAdvice(object, toSyncError(thrown));
  }
}

function badAnswer(message: string): SyncError {
  return new SyncError('retryable', 'salesforce_bad_answer', message);
}

/** See `SalesforcePort.countRows`. */
export async function countRows(
  scope: Omit<WalkScope, 'progress'>,
  object: SalesforceObject,
  filter: RowFilter,
): Promise<number> {
  const conditions = await toConditions(scope, object, filter);
  const answer = counted.safeParse(await sendQuery(scope, object, toCountStatement({ object, conditions })));
  if (!answer.success) throw badAnswer('Salesforce answered a count in an unexpected form.');
  return answer.data.totalSize;
}

/** One page by REST. Wide rows come fewer than asked for (`done` false): the next page begins behind the last one that came. */
async function readByRest(scope: WalkScope, plan: WalkPlan, afterId: string | null): Promise<Rows> {
  const soql = `${toWalkStatement(plan, afterId)} LIMIT ${PAGE_ROWS}`;
  const answer = queryPage.safeParse(await sendQuery(scope, plan.object, soql));
  if (!answer.success) throw badAnswer('Salesforce answered a query in an unexpected form.');
  const { records: rows, done } = answer.data;
  if (!done && rows.length === 0) throw badAnswer('Salesforce announced more rows and gave none.');
  const last = toLastId(rows, afterId);
  const goesOn = last !== null && (!done || rows.length >= PAGE_ROWS);
  return { rows, next: goesOn ? { kind: 'id', afterId: last } : null, waitMs: 0 };
}

async function readPage(scope: WalkScope, plan: WalkPlan, { cursor, expected }: RowQuestion): Promise<Rows> {
  const bulk = cursor === null && expected > bulkQueryAbove ? await startBulkQuery(scope, plan) : null;
  const page = cursor?.kind === 'bulk' ? await readBulkQuery(scope, plan, cursor) : bulk;
  return page ?? (await readByRest(scope, plan, cursor?.afterId ?? null));
}

/** See `SalesforcePort.walkPersons`. */
export async function walkPersons(
  scope: WalkScope,
  object: PersonObject,
  question: RowQuestion,
): Promise<RowPage<SalesforcePerson>> {
  const conditions = await toConditions(scope, object, question.filter);
  const plan = { object, fields: [...personFields[object], ...question.fields], conditions };
  const { rows, ...rest } = await readPage(scope, plan, question);
  return { ...rest, rows: rows.map((row) => toPerson(object, row, question.fields)) };
}

/** See `SalesforcePort.walkRecords`. */
export async function walkRecords(
  scope: WalkScope,
  object: CounterpartObject,
  question: RowQuestion,
): Promise<RowPage<SalesforceRecord>> {
  const conditions = await toConditions(scope, object, question.filter);
  const { fields } = await toRecordSelection(object, question.fields, scope.describe, scope.spend);
  const { rows, ...rest } = await readPage(scope, { object, fields, conditions }, question);
  return { ...rest, rows: rows.map((row) => toRecord(object, row, question.fields)) };
}
