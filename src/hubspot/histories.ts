import type { PastChange } from '../domain/plan/types.ts';
import type { Spend } from '../ports/budget.ts';
import type { HubSpotType } from '../ports/hubspot.ts';
import { forEachLimited, toBatches, toCall, unreadableAnswer } from './batches.ts';
import type { HubSpotClient } from './client.ts';
import { toHubSpotError } from './errors.ts';
import { batchSchema, historySchema, type PastValue } from './schemas.ts';

/** Most inputs of a batch with history; more are refused with 400 (using-object-apis page). */
const BATCH_SIZE = 50;
const BATCHES_AT_ONCE = 6;

type Past = Readonly<Record<string, readonly PastChange[]>>;

/**
 * Who it was, as HubSpot tells it: the label of the source (an app, a workflow, an import by name), else its kind with the user or the
 * source's id, such as `CRM_UI user 123` or `INTEGRATION 456`. What may hold an email (the source's id of older entries does) is left out: the
 * text reaches failures and the timeline.
 */
function toWriter({ sourceLabel, sourceType, sourceId, updatedByUserId }: PastValue): string {
  const label = withoutEmail(sourceLabel);
  if (label !== '') return label;
  const kind = withoutEmail(sourceType);
  if (updatedByUserId !== undefined && updatedByUserId !== null) return `${kind} user ${updatedByUserId}`.trim();
  const named = [kind, withoutEmail(sourceId)].filter((part) => part !== '').join(' ');
  return named === '' ? 'unknown' : named;
}

function withoutEmail(part: string | null | undefined): string {
  const text = part?.trim() ?? '';
  return text.includes('@') ? '' : text;
}

function toPast(answer: Readonly<Record<string, readonly (PastValue | null)[]>>): Past {
  const toChanges = (entries: readonly (PastValue | null)[]): PastChange[] =>
    entries
      .filter((entry) => entry !== null)
      .filter(({ timestamp }) => !Number.isNaN(timestamp.getTime()))
      .map((entry) => ({ value: entry.value, atMs: entry.timestamp.getTime(), by: toWriter(entry) }))
      .sort((a, b) => b.atMs - a.atMs);
  return Object.fromEntries(Object.entries(answer).map(([name, entries]) => [name, toChanges(entries)]));
}

/**
 * Reads the past of properties as `HubSpotPort.readHistories` promises. Ids that the answer leaves out (deleted, merged) are left out here.
 * @throws SyncError where a batch failed as a whole
 */
export async function readHistories(
  client: HubSpotClient,
  type: HubSpotType,
  { ids, properties }: { ids: readonly string[]; properties: readonly string[] },
  spend: Spend,
): Promise<Map<string, Past>> {
  const found = new Map<string, Past>();
  const propertiesWithHistory = [...new Set(properties)];
  if (propertiesWithHistory.length === 0) return found;
  await forEachLimited(toBatches([...new Set(ids)], BATCH_SIZE), BATCHES_AT_ONCE, async (batch) => {
    const inputs = batch.map((id) => ({ id }));
    const answer = await client
      .call(toCall(type, 'readHistory', false, spend), () =>
        client.crm.objects.batchApi.read(type, { inputs, properties: [], propertiesWithHistory }),
      )
      .catch((thrown: unknown) => {
        const error = toHubSpotError(thrown, client.toFaultContext({ bucket: 'hubspot', isWrite: false }));
        if (error.code === 'hubspot_not_found') return null;
        throw error;
      });
    if (answer === null) return;
    const parsed = batchSchema.safeParse(answer.data);
    if (!parsed.success) throw unreadableAnswer(false);
    for (const entry of parsed.data.results) {
      const record = historySchema.safeParse(entry);
      if (record.success) found.set(record.data.id, toPast(record.data.propertiesWithHistory));
    }
  });
  return found;
}
