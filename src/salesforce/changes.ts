import { z } from 'zod';
import type { PersonObject, SalesforcePerson } from '../domain/record.ts';
import { SyncError, toSyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { ChangePage, ChangeQuestion, RoleChange } from '../ports/salesforce.ts';
import type { SalesforceClient } from './client.ts';
import {
  maxHeavySubrequests,
  queryPage,
  type Row,
  type Subanswer,
  sendComposite,
  sendDatedComposite,
  toQueryPart,
} from './composite.ts';
import {
  type DeletedWindow,
  type Deletions,
  isPurged,
  noDeletions,
  readDeleted,
  toDeletedPart,
  toDeletedWindow,
  unpurgedMs,
} from './deletions.ts';
import { toAnswerError } from './errors.ts';
import { toLongId } from './ids.ts';
import { personFields, toEpochMs, toPerson } from './persons.ts';
import { type ContactChildren, mayBeHidden, type RolesAttempt, type RolesReader, readOnRoles } from './roles.ts';
import { toDateTimeLiteral, toLiteral, toName, toSelectList } from './soql.ts';

/** Most rows of one answer of a query. */
const PAGE_ROWS = 2_000;
const personObject = z.enum(['Lead', 'Contact']);
const record = z.record(z.string(), z.unknown());

type Scope = { client: SalesforceClient; roles: RolesReader; spend: Spend };
/** What the query of a source came to. */
type Rows = Omit<ChangePage, 'source' | keyof Deletions>;
type Look = { pages: ChangePage[]; serverMs: number };

function toPersonObject(question: ChangeQuestion): PersonObject {
  const parsed = personObject.safeParse(question.object);
  if (parsed.success) return parsed.data;
  throw new SyncError('permanent', 'unexpected', 'Changes of persons were asked of an object that holds none.');
}

function toSelection(question: ChangeQuestion, children: ContactChildren) {
  const { kind, object, stamp } = question;
  if (kind === 'role') return { fields: ['Id', 'ContactId', stamp] };
  const fields = [...personFields[toPersonObject(question)], ...question.fields, stamp];
  return { fields, children: object === 'Contact' ? children : [] };
}

/** Whole seconds on both sides: a stamp is compared without its milliseconds, so rows of one second are told apart by id. */
function toChangeStatement(question: ChangeQuestion, children: ContactChildren): string {
  const stamp = toName(question.stamp);
  const { after } = question;
  const at = toDateTimeLiteral(after?.atMs ?? question.fromMs);
  const where =
    after === null ? `${stamp} >= ${at}` : `(${stamp} > ${at}) OR (${stamp} = ${at} AND Id > ${toLiteral(after.id)})`;
  const list = toSelectList(toSelection(question, children));
  return `SELECT ${list} FROM ${toName(question.object)} WHERE ${where} ORDER BY ${stamp}, Id LIMIT ${PAGE_ROWS}`;
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

function toRoles(rows: readonly Row[], places: readonly { atMs: number; id: string }[]): RoleChange[] {
  return rows.flatMap((row, index) => {
    const contactId = typeof row.ContactId === 'string' ? toLongId(row.ContactId) : null;
    const place = places[index];
    return contactId === null || place === undefined ? [] : [{ ...place, contactId }];
  });
}

async function readRows(scope: Scope, question: ChangeQuestion, answer: Subanswer): Promise<Rows> {
  const { client, spend } = scope;
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
  const persons: SalesforcePerson[] =
    question.kind === 'role' ? [] : rows.map((row) => toPerson(toPersonObject(question), row, question.fields));
  return {
    persons,
    roles: question.kind === 'role' ? toRoles(rows, places) : [],
    next: isCut ? last : null,
    latestMs: last?.atMs ?? null,
    error: null,
  };
}

/**
 * One source's fault is its own: it becomes its page's error. Only what stops the whole connection is thrown. Roles that the user may not
 * see are a fault like others, so that nothing is lost until somebody grants them.
 */
async function readRowsOrError(scope: Scope, question: ChangeQuestion, answer: Subanswer): Promise<Rows> {
  try {
    const rows = await readRows(scope, question, answer);
    if (question.kind === 'role') scope.roles.tellReadable();
    return rows;
  } catch (thrown) {
    const error = toSyncError(thrown);
    await scope.client.pause(error);
    if (error.detail.pausesConnection === true) throw error;
    if (question.kind === 'role' && mayBeHidden(error)) scope.roles.tellHidden(error);
    return { persons: [], roles: [], next: null, latestMs: null, error };
  }
}

/** Deletions of one source; where the log was purged, those of the last two hours, which are never purged. */
async function settleDeletions(
  scope: Scope,
  question: ChangeQuestion,
  window: DeletedWindow,
  answer: Subanswer,
): Promise<Deletions> {
  const { client, spend } = scope;
  const first = readDeleted(client, window, answer);
  if (!(first instanceof SyncError)) return first;
  const facts = { source: question.source, errorCode: first.code, vendorCode: first.detail.vendorCode };
  if (!isPurged(first) || window.untilMs - window.fromMs <= unpurgedMs) {
    const text = 'deletions in Salesforce could not be read; they are asked for again';
    client.warnOnce(`${question.source} ${first.code}`, facts, text);
    return noDeletions;
  }
  const kept = { fromMs: window.untilMs - unpurgedMs, untilMs: window.untilMs };
  client.warn(facts, 'Salesforce no longer knows all deletions asked for; those of the last two hours are read');
  const [again = { status: 0, body: undefined }] = await sendComposite(
    client,
    [toDeletedPart(question.object, kept)],
    spend,
  );
  const second = readDeleted(client, kept, again);
  return second instanceof SyncError ? noDeletions : second;
}

function toServerMs(serverMs: number | null, pages: readonly ChangePage[]): number {
  const stamps = pages.map(({ latestMs }) => latestMs).filter((ms) => ms !== null);
  if (serverMs !== null) return serverMs;
  if (stamps.length > 0) return Math.max(...stamps);
  throw new SyncError('retryable', 'salesforce_bad_answer', 'Salesforce did not say what time it is.');
}

async function ask(
  scope: Scope,
  questions: readonly ChangeQuestion[],
  children: ContactChildren,
): Promise<RolesAttempt<Look>> {
  const { client, spend } = scope;
  await client.ready(spend);
  const queries = questions.map((each) => toQueryPart({ soql: toChangeStatement(each, children), withDeleted: true }));
  const nowMs = client.serverNow();
  const deletions = questions.flatMap((question) =>
    question.deletedSinceMs === null ? [] : [{ question, window: toDeletedWindow(question.deletedSinceMs, nowMs) }],
  );
  const parts = [...queries, ...deletions.map(({ question, window }) => toDeletedPart(question.object, window))];
  const { answers, serverMs } = await sendDatedComposite(client, parts, spend);
  const pages: ChangePage[] = [];
  for (const [index, question] of questions.entries()) {
    const rows = await readRowsOrError(scope, question, answers[index] ?? { status: 0, body: undefined });
    const at = deletions.findIndex((each) => each.question === question);
    const window = deletions[at]?.window;
    const answer = answers[queries.length + at] ?? { status: 0, body: undefined };
    const deleted = window === undefined ? noDeletions : await settleDeletions(scope, question, window, answer);
    pages.push({ source: question.source, ...rows, ...deleted });
  }
  return { value: { pages, serverMs: toServerMs(serverMs, pages) }, refused: findRefused(questions, pages) };
}

function findRefused(questions: readonly ChangeQuestion[], pages: readonly ChangePage[]): SyncError | null {
  const ofContacts = pages.filter((_page, index) => {
    const question = questions[index];
    return question?.kind === 'person' && question.object === 'Contact';
  });
  const errors = ofContacts.flatMap(({ error }) => (error === null ? [] : [error]));
  return errors.find(mayBeHidden) ?? null;
}

/**
 * See `SalesforcePort.readChanges`: five sources to a composite call, with the deletions they ask for. Rows that are deleted, merged or
 * archived are among them (`queryAll`). `serverMs`: of the earliest call; the latest stamp seen where no answer has a `Date`.
 */
export async function readChanges(scope: Scope, questions: readonly ChangeQuestion[]): Promise<Look> {
  const looks: Look[] = [];
  if (questions.length === 0) return { pages: [], serverMs: scope.client.serverNow() };
  for (let start = 0; start < questions.length; start += maxHeavySubrequests) {
    const some = questions.slice(start, start + maxHeavySubrequests);
    looks.push(await scope.roles.run((children) => ask(scope, some, children)));
  }
  const pages = looks.flatMap((look) => look.pages);
  return { pages, serverMs: Math.min(...looks.map(({ serverMs }) => serverMs)) };
}
