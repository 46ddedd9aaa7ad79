import { FilterOperatorEnum } from '@hubspot/api-client/lib/codegen/crm/objects/models/Filter.js';
import type { Spend } from '../ports/budget.ts';
import { toCall, unreadableAnswer } from './batches.ts';
import type { HubSpotClient } from './client.ts';
import { searchSchema } from './schemas.ts';

/** A search's body has 3,000 characters at most (search guide): long domains leave room for this many. */
const domainsPerSearch = 40;
/** Most records of a search page (search guide). */
const pageSize = 200;

/**
 * Companies by domain, as `HubSpotPort.companiesByDomain` promises.
 * @throws SyncError where a call failed
 */
export async function findCompaniesByDomain(
  client: HubSpotClient,
  domains: readonly string[],
  spend: Spend,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  const wanted = [...new Set(domains.map((domain) => domain.toLowerCase()))];
  for (let start = 0; start < wanted.length; start += domainsPerSearch) {
    const some = wanted.slice(start, start + domainsPerSearch);
    for (const [domain, id] of await searchAll(client, some, spend)) {
      found.set(domain, [...(found.get(domain) ?? []), id]);
    }
  }
  return found;
}

async function searchAll(client: HubSpotClient, domains: readonly string[], spend: Spend): Promise<[string, string][]> {
  const all: [string, string][] = [];
  // IN on texts wants lower case (search guide).
  const filters = [{ propertyName: 'domain', operator: FilterOperatorEnum.In, values: [...domains] }];
  let after: string | undefined;
  do {
    const sorts = ['hs_object_id'];
    const request = { filterGroups: [{ filters }], sorts, properties: ['domain'], limit: pageSize, after };
    const { data } = await client.call(toCall('companies', 'searchDomains', false, spend, 'hubspot-search'), () =>
      client.crm.objects.searchApi.doSearch('companies', request),
    );
    const parsed = searchSchema.safeParse(data);
    if (!parsed.success) throw unreadableAnswer(false);
    for (const { id, properties } of parsed.data.results) all.push([(properties.domain ?? '').toLowerCase(), id]);
    after = parsed.data.paging?.next?.after;
  } while (after !== undefined);
  return all;
}
