import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PersonLookup } from '../../src/ports/salesforce.ts';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { connectTo, createWarnings, fields, lookup, spend } from './salesforce-support.ts';

let sandbox: SalesforceSandbox;

beforeEach(async () => {
  sandbox = await startSalesforceSandbox({ keepBodies: true });
});
afterEach(() => sandbox.close());

function contact(externalId: string): string {
  return sandbox.create('Contact', { LastName: 'Example', HubSpot_Contact_Id__c: externalId }).Id;
}

function opportunity(stage: string): string {
  return sandbox.create('Opportunity', { Name: 'Deal', StageName: stage, CloseDate: '2026-12-31' }).Id;
}

function role(contactId: string, opportunityId: string): string {
  return sandbox.create('OpportunityContactRole', { ContactId: contactId, OpportunityId: opportunityId }).Id;
}

async function findOne(salesforce: ReturnType<typeof connectTo>['salesforce'], contactId: string) {
  const found = await salesforce.findPersons([lookup(contactId)], fields, spend);
  return found.get(contactId)?.byExternalId[0];
}

describe('a contact and its opportunities', () => {
  it('come with one call, deleted opportunities and roles left out', async () => {
    const id = contact('501');
    for (const stage of ['Prospecting', 'Closed Won', 'Closed Lost']) role(id, opportunity(stage));
    const deleted = opportunity('Closed Won');
    role(id, deleted);
    sandbox.remove('Opportunity', deleted);
    sandbox.remove('OpportunityContactRole', role(id, opportunity('Closed Won')));
    const { salesforce } = connectTo(sandbox);
    await salesforce.identity(spend);
    sandbox.resetRequests();

    const person = await findOne(salesforce, '501');

    expect(person?.opportunities).toHaveLength(3);
    expect(person?.opportunities).toEqual(
      expect.arrayContaining([
        { isClosed: false, isWon: false },
        { isClosed: true, isWon: true },
        { isClosed: true, isWon: false },
      ]),
    );
    expect(sandbox.countedCalls()).toBe(1);
  });

  it('are none where there is no role', async () => {
    contact('502');

    expect((await findOne(connectTo(sandbox).salesforce, '502'))?.opportunities).toEqual([]);
  });

  it('are all read where there are more than one page of them', async () => {
    sandbox.configure({ childPageSize: 2 });
    const id = contact('503');
    for (let n = 0; n < 5; n += 1) role(id, opportunity(n === 4 ? 'Closed Won' : 'Prospecting'));

    const person = await findOne(connectTo(sandbox).salesforce, '503');

    expect(person?.opportunities).toHaveLength(5);
    expect(person?.opportunities.filter(({ isWon }) => isWon)).toHaveLength(1);
  });

  it('are left out for a user who may not see them: one call more once, and one line in the log', async () => {
    const id = contact('504');
    role(id, opportunity('Closed Won'));
    sandbox.setObjectHidden('Opportunity', true);
    const warnings = createWarnings();
    const { salesforce } = connectTo(sandbox, { log: warnings });
    await salesforce.identity(spend);
    sandbox.resetRequests();

    const first = await findOne(salesforce, '504');
    const callsOfFirst = sandbox.countedCalls();
    const second = await findOne(salesforce, '504');

    expect([first, second]).toMatchObject([
      { id, opportunities: [] },
      { id, opportunities: [] },
    ]);
    expect([callsOfFirst, sandbox.countedCalls()]).toEqual([2, 3]);
    expect(warnings.lines).toMatchObject([{ errorCode: 'salesforce_unknown_field' }]);
  });

  it('are read again within a minute after the user may see them, by the same process', async () => {
    const id = contact('506');
    role(id, opportunity('Closed Won'));
    sandbox.setObjectHidden('Opportunity', true);
    let aheadMs = 0;
    const { salesforce } = connectTo(sandbox, { clock: { now: () => Date.now() + aheadMs } });
    const during = await findOne(salesforce, '506');
    sandbox.setObjectHidden('Opportunity', false);
    aheadMs = 61_000;
    const after = await findOne(salesforce, '506');

    expect(during?.opportunities).toEqual([]);
    expect(after?.opportunities).toEqual([{ isClosed: true, isWon: true }]);
  });

  it('tell who changed a person last', async () => {
    const id = contact('505');
    sandbox.edit('Contact', id, { LastName: 'Other' });

    const person = await findOne(connectTo(sandbox).salesforce, '505');

    expect(person?.lastModifiedBy).toMatchObject({ id: expect.stringMatching(/^005/), name: 'Sales Person' });
  });
});

describe('how many calls a look takes', () => {
  /** Ids as long as those of HubSpot (twelve digits), addresses of 30 characters. */
  function lookups(count: number, kind: 'lead' | 'contact' | 'unlinked'): PersonLookup[] {
    return Array.from({ length: count }, (_, n) => {
      const contactId = String(100_000_000_000 + n);
      const number = String(n).padStart(12, '0');
      if (kind === 'unlinked') return lookup(contactId, { emails: [`person.${number}@example.com`] });
      return lookup(contactId, { personIds: [`${kind === 'lead' ? '00Q' : '003'}${number}AAA`] });
    });
  }

  it.each([
    { count: 500, kind: 'lead', calls: 1 },
    { count: 500, kind: 'contact', calls: 1 },
    { count: 200, kind: 'unlinked', calls: 1 },
    { count: 500, kind: 'unlinked', calls: 2 },
    { count: 1_000, kind: 'lead', calls: 1 },
  ] as const)('$count lookups of kind $kind: $calls', async ({ count, kind, calls }) => {
    const { salesforce } = connectTo(sandbox);
    await salesforce.identity(spend);
    sandbox.resetRequests();

    await salesforce.findPersons(lookups(count, kind), fields, spend);

    expect(sandbox.countedCalls()).toBe(calls);
  });
});
