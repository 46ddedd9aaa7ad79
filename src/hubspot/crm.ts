import type { Clock } from '../ports/clock.ts';
import type { HubSpotPort } from '../ports/hubspot.ts';
import { unreadableAnswer } from './batches.ts';
import { createClient, type HubSpotOptions } from './client.ts';
import { readOwners } from './owners.ts';
import { createUniqueProperty, findConnector, readProperties } from './properties.ts';
import { findContactIdByEmail, readRecords } from './read.ts';
import { accountSchema } from './schemas.ts';
import { searchModified } from './search.ts';
import { updateRecords } from './update.ts';

/**
 * HubSpot as the product sees it. Every HTTP call takes its turn in the budget and has a timeout; nothing is retried here: errors say
 * what to do, and the caller owns the back-off. Make one per process.
 */
export function createHubSpot(options: HubSpotOptions & { clock?: Pick<Clock, 'now'> }): HubSpotPort {
  const client = createClient(options);
  return {
    async account(spend) {
      const call = { operation: 'account.read', bucket: 'hubspot', isWrite: false, spend } as const;
      const { data } = await client.call(call, () => client.fetchAccount());
      const parsed = accountSchema.safeParse(data);
      if (!parsed.success) throw unreadableAnswer(false);
      client.setTimeZone(parsed.data.timeZone);
      return parsed.data;
    },
    read: (type, ids, properties, spend) => readRecords(client, type, { ids, properties }, spend),
    update: (type, writes, spend) => updateRecords(client, type, writes, spend),
    searchModified: (type, window, spend) => searchModified(client, type, window, spend),
    contactIdByEmail: (email, spend) => findContactIdByEmail(client, email, spend),
    owners: (spend) => readOwners(client, spend),
    properties: (type, spend) => readProperties(client, type, spend),
    createUniqueProperty: (type, property, spend) => createUniqueProperty(client, type, property, spend),
    connectorLastSync: (spend) => findConnector(client, spend),
  };
}
