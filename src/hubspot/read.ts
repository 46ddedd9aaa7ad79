import type { HubSpotRecord } from '../domain/record.ts';
import type { SyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { HubSpotRead, HubSpotType } from '../ports/hubspot.ts';
import { forEachLimited, toBatches, toCall, unreadableAnswer } from './batches.ts';
import type { HubSpotClient } from './client.ts';
import { toHubSpotError } from './errors.ts';
import { batchSchema, mergedIdsProperty, objectSchema, toRecord } from './schemas.ts';

const SINGLE_READS_AT_ONCE = 8;
const BATCHES_AT_ONCE = 6;
/** A longer list of properties goes into a body, as HubSpot refuses long URLs with 414 (error-handling page). */
const LONGEST_QUERY = 4000;

type Scope = { client: HubSpotClient; type: HubSpotType; properties: string[]; spend: Spend };

function toError(scope: Scope, thrown: unknown): SyncError {
  return toHubSpotError(thrown, scope.client.toFaultContext({ bucket: 'hubspot', isWrite: false }));
}

/**
 * Reads one record by its id. The one way to tell a merged id (answered with the survivor under another id) from a deleted one (404):
 * both are absent from batch answers. @throws SyncError
 */
async function readAlone(scope: Scope, id: string): Promise<HubSpotRead> {
  const { client, type, properties, spend } = scope;
  const isLong = properties.join('&properties=').length > LONGEST_QUERY;
  const asked = isLong ? [mergedIdsProperty] : properties;
  const { data, sentAtMs } = await client.call(toCall(type, 'readOne', false, spend), () =>
    client.crm.objects.basicApi.getById(type, id, asked),
  );
  const parsed = objectSchema.safeParse(data);
  if (!parsed.success) throw unreadableAnswer(false);
  const record = toRecord(parsed.data);
  const kind = record.id === id ? 'found' : 'merged';
  if (!isLong) return { kind, record, readAtMs: sentAtMs };
  const whole = (await readBatch(scope, [record.id])).get(record.id);
  if (whole === undefined || !('record' in whole)) throw unreadableAnswer(false);
  return { ...whole, kind };
}

/** The same, with errors as answers. */
async function readOne(scope: Scope, id: string): Promise<HubSpotRead> {
  try {
    return await readAlone(scope, id);
  } catch (thrown) {
    const error = toError(scope, thrown);
    return error.code === 'hubspot_not_found' ? { kind: 'missing' } : { kind: 'error', error };
  }
}

/** The records of one batch answer, under their own id and under the ids that were merged into them. */
function indexRecords(results: readonly unknown[]): Map<string, HubSpotRecord> {
  const byId = new Map<string, HubSpotRecord>();
  const records = results
    .map((entry) => objectSchema.safeParse(entry))
    .filter((parsed) => parsed.success)
    .map(({ data }) => toRecord(data));
  for (const record of records) for (const mergedId of record.mergedIds) byId.set(mergedId, record);
  for (const record of records) byId.set(record.id, record);
  return byId;
}

/** Reads one batch; ids that the answer leaves out, with or without an error, are not in the map. @throws SyncError */
async function readBatch(scope: Scope, ids: readonly string[]): Promise<Map<string, HubSpotRead>> {
  const { client, type, properties, spend } = scope;
  const inputs = ids.map((id) => ({ id }));
  const { data, sentAtMs } = await client.call(toCall(type, 'read', false, spend), () =>
    client.crm.objects.batchApi.read(type, { inputs, properties, propertiesWithHistory: [] }),
  );
  const parsed = batchSchema.safeParse(data);
  if (!parsed.success) throw unreadableAnswer(false);
  const byId = indexRecords(parsed.data.results);
  const reads = new Map<string, HubSpotRead>();
  for (const id of ids) {
    const record = byId.get(id);
    if (record === undefined) continue;
    reads.set(id, { kind: record.id === id ? 'found' : 'merged', record, readAtMs: sentAtMs });
  }
  return reads;
}

/** Where none of a batch's ids exist, some answers are a plain 404 instead of a 207: every id is then asked for alone. */
async function readBatchOrErrors(scope: Scope, ids: readonly string[]): Promise<Map<string, HubSpotRead>> {
  try {
    return await readBatch(scope, ids);
  } catch (thrown) {
    const error = toError(scope, thrown);
    if (error.code === 'hubspot_not_found') return new Map();
    return new Map(ids.map((id) => [id, { kind: 'error', error }]));
  }
}

/** Reads records as `HubSpotPort.read` promises. `hs_merged_object_ids` is always asked for. */
export async function readRecords(
  client: HubSpotClient,
  type: HubSpotType,
  request: { ids: readonly string[]; properties: readonly string[] },
  spend: Spend,
): Promise<Map<string, HubSpotRead>> {
  const properties = [...new Set([...request.properties, mergedIdsProperty])];
  const scope: Scope = { client, type, properties, spend };
  const ids = [...new Set(request.ids)];
  const reads = new Map<string, HubSpotRead>();
  await forEachLimited(toBatches(ids), BATCHES_AT_ONCE, async (batch) => {
    for (const [id, read] of await readBatchOrErrors(scope, batch)) reads.set(id, read);
  });
  const unanswered = ids.filter((id) => !reads.has(id));
  await forEachLimited(unanswered, SINGLE_READS_AT_ONCE, async (id) => {
    reads.set(id, await readOne(scope, id));
  });
  return reads;
}
