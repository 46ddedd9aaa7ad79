import nock from 'nock';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { AssociationWrite } from '../../src/ports/hubspot.ts';
import { openHubSpot, spend } from '../support/hubspot-adapter.ts';

const baseUrl = 'https://api.hubapi.test';
const at = '2026-11-22T04:00:00.000Z';
const body = z.object({
  inputs: z.array(z.object({ id: z.string().optional(), after: z.string().optional() }).loose()),
});

type Inputs = z.infer<typeof body>['inputs'];

beforeAll(() => nock.disableNetConnect());
afterEach(() => nock.cleanAll());
afterAll(() => {
  nock.enableNetConnect();
  nock.restore();
});

function answer(
  action: 'read' | 'create',
  reply: (inputs: Inputs, call: number) => [number, unknown],
  from = 'deals',
): Inputs[] {
  const calls: Inputs[] = [];
  nock(baseUrl)
    .persist()
    .post(`/crm/v4/associations/${from}/contacts/batch/${action}`)
    .reply(async (request: Request): Promise<[number, nock.Body, Record<string, string>]> => {
      const { inputs } = body.parse(await request.json());
      calls.push(inputs);
      const [status, content] = reply(inputs, calls.length);
      return [status, content as nock.Body, { 'content-type': 'application/json' }];
    });
  return calls;
}

const batch = (results: unknown[], errors?: unknown[]) => ({
  status: 'COMPLETE',
  results,
  startedAt: at,
  completedAt: at,
  ...(errors === undefined ? {} : { numErrors: 1, errors }),
});
const unlabelled = { category: 'HUBSPOT_DEFINED', typeId: 3, label: null };
const entry = (id: string, ends: readonly (string | number)[], after?: string) => ({
  from: { id },
  to: ends.map((toObjectId) => ({ toObjectId, associationTypes: [unlabelled] })),
  ...(after === undefined ? {} : { paging: { next: { after } } }),
});
const none = (...ids: string[]) => ({
  status: 'error',
  category: 'OBJECT_NOT_FOUND',
  subCategory: 'crm.associations.NO_ASSOCIATIONS_FOUND',
  message: 'No contact is associated.',
  context: { fromObjectId: ids },
});

async function read(ids: readonly string[]) {
  return await openHubSpot({ baseUrl }).hubspot.associations('deals', ids, 'contacts', spend);
}

describe('odd answers to reading associations', () => {
  it('found ones, none and errors of one 207 each go to their own record', async () => {
    const calls = answer('read', () => [
      207,
      batch(
        [entry('1', [7001, '7002', 7001])],
        [none('2', '3'), { category: 'VALIDATION_ERROR', message: 'x', context: { fromObjectId: ['4'] } }],
      ),
    ]);

    const answers = await read(['1', '2', '3', '4']);

    expect(answers.get('1')).toMatchObject([{ toId: '7001' }, { toId: '7002' }]);
    expect(answers.get('2')).toEqual([]);
    expect(answers.get('3')).toEqual([]);
    expect(answers.get('4')).toMatchObject({ code: 'hubspot_invalid_value' });
    expect(calls).toHaveLength(1);
  });

  it('a record that is left out without a word is asked for once more, and only then has none', async () => {
    const calls = answer('read', (inputs, call) => [
      200,
      batch(call === 1 ? [entry('1', [7001])] : inputs.some(({ id }) => id === '2') ? [entry('2', [7002])] : []),
    ]);

    const answers = await read(['1', '2', '3']);

    expect(calls.map((inputs) => inputs.map(({ id }) => id))).toEqual([
      ['1', '2', '3'],
      ['2', '3'],
    ]);
    expect(answers.get('2')).toMatchObject([{ toId: '7002' }]);
    expect(answers.get('3')).toEqual([]);
  });

  it('an error that names nobody is that of all who were left out: "none" would take roles away', async () => {
    answer('read', () => [207, batch([entry('1', [7001])], [{ category: 'RATE_LIMITS', message: 'x' }])]);

    const answers = await read(['1', '2']);

    expect(answers.get('1')).toMatchObject([{ toId: '7001' }]);
    expect(answers.get('2')).toMatchObject({ code: 'hubspot_rate_limit' });
  });

  it('an id that came as a number too large to be exact makes the answer unreadable, never another record', async () => {
    answer('read', () => [200, batch([entry('1', [2 ** 53 + 2])])]);
    expect((await read(['1'])).get('1')).toMatchObject({ kind: 'retryable', code: 'hubspot_unreadable_answer' });
  });

  it('an id of twenty digits as a text is what it is', async () => {
    answer('read', () => [200, batch([entry('1', ['12345678901234567890'])])]);
    expect((await read(['1'])).get('1')).toMatchObject([{ toId: '12345678901234567890' }]);
  });

  it('pages go on with the record’s own cursor; a page that repeats its cursor ends with an error', async () => {
    const calls = answer('read', (inputs) => [
      200,
      batch(
        inputs.map(({ id = '', after }) => {
          if (id === '2') return entry('2', [8001], 'same');
          return after === undefined ? entry('1', [7001], 'next') : entry('1', [7002]);
        }),
      ),
    ]);

    const answers = await read(['1', '2']);

    expect(calls[1]).toEqual([
      { id: '1', after: 'next' },
      { id: '2', after: 'same' },
    ]);
    expect(answers.get('1')).toMatchObject([{ toId: '7001' }, { toId: '7002' }]);
    expect(answers.get('2')).toMatchObject({ code: 'hubspot_unreadable_answer' });
  });

  it.each([
    ['a page of a proxy', 200, { hello: 'world' }, 'hubspot_unreadable_answer'],
    ['a plain 404', 404, { status: 'error', category: 'OBJECT_NOT_FOUND' }, 'hubspot_unreadable_answer'],
    ['an outage', 503, { status: 'error' }, 'hubspot_unavailable'],
  ])('%s is no list of associations', async (_what, status, content, code) => {
    answer('read', () => [status, content]);
    const answers = await read(['1', '2']);
    expect([...answers.values()]).toMatchObject([{ kind: 'retryable', code }, { code }]);
  });

  it('types that we do not know, and HubSpot’s own labels, are left out of the labels; those of apps count', async () => {
    const associationTypes = [
      unlabelled,
      { category: 'HUBSPOT_DEFINED', typeId: 900, label: 'Billing contact' },
      { category: 'INTEGRATOR_DEFINED', typeId: 12, label: 'Signer' },
      { category: 'USER_DEFINED', typeId: 3, label: 'Buyer' },
    ];
    answer('read', () => [200, batch([{ from: { id: '1' }, to: [{ toObjectId: 7001, associationTypes }] }])]);

    expect((await read(['1'])).get('1')).toEqual([
      { toObject: 'contact', toId: '7001', labels: ['Buyer', 'Signer'], isPrimary: false },
    ]);
  });
});

describe('odd answers to writing associations', () => {
  const input = z.object({
    from: z.object({ id: z.string() }),
    to: z.object({ id: z.string() }),
    types: z.array(z.object({ associationCategory: z.string(), associationTypeId: z.number() })),
  });
  const write = (id: string, labels: string[] = []): AssociationWrite => ({
    from: { type: 'deals', id: '1' },
    to: { type: 'contacts', id },
    operation: 'set',
    labels,
    isPrimary: false,
  });
  const done = (raw: Inputs[number]) => {
    const { from, to } = input.parse(raw);
    return { fromObjectTypeId: '0-3', fromObjectId: Number(from.id), toObjectId: Number(to.id), labels: [] };
  };
  const labelled = (id: string, labels: { typeId: number; label: string }[]) =>
    nock(baseUrl)
      .get('/crm/v4/associations/deals/contacts/labels')
      .reply(200, { results: labels.map((label) => ({ ...label, category: 'USER_DEFINED' })) }, { id });

  it('one pair for which HubSpot has an error fails alone, whether a 207 names its ends or not', async () => {
    const calls = answer('create', (inputs) => {
      const good = inputs.filter((raw) => !['12', '13'].includes(input.parse(raw).to.id));
      if (good.length === inputs.length) return [201, batch(good.map(done))];
      const named = {
        category: 'VALIDATION_ERROR',
        message: 'x',
        context: { fromObjectId: ['1'], toObjectId: ['12'] },
      };
      return [207, batch(good.map(done).reverse(), [named, { category: 'VALIDATION_ERROR', message: 'x' }])];
    });

    const results = await openHubSpot({ baseUrl }).hubspot.associate(
      ['11', '12', '13', '14'].map((id) => write(id)),
      spend,
    );

    expect(results.map((error) => error?.code ?? null)).toEqual([
      null,
      'hubspot_invalid_value',
      'hubspot_invalid_value',
      null,
    ]);
    expect(calls.length).toBeLessThanOrEqual(2);
  });

  it('one bad label makes HubSpot refuse all: it is found by halving, and the labels are read anew the next time', async () => {
    labelled('first', [
      { typeId: 21, label: 'Buyer' },
      { typeId: 22, label: 'Deleted' },
    ]);
    const calls = answer('create', (inputs) =>
      inputs.some((raw) => input.parse(raw).types.some(({ associationTypeId }) => associationTypeId === 22))
        ? [400, { status: 'error', category: 'VALIDATION_ERROR', message: 'x' }]
        : [201, batch(inputs.map(done))],
    );
    const { hubspot } = openHubSpot({ baseUrl });
    const writes = Array.from({ length: 100 }, (_, n) => write(String(10 + n), [n === 40 ? 'Deleted' : 'Buyer']));

    const results = await hubspot.associate(writes, spend);

    expect(results.flatMap((error, n) => (error === null ? [] : [[n, error.code]]))).toEqual([
      [40, 'hubspot_invalid_value'],
    ]);
    expect(calls.length).toBeLessThanOrEqual(15);
    labelled('second', [{ typeId: 21, label: 'Buyer' }]);
    expect(await hubspot.associate([write('50', ['Deleted'])], spend)).toMatchObject([
      { code: 'association_label_unknown' },
    ]);
  });

  it('a pair goes with the unlabelled type and its labels, each in its category', async () => {
    labelled('any', [{ typeId: 3, label: 'Buyer' }]);
    const calls = answer('create', (inputs) => [201, batch(inputs.map(done))]);

    await openHubSpot({ baseUrl }).hubspot.associate([write('11', ['Buyer'])], spend);

    expect(calls).toEqual([
      [
        {
          from: { id: '1' },
          to: { id: '11' },
          types: [
            { associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 3 },
            { associationCategory: 'USER_DEFINED', associationTypeId: 3 },
          ],
        },
      ],
    ]);
  });

  it('a pair that the answer leaves out may have been written, and nothing is thrown for an outage', async () => {
    answer('create', () => [201, batch([])]);
    const left = await openHubSpot({ baseUrl }).hubspot.associate([write('11')], spend);
    nock.cleanAll();
    answer('create', () => [502, '']);
    const lost = await openHubSpot({ baseUrl }).hubspot.associate([write('11')], spend);

    expect(left).toMatchObject([{ code: 'record_missing_in_answer', detail: { mayHaveHappened: true } }]);
    expect(lost).toMatchObject([{ code: 'hubspot_unavailable', detail: { mayHaveHappened: true } }]);
  });

  it('labels that could not be read fail only the pairs that need them', async () => {
    nock(baseUrl).get('/crm/v4/associations/deals/contacts/labels').reply(503, { status: 'error' });
    answer('create', (inputs) => [201, batch(inputs.map(done))]);

    const results = await openHubSpot({ baseUrl }).hubspot.associate([write('11'), write('12', ['Buyer'])], spend);

    expect(results).toMatchObject([null, { code: 'hubspot_unavailable' }]);
  });

  it('a pair whose labels are to be kept is not written while they cannot be read', async () => {
    answer('read', () => [503, { status: 'error' }]);
    const calls = answer('create', (inputs) => [201, batch(inputs.map(done))]);

    const results = await openHubSpot({ baseUrl }).hubspot.associate(
      [write('11'), { ...write('12'), labels: 'kept' }],
      spend,
    );

    expect(results).toMatchObject([null, { code: 'hubspot_unavailable' }]);
    expect(calls.map((inputs) => inputs.length)).toEqual([1]);
  });

  it('removals that a batch refuses go one by one; a record that is gone has no associations', async () => {
    const remove = (id: string) => ({ ...write(id), operation: 'remove' as const });
    nock(baseUrl)
      .post('/crm/v4/associations/deals/contacts/batch/archive')
      .reply(400, { status: 'error', category: 'VALIDATION_ERROR', message: 'x' });
    const one = (id: string, status: number, content?: Record<string, string>) =>
      nock(baseUrl).delete(`/crm/v4/objects/deals/1/associations/contacts/${id}`).reply(status, content);
    one('11', 204);
    one('12', 404, { status: 'error', category: 'OBJECT_NOT_FOUND' });
    one('13', 423, { status: 'error' });

    const results = await openHubSpot({ baseUrl }).hubspot.associate(['11', '12', '13'].map(remove), spend);

    expect(results).toMatchObject([null, null, { code: 'hubspot_record_locked' }]);
  });
});

describe('odd answers about pipelines and amounts', () => {
  const pipelines = (results: unknown[]) => nock(baseUrl).get('/crm/v3/pipelines/deals').reply(200, { results });
  const stage = (id: string, more: object = {}) => ({
    id,
    label: id,
    displayOrder: 0,
    archived: false,
    metadata: { probability: '0.2' },
    ...more,
  });

  it('pipelines and stages come in display order, without archived ones', async () => {
    pipelines([
      { id: 'b', label: 'B', displayOrder: 1, stages: [] },
      {
        id: 'a',
        label: 'A',
        displayOrder: 0,
        stages: [stage('2', { displayOrder: 2 }), stage('1', { displayOrder: 1 }), stage('0', { archived: true })],
      },
      { id: 'c', label: 'C', displayOrder: 2, archived: true, stages: [] },
    ]);

    const found = await openHubSpot({ baseUrl }).hubspot.dealPipelines(spend);

    expect(found.map(({ id, stages }) => [id, stages.map((each) => each.id)])).toEqual([
      ['a', ['1', '2']],
      ['b', []],
    ]);
  });

  it('a stage without a probability is unreadable: nobody could tell whether it is won', async () => {
    pipelines([{ id: 'a', label: 'A', displayOrder: 0, stages: [stage('1', { metadata: {} })] }]);
    await expect(openHubSpot({ baseUrl }).hubspot.dealPipelines(spend)).rejects.toMatchObject({
      code: 'hubspot_unreadable_answer',
    });
  });

  it.each([
    ['a text of many digits', '"12345678901234567.89"', '12345678901234567.89'],
    ['a text with zeros', '"100.50"', '100.50'],
    ['a small number', '100.5', '100.5'],
  ])('an amount is kept to the digit: %s', async (_what, json, amount) => {
    readDeal(json);
    const reads = await openHubSpot({ baseUrl }).hubspot.read('deals', ['1'], ['amount'], spend);
    expect(reads.get('1')).toMatchObject({ kind: 'found', record: { properties: { amount } } });
  });

  it.each(['12345678901234567.89', '1e21', '9007199254740993'])(
    'an amount that came as the number %s is refused, as its digits are lost',
    async (json) => {
      readDeal(json);
      const reads = await openHubSpot({ baseUrl }).hubspot.read('deals', ['1'], ['amount'], spend);
      expect(reads.get('1')).toMatchObject({ kind: 'error', error: { code: 'hubspot_unreadable_answer' } });
    },
  );

  function readDeal(amount: string): void {
    const record = `{"id":"1","properties":{"amount":${amount}},"createdAt":"${at}","updatedAt":"${at}","archived":false}`;
    const headers = { 'content-type': 'application/json' };
    nock(baseUrl)
      .post('/crm/v3/objects/deals/batch/read')
      .reply(200, `{"status":"COMPLETE","results":[${record}],"startedAt":"${at}","completedAt":"${at}"}`, headers)
      .get(/\/crm\/v3\/objects\/deals\/1/)
      .reply(200, record, headers);
  }
});
