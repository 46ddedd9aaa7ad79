import { SyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { HubSpotType } from '../ports/hubspot.ts';
import { forEachLimited, toBatches, toCall, unreadableAnswer } from './batches.ts';
import type { HubSpotClient } from './client.ts';
import { toHubSpotError, toItemError } from './errors.ts';
import { batchSchema, type ErrorBody } from './schemas.ts';

const BATCHES_AT_ONCE = 6;
/** Calls that one batch of 100 may cost while its guilty records are looked for: enough for five of them, log2 each. */
const CALLS_PER_BATCH = 64;
/** No further call begins later than this after the first: the caller's lease must outlive this and one call's timeout. */
const MAX_SPAN_MS = 30_000;

/** One of many writes of a batch. `key` is its own among them; for records it doubles as trace id. */
type Keyed = { key: string };

/** A record to write. `key`: its id, or the value of the unique property it is upserted by. */
export type KeyedWrite = Keyed & { properties: Readonly<Record<string, string>> };

/** How one kind of write is sent and read. */
export type BatchWriter<W extends Keyed, R> = {
  client: HubSpotClient;
  type: HubSpotType;
  spend: Spend;
  /** For the log: `update`, `upsert`. */
  verb: string;
  /** Most inputs of a call. Default 100. */
  size?: number;
  send(writes: readonly W[]): Promise<unknown>;
  /** An entry of `results`: which write it answers, and what came of it; null where it cannot be read. */
  read(entry: unknown): { key: string; result: R } | null;
  /** Those of the writes that a refusal of the whole batch is about for certain. They are not sent again. */
  findGuilty(error: SyncError, writes: readonly W[]): readonly W[];
  /** Those that it may be about: they are sent apart from the others. Default: it does not tell. */
  findSuspects?(error: SyncError, writes: readonly W[]): readonly W[];
  /** The keys that an error of a 207 names, of writes or not. */
  findKeys(item: ErrorBody, writes: readonly W[]): readonly string[];
};

export type Outcome<R> = { ok: true; result: R } | { ok: false; error: SyncError };
type Scope<W extends Keyed, R> = BatchWriter<W, R> & { outcomes: Map<string, Outcome<R>>; endsAtMs: number };
/** Calls left, shared by all halves of one batch. */
type Allowance = { left: number };

/** The answer says nothing of a record it was asked to write: merged or deleted meanwhile. The next look will tell. */
function missingInAnswer(): SyncError {
  return new SyncError('retryable', 'record_missing_in_answer', 'HubSpot did not say what became of this record.', {
    advice: 'Nothing to do: the record is read again, which shows whether it was merged or deleted.',
    mayHaveHappened: true,
  });
}

/** Too many guilty records in one batch, or too slow answers, to find them all at once. Those found are not sent again, so the next try gets on. */
function undecided(cause: SyncError): SyncError {
  const advice = 'Nothing to do: it is tried again without the records that were found guilty.';
  return new SyncError(
    'retryable',
    'hubspot_batch_refused',
    'HubSpot refused a batch because of some of its records.',
    {
      advice,
      ...(cause.detail.vendorCode === undefined ? {} : { vendorCode: cause.detail.vendorCode }),
      ...(cause.detail.status === undefined ? {} : { status: cause.detail.status }),
    },
  );
}

function mayGoOn({ client, endsAtMs }: { client: HubSpotClient; endsAtMs: number }, { left }: Allowance): boolean {
  return left > 0 && client.now() <= endsAtMs;
}

function fail<W extends Keyed, R>(scope: Scope<W, R>, writes: readonly W[], error: SyncError): void {
  for (const { key } of writes) scope.outcomes.set(key, { ok: false, error });
}

/**
 * Sends the two halves apart, one after the other: in parallel the allowance would be spent level by level, with nobody found guilty when
 * many are. Suspects go apart from the others instead of the halves. A single write is guilty itself.
 */
async function splitBatch<W extends Keyed, R>(
  scope: Scope<W, R>,
  writes: readonly W[],
  error: SyncError,
  allowance: Allowance,
): Promise<void> {
  if (writes.length === 1) {
    return fail(scope, writes, error.code === 'hubspot_not_found' ? missingInAnswer() : error);
  }
  for (const half of toParts(writes, scope.findSuspects?.(error, writes) ?? [])) {
    if (mayGoOn(scope, allowance)) await sendBatch(scope, half, allowance);
    else fail(scope, half, undecided(error));
  }
}

function toParts<W>(writes: readonly W[], suspects: readonly W[]): readonly (readonly W[])[] {
  if (suspects.length > 0 && suspects.length < writes.length) {
    return [writes.filter((write) => !suspects.includes(write)), suspects];
  }
  const middle = Math.ceil(writes.length / 2);
  return [writes.slice(0, middle), writes.slice(middle)];
}

/**
 * One bad value or one duplicate email can refuse the whole batch, trace ids or not (a documented gap of HubSpot's). A property that does
 * not exist is named, so that its records are known at once; anything else is looked for by halving.
 */
async function handleRefusal<W extends Keyed, R>(
  scope: Scope<W, R>,
  writes: readonly W[],
  error: SyncError,
  allowance: Allowance,
): Promise<void> {
  const isOfOneRecord = [400, 409].includes(error.detail.status ?? 0) || error.code === 'hubspot_not_found';
  if (!isOfOneRecord) return fail(scope, writes, error);
  const guilty = scope.findGuilty(error, writes);
  if (guilty.length === 0) return splitBatch(scope, writes, error, allowance);
  fail(scope, guilty, error);
  const others = writes.filter((write) => !guilty.includes(write));
  if (others.length === 0) return;
  if (mayGoOn(scope, allowance)) await sendBatch(scope, others, allowance);
  else fail(scope, others, undecided(error));
}

/** Sends one batch; every record gets an outcome. Never throws. */
async function sendBatch<W extends Keyed, R>(
  scope: Scope<W, R>,
  writes: readonly W[],
  allowance: Allowance,
): Promise<void> {
  const { client, type, spend, verb } = scope;
  allowance.left -= 1;
  const answer = await client
    .call(toCall(type, verb, true, spend), () => scope.send(writes))
    .catch((thrown: unknown) => toHubSpotError(thrown, client.toFaultContext({ bucket: 'hubspot', isWrite: true })));
  if (answer instanceof SyncError) return handleRefusal(scope, writes, answer, allowance);
  const parsed = batchSchema.safeParse(answer.data);
  if (!parsed.success) return fail(scope, writes, unreadableAnswer(true));
  const { results, errors } = parsed.data;
  await settleAnswer(scope, writes, { results, errors: errors ?? [] }, allowance);
}

/** Gives each record its own outcome out of a 200 or 207. `numErrors` is not looked at: it counts groups of errors. */
async function settleAnswer<W extends Keyed, R>(
  scope: Scope<W, R>,
  writes: readonly W[],
  answer: { results: readonly unknown[]; errors: readonly ErrorBody[] },
  allowance: Allowance,
): Promise<void> {
  const open = new Map(writes.map((write) => [write.key, write]));
  for (const entry of answer.results) {
    const read = scope.read(entry);
    if (read !== null && open.delete(read.key)) scope.outcomes.set(read.key, { ok: true, result: read.result });
  }
  const unclaimed: ErrorBody[] = [];
  for (const item of answer.errors) {
    const keys = scope.findKeys(item, writes);
    if (!keys.some((key) => open.has(key))) unclaimed.push(item);
    const guilty = keys.filter((key) => open.delete(key));
    for (const key of guilty) scope.outcomes.set(key, { ok: false, error: toRecordError(scope, item) });
  }
  const rest = [...open.values()];
  const [first] = unclaimed;
  if (rest.length === 0) return;
  // An error that names no record belongs to one of those that were left out: they are sent again, apart.
  if (first === undefined) fail(scope, rest, missingInAnswer());
  else await splitBatch(scope, rest, toRecordError(scope, first), allowance);
}

function toRecordError({ client }: { client: HubSpotClient }, item: ErrorBody): SyncError {
  if (item.category === 'OBJECT_NOT_FOUND') return missingInAnswer();
  return toItemError(item, client.toFaultContext({ bucket: 'hubspot', isWrite: true }));
}

/** Two inputs for one record have no promised order in a batch, so they become one; the later value of a property wins. */
function joinDuplicates(writes: readonly KeyedWrite[]): KeyedWrite[] {
  const byKey = new Map<string, KeyedWrite>();
  for (const { key, properties } of writes) {
    byKey.set(key, { key, properties: { ...byKey.get(key)?.properties, ...properties } });
  }
  return [...byKey.values()];
}

/** How refusals name records: by their trace ids, or by a property that does not exist. */
const ofRecords = {
  findGuilty(error: SyncError, writes: readonly KeyedWrite[]) {
    const fields = error.code === 'hubspot_unknown_property' ? (error.detail.fields ?? []) : [];
    return writes.filter(({ properties }) => fields.some((field) => Object.hasOwn(properties, field)));
  },
  findKeys: ({ context }: ErrorBody) => [...(context?.objectWriteTraceId ?? []), ...(context?.ids ?? [])],
};

/** Sends distinct writes in batches; a bad one fails only itself. An outcome for every key, nothing thrown. */
export async function sendBatches<W extends Keyed, R>(
  writer: BatchWriter<W, R>,
  writes: readonly W[],
): Promise<Map<string, Outcome<R>>> {
  const scope: Scope<W, R> = { ...writer, outcomes: new Map(), endsAtMs: writer.client.now() + MAX_SPAN_MS };
  await forEachLimited(toBatches(writes, writer.size), BATCHES_AT_ONCE, (batch) =>
    sendBatch(scope, batch, { left: CALLS_PER_BATCH }),
  );
  return scope.outcomes;
}

/** Writes records in batches of 100; one bad value or duplicate fails only its own record. As `sendBatches`. */
export async function writeBatches<R>(
  writer: Omit<BatchWriter<KeyedWrite, R>, 'findGuilty' | 'findSuspects' | 'findKeys'>,
  writes: readonly KeyedWrite[],
): Promise<Map<string, Outcome<R>>> {
  return await sendBatches({ ...writer, ...ofRecords }, joinDuplicates(writes));
}
