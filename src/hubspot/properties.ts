import {
  PropertyCreateFieldTypeEnum,
  PropertyCreateTypeEnum,
} from '@hubspot/api-client/lib/codegen/crm/properties/models/PropertyCreate.js';
import type { z } from 'zod';
import { SyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { HubSpotProperty, HubSpotType } from '../ports/hubspot.ts';
import { toCall, unreadableAnswer } from './batches.ts';
import type { HubSpotClient } from './client.ts';
import { propertiesSchema, propertySchema } from './schemas.ts';
import { findNewestContactDate } from './search.ts';

/** The group that every portal has, per object. */
const GROUPS: Readonly<Record<HubSpotType, string>> = {
  contacts: 'contactinformation',
  companies: 'companyinformation',
  deals: 'dealinformation',
};

/** Contact properties that HubSpot's own Salesforce connector brings along (seen in many portals). */
const CONNECTOR_PROPERTIES: readonly string[] = ['salesforceleadid', 'salesforcecontactid', 'salesforcelastsynctime'];
const CONNECTOR_TIME = 'salesforcelastsynctime';

function toProperty(answer: z.infer<typeof propertySchema>): HubSpotProperty {
  const { name, label, type, fieldType, options, hasUniqueValue } = answer;
  const readOnly = answer.calculated || answer.modificationMetadata?.readOnlyValue === true;
  return { name, label, type, fieldType, options, hasUniqueValue, readOnly };
}

/** All properties of an object that the token may see. @throws SyncError */
export async function readProperties(
  client: HubSpotClient,
  type: HubSpotType,
  spend: Spend,
): Promise<HubSpotProperty[]> {
  const { data } = await client.call(toCall(type, 'properties', false, spend), () =>
    client.crm.properties.coreApi.getAll(type),
  );
  const parsed = propertiesSchema.safeParse(data);
  if (!parsed.success) throw unreadableAnswer(false);
  return parsed.data.results.map(toProperty);
}

async function findProperty(
  client: HubSpotClient,
  type: HubSpotType,
  name: string,
  spend: Spend,
): Promise<HubSpotProperty | undefined> {
  try {
    const { data } = await client.call(toCall(type, 'property', false, spend), () =>
      client.crm.properties.coreApi.getByName(type, name),
    );
    const parsed = propertySchema.safeParse(data);
    if (!parsed.success) throw unreadableAnswer(false);
    return toProperty(parsed.data);
  } catch (thrown) {
    if (thrown instanceof SyncError && thrown.code === 'hubspot_not_found') return undefined;
    throw thrown;
  }
}

/** The property exists but is not what the sync needs: uniqueness cannot be switched on later, nor a type be changed safely. */
function requireText({ name, type, readOnly, hasUniqueValue }: HubSpotProperty, unique: boolean): void {
  const advice =
    'HubSpot cannot change this later. Keep its values elsewhere if you need them, delete the property, and run setup again.';
  const isText = type === 'string' && !readOnly;
  if (isText && (hasUniqueValue || !unique)) return;
  if (!unique) {
    throw new SyncError(
      'needs-human',
      'hubspot_property_not_text',
      'A property that Handoff needs exists in HubSpot, but not as a text property that can be written.',
      { fields: [name], advice },
    );
  }
  throw new SyncError(
    'needs-human',
    'hubspot_property_not_unique',
    'A property that Handoff needs exists in HubSpot, but not as a text property with unique values.',
    { fields: [name], advice },
  );
}

/** Creates a text property; nothing where it exists as asked. Values that are unique by chance do no harm. @throws SyncError */
export async function createTextProperty(
  client: HubSpotClient,
  type: HubSpotType,
  wanted: { name: string; label: string; description: string; unique: boolean },
  spend: Spend,
): Promise<void> {
  const { unique, ...property } = wanted;
  const existing = await findProperty(client, type, property.name, spend);
  if (existing !== undefined) return requireText(existing, unique);
  try {
    await client.call(toCall(type, 'createProperty', true, spend), () =>
      client.crm.properties.coreApi.create(type, {
        ...property,
        type: PropertyCreateTypeEnum.String,
        fieldType: PropertyCreateFieldTypeEnum.Text,
        groupName: GROUPS[type],
        hasUniqueValue: unique,
      }),
    );
  } catch (thrown) {
    // Someone else may have created it in between, or our own answer was lost: look before giving up.
    const isUnclear = thrown instanceof SyncError && (thrown.detail.status === 409 || thrown.detail.mayHaveHappened);
    const created = isUnclear ? await findProperty(client, type, property.name, spend) : undefined;
    if (created === undefined) throw thrown;
    requireText(created, unique);
  }
}

/** Signs of HubSpot's own Salesforce connector, as `HubSpotPort.connectorLastSync` promises. @throws SyncError */
export async function findConnector(
  client: HubSpotClient,
  spend: Spend,
): Promise<{ installed: boolean; lastSyncMs: number | null }> {
  const properties = await readProperties(client, 'contacts', spend);
  const names = properties.map(({ name }) => name).filter((name) => CONNECTOR_PROPERTIES.includes(name));
  if (!names.includes(CONNECTOR_TIME)) return { installed: names.length > 0, lastSyncMs: null };
  return { installed: true, lastSyncMs: await findNewestContactDate(client, CONNECTOR_TIME, spend) };
}
