import type { Clock } from '../ports/clock.ts';
import type { HubSpotPort } from '../ports/hubspot.ts';
import { archiveRecords } from './archive.ts';
import { associate } from './associate.ts';
import { createAssociationLabels } from './association-labels.ts';
import { readAssociations } from './associations.ts';
import { unreadableAnswer } from './batches.ts';
import { createClient, type HubSpotOptions } from './client.ts';
import { findCompaniesByDomain } from './company-search.ts';
import { findContactIdByEmail, findContactIdsByEmail } from './emails.ts';
import { findByUnique } from './find-by-unique.ts';
import { readHistories } from './histories.ts';
import { createLists } from './lists.ts';
import { readOwners } from './owners.ts';
import { accountDetailsPath } from './paths.ts';
import { toPeopleUrl } from './people-url.ts';
import { readDealPipelines } from './pipelines.ts';
import { createTextProperty, findConnector, readProperties } from './properties.ts';
import { readRecords } from './read.ts';
import { accountSchema } from './schemas.ts';
import { readTokenScopes } from './scopes.ts';
import { searchModified } from './search.ts';
import { readAlone, searchText } from './text-search.ts';
import { updateRecords } from './update.ts';
import { upsertRecords } from './upsert.ts';
import { readUsage } from './usage.ts';
import { walkRecords } from './walk.ts';

/**
 * HubSpot as the product sees it. Every HTTP call takes its turn in the budget and has a timeout; nothing is retried here: errors say
 * what to do, and the caller owns the back-off. Make one per process.
 */
export function createHubSpot(options: HubSpotOptions & { clock?: Pick<Clock, 'now'> }): HubSpotPort {
  const client = createClient(options);
  const labels = createAssociationLabels(client);
  const lists = createLists(client);
  return {
    async account(spend) {
      const call = { operation: 'account.read', bucket: 'hubspot', isWrite: false, spend } as const;
      const { data } = await client.call(call, () => client.fetchJson(accountDetailsPath));
      const parsed = accountSchema.safeParse(data);
      if (!parsed.success) throw unreadableAnswer(false);
      client.setTimeZone(parsed.data.timeZone);
      const { portalId, timeZone, companyCurrency: homeCurrency, uiDomain } = parsed.data;
      return { portalId, timeZone, homeCurrency, url: toPeopleUrl(options.baseUrl, uiDomain) };
    },
    read: (type, ids, properties, spend) => readRecords(client, type, { ids, properties }, spend),
    update: (type, writes, spend) => updateRecords(client, type, writes, spend),
    searchModified: (type, window, spend) => searchModified(client, type, window, spend),
    searchText: (type, question, spend) => searchText(client, type, question, spend),
    readAlone: (type, wanted, spend) => readAlone(client, type, wanted, spend),
    walk: (type, question, spend) => walkRecords(client, type, question, spend),
    listMembers: (listId, after, spend) => lists.members(listId, after, spend),
    usage: (spend) => readUsage(client, spend),
    readHistories: (type, ids, properties, spend) => readHistories(client, type, { ids, properties }, spend),
    upsertRecords: (type, uniqueProperty, upserts, spend) =>
      upsertRecords(client, type, { uniqueProperty, upserts }, spend),
    findByUnique: (type, property, values, properties, spend) =>
      findByUnique(client, type, { property, values, properties }, spend),
    archiveRecords: (type, ids, spend) => archiveRecords(client, type, ids, spend),
    associations: (from, ids, to, spend) => readAssociations(client, { from, to }, ids, spend),
    associate: (writes, spend) => associate({ client, labels, spend }, writes),
    associationLabels: async (from, to, spend) => [...(await labels.read({ from, to }, spend)).keys()],
    dealPipelines: (spend) => readDealPipelines(client, spend),
    companiesByDomain: (domains, spend) => findCompaniesByDomain(client, domains, spend),
    contactIdByEmail: (email, spend) => findContactIdByEmail(client, email, spend),
    contactIdsByEmail: (emails, spend) => findContactIdsByEmail(client, emails, spend),
    owners: (spend) => readOwners(client, spend),
    properties: (type, spend) => readProperties(client, type, spend),
    createTextProperty: (type, property, spend) => createTextProperty(client, type, property, spend),
    tokenScopes: (spend) => readTokenScopes(client, options, spend),
    connectorLastSync: (spend) => findConnector(client, spend),
  };
}
