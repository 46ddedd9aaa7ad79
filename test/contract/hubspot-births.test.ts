import nock from 'nock';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { HubSpotUpsert, HubSpotUpsertResult } from '../../src/ports/hubspot.ts';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import { openHubSpot, spend } from '../support/hubspot-adapter.ts';

const key = 'salesforce_person_id';
const baseUrl = 'https://api.hubapi.test';
const at = '2026-11-22T04:00:00.000Z';

function births(count: number): HubSpotUpsert[] {
  return Array.from({ length: count }, (_, n) => ({
    key: `00Q${String(n).padStart(12, '0')}AAA`,
    properties: { email: `born.${n}@example.com`, lastname: `Born ${n}`, lifecyclestage: 'lead' },
  }));
}

function failuresOf(results: ReadonlyMap<string, HubSpotUpsertResult>) {
  return [...results].flatMap(([id, result]) =>
    result.ok ? [] : [{ key: id, code: result.error.code, existingId: result.existingId }],
  );
}

describe('creating contacts in the local HubSpot', () => {
  let sandbox: HubSpotSandbox;
  beforeEach(async () => {
    sandbox = await startHubSpotSandbox({ rateLimitPer10s: 0, keepBodies: true });
    if (sandbox.properties.get('contacts', key) !== undefined) sandbox.properties.remove('contacts', key);
    const property = { name: key, label: 'Salesforce person id', description: 'Kept by Handoff.', unique: true };
    await open().hubspot.createTextProperty('contacts', property, spend);
  });
  afterEach(() => sandbox.close());

  function open() {
    return openHubSpot({ baseUrl: sandbox.url, accessToken: sandbox.accessToken });
  }

  it('creates 250 in three calls, and says that it did', async () => {
    const { hubspot, recorded } = open();

    const results = await hubspot.upsertRecords('contacts', key, births(250), spend);

    expect(recorded.taken).toHaveLength(3);
    expect(results.size).toBe(250);
    for (const { key: person, properties } of births(250)) {
      const result = results.get(person);
      if (result?.ok !== true) throw new Error('not created');
      expect(result.created).toBe(true);
      expect(sandbox.getContact(result.id)?.properties).toMatchObject({ ...properties, [key]: person });
    }
  });

  it('are found again by the property, 100 to a call, and nobody is where none of a call is there', async () => {
    const { hubspot, recorded } = open();
    const born = births(101);
    const created = await hubspot.upsertRecords('contacts', key, born.slice(0, 99), spend);
    recorded.taken.length = 0;

    const found = await hubspot.findByUnique(
      'contacts',
      key,
      born.map(({ key: id }) => id),
      ['lastname'],
      spend,
    );

    expect(recorded.taken).toHaveLength(2);
    expect([...found.keys()]).toEqual([...created.keys()]);
    const first = created.get(String(born[0]?.key));
    expect(found.get(String(born[0]?.key))).toMatchObject({
      id: first?.ok === true ? first.id : '',
      properties: { lastname: 'Born 0' },
    });
  });

  it('creates nobody twice: the second time it updates', async () => {
    const { hubspot } = open();
    const first = await hubspot.upsertRecords('contacts', key, births(3), spend);

    const second = await hubspot.upsertRecords('contacts', key, births(3), spend);

    expect(sandbox.contactCount()).toBe(3);
    const seen = (results: typeof first) =>
      [...results.values()].map((result) => result.ok && [result.id, result.created]);
    expect(seen(second)).toEqual(seen(first).map((each) => each && [each[0], false]));
  });

  it('creates nobody twice after an answer that was lost', async () => {
    sandbox.faults.add({ kind: 'cut-after', match: /batch\/upsert/ });
    const { hubspot } = open();

    const lost = await hubspot.upsertRecords('contacts', key, births(3), spend);
    sandbox.faults.clear();
    const results = await hubspot.upsertRecords('contacts', key, births(3), spend);

    for (const result of lost.values()) {
      expect(result).toMatchObject({ ok: false, error: { kind: 'retryable', detail: { mayHaveHappened: true } } });
    }
    expect([...results.values()].every((result) => result.ok)).toBe(true);
    expect(sandbox.contactCount()).toBe(3);
  });

  it('creates 98 of 100 where two emails belong to others, a secondary one too, and names those contacts', async () => {
    const [first = '', second = '', third = ''] = sandbox.seedContacts([
      { email: 'born.17@example.com' },
      { email: 'main@example.com' },
      { email: 'born.64@example.com' },
    ]);
    const survivor = sandbox.mergeContacts(second, third);
    const { hubspot } = open();

    const results = await hubspot.upsertRecords('contacts', key, births(100), spend);

    expect(failuresOf(results)).toEqual([
      { key: births(100)[17]?.key, code: 'hubspot_duplicate_value', existingId: first },
      { key: births(100)[64]?.key, code: 'hubspot_duplicate_value', existingId: survivor },
    ]);
    expect(sandbox.contactCount()).toBe(2 + 98);
  });

  it('fails only the record whose value HubSpot refuses', async () => {
    const [first, ...others] = births(5);
    if (first === undefined) throw new Error('no birth');
    const bad = { ...first, properties: { ...first.properties, lifecyclestage: 'no such stage' } };

    const results = await open().hubspot.upsertRecords('contacts', key, [bad, ...others], spend);

    expect(failuresOf(results)).toEqual([{ key: first.key, code: 'hubspot_invalid_value', existingId: null }]);
    expect(sandbox.contactCount()).toBe(4);
  });
});

describe('odd answers to creating contacts', () => {
  beforeAll(() => nock.disableNetConnect());
  afterEach(() => nock.cleanAll());
  afterAll(() => {
    nock.enableNetConnect();
    nock.restore();
  });

  const input = z.object({
    id: z.string(),
    idProperty: z.string(),
    objectWriteTraceId: z.string(),
    properties: z.record(z.string(), z.string()),
  });
  const body = z.object({ inputs: z.array(input) });
  type Input = z.infer<typeof input>;

  function answerUpserts(answer: (inputs: Input[]) => [number, unknown]): Input[][] {
    const calls: Input[][] = [];
    nock(baseUrl)
      .persist()
      .post('/crm/v3/objects/contacts/batch/upsert')
      .reply(async (request: Request): Promise<[number, nock.Body, Record<string, string>]> => {
        const { inputs } = body.parse(await request.json());
        calls.push(inputs);
        const [status, content] = answer(inputs);
        return [status, content as nock.Body, { 'content-type': 'application/json' }];
      });
    return calls;
  }

  const created = ({ id, properties }: Input, n: number) => ({
    id: String(n + 1),
    properties,
    createdAt: at,
    updatedAt: at,
    archived: false,
    new: true,
    objectWriteTraceId: id,
  });
  const answerOf = (results: unknown[], errors: unknown[] = []) => ({
    status: 'COMPLETE',
    results,
    errors,
    startedAt: at,
    completedAt: at,
  });

  it('sends the key as a value too, and as trace id', async () => {
    const calls = answerUpserts((inputs) => [200, answerOf(inputs.map(created))]);

    await openHubSpot({ baseUrl }).hubspot.upsertRecords('contacts', key, births(1), spend);

    const [birth] = births(1);
    expect(calls).toEqual([
      [
        {
          id: birth?.key,
          idProperty: key,
          objectWriteTraceId: birth?.key,
          properties: { ...birth?.properties, [key]: birth?.key },
        },
      ],
    ]);
  });

  it('gives each record of a 207 its own result, in whatever order they come', async () => {
    answerUpserts((inputs) => {
      const [taken, ...rest] = inputs;
      const conflict = {
        status: 'error',
        category: 'CONFLICT',
        message: 'Contact already exists. Existing ID: 4711',
        context: { objectWriteTraceId: [taken?.id] },
      };
      return [207, answerOf(rest.map(created).reverse(), [conflict])];
    });

    const results = await openHubSpot({ baseUrl }).hubspot.upsertRecords('contacts', key, births(4), spend);

    expect(failuresOf(results)).toEqual([
      { key: births(1)[0]?.key, code: 'hubspot_duplicate_value', existingId: '4711' },
    ]);
    expect(results.get(births(4)[3]?.key ?? '')).toMatchObject({ ok: true, created: true, id: '3' });
  });

  it('bisects a 409 that names the other contact, until the culprit is alone', async () => {
    const culprit = births(100)[42]?.key;
    const calls = answerUpserts((inputs) =>
      inputs.some(({ id }) => id === culprit)
        ? [409, { status: 'error', category: 'CONFLICT', message: 'Contact already exists. Existing ID: 99' }]
        : [200, answerOf(inputs.map(created))],
    );

    const results = await openHubSpot({ baseUrl }).hubspot.upsertRecords('contacts', key, births(100), spend);

    expect(failuresOf(results)).toEqual([{ key: culprit, code: 'hubspot_duplicate_value', existingId: '99' }]);
    expect(calls.length).toBeLessThanOrEqual(15);
  });

  it('asks once where the unique property does not exist, and tells every record so', async () => {
    const unknown = { code: 'PROPERTY_DOESNT_EXIST', message: 'x', context: { propertyName: [key] } };
    const calls = answerUpserts(() => [
      400,
      { status: 'error', category: 'VALIDATION_ERROR', message: 'x', errors: [unknown] },
    ]);

    const results = await openHubSpot({ baseUrl }).hubspot.upsertRecords('contacts', key, births(100), spend);

    expect(calls).toHaveLength(1);
    expect(new Set(failuresOf(results).map(({ code }) => code))).toEqual(new Set(['hubspot_unknown_property']));
    expect(results.size).toBe(100);
  });

  it('says of a record that the answer leaves out that nothing is known of it', async () => {
    answerUpserts((inputs) => [200, answerOf(inputs.slice(1).map(created))]);

    const results = await openHubSpot({ baseUrl }).hubspot.upsertRecords('contacts', key, births(2), spend);

    expect(failuresOf(results)).toEqual([
      { key: births(1)[0]?.key, code: 'record_missing_in_answer', existingId: null },
    ]);
  });
});
