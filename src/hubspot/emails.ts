import { SyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import { forEachLimited, toBatches, toCall, unreadableAnswer } from './batches.ts';
import type { HubSpotClient } from './client.ts';
import { toHubSpotError } from './errors.ts';
import { batchSchema, objectSchema } from './schemas.ts';

const BATCHES_AT_ONCE = 6;
const SINGLE_READS_AT_ONCE = 8;
const SECONDARY = 'hs_additional_emails';

function normalise(email: string): string {
  return email.trim().toLowerCase();
}

/** The id of the contact with this email, or null. By `idProperty=email`, never by search, whose index lags. @throws SyncError */
export async function findContactIdByEmail(client: HubSpotClient, email: string, spend: Spend): Promise<string | null> {
  if (email.trim() === '') return null;
  try {
    const { data } = await client.call(toCall('contacts', 'readByEmail', false, spend), () =>
      client.crm.objects.basicApi.getById(
        'contacts',
        email.trim(),
        ['hs_object_id'],
        undefined,
        undefined,
        false,
        'email',
      ),
    );
    const parsed = objectSchema.safeParse(data);
    if (!parsed.success) throw unreadableAnswer(false);
    return parsed.data.id;
  } catch (thrown) {
    if (thrown instanceof SyncError && thrown.code === 'hubspot_not_found') return null;
    throw thrown;
  }
}

/** One batch; keys: emails in lower case, secondary ones too where the answer shows them. */
async function readBatch(client: HubSpotClient, emails: readonly string[], spend: Spend): Promise<Map<string, string>> {
  const { data } = await client.call(toCall('contacts', 'readByEmails', false, spend), () =>
    client.crm.objects.batchApi.read('contacts', {
      idProperty: 'email',
      inputs: emails.map((id) => ({ id })),
      properties: ['email', SECONDARY],
      propertiesWithHistory: [],
    }),
  );
  const parsed = batchSchema.safeParse(data);
  if (!parsed.success) throw unreadableAnswer(false);
  const found = new Map<string, string>();
  for (const entry of parsed.data.results) {
    const record = objectSchema.safeParse(entry);
    if (!record.success) continue;
    const { id, properties } = record.data;
    const held = [properties.email ?? '', ...(properties[SECONDARY] ?? '').split(';')].map(normalise);
    for (const email of held) if (email !== '') found.set(email, id);
  }
  return found;
}

/**
 * A batch that is refused as a whole, because none of its emails is known (404) or one is no email for HubSpot (400), says nothing of the
 * others.
 */
async function readBatchIfPossible(
  client: HubSpotClient,
  emails: readonly string[],
  spend: Spend,
): Promise<Map<string, string>> {
  try {
    return await readBatch(client, emails, spend);
  } catch (thrown) {
    const error = toHubSpotError(thrown, client.toFaultContext({ bucket: 'hubspot', isWrite: false }));
    if (error.code === 'hubspot_not_found' || error.detail.status === 400) return new Map();
    throw error;
  }
}

/** A text that HubSpot refuses as an email is nobody's. */
async function findAlone(client: HubSpotClient, email: string, spend: Spend): Promise<string | null> {
  try {
    return await findContactIdByEmail(client, email, spend);
  } catch (thrown) {
    if (thrown instanceof SyncError && thrown.detail.status === 400) return null;
    throw thrown;
  }
}

/**
 * Finds contacts as `HubSpotPort.contactIdsByEmail` promises. Whether a batch read finds secondary emails is not established, so whatever
 * it does not find is asked for alone, which does.
 * @throws SyncError where a call failed: "not found" must never be a guess
 */
export async function findContactIdsByEmail(
  client: HubSpotClient,
  emails: readonly string[],
  spend: Spend,
): Promise<Map<string, string>> {
  const wanted = [...new Set(emails.map(normalise))].filter((email) => email !== '');
  const found = new Map<string, string>();
  await forEachLimited(toBatches(wanted), BATCHES_AT_ONCE, async (batch) => {
    for (const [email, id] of await readBatchIfPossible(client, batch, spend)) found.set(email, id);
  });
  const missing = wanted.filter((email) => !found.has(email));
  await forEachLimited(missing, SINGLE_READS_AT_ONCE, async (email) => {
    const id = await findAlone(client, email, spend);
    if (id !== null) found.set(email, id);
  });
  const entries = emails.map((email) => [email, found.get(normalise(email))] as const);
  return new Map(entries.flatMap(([email, id]) => (id === undefined ? [] : [[email, id] as const])));
}
