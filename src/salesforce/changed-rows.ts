import { z } from 'zod';
import type { CounterpartObject, PersonObject } from '../domain/record.ts';
import { toLongId } from '../domain/salesforce-ids.ts';
import { SyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { ChangePage, ChangeQuestion, RoleChange } from '../ports/salesforce.ts';
import type { SalesforceClient } from './client.ts';
import { queryPage, type Row, type Subanswer } from './composite.ts';
import type { Deletions } from './deletions.ts';
import type { Describer } from './directory.ts';
import { toAnswerError } from './errors.ts';
import { personFields, toEpochMs, toPerson } from './persons.ts';
import { isPersonAccount, toRecord, toRecordSelection } from './records.ts';
import { type ContactChildren, readOnRoles } from './roles.ts';
import { toDateTimeLiteral, toLiteral, toName, toSelectList } from './soql.ts';

/** Most rows of one answer of a query. */
const PAGE_ROWS = 2_000;
const personObject = z.enum(['Lead', 'Contact']);
const counterpartObject = z.enum(['Account', 'Opportunity']);
const record = z.record(z.string(), z.unknown());

/** What the query of a source came to. */
export type ChangedRows = Omit<ChangePage, 'source' | keyof Deletions>;

export const noRows: ChangedRows = { persons: [], records: [], roles: [], next: null, latestMs: null, error: null };

function wrongObject(): SyncError {
  return new SyncError('permanent', 'unexpected', 'Changes of one kind were asked of an object of another.');
}

function toPersonObject({ object }: ChangeQuestion): PersonObject {
  const parsed = personObject.safeParse(object);
  if (parsed.success) return parsed.data;
  throw wrongObject();
}

function toCounterpartObject({ object }: ChangeQuestion): CounterpartObject {
  const parsed = counterpartObject.safeParse(object);
  if (parsed.success) return parsed.data;
  throw wrongObject();
}

export type Selection = { fields: readonly string[]; children: readonly string[] };

/** What to select for a question, without what may be hidden from the user (`withChildren` adds it). */
export async function toSelection(question: ChangeQuestion, describe: Describer, spend: Spend): Promise<Selection> {
  const { kind, stamp } = question;
  if (kind === 'role')
    return { fields: ['Id', 'ContactId', 'OpportunityId', 'Role', 'IsPrimary', 'IsDeleted', stamp], children: [] };
  if (kind === 'person') {
    return { fields: [...personFields[toPersonObject(question)], ...question.fields, stamp], children: [] };
  }
  const { fields, children } = await toRecordSelection(toCounterpartObject(question), question.fields, describe, spend);
  return { fields: [...fields, stamp], children };
}

/** Whole seconds on both sides: a stamp is compared without its milliseconds, so rows of one second are told apart by id. */
export function toChangeStatement(question: ChangeQuestion, selection: Selection, ofContacts: ContactChildren): string {
  const stamp = toName(question.stamp);
  const { after, kind, object } = question;
  const at = toDateTimeLiteral(after?.atMs ?? question.fromMs);
  const where =
    after === null ? `${stamp} >= ${at}` : `(${stamp} > ${at}) OR (${stamp} = ${at} AND Id > ${toLiteral(after.id)})`;
  const more = kind === 'person' && object === 'Contact' ? ofContacts : [];
  const list = toSelectList({ fields: selection.fields, children: [...selection.children, ...more] });
  return `SELECT ${list} FROM ${toName(object)} WHERE ${where} ORDER BY ${stamp}, Id LIMIT ${PAGE_ROWS}`;
}

/** The value under a path such as `Opportunity.SystemModstamp`. */
function valueAt(row: Row, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => record.safeParse(value).data?.[name], row);
}

function toPlace(row: Row, stamp: string): { atMs: number; id: string } {
  const atMs = toEpochMs(valueAt(row, stamp));
  const id = typeof row.Id === 'string' ? toLongId(row.Id) : null;
  if (atMs !== null && id !== null) return { atMs, id };
  throw new SyncError('retryable', 'salesforce_bad_answer', 'Salesforce answered a record without its id or time.');
}

/** A role without a Contact, or whose Opportunity was purged, leads to nobody. */
function toRoles(rows: readonly Row[], places: readonly { atMs: number; id: string }[]): RoleChange[] {
  return rows.flatMap((row, index) => {
    const contactId = typeof row.ContactId === 'string' ? toLongId(row.ContactId) : null;
    const opportunityId = typeof row.OpportunityId === 'string' ? toLongId(row.OpportunityId) : null;
    const place = places[index];
    const isWhole = contactId !== null && opportunityId !== null && place !== undefined;
    if (!isWhole) return [];
    const role = typeof row.Role === 'string' && row.Role !== '' ? row.Role : null;
    const [isPrimary, isDeleted] = [row.IsPrimary === true, row.IsDeleted === true];
    return [{ ...place, contactId, opportunityId, role, isPrimary, isDeleted }];
  });
}

function toMembers(question: ChangeQuestion, rows: readonly Row[], places: readonly { atMs: number; id: string }[]) {
  const { kind, fields } = question;
  if (kind === 'role') return { roles: toRoles(rows, places) };
  if (kind === 'person') return { persons: rows.map((row) => toPerson(toPersonObject(question), row, fields)) };
  const object = toCounterpartObject(question);
  const companies = rows.filter((row) => !isPersonAccount(row));
  return { records: companies.map((row) => toRecord(object, row, fields)) };
}

/**
 * The rows of one source's answer, with roles read on where they were cut.
 * @throws SyncError when the answer is an error or cannot be trusted
 */
export async function readRows(
  client: SalesforceClient,
  question: ChangeQuestion,
  answer: Subanswer,
  spend: Spend,
): Promise<ChangedRows> {
  if (answer.status !== 200) {
    throw toAnswerError({ status: answer.status, headers: {}, body: answer.body }, client.now());
  }
  const page = queryPage.safeParse(answer.body);
  if (!page.success) {
    throw new SyncError('retryable', 'salesforce_bad_answer', 'Salesforce answered a query in an unexpected form.');
  }
  const rows = await readOnRoles(client, page.data.records, spend);
  const places = rows.map((row) => toPlace(row, question.stamp));
  const last = places.at(-1) ?? null;
  // Wide rows come fewer to an answer: the page ends with what came, and the next question goes on behind it.
  const isCut = !page.data.done || rows.length >= PAGE_ROWS;
  if (isCut && last === null) {
    throw new SyncError('retryable', 'salesforce_bad_answer', 'Salesforce announced more rows and gave none.');
  }
  return {
    ...noRows,
    ...toMembers(question, rows, places),
    next: isCut ? last : null,
    latestMs: last?.atMs ?? null,
  };
}
