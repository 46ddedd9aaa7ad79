import type { Spend } from '../ports/budget.ts';
import type { HubSpotType, HubSpotUpsert, HubSpotUpsertResult } from '../ports/hubspot.ts';
import type { HubSpotClient } from './client.ts';
import { upsertedSchema } from './schemas.ts';
import { type Outcome, writeBatches } from './write-batches.ts';

type Upserted = { id: string; created: boolean; properties: Readonly<Record<string, string | null>> };

function toResult(outcome: Outcome<Upserted>): HubSpotUpsertResult {
  if (outcome.ok) return { ok: true, ...outcome.result };
  const { error } = outcome;
  const isTaken = error.code === 'hubspot_duplicate_value';
  // HubSpot names the contact that has the email in its message only (`Existing ID: 123`).
  return { ok: false, error, existingId: isTaken ? (error.detail.recordIds?.[0] ?? null) : null };
}

/**
 * Creates records as `HubSpotPort.upsertRecords` promises. An upsert on a property with unique values can be repeated after a lost
 * answer; by email it could not be partial. One email that another contact has refuses all 100: the batch is halved until it is alone.
 */
export async function upsertRecords(
  client: HubSpotClient,
  type: HubSpotType,
  { uniqueProperty, upserts }: { uniqueProperty: string; upserts: readonly HubSpotUpsert[] },
  spend: Spend,
): Promise<Map<string, HubSpotUpsertResult>> {
  const outcomes = await writeBatches<Upserted>(
    {
      client,
      type,
      spend,
      verb: 'upsert',
      send(batch) {
        const inputs = batch.map(({ key, properties }) => ({
          id: key,
          idProperty: uniqueProperty,
          properties: { ...properties },
          objectWriteTraceId: key,
        }));
        return client.crm.objects.batchApi.upsert(type, { inputs });
      },
      read(entry) {
        const parsed = upsertedSchema.safeParse(entry);
        if (!parsed.success) return null;
        const { id, properties, _new: created, objectWriteTraceId } = parsed.data;
        const key = objectWriteTraceId ?? properties[uniqueProperty] ?? null;
        return key === null ? null : { key, result: { id, created, properties } };
      },
    },
    upserts.map(({ key, properties }) => ({ key, properties: { ...properties, [uniqueProperty]: key } })),
  );
  return new Map([...outcomes].map(([key, outcome]) => [key, toResult(outcome)]));
}
