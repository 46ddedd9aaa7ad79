import { FilterOperatorEnum } from '@hubspot/api-client/lib/codegen/crm/objects/models/Filter.js';
import type { FilterGroup } from '@hubspot/api-client/lib/codegen/crm/objects/models/FilterGroup.js';
import { domainOf } from '../domain/records/domain-of.ts';
import type { Spend } from '../ports/budget.ts';
import { toCall, unreadableAnswer } from './batches.ts';
import type { HubSpotClient } from './client.ts';
import { searchSchema } from './schemas.ts';

/** A search's body has 3,000 characters at most (search guide): this many are left for values, beside all else that such a body holds. */
const charactersPerSearch = 2_400;
/** Enough for any search by value, whose length the characters bound. */
const domainsPerSearch = 100;
/** Each asks for two groups of filters, of which a search has five at most (search guide). */
const domainsPerWideSearch = 2;
/** Most records of a search page (search guide). */
const pageSize = 200;

const { In, ContainsToken } = FilterOperatorEnum;

/**
 * Companies by domain, as `HubSpotPort.companiesByDomain` promises: first those whose domain it is, and for what nobody was found those
 * that have it among their further domains or whose domain is a part of it, such as `shop.example.com`.
 * @throws SyncError where a call failed
 */
export async function findCompaniesByDomain(
  client: HubSpotClient,
  domains: readonly string[],
  spend: Spend,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const wanted = [...new Set(domains.map((domain) => domain.toLowerCase()))];
  const found = await searchAll(client, wanted, domainsPerSearch, { toGroups: byValue, spend });
  const left = wanted.filter((domain) => !found.has(domain));
  const wide = await searchAll(client, left, domainsPerWideSearch, { toGroups: byPart, spend });
  return new Map([...found, ...wide]);
}

/** IN on texts wants lower case (search guide). */
function byValue(domains: readonly string[]): FilterGroup[] {
  return [{ filters: [{ propertyName: 'domain', operator: In, values: [...domains] }] }];
}

/** Finds too much rather than too little: how HubSpot takes a domain apart is not documented, so each answer is compared again. */
function byPart(domains: readonly string[]): FilterGroup[] {
  return domains.flatMap((domain) => [
    { filters: [{ propertyName: 'hs_additional_domains', operator: ContainsToken, value: domain }] },
    { filters: [{ propertyName: 'domain', operator: ContainsToken, value: `*.${domain}` }] },
  ]);
}

type How = { toGroups(domains: readonly string[]): FilterGroup[]; spend: Spend };

async function searchAll(
  client: HubSpotClient,
  domains: readonly string[],
  most: number,
  { toGroups, spend }: How,
): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const some of inSearches(domains, most)) {
    const wanted = new Set(some);
    for (const { id, has } of await readAll(client, toGroups(some), spend)) {
      for (const domain of has) if (wanted.has(domain)) found.set(domain, [...(found.get(domain) ?? []), id]);
    }
  }
  return found;
}

/** So many that a body holds them: each value with its quotes and comma. A search by parts names each domain twice, of which two always fit. */
function inSearches(domains: readonly string[], most: number): string[][] {
  const searches: string[][] = [];
  let left = 0;
  for (const domain of domains) {
    const size = domain.length + 3;
    const last = searches.at(-1);
    if (last === undefined || last.length >= most || size > left) {
      searches.push([domain]);
      left = charactersPerSearch - size;
    } else {
      last.push(domain);
      left -= size;
    }
  }
  return searches;
}

type Found = { id: string; has: ReadonlySet<string> };

async function readAll(client: HubSpotClient, filterGroups: FilterGroup[], spend: Spend): Promise<Found[]> {
  const all: Found[] = [];
  const properties = ['domain', 'hs_additional_domains'];
  let after: string | undefined;
  do {
    const request = { filterGroups, sorts: ['hs_object_id'], properties, limit: pageSize, after };
    const { data } = await client.call(toCall('companies', 'searchDomains', false, spend, 'hubspot-search'), () =>
      client.crm.objects.searchApi.doSearch('companies', request),
    );
    const parsed = searchSchema.safeParse(data);
    if (!parsed.success) throw unreadableAnswer(false);
    for (const { id, properties: held } of parsed.data.results) all.push({ id, has: domainsOf(held) });
    after = parsed.data.paging?.next?.after;
  } while (after !== undefined);
  return all;
}

function domainsOf({ domain, hs_additional_domains: further }: Readonly<Record<string, string | null>>): Set<string> {
  return new Set([domain, ...(further ?? '').split(';')].flatMap((text) => domainOf(text) ?? []));
}
