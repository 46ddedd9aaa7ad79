import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChangeQuestion } from '../../src/ports/salesforce.ts';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { createHands } from './salesforce-record-support.ts';
import { connectTo, createWarnings, fields, spend } from './salesforce-support.ts';

const startMs = Date.parse('2026-11-22T10:00:00Z');
let now = startMs;
let sandbox: SalesforceSandbox;
let hands: ReturnType<typeof createHands>;

beforeEach(async () => {
  now = startMs;
  sandbox = await startSalesforceSandbox({ clock: () => now, keepBodies: true });
  hands = createHands(sandbox);
});
afterEach(() => sandbox.close());

function connect() {
  const warnings = createWarnings();
  return { ...connectTo(sandbox, { clock: { now: () => now }, log: warnings }), warnings };
}

function ask(object: string, more: Partial<ChangeQuestion> = {}): ChangeQuestion {
  const question: ChangeQuestion = {
    source: object,
    kind: 'record',
    object,
    stamp: 'SystemModstamp',
    fields: ['Name'],
    after: null,
    fromMs: startMs,
    deletedSinceMs: null,
  };
  return { ...question, ...more };
}

const ofRoles: ChangeQuestion = ask('OpportunityContactRole', { kind: 'role', fields: [] });

describe('changes of accounts and opportunities', () => {
  it('tells both with what was asked for, deleted and merged ones too, opportunities with their roles', async () => {
    const [account, loser] = [hands.account({ HubSpot_Company_Id__c: '9', Website: 'example.com' }), hands.account()];
    const opportunity = hands.opportunity({ HubSpot_Deal_Id__c: '7', AccountId: account, Amount: 12.5 });
    const contact = hands.contact();
    sandbox.addRole(opportunity, contact, { role: 'Influencer' });
    const gone = hands.opportunity();
    sandbox.merge('Account', account, [loser]);
    sandbox.remove('Opportunity', gone);

    const { pages } = await connect().salesforce.readChanges(
      [ask('Account'), ask('Opportunity', { fields: ['Amount', 'CloseDate'] })],
      spend,
    );

    const [ofAccounts, ofDeals] = pages;
    const byId = new Map([...(ofAccounts?.records ?? []), ...(ofDeals?.records ?? [])].map((each) => [each.id, each]));
    expect(ofAccounts).toMatchObject({ source: 'Account', error: null, persons: [], roles: [] });
    expect(byId.get(account)).toMatchObject({ externalId: '9', fields: { Name: 'Example', Website: 'example.com' } });
    expect(byId.get(loser)).toMatchObject({ isDeleted: true, masterRecordId: account });
    expect(byId.get(gone)).toMatchObject({ isDeleted: true });
    expect(byId.get(opportunity)).toMatchObject({
      externalId: '7',
      fields: { AccountId: account, Amount: 12.5, CloseDate: '2026-12-31', IsClosed: false },
      roles: [{ contactId: contact, role: 'Influencer', isPrimary: false }],
    });
  });

  it('reads all five sources and their deletions in one call', async () => {
    const ids = [hands.account(), hands.contact(), hands.opportunity()];
    sandbox.create('Lead', { LastName: 'Example', Company: 'Example Ltd' });
    sandbox.addRole(ids[2] ?? '', ids[1] ?? '');
    const { salesforce } = connect();
    await salesforce.identity(spend);
    await salesforce.describe('Account', spend);
    sandbox.resetRequests();
    now += 3_600_000;
    const since = { deletedSinceMs: startMs };

    const { pages } = await salesforce.readChanges(
      [
        ask('Lead', { kind: 'person', fields: fields.Lead, ...since }),
        ask('Contact', { kind: 'person', fields: fields.Contact, ...since }),
        { ...ofRoles, ...since },
        ask('Opportunity', since),
        ask('Account', since),
      ],
      spend,
    );

    expect(sandbox.countedCalls()).toBe(1);
    expect(pages.map((page) => [page.error, page.persons.length, page.roles.length, page.records.length])).toEqual([
      [null, 1, 0, 0],
      [null, 1, 0, 0],
      [null, 0, 1, 0],
      [null, 0, 0, 1],
      [null, 0, 0, 1],
    ]);
    expect(pages.every(({ deletedWindow }) => deletedWindow !== null)).toBe(true);
  });

  it('tells deletions by their ids, even of what the recycle bin no longer has', async () => {
    const id = hands.opportunity();
    const { salesforce } = connect();
    now += 600_000;
    sandbox.remove('Opportunity', id);
    sandbox.purge('Opportunity', id);
    now += 600_000;

    const { pages } = await salesforce.readChanges([ask('Opportunity', { deletedSinceMs: startMs })], spend);

    expect(pages[0]).toMatchObject({ records: [], deletedIds: [id] });
  });

  it('names the contact and the opportunity of a role, of one that was deleted with its opportunity too', async () => {
    const [one, two] = [hands.opportunity(), hands.opportunity()];
    const contact = hands.contact();
    sandbox.addRole(one, contact);
    sandbox.addRole(two, contact);
    sandbox.remove('Opportunity', two);

    const { pages } = await connect().salesforce.readChanges([ofRoles], spend);

    expect(pages[0]?.roles.map(({ contactId, opportunityId }) => ({ contactId, opportunityId }))).toEqual([
      { contactId: contact, opportunityId: one },
      { contactId: contact, opportunityId: two },
    ]);
  });

  it('tells a role that was taken away by its id alone, as nothing else is left of it', async () => {
    const [opportunity, contact] = [hands.opportunity(), hands.contact()];
    const { Id: id } = sandbox.addRole(opportunity, contact);
    now += 600_000;
    sandbox.removeRole(opportunity, contact);
    now += 600_000;

    const { pages } = await connect().salesforce.readChanges([{ ...ofRoles, deletedSinceMs: startMs }], spend);

    expect(pages[0]).toMatchObject({ roles: [], deletedIds: [id] });
  });

  it('leaves person accounts out, and goes on behind them', async () => {
    sandbox.addField('Account', 'IsPersonAccount', { type: 'boolean' });
    const [person, company] = [hands.account(), hands.account()];
    sandbox.edit('Account', person, { IsPersonAccount: true });
    const { salesforce } = connect();

    const { pages } = await salesforce.readChanges([ask('Account')], spend);

    expect(pages[0]?.records.map(({ id }) => id)).toEqual([company]);
    expect(pages[0]?.latestMs).toBe(startMs);
  });

  it('loses no other source where opportunities are hidden, and says so once', async () => {
    const account = hands.account();
    sandbox.setObjectHidden('Opportunity', true);
    const { salesforce, warnings } = connect();

    for (let round = 0; round < 2; round += 1) {
      const { pages } = await salesforce.readChanges([ask('Account'), ask('Opportunity'), ofRoles], spend);

      expect(pages[0]?.records.map(({ id }) => id)).toEqual([account]);
      expect(pages[1]?.error).toMatchObject({ kind: 'needs-human', code: 'salesforce_unknown_field' });
      expect(pages[2]?.error).not.toBeNull();
    }
    expect(warnings.texts).toHaveLength(1);
  });

  it('loses no other source where accounts are hidden or cannot be described just now', async () => {
    const id = hands.opportunity();
    const { salesforce } = connect();
    const questions = [ask('Account'), ask('Opportunity'), ofRoles];
    sandbox.faults.add({ kind: 'status', status: 503, raw: 'down', match: '/Account/describe' });

    const first = await salesforce.readChanges(questions, spend);
    sandbox.setObjectHidden('Account', true);
    const second = await salesforce.readChanges(questions, spend);

    expect(first.pages[0]).toMatchObject({ source: 'Account', records: [], error: { kind: 'retryable' } });
    expect(second.pages[0]?.error).not.toBeNull();
    for (const { pages } of [first, second]) {
      expect(pages[1]).toMatchObject({ source: 'Opportunity', error: null, records: [{ id }] });
      expect(pages[2]).toMatchObject({ source: 'OpportunityContactRole', error: null });
    }
  });

  it('refuses to ask for records of an object that is none', async () => {
    await expect(connect().salesforce.readChanges([ask('Lead')], spend)).rejects.toMatchObject({ code: 'unexpected' });
  });
});

describe('the history of accounts and opportunities', () => {
  it('tells when a tracked field changed, of both in one call, lookups by their ids', async () => {
    sandbox.trackHistory('Account', ['Phone']);
    sandbox.trackHistory('Opportunity', ['StageName', 'AccountId']);
    const [account, other] = [hands.account(), hands.account()];
    const opportunity = hands.opportunity({ AccountId: account });
    now += 60_000;
    sandbox.edit('Account', account, { Phone: '1' });
    sandbox.edit('Opportunity', opportunity, { StageName: 'Closed Won', AccountId: other });
    const { salesforce } = connect();
    await salesforce.identity(spend);
    sandbox.resetRequests();

    const past = await salesforce.readHistories(
      [
        { object: 'Account', id: account },
        { object: 'Opportunity', id: opportunity },
      ],
      ['Phone', 'StageName', 'AccountId'],
      spend,
    );

    expect(past.get(account)?.Phone).toEqual([{ value: '1', atMs: now, by: 'Sales Person' }]);
    expect(past.get(opportunity)?.StageName).toEqual([{ value: 'Closed Won', atMs: now, by: 'Sales Person' }]);
    expect(past.get(opportunity)?.AccountId?.map(({ value }) => value)).toContain(other);
    expect(sandbox.countedCalls()).toBe(1);
  });
});
