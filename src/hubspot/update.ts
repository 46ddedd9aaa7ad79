import type { Spend } from '../ports/budget.ts';
import type { HubSpotType, HubSpotWrite, HubSpotWriteResult } from '../ports/hubspot.ts';
import type { HubSpotClient } from './client.ts';
import { objectSchema } from './schemas.ts';
import { writeBatches } from './write-batches.ts';

/**
 * Updates records as `HubSpotPort.update` promises: a result for every id, nothing thrown. The properties are those of the answer: where
 * HubSpot accepts a value and keeps another (a stage that may not go back), they say so.
 */
export async function updateRecords(
  client: HubSpotClient,
  type: HubSpotType,
  writes: readonly HubSpotWrite[],
  spend: Spend,
): Promise<Map<string, HubSpotWriteResult>> {
  const outcomes = await writeBatches(
    {
      client,
      type,
      spend,
      verb: 'update',
      send(batch) {
        // The id doubles as trace id: with one in every input, bad inputs come back one by one in a 207 (error-handling page).
        const inputs = batch.map(({ key, properties }) => ({
          id: key,
          properties: { ...properties },
          objectWriteTraceId: key,
        }));
        return client.crm.objects.batchApi.update(type, { inputs });
      },
      read(entry) {
        const parsed = objectSchema.safeParse(entry);
        if (!parsed.success) return null;
        const { id, properties, updatedAt } = parsed.data;
        return { key: id, result: { properties, updatedAtMs: updatedAt.getTime() } };
      },
    },
    writes.map(({ id, properties }) => ({ key: id, properties })),
  );
  return new Map([...outcomes].map(([id, outcome]) => [id, outcome.ok ? { ok: true, ...outcome.result } : outcome]));
}
