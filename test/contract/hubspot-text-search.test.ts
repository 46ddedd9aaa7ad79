import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import { openHubSpot, spend } from '../support/hubspot-adapter.ts';

let sandbox: HubSpotSandbox;
beforeAll(async () => {
  sandbox = await startHubSpotSandbox({ rateLimitPer10s: 0, searchPerSecond: 0 });
});
afterAll(() => sandbox.close());

function open(apiPaths: 'v3' | '2026-03' = 'v3') {
  return openHubSpot({ baseUrl: sandbox.url, accessToken: sandbox.accessToken, apiPaths });
}

describe.each(['v3', '2026-03'] as const)('the HubSpot adapter finds by text, paths %s', (apiPaths) => {
  it('answers a page, how many match, and where the next page begins, in one search call', async () => {
    const mark = `paged${apiPaths.slice(0, 2)}`;
    const ids = sandbox.seedContacts(Array.from({ length: 5 }, (_, n) => ({ email: `${mark}${n}@x.example` })));
    const { hubspot, recorded } = open(apiPaths);
    const question = { text: mark, properties: ['email'], limit: 3 };

    const first = await hubspot.searchText('contacts', { ...question, after: 0 }, spend);
    const second = await hubspot.searchText('contacts', { ...question, after: first.next ?? -1 }, spend);

    expect(first).toMatchObject({ total: 5, next: 3 });
    expect(second).toMatchObject({ total: 5, next: null });
    expect([...first.records, ...second.records].map(({ id }) => id)).toEqual(ids);
    expect(first.records[0]?.properties.email).toBe(`${mark}0@x.example`);
    expect(recorded.taken.map(({ bucket }) => bucket)).toEqual(['hubspot-search', 'hubspot-search']);
  });

  it('reads one record by its id, by the id of one that was merged into it, and by any of its emails, in one call each', async () => {
    const email = `one-${apiPaths}@x.example`;
    const [id = '', merged = ''] = sandbox.seedContacts([{ email }, { email: `two-${apiPaths}@x.example` }]);
    const survivor = sandbox.mergeContacts(id, merged);
    const { hubspot, recorded } = open(apiPaths);
    const read = async (by: 'id' | 'email', wanted: string) =>
      (await hubspot.readAlone('contacts', { id: wanted, by, properties: ['email'] }, spend))?.id ?? null;

    expect(await read('id', survivor)).toBe(survivor);
    expect(await read('id', merged)).toBe(survivor);
    expect(await read('email', `two-${apiPaths}@x.example`)).toBe(survivor);
    expect(await read('id', '999')).toBeNull();
    expect(await read('email', 'nobody@x.example')).toBeNull();
    expect(recorded.taken).toHaveLength(5);
  });
});

describe('the HubSpot adapter and searches without end', () => {
  it('asks for no result beyond the 10,000th', async () => {
    const text = 'crowd';
    sandbox.seedContacts(Array.from({ length: 10_050 }, (_, n) => ({ email: `c${n}@x.example`, company: text })));
    const { hubspot, recorded } = open();
    const ask = async (after: number) =>
      await hubspot.searchText('contacts', { text, properties: ['email'], limit: 100, after }, spend);

    const last = await ask(9_950);

    expect(last).toMatchObject({ total: 10_050, next: null });
    expect(last.records).toHaveLength(50);
    expect(await ask(10_000)).toMatchObject({ records: [], next: null });
    expect(recorded.taken).toHaveLength(1);
  });
});
