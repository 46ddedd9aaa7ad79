import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { connectTo, spend } from './salesforce-support.ts';

let sandbox: SalesforceSandbox;

beforeEach(async () => {
  sandbox = await startSalesforceSandbox();
});
afterEach(() => sandbox.close());

const read = () => connectTo(sandbox).salesforce.salesFacts(spend, { withPicklists: true });

describe('what the org says about sales', () => {
  it('tells the stages by their API names, inactive ones too', async () => {
    sandbox.changeOpportunityStage('Qualification', { isActive: false, label: 'Renamed' });

    const { stages } = await read();

    expect(stages).toHaveLength(10);
    const byName = new Map(stages.map((stage) => [stage.name, stage]));
    expect(byName.get('Qualification')).toMatchObject({ isActive: false, isClosed: false, isWon: false });
    expect(byName.get('Closed Won')).toMatchObject({ isActive: true, isClosed: true, isWon: true });
    expect(byName.get('Closed Lost')).toMatchObject({ isClosed: true, isWon: false });
  });

  it('knows neither record types nor currencies of an org without', async () => {
    const { salesforce } = connectTo(sandbox);
    await salesforce.identity(spend);
    sandbox.resetRequests();

    expect(await salesforce.salesFacts(spend)).toMatchObject({ recordTypes: [], currencies: null });
    expect(sandbox.countedCalls()).toBe(2);
  });

  it('asks for the picklists of record types only where somebody wants them', async () => {
    sandbox.addRecordType('Opportunity', { developerName: 'New_Business' });
    sandbox.addRecordType('Opportunity', { developerName: 'Renewal' });
    const { salesforce } = connectTo(sandbox);
    await salesforce.identity(spend);
    sandbox.resetRequests();

    const { recordTypes } = await salesforce.salesFacts(spend);

    expect(recordTypes.map(({ picklists }) => picklists)).toEqual([null, null]);
    expect(sandbox.countedCalls()).toBe(2);
    await salesforce.salesFacts(spend, { withPicklists: true });
    expect(sandbox.countedCalls()).toBe(2 + 2 + 2);
  });

  it('tells active record types, whether we may use them, and what their picklists offer', async () => {
    const stages = ['Qualification', 'Closed Won', 'Closed Lost'];
    const ours = sandbox.addRecordType('Opportunity', { developerName: 'New_Business', stages });
    sandbox.addRecordType('Opportunity', { developerName: 'Old', isActive: false });
    const theirs = sandbox.addRecordType('Opportunity', { developerName: 'Partner', isAvailable: false, stages });
    sandbox.addRecordType('Account', { developerName: 'Customer' });

    const { recordTypes } = await read();

    expect(recordTypes).toMatchObject([
      { id: ours, developerName: 'New_Business', isAvailable: true },
      { id: theirs, developerName: 'Partner', isAvailable: false },
    ]);
    expect(recordTypes[0]?.picklists?.get('StageName')).toEqual(stages);
    expect(recordTypes[0]?.picklists?.get('Type')).toContain('New Customer');
  });

  it.each([{ status: 403 }, { status: 404 }])(
    'does not know the picklists of a record type where the org answers $status',
    async ({ status }) => {
      sandbox.addRecordType('Opportunity', { developerName: 'New_Business' });
      sandbox.faults.add({ kind: 'status', status, body: [{ errorCode: 'INSUFFICIENT_ACCESS' }], match: '/ui-api/' });

      expect((await read()).recordTypes).toMatchObject([{ developerName: 'New_Business', picklists: null }]);
    },
  );

  it('writes a value as the records do where it comes escaped for HTML', async () => {
    sandbox.addRecordType('Opportunity', { developerName: 'New_Business' });
    const values = ['Proof &amp; Pilot', '&lt;90%', 'O&#39;Key &quot;x&quot;', 'A &amp;lt; B'].map((value) => ({
      value,
    }));
    sandbox.faults.add({
      kind: 'status',
      status: 200,
      body: { picklistFieldValues: { StageName: { values } } },
      match: '/ui-api/',
    });

    const [type] = (await read()).recordTypes;

    expect(type?.picklists?.get('StageName')).toEqual(['Proof & Pilot', '<90%', 'O\'Key "x"', 'A &lt; B']);
  });

  it('does not take a fault that passes for an answer', async () => {
    sandbox.addRecordType('Opportunity', { developerName: 'New_Business' });
    sandbox.faults.add({ kind: 'status', status: 503, raw: 'down', match: '/ui-api/' });

    await expect(read()).rejects.toMatchObject({ kind: 'retryable' });
  });

  it('tells the currencies of an org with several, inactive ones too', async () => {
    sandbox.setCurrencies([
      { isoCode: 'EUR', isCorporate: true },
      { isoCode: 'USD', conversionRate: 1.1 },
      { isoCode: 'DEM', isActive: false },
    ]);

    expect((await read()).currencies).toEqual([
      { code: 'DEM', isActive: false },
      { code: 'EUR', isActive: true },
      { code: 'USD', isActive: true },
    ]);
  });

  it('says what is missing where opportunities are hidden', async () => {
    sandbox.setObjectHidden('Opportunity', true);

    await expect(read()).rejects.toMatchObject({ kind: expect.stringMatching(/needs-human|retryable/) });
  });
});

describe('numbers in a description', () => {
  it('tells how many digits a number has', async () => {
    const { salesforce } = connectTo(sandbox);

    const fields = new Map((await salesforce.describe('Opportunity', spend)).map((field) => [field.name, field]));

    expect(fields.get('Amount')).toMatchObject({ type: 'currency', precision: 18, scale: 2 });
    expect(fields.get('Probability')).toMatchObject({ precision: 3, scale: 0 });
    expect(fields.get('Name')?.precision).toBeUndefined();
  });
});
