import { describe, expect, it } from 'vitest';
import { SyncError } from '../../../src/errors.ts';
import type { DealPipeline, HubSpotProperty } from '../../../src/ports/hubspot.ts';
import type { SalesFacts, SalesforceField } from '../../../src/ports/salesforce.ts';
import { createOrgFacts, type KindsOn } from '../../../src/usecases/org-facts.ts';

function field(name: string, type: string, more: Partial<SalesforceField> = {}): SalesforceField {
  const open = { nillable: true, defaultedOnCreate: false, createable: true, updateable: true };
  const plain = { length: 0, externalId: false, unique: false, restrictedPicklist: false, picklistValues: [] };
  return { name, label: name, type, ...plain, ...open, ...more };
}

const entry = (value: string, label: string) => ({ value, label, active: true });

const option = (value: string) => ({ value, label: value, hidden: false });
const currencyProperty: HubSpotProperty = {
  name: 'deal_currency_code',
  label: 'Currency',
  type: 'enumeration',
  fieldType: 'select',
  options: [option('EUR'), option('USD')],
  hasUniqueValue: false,
  readOnly: false,
};
const pipeline: DealPipeline = {
  id: 'default',
  label: 'Sales',
  stages: [
    { id: 'open', label: 'Open', probability: '0.4' },
    { id: 'won', label: 'Won', probability: '1.0' },
    { id: 'lost', label: 'Lost', probability: '0.0' },
    { id: 'odd', label: 'Odd', probability: '' },
  ],
};

type World = {
  clock?: { now(): number };
  on?: () => KindsOn;
  sales?: () => Promise<SalesFacts>;
  fieldsOf?: Partial<Record<string, readonly SalesforceField[]>>;
};

const noSales: SalesFacts = { stages: [], recordTypes: [], currencies: null };

function twoCrms(fields: readonly SalesforceField[], world: World = {}) {
  let looks = 0;
  const described: string[] = [];
  const facts = createOrgFacts({
    hubspot: {
      account: async () => ({
        portalId: '62',
        timeZone: 'Europe/Berlin',
        homeCurrency: 'EUR',
        url: 'https://app.hubspot.com',
      }),
      properties: async () => [currencyProperty],
      dealPipelines: async () => [pipeline],
      owners: async () => {
        looks += 1;
        return [
          {
            id: '1',
            userId: '901',
            name: 'Jane Doe',
            email: 'Jane@Example.com',
            archived: false,
            teams: ['DACH', 'Sales'],
          },
          { id: '2', userId: null, name: '', email: 'gone@example.com', archived: true, teams: [] },
          { id: '3', userId: null, name: 'Inbound queue', email: '', archived: false, teams: [] },
        ];
      },
    },
    salesforce: {
      users: async () => [
        { id: '005A', name: 'Jane Doe', email: 'JANE@example.com', isActive: true },
        { id: '005B', name: '', email: 'jane@example.com', isActive: false },
      ],
      identity: async () => ({ orgId: '00D', userId: '005X', apiVersion: '67.0', url: 'https://x.my.salesforce.com' }),
      async describe(object) {
        described.push(object);
        return object === 'Lead' ? fields : (world.fieldsOf?.[object] ?? []);
      },
      salesFacts: world.sales ?? (async () => noSales),
    },
    clock: world.clock ?? { now: () => 0 },
    ...(world.on === undefined ? {} : { kindsOn: world.on }),
  });
  return { facts: () => facts({ priority: 1, prepaid: 0 }), looks: () => looks, described };
}

describe('the facts of the org', () => {
  it('know owners and users both ways, in lower case, and the teams of an owner, the primary one first', async () => {
    const { owners, ourUserId } = await twoCrms([]).facts();

    expect(owners.emailsByOwner).toEqual(
      new Map([
        ['1', 'jane@example.com'],
        ['2', 'gone@example.com'],
      ]),
    );
    expect(owners.ownersByEmail).toEqual(new Map([['jane@example.com', '1']]));
    expect(owners.teamsByOwner.get('1')).toEqual(['dach', 'sales']);
    expect(owners.usersByEmail).toEqual(new Map([['jane@example.com', { id: '005A', isActive: true }]]));
    expect(owners.emailsByUser.get('005B')).toBe('jane@example.com');
    expect(ourUserId).toBe('005X');
  });

  it('call owners and users by name and email, as far as they have them', async () => {
    const { ownerNames } = await twoCrms([]).facts();

    expect(ownerNames).toEqual(
      new Map([
        ['1', 'Jane Doe (Jane@Example.com)'],
        ['2', 'gone@example.com'],
        ['3', 'Inbound queue'],
        ['005A', 'Jane Doe (JANE@example.com)'],
        ['005B', 'jane@example.com'],
        // Under the user's number of HubSpot's histories, too.
        ['user 901', 'Jane Doe (Jane@Example.com)'],
      ]),
    );
  });

  it.each([
    ['string', 'text'],
    ['textarea', 'text'],
    ['url', 'text'],
    ['reference', 'text'],
    ['email', 'email'],
    ['phone', 'phone'],
    ['int', 'number'],
    ['currency', 'number'],
    ['percent', 'number'],
    ['boolean', 'boolean'],
    ['date', 'date'],
    ['datetime', 'datetime'],
    ['picklist', 'picklist'],
    ['multipicklist', 'multi'],
  ])('take a field of the type %s for %s', async (type, expected) => {
    const { fieldFacts } = await twoCrms([field('A__c', type)]).facts();

    expect(fieldFacts('Lead', 'A__c')?.type).toBe(expected);
  });

  it('know the longest value, and the values that are shown under another name', async () => {
    const picklistValues = [entry('t', 'Technology'), entry('Banking', 'Banking'), entry('x', 'Banking')];
    const { fieldFacts } = await twoCrms([field('Industry', 'picklist', { length: 255, picklistValues })]).facts();

    expect(fieldFacts('Lead', 'Industry')).toEqual({
      type: 'picklist',
      maxLength: 255,
      valuesByLabel: new Map([['Technology', 't']]),
    });
    expect(fieldFacts('Contact', 'Industry')).toBeUndefined();
  });

  it('are read once in ten minutes', async () => {
    let now = 0;
    const { facts, looks } = twoCrms([], { clock: { now: () => now } });

    await facts();
    now = 9 * 60_000;
    await facts();
    expect(looks()).toBe(1);
    now = 10 * 60_000;
    await facts();
    expect(looks()).toBe(2);
  });

  it('know how many digits a number has', async () => {
    const { fieldFacts } = await twoCrms([field('Amount', 'currency', { precision: 18, scale: 2 })]).facts();

    expect(fieldFacts('Lead', 'Amount')).toMatchObject({ type: 'number', precision: 18, scale: 2 });
  });
});

describe('the facts of companies and deals', () => {
  const on = () => ({ companies: true, deals: true });

  it('are asked for only where the mapping has them on', async () => {
    let kinds = { companies: false, deals: false };
    const { facts, described } = twoCrms([], { on: () => kinds });

    expect((await facts()).deal).toBeNull();
    expect(described).toEqual(['Lead', 'Contact']);
    kinds = { companies: true, deals: true };
    expect((await facts()).deal).not.toBeNull();
    expect(described.slice(2).toSorted()).toEqual(['Account', 'Contact', 'Lead', 'Opportunity']);
  });

  it('tell pipelines, stages, record types and currencies of both sides', async () => {
    const flags = { isActive: true, isClosed: false, isWon: false };
    const sales = async (): Promise<SalesFacts> => ({
      stages: [{ name: 'Qualification', ...flags }],
      recordTypes: [
        { id: '012A', developerName: 'New', isAvailable: true, picklists: null },
        { id: '012B', developerName: 'Hidden', isAvailable: false, picklists: null },
      ],
      currencies: [
        { code: 'EUR', isActive: true },
        { code: 'CHF', isActive: false },
      ],
    });

    const { deal } = await twoCrms([], { on, sales }).facts();

    expect(deal).toEqual({
      timeZone: 'Europe/Berlin',
      homeCurrency: 'EUR',
      hubspotCurrencies: new Set(['EUR', 'USD']),
      orgCurrencies: new Set(['EUR']),
      stages: new Map([['Qualification', flags]]),
      recordTypes: new Map([['New', '012A']]),
      pipelines: new Map([
        [
          'default',
          {
            label: 'Sales',
            stages: new Map([
              ['open', { label: 'Open', isClosed: false, isWon: false }],
              ['won', { label: 'Won', isClosed: true, isWon: true }],
              ['lost', { label: 'Lost', isClosed: true, isWon: false }],
              ['odd', { label: 'Odd', isClosed: false, isWon: false }],
            ]),
          },
        ],
      ]),
    });
  });

  it('keep no contact waiting where they cannot be read, and are asked for again after a minute', async () => {
    let now = 0;
    let asked = 0;
    const fault = new SyncError('needs-human', 'salesforce_missing_right', 'Opportunities are hidden.');
    const sales = async (): Promise<SalesFacts> => {
      asked += 1;
      throw fault;
    };
    const { facts } = twoCrms([field('Title', 'string')], { on, sales, clock: { now: () => now } });

    const known = await facts();
    expect(known).toMatchObject({ deal: null, recordFault: fault });
    expect(known.fieldFacts('Lead', 'Title')).toBeDefined();
    now = 59_000;
    await facts();
    expect(asked).toBe(1);
    now = 60_000;
    await facts();
    expect(asked).toBe(2);
  });

  it('stop everybody where the whole connection waits', async () => {
    const detail = { untilMs: 1, pausesConnection: true };
    const fault = new SyncError('wait', 'salesforce_request_limit', 'The calls are spent.', detail);

    await expect(twoCrms([], { on, sales: () => Promise.reject(fault) }).facts()).rejects.toBe(fault);
  });
});
