import type { CounterpartObject } from '../domain/record.ts';
import { SyncError, toSyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { RecordWriteRequest, RecordWriteResult } from '../ports/salesforce.ts';
import type { SalesforceClient } from './client.ts';
import {
  type Collection,
  type CollectionOutcome,
  failOrHalve,
  readCollection,
  toCollectionPart,
  toHeldUpError,
  toWriteHeaders,
} from './collections.ts';
import { maxHeavySubrequests, type Subanswer, sendComposite } from './composite.ts';
import type { Describer } from './directory.ts';
import { toUnsentError } from './errors.ts';
import { createReadBack, type ReadBack } from './read-back.ts';
import { createRecordResults, type RecordResults } from './record-results.ts';
import { type RecordRow, toRecordCollections, toRoleInserts } from './record-rows.ts';
import { toRecordSelection } from './records.ts';

/** Enough to find one guilty record among 200 by halving (8), and some. */
const MAX_EXTRA_CALLS = 12;
/** No further call begins later than this after the first: the caller's lease must outlive this and one call's timeout. */
const MAX_SPAN_MS = 30_000;

const objects: readonly CounterpartObject[] = ['Account', 'Opportunity'];
const headers = toWriteHeaders(false, false);

type Part = Collection<RecordRow>;
type Outcome = CollectionOutcome<RecordRow>;
type Scope = { client: SalesforceClient; describe: Describer; spend: Spend };
type Work = Scope & { results: RecordResults; readBack: ReadBack };

const noAnswer: Subanswer = { status: 0, body: undefined };

/** One composite call: the collections, and the rows as they are afterwards where that is all that is left to do. */
async function sendTogether(work: Work, parts: readonly Part[], isLast: boolean): Promise<Outcome[]> {
  const { client, readBack, spend } = work;
  const looks = isLast ? readBack.takeParts(maxHeavySubrequests - parts.length) : [];
  const requests = [...parts.map((part) => toCollectionPart(part, headers)), ...looks];
  const answers = await sendComposite(client, requests, spend, headers);
  const outcomes = parts.map((part, index) => readCollection(part, answers[index] ?? noAnswer, client.now()));
  await readBack.keep(answers.slice(parts.length));
  return outcomes;
}

/** A collection call of its own, for what a composite call would misread. */
async function sendAlone({ client, spend }: Work, part: Part): Promise<Outcome[]> {
  const { method, path, body } = toCollectionPart(part, headers);
  try {
    const answer = await client.send({ method, path, body, headers }, spend);
    return [readCollection(part, { status: 200, body: answer }, client.now())];
  } catch (thrown) {
    const error = toSyncError(thrown);
    if (part.rows.length === 1 || error.detail.status !== 400) throw error;
    return [failOrHalve(part, error)];
  }
}

/** A role of a new record that is to be sent again: it can only be made once its record is there. */
function isTooEarly(row: RecordRow, again: readonly Part[]): boolean {
  if (row.of === 'record' || row.operation !== 'insert') return false;
  return again.some((part) => part.rows.some(({ of, write }) => of === 'record' && write.key === row.write.key));
}

/** Keeps what came of each row. @returns what is to be sent next, and what after everything else */
async function settle(work: Work, outcomes: readonly Outcome[]): Promise<{ first: Part[]; last: Part[] }> {
  const again = outcomes.flatMap((outcome) => outcome.again);
  const rows = outcomes.flatMap((outcome) => outcome.rows);
  const early = rows.filter((outcome) => 'error' in outcome && isTooEarly(outcome.row, again));
  for (const outcome of rows) if (!early.includes(outcome)) work.results.settle(outcome);
  const errors = rows.flatMap((outcome) => ('error' in outcome ? [outcome.error] : []));
  const pausing = errors.find((error) => error.detail.pausesConnection === true);
  if (pausing !== undefined) await work.client.pause(pausing);
  const isOfRecords = ({ rows: [row] }: Part) => row?.of === 'record';
  const { together, alone } = toRoleInserts(early.map(({ row }) => row));
  return {
    first: again.filter(isOfRecords),
    last: [...again.filter((part) => !isOfRecords(part)), ...together, ...alone],
  };
}

/** The next call's collections, without roles of records that could not be written. */
function takeNext(queue: Part[], results: RecordResults): Part[] {
  const next: Part[] = [];
  while (next.length < maxHeavySubrequests) {
    const [part] = queue;
    if (part === undefined || (next.length > 0 && (part.isAlone === true || next[0]?.isAlone === true))) break;
    queue.shift();
    const rows = part.rows.filter(({ of, write }) => of === 'record' || !results.hasFailed(write.key));
    if (rows.length > 0) next.push({ ...part, rows });
  }
  return next;
}

/** Splits off updates of a record that another one of this call already writes: Salesforce would refuse both. */
function withoutTwins(writes: readonly RecordWriteRequest[], results: RecordResults): RecordWriteRequest[] {
  const seen = new Set<string>();
  return writes.filter((write) => {
    const isFirst = write.id === null || !seen.has(write.id);
    if (write.id !== null) seen.add(write.id);
    const message = 'Two records of HubSpot were about to write the same Salesforce record; this one looks again.';
    if (!isFirst) results.refuse(write, new SyncError('retryable', 'salesforce_same_person', message));
    return isFirst;
  });
}

async function sendAll(work: Work, queue: Part[]): Promise<void> {
  const { client, results, readBack } = work;
  const failAll = (parts: readonly Part[], toError: (of: Part) => SyncError) => {
    for (const part of parts) for (const row of part.rows) results.fail(row, toError(part));
  };
  let callsLeft = queue.length + MAX_EXTRA_CALLS;
  const endsAt = client.now() + MAX_SPAN_MS;
  while (queue.length > 0) {
    if (callsLeft === 0 || client.now() > endsAt) return failAll(queue, ({ because }) => toHeldUpError(because));
    callsLeft -= 1;
    const next = takeNext(queue, results);
    if (next.length === 0) continue;
    readBack.touch(next.flatMap(({ rows }) => rows.map(({ write }) => write)));
    try {
      const alone = next.find((part) => part.isAlone === true);
      const outcomes =
        alone === undefined ? await sendTogether(work, next, queue.length === 0) : await sendAlone(work, alone);
      const { first, last } = await settle(work, outcomes);
      queue.unshift(...first);
      queue.push(...last);
    } catch (thrown) {
      const error = toSyncError(thrown);
      failAll(next, () => error);
      failAll(queue, () => toUnsentError(error));
      return;
    }
  }
}

async function writeObject(
  scope: Scope,
  object: CounterpartObject,
  writes: readonly RecordWriteRequest[],
  fields: readonly string[],
): Promise<Map<string, RecordWriteResult>> {
  const results = createRecordResults(writes);
  const selection = await toRecordSelection(object, fields, scope.describe, scope.spend).catch(toSyncError);
  if (selection instanceof SyncError) {
    for (const write of writes) results.refuse(write, toUnsentError(selection));
    return results.toResults(new Map());
  }
  const readBack = createReadBack({ ...scope, selection, fields });
  const queue = toRecordCollections(object, withoutTwins(writes, results));
  await sendAll({ ...scope, results, readBack }, queue);
  await readBack.finish((key) => !results.hasFailed(key));
  return results.toResults(readBack.held);
}

/**
 * See `SalesforcePort.writeRecords`. One composite call where everything fits into its five heavy parts: upserts, updates, up to three
 * kinds of changes of roles, and the read-back; else the read-back is a second call. Bounded: at most twelve further calls, begun within
 * 30 s, to part the guilty from the innocent. Roles of a record that exists are written even where the record itself is refused.
 */
export async function writeRecords(
  scope: Scope,
  writes: readonly RecordWriteRequest[],
  fields: readonly string[],
): Promise<Map<string, RecordWriteResult>> {
  const results = new Map<string, RecordWriteResult>();
  for (const object of objects) {
    const own = writes.filter((write) => write.object === object);
    if (own.length === 0) continue;
    for (const [key, result] of await writeObject(scope, object, own, fields)) results.set(key, result);
  }
  return results;
}
