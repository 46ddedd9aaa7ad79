import { SyncError, toSyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { ChangePage, ChangeQuestion } from '../ports/salesforce.ts';
import { type ChangedRows, noRows, readRows, type Selection, toChangeStatement, toSelection } from './changed-rows.ts';
import type { SalesforceClient } from './client.ts';
import { maxHeavySubrequests, type Subanswer, sendComposite, sendDatedComposite, toQueryPart } from './composite.ts';
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
import type { Describer } from './directory.ts';
import { type ContactChildren, mayBeHidden, type RolesAttempt, type RolesReader } from './roles.ts';

type Scope = { client: SalesforceClient; roles: RolesReader; describe: Describer; spend: Spend };
type Look = { pages: ChangePage[]; serverMs: number };

/**
 * One source's fault is its own: it becomes its page's error. Only what stops the whole connection is thrown. Roles that the user may not
 * see are a fault like others, so that nothing is lost until somebody grants them.
 */
async function readRowsOrError(scope: Scope, question: ChangeQuestion, answer: Subanswer): Promise<ChangedRows> {
  try {
    const rows = await readRows(scope.client, question, answer, scope.spend);
    if (question.kind === 'role') scope.roles.tellReadable();
    return rows;
  } catch (thrown) {
    const error = toSyncError(thrown);
    await scope.client.pause(error);
    if (error.detail.pausesConnection === true) throw error;
    if (question.kind === 'role' && mayBeHidden(error)) scope.roles.tellHidden(error);
    return { ...noRows, error };
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

/** A question, and what to select for it. */
type Asked = { question: ChangeQuestion; selection: Selection };

async function ask(scope: Scope, asked: readonly Asked[], children: ContactChildren): Promise<RolesAttempt<Look>> {
  const { client, spend } = scope;
  await client.ready(spend);
  const questions = asked.map(({ question }) => question);
  const queries = asked.map(({ question, selection }) =>
    toQueryPart({ soql: toChangeStatement(question, selection, children), withDeleted: true }),
  );
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

/** What cannot be told of an object, because it is hidden or the org did not answer, is that source's fault alone. */
async function prepare(scope: Scope, question: ChangeQuestion): Promise<Asked | ChangePage> {
  try {
    return { question, selection: await toSelection(question, scope.describe, scope.spend) };
  } catch (thrown) {
    const error = toSyncError(thrown);
    if (error.detail.pausesConnection === true || error.code === 'unexpected') throw error;
    return { source: question.source, ...noRows, ...noDeletions, error };
  }
}

async function askSome(scope: Scope, questions: readonly ChangeQuestion[]): Promise<Look> {
  const prepared = await Promise.all(questions.map((question) => prepare(scope, question)));
  const asked = prepared.filter((each) => 'question' in each);
  const nobody: Look = { pages: [], serverMs: scope.client.serverNow() };
  const look = asked.length === 0 ? nobody : await scope.roles.run((children) => ask(scope, asked, children));
  const answered = [...look.pages];
  const pages = prepared.flatMap((each) => ('question' in each ? answered.splice(0, 1) : [each]));
  return { pages, serverMs: look.serverMs };
}

/**
 * See `SalesforcePort.readChanges`: five sources to a composite call, with the deletions they ask for. Rows that are deleted, merged or
 * archived are among them (`queryAll`). `serverMs`: of the earliest call; the latest stamp seen where no answer has a `Date`.
 */
export async function readChanges(scope: Scope, questions: readonly ChangeQuestion[]): Promise<Look> {
  const looks: Look[] = [];
  if (questions.length === 0) return { pages: [], serverMs: scope.client.serverNow() };
  for (let start = 0; start < questions.length; start += maxHeavySubrequests) {
    looks.push(await askSome(scope, questions.slice(start, start + maxHeavySubrequests)));
  }
  const pages = looks.flatMap((look) => look.pages);
  return { pages, serverMs: Math.min(...looks.map(({ serverMs }) => serverMs)) };
}
