import { SyncError, toSyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { PersonWriteRequest, PersonWriteResult, WriteOptions } from '../ports/salesforce.ts';
import type { SalesforceClient } from './client.ts';
import {
  type CollectionOutcome,
  failOrHalve,
  type Collection as OfRows,
  readCollection,
  toCollectionPart,
  toHeldUpError,
  toWriteHeaders,
} from './collections.ts';
import { maxHeavySubrequests, type Row, sendComposite, toQueryPart } from './composite.ts';
import { toUnsentError } from './errors.ts';
import { readBack, toReadBackStatements, toWritten } from './person-read-back.ts';
import { type PersonRow, toPersonCollections } from './person-rows.ts';

/** Leaves two of the five heavy sub-requests for the read-back of Leads and Contacts. */
const COLLECTIONS_PER_CALL = 3;
/** Enough to find one guilty record among 200 by halving (8), and some. */
const MAX_EXTRA_CALLS = 12;
/** No further call begins later than this after the first: the caller's lease must outlive this and one call's timeout. */
const MAX_SPAN_MS = 30_000;

type Results = Map<string, PersonWriteResult>;
type Collection = OfRows<PersonRow>;

function toWrites(collections: readonly Collection[]): PersonWriteRequest[] {
  return collections.flatMap(({ rows }) => rows.map(({ write }) => write));
}

type Sent = { outcomes: CollectionOutcome<PersonRow>[]; rows: ReadonlyMap<string, Row> };

function toHeaders(collection: Collection | undefined, { assignmentRule, allowDuplicates }: WriteOptions) {
  return toWriteHeaders(collection?.operation === 'upsert' && assignmentRule, allowDuplicates);
}

/** One composite call: the collections, then the rows as they are afterwards. */
async function sendTogether(
  client: SalesforceClient,
  collections: readonly Collection[],
  options: WriteOptions,
  spend: Spend,
): Promise<Sent> {
  const headers = toHeaders(collections[0], options);
  const statements = toReadBackStatements(toWrites(collections), options);
  const room = maxHeavySubrequests - collections.length;
  const parts = [
    ...collections.map((collection) => toCollectionPart(collection, toHeaders(collection, options))),
    ...statements.slice(0, room).map((soql) => toQueryPart({ soql, withDeleted: false })),
  ];
  const answers = await sendComposite(client, parts, spend, headers);
  const outcomes = collections.map((collection, index) =>
    readCollection(collection, answers[index] ?? { status: 0, body: undefined }, client.now()),
  );
  const rows = await readBack(client, answers.slice(collections.length), statements.slice(room), spend);
  return { outcomes, rows };
}

/** A collection call of its own, then the read-back in another. */
async function sendAlone(
  client: SalesforceClient,
  collection: Collection,
  options: WriteOptions,
  spend: Spend,
): Promise<Sent> {
  const { method, path, body, headers } = toCollectionPart(collection, toHeaders(collection, options));
  try {
    const answer = await client.send({ method, path, body, ...(headers === undefined ? {} : { headers }) }, spend);
    const outcome = readCollection(collection, { status: 200, body: answer }, client.now());
    const rows = await readBack(client, [], toReadBackStatements(toWrites([collection]), options), spend);
    return { outcomes: [outcome], rows };
  } catch (thrown) {
    const error = toSyncError(thrown);
    if (collection.rows.length === 1 || error.detail.status !== 400) throw error;
    return { outcomes: [failOrHalve(collection, error)], rows: new Map() };
  }
}

/** Sends collections as one call and keeps what came of each record. @returns collections to be sent again */
async function sendOnce(
  client: SalesforceClient,
  collections: readonly Collection[],
  options: WriteOptions,
  spend: Spend,
  results: Results,
): Promise<Collection[]> {
  const alone = collections.find((collection) => collection.isAlone === true);
  const { outcomes, rows } =
    alone === undefined
      ? await sendTogether(client, collections, options, spend)
      : await sendAlone(client, alone, options, spend);
  for (const outcome of outcomes.flatMap((each) => each.rows)) {
    const { write } = outcome.row;
    results.set(
      write.contactId,
      'error' in outcome ? { ok: false, error: outcome.error } : toWritten(write, outcome, rows, options),
    );
  }
  const pausing = outcomes.flatMap((each) => each.rows).flatMap((row) => ('error' in row ? [row.error] : []));
  const first = pausing.find((error) => error.detail.pausesConnection === true);
  if (first !== undefined) await client.pause(first);
  return outcomes.flatMap((each) => each.again);
}

/** With an assignment rule, creates and updates go in calls of their own: what the outer header says must hold for all of a call. */
function takeNext(queue: Collection[], options: WriteOptions): Collection[] {
  const next = queue.splice(0, 1);
  const first = next[0];
  while (next.length < COLLECTIONS_PER_CALL && queue[0] !== undefined) {
    if (first?.isAlone === true || queue[0].isAlone === true) break;
    if (options.assignmentRule !== false && queue[0].operation !== first?.operation) break;
    next.push(...queue.splice(0, 1));
  }
  return next;
}

function failAll(collections: readonly Collection[], results: Results, toError: (of: Collection) => SyncError): void {
  for (const collection of collections) {
    for (const { write } of collection.rows) results.set(write.contactId, { ok: false, error: toError(collection) });
  }
}

/** Splits off writes whose record another one of this call already writes: Salesforce would refuse both. */
export function separateTwins(
  writes: readonly PersonWriteRequest[],
  results: Map<string, PersonWriteResult>,
): PersonWriteRequest[] {
  const seen = new Set<string>();
  return writes.filter((write) => {
    const target = write.operation === 'create' ? `${write.object} ${write.contactId}` : (write.id ?? '');
    if (!seen.has(target)) {
      seen.add(target);
      return true;
    }
    const message = 'Two contacts were about to write the same Salesforce record; this one looks again.';
    results.set(write.contactId, { ok: false, error: new SyncError('retryable', 'salesforce_same_person', message) });
    return false;
  });
}

/**
 * See `SalesforcePort.writePersons`. One composite call where nothing stands in the way: upserts of Leads and of Contacts, updates, and
 * the read-back of both. Bounded: at most twelve further calls, begun within 30 s, to part the guilty from the innocent.
 */
export async function writePersons(
  client: SalesforceClient,
  writes: readonly PersonWriteRequest[],
  options: WriteOptions,
  spend: Spend,
): Promise<Results> {
  const results: Results = new Map();
  const queue = toPersonCollections(separateTwins(writes, results));
  let callsLeft = queue.length + MAX_EXTRA_CALLS;
  const endsAt = client.now() + MAX_SPAN_MS;
  while (queue.length > 0) {
    if (callsLeft === 0 || client.now() > endsAt) {
      failAll(queue, results, (collection) => toHeldUpError(collection.because));
      break;
    }
    callsLeft -= 1;
    const next = takeNext(queue, options);
    try {
      queue.push(...(await sendOnce(client, next, options, spend, results)));
    } catch (thrown) {
      const error = toSyncError(thrown);
      failAll(next, results, () => error);
      failAll(queue, results, () => toUnsentError(error));
      break;
    }
  }
  return results;
}
