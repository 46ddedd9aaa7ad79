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
import type { RowCursor, RowFilter, RowPage, RowQuestion } from '../ports/salesforce.ts';
import type { SalesforceClient } from './client.ts';
import { queryPage, type Row } from './composite.ts';
import type { Describer } from './directory.ts';
import { personFields, toPerson } from './persons.ts';
import { personFlag, toRecord, toRecordSelection } from './records.ts';
import { withSetupAdvice } from './setup-advice.ts';
import { toCountStatement, toFilterConditions, toLastId, toWalkStatement, type WalkPlan } from './walk-statements.ts';

/** Most rows of one answer of a query. */
const PAGE_ROWS = 2_000;
const counted = z.object({ totalSize: z.number() });

export type WalkScope = { client: SalesforceClient; describe: Describer; spend: Spend };

/** A person account is a Contact in the shape of an Account: walks of companies leave it out. */
async function toConditions(scope: WalkScope, object: SalesforceObject, filter: RowFilter): Promise<string[]> {
  const conditions = toFilterConditions(object, filter);
  if (object !== 'Account') return conditions;
  const hasPersons = (await scope.describe('Account', scope.spend)).some(({ name }) => name === personFlag);
  return hasPersons ? [...conditions, `${personFlag} = false`] : conditions;
}

async function sendQuery({ client, spend }: WalkScope, object: SalesforceObject, soql: string): Promise<unknown> {
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
export async function countRows(scope: WalkScope, object: SalesforceObject, filter: RowFilter): Promise<number> {
  const conditions = await toConditions(scope, object, filter);
  const answer = counted.safeParse(await sendQuery(scope, object, toCountStatement({ object, conditions })));
  if (!answer.success) throw badAnswer('Salesforce answered a count in an unexpected form.');
  return answer.data.totalSize;
}

type Rows = { rows: readonly Row[]; next: RowCursor | null; waitMs: number };

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

function readPage(scope: WalkScope, plan: WalkPlan, { cursor }: RowQuestion): Promise<Rows> {
  return readByRest(scope, plan, cursor?.afterId ?? null);
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
