import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import { callChecked, catchApiError, createSdk, request } from './sandbox-hubspot-support.ts';

let sandbox: HubSpotSandbox;
let sdk: ReturnType<typeof createSdk>;
let now: number;

beforeEach(async () => {
  now = Date.parse('2026-11-22T23:30:00Z');
  sandbox = await startHubSpotSandbox({
    now: () => now,
    timeZone: 'Asia/Tokyo',
    companyCurrency: 'EUR',
    currencies: ['USD'],
    exchangeRates: { USD: '0.92' },
  });
  sdk = createSdk(sandbox);
});
afterEach(() => sandbox.close());

type Values = Record<string, string>;
const WANTED = ['pipeline', 'dealstage', 'amount', 'deal_currency_code', 'closedate', 'hs_deal_stage_probability'];
const create = (properties: Values) =>
  sdk.crm.deals.basicApi.create({ properties: { dealname: 'D', ...properties }, associations: [] });
const read = async (id: string, names: string[] = WANTED) =>
  (await sdk.crm.deals.basicApi.getById(id, names)).properties;
const update = (id: string, properties: Values) => sdk.crm.deals.basicApi.update(id, { properties });

describe('what a deal needs and gets (deals guide)', () => {
  it.each<Values>([{ dealstage: '' }, {}, { dealname: '', dealstage: 'qualifiedtobuy' }])(
    'refuses %j',
    async (properties) => {
      expect(await catchApiError(create(properties))).toMatchObject({
        code: 400,
        body: { category: 'VALIDATION_ERROR' },
      });
    },
  );

  it('goes into the default pipeline in the company currency, with the probability of its stage', async () => {
    const { answer } = await callChecked('deals', 'SimplePublicObject', () => create({ dealstage: 'qualifiedtobuy' }));

    expect(await read(answer.id)).toMatchObject({
      pipeline: 'default',
      deal_currency_code: 'EUR',
      closedate: null,
      hs_deal_stage_probability: '0.4',
    });
  });

  it('takes the internal values of type and forecast category, a loss reason and a next step', async () => {
    const properties = {
      dealtype: 'existingbusiness',
      hs_manual_forecast_category: 'BEST_CASE',
      closed_lost_reason: 'Price',
      hs_next_step: 'Call',
    };
    const { id } = await create({ dealstage: 'qualifiedtobuy', ...properties });
    const error = await catchApiError(update(id, { hs_manual_forecast_category: 'Best case' }));

    expect(await read(id, Object.keys(properties))).toMatchObject(properties);
    expect(error.code).toBe(400);
  });

  it.each(['deals', 'companies'] as const)('refuses an owner of %s that is none', async (type) => {
    const owner = sandbox.addOwner('o@x.example');
    const input = (hubspot_owner_id: string) => ({
      properties: { dealname: 'D', name: 'X', dealstage: 'qualifiedtobuy', hubspot_owner_id },
    });
    const of = type === 'deals' ? ['dealname', 'dealstage', 'hubspot_owner_id'] : ['name', 'hubspot_owner_id'];
    const pick = (id: string) =>
      Object.fromEntries(Object.entries(input(id).properties).filter(([name]) => of.includes(name)));

    const good = await request(sandbox, 'POST', `/crm/v3/objects/${type}`, { properties: pick(owner.id) });
    const bad = await request(sandbox, 'POST', `/crm/v3/objects/${type}`, { properties: pick(String(owner.userId)) });

    expect([good.status, bad.status]).toEqual([201, 400]);
    expect(JSON.stringify(bad.json)).toContain('INVALID_OWNER_ID');
  });
});

describe('money is text (properties guide)', () => {
  it.each(['1234567890123456.78', '0.10', '-5', '100', '.5', '99999999999999999999999999'])(
    'keeps %s digit for digit',
    async (amount) => {
      const { id } = await create({ dealstage: 'qualifiedtobuy', amount });

      expect(await read(id, ['amount', 'amount_in_home_currency'])).toMatchObject({
        amount,
        amount_in_home_currency: amount,
      });
    },
  );

  it.each(['12,50', '1e3', '€5', ' 5', '1.2.3', '+5', 'NaN', '5 EUR'])('refuses %j', async (amount) => {
    const error = await catchApiError(create({ dealstage: 'qualifiedtobuy', amount }));

    expect(error).toMatchObject({ code: 400, body: { errors: [{ context: { propertyName: ['amount'] } }] } });
  });

  it('clears with an empty text', async () => {
    const { id } = await create({ dealstage: 'qualifiedtobuy', amount: '5' });

    await update(id, { amount: '' });

    expect(await read(id, ['amount', 'amount_in_home_currency'])).toMatchObject({
      amount: null,
      amount_in_home_currency: null,
    });
  });

  it('works out the amount in the company currency without floats', async () => {
    const { id } = await create({
      dealstage: 'qualifiedtobuy',
      amount: '1234567890123456.78',
      deal_currency_code: 'USD',
    });

    expect((await read(id, ['amount_in_home_currency'])).amount_in_home_currency).toBe('1135802458913580.2376');
  });

  it('takes only currencies of the account, which are the options of the property', async () => {
    const error = await catchApiError(create({ dealstage: 'qualifiedtobuy', deal_currency_code: 'GBP' }));
    sandbox.configure({ currencies: ['USD', 'GBP'] });
    const { options } = await sdk.crm.properties.coreApi.getByName('deals', 'deal_currency_code');

    expect(error).toMatchObject({
      code: 400,
      body: { errors: [{ code: 'INVALID_OPTION', context: { propertyName: ['deal_currency_code'] } }] },
    });
    expect(options.map(({ value }) => value)).toEqual(['EUR', 'USD', 'GBP']);
    expect((await create({ dealstage: 'qualifiedtobuy', deal_currency_code: 'GBP' })).id).toBeDefined();
  });

  it('tells currencies and time zone of the account', async () => {
    const { json } = await request(sandbox, 'GET', '/account-info/2026-03/details');

    expect(json).toMatchObject({
      companyCurrency: 'EUR',
      additionalCurrencies: ['USD'],
      timeZone: 'Asia/Tokyo',
      utcOffset: '+09:00',
      utcOffsetMilliseconds: 32_400_000,
    });
  });
});

describe('stages belong to pipelines', () => {
  it.each<{ written: Values; fault: string }>([
    { written: { dealstage: 'nothing' }, fault: 'dealstage' },
    { written: { pipeline: 'nowhere', dealstage: 'qualifiedtobuy' }, fault: 'pipeline' },
    { written: { pipeline: 'renewals', dealstage: 'qualifiedtobuy' }, fault: 'dealstage' },
    { written: { pipeline: 'renewals' }, fault: 'dealstage' },
    { written: { dealstage: 'asked' }, fault: 'dealstage' },
  ])('refuses an update to $written', async ({ written, fault }) => {
    sandbox.addPipeline({ id: 'renewals', label: 'R', stages: [{ id: 'asked', label: 'Asked', probability: '0.5' }] });
    const { id } = await create({ dealstage: 'qualifiedtobuy' });

    const error = await catchApiError(update(id, written));

    expect(error).toMatchObject({
      code: 400,
      body: {
        category: 'VALIDATION_ERROR',
        errors: [{ code: 'INVALID_OPTION', context: { propertyName: [fault] } }],
      },
    });
  });

  it('moves a deal to another pipeline when both are sent', async () => {
    const pipeline = sandbox.addPipeline({ label: 'Renewals', stages: [{ label: 'Asked', probability: '0.5' }] });
    const { id } = await create({ dealstage: 'qualifiedtobuy' });

    await update(id, { pipeline: pipeline.id, dealstage: pipeline.stages[0]?.id ?? '' });

    expect(await read(id)).toMatchObject({ pipeline: pipeline.id, hs_deal_stage_probability: '0.5' });
  });

  it('keeps a probability that somebody set until the stage moves or it is cleared', async () => {
    const { id } = await create({ dealstage: 'qualifiedtobuy', hs_deal_stage_probability: '0.7' });
    const probability = async () => (await read(id)).hs_deal_stage_probability;

    const atFirst = await probability();
    await update(id, { hs_deal_stage_probability: '' });
    const cleared = await probability();
    await update(id, { hs_deal_stage_probability: '0.7' });
    await update(id, { dealstage: 'contractsent' });

    expect([atFirst, cleared, await probability()]).toEqual(['0.7', '0.4', '0.9']);
  });

  it.each([
    { dealstage: 'closedwon', facts: ['true', 'true', 'false'] },
    { dealstage: 'closedlost', facts: ['true', 'false', 'true'] },
    { dealstage: 'contractsent', facts: ['false', 'false', 'false'] },
  ])('knows from the probability what $dealstage is', async ({ dealstage, facts }) => {
    const names = ['hs_is_closed', 'hs_is_closed_won', 'hs_is_closed_lost'];
    const { id } = await create({ dealstage: 'qualifiedtobuy' });

    await update(id, { dealstage });

    const properties = await read(id, names);
    expect(names.map((name) => properties[name])).toEqual(facts);
    expect((await catchApiError(update(id, { hs_is_closed: 'true' }))).code).toBe(400);
  });
});

describe('close dates (default deal properties article)', () => {
  it('sets none for what an app creates or closes, unless the portal says so', async () => {
    const { id } = await create({ dealstage: 'qualifiedtobuy' });
    await update(id, { dealstage: 'closedwon' });
    const atFirst = (await read(id)).closedate;

    sandbox.configure({ closesDealsOnApiMoves: true });
    await update(id, { dealstage: 'closedlost' });

    expect([atFirst, (await read(id)).closedate]).toEqual([null, '2026-11-22T23:30:00.000Z']);
  });

  it('gives the open deal of a person the end of the month in the account’s time zone', () => {
    now = Date.parse('2026-11-30T23:30:00Z');

    const id = sandbox.createDeal({ dealname: 'D', dealstage: 'qualifiedtobuy' });

    // It is December already in Tokyo.
    expect(sandbox.getDeal(id)?.properties.closedate).toBe('2026-12-30T23:30:00.000Z');
  });

  it.each([
    { from: 'qualifiedtobuy', to: 'closedwon', moves: true },
    { from: 'qualifiedtobuy', to: 'closedlost', moves: true },
    { from: 'closedlost', to: 'closedwon', moves: true },
    { from: 'closedwon', to: 'closedlost', moves: true },
    { from: 'closedwon', to: 'qualifiedtobuy', moves: false },
    { from: 'qualifiedtobuy', to: 'contractsent', moves: false },
    { from: 'closedwon', to: 'alsowon', moves: false },
  ])('a person who moves a deal from $from to $to moves the date: $moves', ({ from, to, moves }) => {
    sandbox.addStage('default', { id: 'alsowon', label: 'Also won', probability: '1.0' });
    const closedate = '2026-01-05T00:00:00.000Z';
    const id = sandbox.createDeal({ dealname: 'D', dealstage: from, closedate });

    sandbox.editDeal(id, { dealstage: to });

    const expected = moves ? '2026-11-22T23:30:00.000Z' : closedate;
    expect(sandbox.getDeal(id)?.properties.closedate).toBe(expected);
  });

  it('keeps a date that is sent along', () => {
    const id = sandbox.createDeal({ dealname: 'D', dealstage: 'qualifiedtobuy' });

    sandbox.editDeal(id, { dealstage: 'closedwon', closedate: '2026-02-01' });

    expect(sandbox.getDeal(id)?.properties.closedate).toBe('2026-02-01T00:00:00.000Z');
  });
});

describe('pipelines (pipelines guide)', () => {
  it('answers pipelines and stages people made, with numeric ids, in their order', async () => {
    const made = sandbox.addPipeline({
      label: 'Renewals',
      stages: [
        { label: 'Asked', probability: '0.5' },
        { label: 'Renewed', probability: '1' },
      ],
    });
    const between = sandbox.addStage(made.id, { label: 'Offered', probability: '0.8', after: made.stages[0]?.id });
    sandbox.renameStage(made.id, between, 'Quoted');
    sandbox.renamePipeline(made.id, 'Renewal business');

    const { answer } = await callChecked('pipelines', 'Pipeline', () =>
      sdk.crm.pipelines.pipelinesApi.getById('deals', made.id),
    );
    const stages = await callChecked('pipelines', 'CollectionResponsePipelineStageNoPaging', () =>
      sdk.crm.pipelines.pipelineStagesApi.getAll('deals', made.id),
    );
    const one = await callChecked('pipelines', 'PipelineStage', () =>
      sdk.crm.pipelines.pipelineStagesApi.getById('deals', made.id, between),
    );

    expect([answer.label, one.answer.label]).toEqual(['Renewal business', 'Quoted']);
    expect(stages.answer.results.map(({ label, metadata }) => [label, metadata])).toEqual([
      ['Asked', { isClosed: 'false', probability: '0.5' }],
      ['Quoted', { isClosed: 'false', probability: '0.8' }],
      ['Renewed', { isClosed: 'true', probability: '1.0' }],
    ]);
    expect([made.id, between].every((id) => /^\d+$/.test(id))).toBe(true);
  });

  it('leaves deals pointing at what was removed, still editable otherwise', async () => {
    const { id: pipeline, stages } = sandbox.addPipeline({ label: 'R', stages: [{ label: 'W', probability: '1.0' }] });
    const { id } = await create({ pipeline, dealstage: stages[0]?.id ?? '' });

    sandbox.removePipeline(pipeline);
    await update(id, { amount: '5' });

    expect(await read(id, ['pipeline', 'amount', 'hs_is_closed_won'])).toMatchObject({
      pipeline,
      amount: '5',
      hs_is_closed_won: 'true',
    });
    expect((await catchApiError(sdk.crm.pipelines.pipelinesApi.getById('deals', pipeline))).code).toBe(404);
    expect((await catchApiError(update(id, { dealstage: stages[0]?.id ?? '' }))).code).toBe(400);
    await update(id, { pipeline: 'default', dealstage: 'qualifiedtobuy' });
  });

  it('can lose a single stage', () => {
    sandbox.removeStage('default', 'contractsent');

    expect(() => sandbox.createDeal({ dealname: 'D', dealstage: 'contractsent' })).toThrow(/not valid/);
  });
});
