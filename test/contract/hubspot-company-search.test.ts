import { afterAll, beforeAll, expect, it } from 'vitest';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import { openHubSpot, spend } from '../support/hubspot-adapter.ts';

let sandbox: HubSpotSandbox;
beforeAll(async () => {
  sandbox = await startHubSpotSandbox({ rateLimitPer10s: 0, searchPerSecond: 0 });
});
afterAll(() => sandbox.close());

async function find(domains: readonly string[]) {
  const { hubspot, recorded } = openHubSpot({ baseUrl: sandbox.url, accessToken: sandbox.accessToken });
  const found = await hubspot.companiesByDomain(domains, spend);
  return { found: Object.fromEntries(found), searches: recorded.taken.length };
}

it('finds all companies of a domain in one search', async () => {
  const first = sandbox.createCompany({ domain: 'Twice.example' });
  const second = sandbox.createCompany({ domain: 'twice.example' });
  const other = sandbox.createCompany({ domain: 'once.example' });

  expect(await find(['twice.example', 'once.example'])).toEqual({
    found: { 'twice.example': [first, second], 'once.example': [other] },
    searches: 1,
  });
});

it.each([
  ['among the further domains', { domain: 'a.example', hs_additional_domains: 'b.example;further.example' }, true],
  ['below which its domain is', { domain: 'shop.further.example' }, true],
  ['with parts of the words', { domain: 'c.example', hs_additional_domains: 'further.test;d.example' }, false],
  ['whose end alone is the same', { domain: 'x.notfurther.example' }, false],
])('a company %s is found: %s %s', async (_, properties, isFound) => {
  const id = sandbox.createCompany(properties);

  const { found } = await find(['further.example']);

  expect(found['further.example'] ?? []).toEqual(isFound ? [id] : []);
  sandbox.deleteCompany(id);
});

it('keeps its searches within the length that HubSpot takes, however long the domains are', async () => {
  const domains = Array.from({ length: 60 }, (_, n) => `${String(n).padStart(3, '0')}${'long'.repeat(14)}.example`);
  const ids = domains.map((domain) => sandbox.createCompany({ domain }));
  const longest = `${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.example`;

  const { found } = await find(domains);

  expect(domains.map((domain) => found[domain])).toEqual(ids.map((id) => [id]));
  expect((await find([longest, longest.replaceAll('a', 'e')])).found).toEqual({});
});
