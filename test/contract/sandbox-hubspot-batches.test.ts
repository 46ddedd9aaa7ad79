import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import { callChecked, catchApiError, createSdk } from './sandbox-hubspot-support.ts';

let sandbox: HubSpotSandbox;
let sdk: ReturnType<typeof createSdk>;

beforeEach(async () => {
  sandbox = await startHubSpotSandbox();
  sdk = createSdk(sandbox);
});
afterEach(() => sandbox.close());

function seed(count: number): string[] {
  return sandbox.seedContacts(Array.from({ length: count }, (_, index) => ({ email: `p${index}@x.example` })));
}

function read(
  ids: readonly string[],
  more: { properties?: string[]; propertiesWithHistory?: string[]; idProperty?: string } = {},
) {
  const input = { properties: ['email'], propertiesWithHistory: [], ...more, inputs: ids.map((id) => ({ id })) };
  return sdk.crm.contacts.batchApi.read(input);
}

function update(
  inputs: { id: string; properties: Record<string, string>; objectWriteTraceId?: string; idProperty?: string }[],
) {
  return sdk.crm.contacts.batchApi.update({ inputs });
}

type Answer = { results: { id: string; objectWriteTraceId?: string }[] };

function idsOf(answer: Answer): string[] {
  return answer.results.map((result) => result.id).toSorted();
}

describe('batch read (contacts guide, using-object-apis page)', () => {
  it('answers each record once, in an order of its own', async () => {
    const ids = seed(100);

    const { answer, status } = await callChecked('contacts', 'BatchResponseSimplePublicObject', () =>
      read([...ids.slice(0, 99), ids[0] ?? '']),
    );

    expect(status).toBe(200);
    expect(idsOf(answer)).toEqual(ids.slice(0, 99));
    expect(answer.results[0]?.id).not.toBe(ids[0]);
  });

  it('refuses more than 100, and more than 50 when history is asked', async () => {
    const ids = seed(101);

    expect((await catchApiError(read(ids))).body.message).toContain('is 100');
    const error = await catchApiError(read(ids.slice(0, 51), { propertiesWithHistory: ['email'] }));
    expect(error.body.message).toContain('property histories is 50');
    const { results } = await read(ids.slice(0, 50), { propertiesWithHistory: ['email'] });
    expect(results).toHaveLength(50);
  });

  it('answers what is missing in one error of a 207, which counts one', async () => {
    const [kept = '', gone = ''] = seed(2);
    sandbox.deleteContact(gone);

    const { answer, status } = await callChecked('contacts', 'BatchResponseSimplePublicObjectWithErrors', () =>
      read([kept, gone, '1']),
    );

    expect(status).toBe(207);
    expect(idsOf(answer)).toEqual([kept]);
    expect(answer).toMatchObject({
      numErrors: 1,
      errors: [{ category: 'OBJECT_NOT_FOUND', context: { ids: [gone, '1'] } }],
    });
  });

  it('reads by email and by a unique property, and refuses another idProperty', async () => {
    sandbox.properties.define('contacts', { name: 'salesforce_person_id', hasUniqueValue: true });
    const id = sandbox.createContact({ email: 'a@x.example', salesforce_person_id: '00Q1' });

    expect(idsOf(await read(['A@x.example'], { idProperty: 'email' }))).toEqual([id]);
    expect(idsOf(await read(['00Q1'], { idProperty: 'salesforce_person_id' }))).toEqual([id]);
    expect((await catchApiError(read(['Bath'], { idProperty: 'city' }))).code).toBe(400);
  });

  it.each([
    { mergedInBatchRead: 'survivor', found: 1 },
    { mergedInBatchRead: 'omitted', found: 0 },
  ] as const)(
    'answers a merged-away id as $mergedInBatchRead, without an error',
    async ({ mergedInBatchRead, found }) => {
      sandbox.configure({ mergedInBatchRead });
      const [primary = '', other = ''] = seed(2);
      const survivor = sandbox.mergeContacts(primary, other);

      const answer = await read([other]);

      expect(answer).not.toHaveProperty('errors');
      expect(idsOf(answer)).toEqual([survivor].slice(0, found));
    },
  );
});

describe('batch update (error-handling page, using-object-apis page)', () => {
  it('updates 100 records and refuses 101', async () => {
    const ids = seed(101);
    const inputs = ids.map((id) => ({ id, properties: { city: 'Ely' } }));

    const { answer } = await callChecked('contacts', 'BatchResponseSimplePublicObject', () =>
      update(inputs.slice(0, 100)),
    );

    expect(answer.results).toHaveLength(100);
    expect(sandbox.contacts().filter((contact) => contact.properties.city === 'Ely')).toHaveLength(100);
    expect((await catchApiError(update(inputs))).code).toBe(400);
  });

  it('fails as a whole with 400 on one bad value when inputs carry no trace id', async () => {
    const [good = '', bad = ''] = seed(2);

    const error = await catchApiError(
      update([
        { id: good, properties: { city: 'Ely' } },
        { id: bad, properties: { lifecyclestage: 'SQL' } },
      ]),
    );

    expect(error.code).toBe(400);
    expect(sandbox.getContact(good)?.properties.city).toBeUndefined();
  });

  it('answers the bad input alone in a 207 when inputs carry trace ids', async () => {
    const [good = '', bad = ''] = seed(2);

    const { answer, status } = await callChecked('contacts', 'BatchResponseSimplePublicObjectWithErrors', () =>
      update([
        { id: good, properties: { city: 'Ely' }, objectWriteTraceId: 't1' },
        { id: bad, properties: { lifecyclestage: 'SQL' }, objectWriteTraceId: 't2' },
      ]),
    );

    expect(status).toBe(207);
    expect(answer.results.map((result) => [result.id, result.objectWriteTraceId])).toEqual([[good, 't1']]);
    expect(answer).toMatchObject({
      errors: [
        { category: 'VALIDATION_ERROR', context: { objectWriteTraceId: ['t2'] }, errors: [{ code: 'INVALID_OPTION' }] },
      ],
    });
  });

  it('leaves out merged-away ids without a word, and reports unknown ones', async () => {
    const [primary = '', other = '', kept = ''] = seed(3);
    sandbox.mergeContacts(primary, other);

    const answer = await update(
      [primary, kept, '1'].map((id, index) => ({ id, properties: { city: 'Ely' }, objectWriteTraceId: `t${index}` })),
    );

    expect(idsOf(answer)).toEqual([kept]);
    expect(answer).toMatchObject({
      numErrors: 1,
      errors: [{ category: 'OBJECT_NOT_FOUND', context: { ids: ['1'], objectWriteTraceId: ['t2'] } }],
    });
  });

  it('answers 409 for all of them when one email is taken, trace ids or not', async () => {
    const [one = '', two = ''] = seed(2);

    const error = await catchApiError(
      update([
        { id: one, properties: { city: 'Ely' }, objectWriteTraceId: 't1' },
        { id: two, properties: { email: 'p0@x.example' }, objectWriteTraceId: 't2' },
      ]),
    );

    expect(error).toMatchObject({ code: 409, body: { category: 'CONFLICT' } });
    expect(error.body.message).toMatch(new RegExp(`Existing ID: ${one}$`));
    expect(sandbox.getContact(one)?.properties.city).toBeUndefined();
  });

  it.each([
    { uniqueConflict: 'conflict', status: 409, category: 'CONFLICT' },
    { uniqueConflict: 'validation', status: 400, category: 'VALIDATION_ERROR' },
  ] as const)(
    'answers a taken unique value with $status where the portal does so',
    async ({ uniqueConflict, status, category }) => {
      sandbox.configure({ uniqueConflict });
      sandbox.properties.define('contacts', { name: 'salesforce_person_id', hasUniqueValue: true });
      sandbox.createContact({ email: 'a@x.example', salesforce_person_id: '00Q1' });
      const other = sandbox.createContact({ email: 'b@x.example' });

      const error = await catchApiError(update([{ id: other, properties: { salesforce_person_id: '00Q1' } }]));

      expect(error).toMatchObject({ code: status, body: { category } });
    },
  );

  it('promises no order for two inputs of one record: here the later one comes first', async () => {
    const [id = ''] = seed(1);

    await update([
      { id, properties: { city: 'Bath' } },
      { id, properties: { city: 'Ely' } },
    ]);

    expect(sandbox.getContact(id)?.properties.city).toBe('Bath');
  });

  it('does not work by email', async () => {
    seed(1);

    const error = await catchApiError(
      update([{ id: 'p0@x.example', idProperty: 'email', properties: { city: 'Ely' } }]),
    );

    expect(error.body.message).toContain('non-unique 0-1 property');
  });
});

describe('batch create, upsert and archive (contacts guide)', () => {
  it('creates with 201, and refuses all of them when one email is taken', async () => {
    const inputs = ['a@x.example', 'b@x.example'].map((email) => ({ properties: { email }, associations: [] }));

    const { status } = await callChecked('contacts', 'BatchResponseSimplePublicObject', () =>
      sdk.crm.contacts.batchApi.create({ inputs }),
    );
    const error = await catchApiError(
      sdk.crm.contacts.batchApi.create({
        inputs: [{ properties: { email: 'c@x.example' }, associations: [] }, ...inputs],
      }),
    );

    expect(status).toBe(201);
    expect(error.code).toBe(409);
    expect(sandbox.contactCount()).toBe(2);
  });

  it('refuses two creates of one email in one batch', async () => {
    const input = { properties: { email: 'a@x.example' }, associations: [] };

    expect((await catchApiError(sdk.crm.contacts.batchApi.create({ inputs: [input, input] }))).code).toBe(409);
  });

  it('upserts by a unique property and tells which records are new', async () => {
    sandbox.properties.define('companies', { name: 'salesforce_account_id', hasUniqueValue: true });
    const upsert = (names: string[]) => {
      const inputs = names.map((id) => ({ id, idProperty: 'salesforce_account_id', properties: { name: id } }));
      return sdk.crm.companies.batchApi.upsert({ inputs });
    };
    await upsert(['001A']);

    const { answer } = await callChecked('contacts', 'BatchResponseSimplePublicUpsertObject', () =>
      upsert(['001A', '001B']),
    );

    const flags = answer.results.map((result) => [result.properties.name, result._new]).toSorted();
    expect(flags).toEqual([
      ['001A', false],
      ['001B', true],
    ]);
  });

  it('refuses to upsert by a property that is not unique', async () => {
    const inputs = [{ id: 'Bath', idProperty: 'city', properties: {} }];

    expect((await catchApiError(sdk.crm.contacts.batchApi.upsert({ inputs }))).code).toBe(400);
  });

  it('archives many at once', async () => {
    const ids = seed(3);

    await sdk.crm.contacts.batchApi.archive({ inputs: ids.slice(0, 2).map((id) => ({ id })) });

    expect(
      sandbox
        .contacts()
        .filter((contact) => contact.archived)
        .map(({ id }) => id),
    ).toEqual(ids.slice(0, 2));
  });
});
