import { SyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { HubSpotType, HubSpotWrite, HubSpotWriteResult } from '../ports/hubspot.ts';
import { forEachLimited, toBatches, toCall, unreadableAnswer } from './batches.ts';
import type { HubSpotClient } from './client.ts';
import { toHubSpotError, toItemError } from './errors.ts';
import { batchSchema, type ErrorBody, objectSchema } from './schemas.ts';

const BATCHES_AT_ONCE = 6;
/** Calls that one batch of 100 may cost while its guilty records are looked for: enough for five of them, log2 each. */
const CALLS_PER_BATCH = 64;

type Results = Map<string, HubSpotWriteResult>;
type Scope = { client: HubSpotClient; type: HubSpotType; spend: Spend; results: Results };
/** Calls left, shared by all halves of one batch. */
type Allowance = { left: number };

/** The answer says nothing of a record it was asked to write: merged or deleted meanwhile. The next look will tell. */
function missingInAnswer(): SyncError {
  return new SyncError('retryable', 'record_missing_in_answer', 'HubSpot did not say what became of this record.', {
    advice: 'Nothing to do: the record is read again, which shows whether it was merged or deleted.',
    mayHaveHappened: true,
  });
}

/** Too many guilty records in one batch to find them all at once. Some were found and will not be sent again, so the next try gets on. */
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

function fail(scope: Scope, writes: readonly HubSpotWrite[], error: SyncError): void {
  for (const { id } of writes) scope.results.set(id, { ok: false, error });
}

/**
 * Sends the two halves apart, one after the other: in parallel the allowance would be spent level by level, with nobody found guilty when
 * many are. A single record is guilty itself.
 */
async function splitBatch(
  scope: Scope,
  writes: readonly HubSpotWrite[],
  error: SyncError,
  allowance: Allowance,
): Promise<void> {
  if (writes.length === 1) {
    return fail(scope, writes, error.code === 'hubspot_not_found' ? missingInAnswer() : error);
  }
  const middle = Math.ceil(writes.length / 2);
  for (const half of [writes.slice(0, middle), writes.slice(middle)]) {
    if (allowance.left > 0) await sendBatch(scope, half, allowance);
    else fail(scope, half, undecided(error));
  }
}

/**
 * One bad value or one duplicate email can refuse the whole batch, trace ids or not (a documented gap of HubSpot's). A property that does
 * not exist is named, so that its records are known at once; anything else is looked for by halving.
 */
async function handleRefusal(
  scope: Scope,
  writes: readonly HubSpotWrite[],
  error: SyncError,
  allowance: Allowance,
): Promise<void> {
  const isOfOneRecord = [400, 409].includes(error.detail.status ?? 0) || error.code === 'hubspot_not_found';
  if (!isOfOneRecord) return fail(scope, writes, error);
  const fields = error.code === 'hubspot_unknown_property' ? (error.detail.fields ?? []) : [];
  const guilty = writes.filter(({ properties }) => fields.some((field) => Object.hasOwn(properties, field)));
  if (guilty.length === 0) return splitBatch(scope, writes, error, allowance);
  fail(scope, guilty, error);
  const others = writes.filter((write) => !guilty.includes(write));
  if (others.length === 0) return;
  if (allowance.left > 0) await sendBatch(scope, others, allowance);
  else fail(scope, others, undecided(error));
}

/** Sends one batch; every record gets a result. Never throws. */
async function sendBatch(scope: Scope, writes: readonly HubSpotWrite[], allowance: Allowance): Promise<void> {
  const { client, type, spend } = scope;
  allowance.left -= 1;
  // The id doubles as trace id: with one in every input, bad inputs come back one by one in a 207 (error-handling page).
  const inputs = writes.map(({ id, properties }) => ({ id, properties: { ...properties }, objectWriteTraceId: id }));
  const answer = await client
    .call(toCall(type, 'update', true, spend), () => client.crm.objects.batchApi.update(type, { inputs }))
    .catch((thrown: unknown) => toHubSpotError(thrown, client.toFaultContext({ bucket: 'hubspot', isWrite: true })));
  if (answer instanceof SyncError) return handleRefusal(scope, writes, answer, allowance);
  const parsed = batchSchema.safeParse(answer.data);
  if (!parsed.success) return fail(scope, writes, unreadableAnswer(true));
  const { results, errors } = parsed.data;
  await settleAnswer(scope, writes, { results, errors: errors ?? [] }, allowance);
}

/** Gives each record its own result out of a 200 or 207. `numErrors` is not looked at: it counts groups of errors. */
async function settleAnswer(
  scope: Scope,
  writes: readonly HubSpotWrite[],
  answer: { results: readonly unknown[]; errors: readonly ErrorBody[] },
  allowance: Allowance,
): Promise<void> {
  const open = new Map(writes.map((write) => [write.id, write]));
  for (const entry of answer.results) {
    const parsed = objectSchema.safeParse(entry);
    if (!parsed.success || !open.delete(parsed.data.id)) continue;
    const { id, properties, updatedAt } = parsed.data;
    scope.results.set(id, { ok: true, properties, updatedAtMs: updatedAt.getTime() });
  }
  const unclaimed: ErrorBody[] = [];
  for (const item of answer.errors) {
    const ids = [...(item.context?.objectWriteTraceId ?? []), ...(item.context?.ids ?? [])];
    if (!ids.some((id) => open.has(id))) unclaimed.push(item);
    for (const id of ids) if (open.delete(id)) scope.results.set(id, { ok: false, error: toRecordError(scope, item) });
  }
  const rest = [...open.values()];
  const [first] = unclaimed;
  if (rest.length === 0) return;
  // An error that names no record belongs to one of those that were left out: they are sent again, apart.
  if (first === undefined) fail(scope, rest, missingInAnswer());
  else await splitBatch(scope, rest, toRecordError(scope, first), allowance);
}

function toRecordError({ client }: Scope, item: ErrorBody): SyncError {
  if (item.category === 'OBJECT_NOT_FOUND') return missingInAnswer();
  return toItemError(item, client.toFaultContext({ bucket: 'hubspot', isWrite: true }));
}

/** Two inputs for one record have no promised order in a batch, so they become one; the later value of a property wins. */
function joinDuplicates(writes: readonly HubSpotWrite[]): HubSpotWrite[] {
  const byId = new Map<string, HubSpotWrite>();
  for (const { id, properties } of writes) {
    byId.set(id, { id, properties: { ...byId.get(id)?.properties, ...properties } });
  }
  return [...byId.values()];
}

/** Updates records as `HubSpotPort.update` promises: a result for every id, nothing thrown. */
export async function updateRecords(
  client: HubSpotClient,
  type: HubSpotType,
  writes: readonly HubSpotWrite[],
  spend: Spend,
): Promise<Results> {
  const scope: Scope = { client, type, spend, results: new Map() };
  await forEachLimited(toBatches(joinDuplicates(writes)), BATCHES_AT_ONCE, (batch) =>
    sendBatch(scope, batch, { left: CALLS_PER_BATCH }),
  );
  return scope.results;
}
