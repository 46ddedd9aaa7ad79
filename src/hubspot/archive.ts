import type { SyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { HubSpotType } from '../ports/hubspot.ts';
import { forEachLimited, toBatches, toCall } from './batches.ts';
import type { HubSpotClient } from './client.ts';
import { toHubSpotError } from './errors.ts';

const BATCHES_AT_ONCE = 6;
const SINGLE_CALLS_AT_ONCE = 8;

/** How one kind of thing is taken away. */
export type Archiver<T> = {
  client: HubSpotClient;
  type: HubSpotType;
  spend: Spend;
  /** For the log: `archive`. */
  verb: string;
  sendMany(items: readonly T[]): Promise<unknown>;
  sendOne(item: T): Promise<unknown>;
};

type Results<T> = Map<T, SyncError | null>;
type Scope<T> = Archiver<T> & { results: Results<T> };

function toError<T>({ client }: Scope<T>, thrown: unknown): SyncError {
  return toHubSpotError(thrown, client.toFaultContext({ bucket: 'hubspot', isWrite: true }));
}

/** Archiving is repeated safely: what is gone already is what was wanted. */
async function archiveAlone<T>(scope: Scope<T>, item: T): Promise<void> {
  const { client, type, spend, verb, results } = scope;
  try {
    await client.call(toCall(type, `${verb}One`, true, spend), () => scope.sendOne(item));
    results.set(item, null);
  } catch (thrown) {
    const error = toError(scope, thrown);
    results.set(item, error.code === 'hubspot_not_found' ? null : error);
  }
}

/**
 * Archives one batch. @returns what is to be archived one by one: an answer about some of the items (400, 404, or a success with a body,
 * which the client takes for no answer) does not tell which
 */
async function archiveBatch<T>(scope: Scope<T>, items: readonly T[]): Promise<readonly T[]> {
  const { client, type, spend, verb, results } = scope;
  try {
    await client.call(toCall(type, verb, true, spend), () => scope.sendMany(items));
    for (const item of items) results.set(item, null);
    return [];
  } catch (thrown) {
    const error = toError(scope, thrown);
    const isOfSome = error.detail.status !== undefined && [200, 207, 400, 404].includes(error.detail.status);
    if (isOfSome) return items;
    for (const item of items) results.set(item, error);
    return [];
  }
}

/** Takes distinct items away in batches of 100, by single calls where a batch was refused: a result for each, nothing thrown. */
export async function archiveAll<T>(archiver: Archiver<T>, items: readonly T[]): Promise<Results<T>> {
  const scope: Scope<T> = { ...archiver, results: new Map() };
  const unclear: T[] = [];
  await forEachLimited(toBatches(items), BATCHES_AT_ONCE, async (batch) => {
    unclear.push(...(await archiveBatch(scope, batch)));
  });
  await forEachLimited(unclear, SINGLE_CALLS_AT_ONCE, (item) => archiveAlone(scope, item));
  return scope.results;
}

/** Archives records as `HubSpotPort.archiveRecords` promises: a result for every id, nothing thrown. */
export async function archiveRecords(
  client: HubSpotClient,
  type: HubSpotType,
  ids: readonly string[],
  spend: Spend,
): Promise<Results<string>> {
  const { batchApi, basicApi } = client.crm.objects;
  return await archiveAll<string>(
    {
      client,
      type,
      spend,
      verb: 'archive',
      sendMany: (batch) => batchApi.archive(type, { inputs: batch.map((id) => ({ id })) }),
      sendOne: (id) => basicApi.archive(type, id),
    },
    [...new Set(ids)],
  );
}
