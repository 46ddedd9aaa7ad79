import type { SyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { HubSpotType } from '../ports/hubspot.ts';
import { forEachLimited, toBatches, toCall } from './batches.ts';
import type { HubSpotClient } from './client.ts';
import { toHubSpotError } from './errors.ts';

const BATCHES_AT_ONCE = 6;
const SINGLE_CALLS_AT_ONCE = 8;

type Results = Map<string, SyncError | null>;
type Scope = { client: HubSpotClient; type: HubSpotType; spend: Spend; results: Results };

function toError({ client }: Scope, thrown: unknown): SyncError {
  return toHubSpotError(thrown, client.toFaultContext({ bucket: 'hubspot', isWrite: true }));
}

/** Archiving is repeated safely: what is gone already is what was wanted. */
async function archiveAlone(scope: Scope, id: string): Promise<void> {
  const { client, type, spend, results } = scope;
  try {
    await client.call(toCall(type, 'archiveOne', true, spend), () => client.crm.objects.basicApi.archive(type, id));
    results.set(id, null);
  } catch (thrown) {
    const error = toError(scope, thrown);
    results.set(id, error.code === 'hubspot_not_found' ? null : error);
  }
}

/**
 * Archives one batch. @returns ids to be archived one by one: an answer about some of the records (400, 404, or a success with a body, which
 * the client takes for no answer) does not tell which
 */
async function archiveBatch(scope: Scope, ids: readonly string[]): Promise<readonly string[]> {
  const { client, type, spend, results } = scope;
  try {
    const inputs = ids.map((id) => ({ id }));
    await client.call(toCall(type, 'archive', true, spend), () =>
      client.crm.objects.batchApi.archive(type, { inputs }),
    );
    for (const id of ids) results.set(id, null);
    return [];
  } catch (thrown) {
    const error = toError(scope, thrown);
    const isOfSome = error.detail.status !== undefined && [200, 207, 400, 404].includes(error.detail.status);
    if (isOfSome) return ids;
    for (const id of ids) results.set(id, error);
    return [];
  }
}

/** Archives records as `HubSpotPort.archiveRecords` promises: a result for every id, nothing thrown. */
export async function archiveRecords(
  client: HubSpotClient,
  type: HubSpotType,
  ids: readonly string[],
  spend: Spend,
): Promise<Results> {
  const scope: Scope = { client, type, spend, results: new Map() };
  const unclear: string[] = [];
  await forEachLimited(toBatches([...new Set(ids)]), BATCHES_AT_ONCE, async (batch) => {
    unclear.push(...(await archiveBatch(scope, batch)));
  });
  await forEachLimited(unclear, SINGLE_CALLS_AT_ONCE, (id) => archiveAlone(scope, id));
  return scope.results;
}
