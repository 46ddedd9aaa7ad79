import type { HubSpotRecord } from '../domain/record.ts';
import type { Spend } from '../ports/budget.ts';
import type { HubSpotType } from '../ports/hubspot.ts';
import { forEachLimited, toBatches, toCall, unreadableAnswer } from './batches.ts';
import type { HubSpotClient } from './client.ts';
import { toHubSpotError } from './errors.ts';
import { batchSchema, objectSchema, toRecord } from './schemas.ts';

const BATCHES_AT_ONCE = 6;

type Request = { property: string; values: readonly string[]; properties: readonly string[] };

/** Finds records as `HubSpotPort.findByUnique` promises: by `idProperty` batch reads, never by search, whose index lags. @throws SyncError */
export async function findByUnique(
  client: HubSpotClient,
  type: HubSpotType,
  { property, values, properties }: Request,
  spend: Spend,
): Promise<Map<string, HubSpotRecord>> {
  const found = new Map<string, HubSpotRecord>();
  const asked = [...new Set([property, ...properties])];
  await forEachLimited(toBatches([...new Set(values)]), BATCHES_AT_ONCE, async (batch) => {
    for (const record of await readBatch(client, type, { property, values: batch, properties: asked }, spend)) {
      const value = record.properties[property];
      if (value != null) found.set(value, record);
    }
  });
  return found;
}

/** A batch of which nothing is there is refused as a whole (404). */
async function readBatch(
  client: HubSpotClient,
  type: HubSpotType,
  { property, values, properties }: Request,
  spend: Spend,
): Promise<readonly HubSpotRecord[]> {
  try {
    const { data } = await client.call(toCall(type, 'readByUnique', false, spend), () =>
      client.crm.objects.batchApi.read(type, {
        idProperty: property,
        inputs: values.map((id) => ({ id })),
        properties: [...properties],
        propertiesWithHistory: [],
      }),
    );
    const parsed = batchSchema.safeParse(data);
    if (!parsed.success) throw unreadableAnswer(false);
    return parsed.data.results.map((entry) => {
      const record = objectSchema.safeParse(entry);
      // "Not there" is never a guess: it would be created over.
      if (!record.success) throw unreadableAnswer(false);
      return toRecord(record.data);
    });
  } catch (thrown) {
    const error = toHubSpotError(thrown, client.toFaultContext({ bucket: 'hubspot', isWrite: false }));
    if (error.code === 'hubspot_not_found') return [];
    throw error;
  }
}
