import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareRecords, recordsToldByTheLog, recordsWrittenByUs } from '../../src/demo/promises/record-audit.ts';
import {
  isWonToTheDigit,
  noRecordsBelowTheGate,
  recordsExactlyOnce,
  takeRecords,
} from '../../src/demo/promises/records.ts';
import { startLocalCrms, type TimelineEntry } from '../../src/demo/stage.ts';

let crms: Awaited<ReturnType<typeof startLocalCrms>>;
beforeEach(async () => {
  crms = await startLocalCrms();
});
afterEach(() => Promise.all([crms.hubspot.close(), crms.salesforce.close()]));

const byUs = { changeSource: 'INTEGRATION' };
const won = { amount: '48250.55', day: '2026-11-21' };

/** A deal that sales has won, with its company and contact, equal on both sides and linked; and one of nobody who passed. */
function cast() {
  const { hubspot, salesforce } = crms;
  const contact = hubspot.createContact({ email: 'ann@pair.example', lastname: 'Pair' });
  const company = hubspot.createCompany({ name: 'Works', domain: 'works.example' });
  hubspot.setPrimaryCompany('contacts', contact, company);
  const closed = { dealname: 'Order', pipeline: 'default', dealstage: 'closedwon', closedate: '2026-11-21T05:00:00Z' };
  const deal = hubspot.createDeal({ ...closed, amount: won.amount }, { contacts: [contact], companies: [company] });
  const account = salesforce.create('Account', {
    Name: 'Works',
    Website: 'works.example',
    HubSpot_Company_Id__c: company,
  });
  const person = salesforce.create('Contact', {
    LastName: 'Pair',
    AccountId: account.Id,
    HubSpot_Contact_Id__c: contact,
  });
  const opportunity = salesforce.create('Opportunity', {
    Name: 'Order',
    StageName: 'Closed Won',
    Amount: won.amount,
    CloseDate: won.day,
    AccountId: account.Id,
    HubSpot_Deal_Id__c: deal,
  });
  salesforce.addRole(opportunity.Id, person.Id);
  hubspot.editCompany(company, { salesforce_account_id: account.Id });
  hubspot.editDeal(deal, { salesforce_opportunity_id: opportunity.Id });
  const below = hubspot.createContact({ email: 'bo@below.example', lastname: 'Below' });
  const waiting = hubspot.createDeal(
    { dealname: 'Later', pipeline: 'default', dealstage: 'appointmentscheduled' },
    {
      contacts: [below],
    },
  );
  return { contact, company, deal, waiting, opportunityId: opportunity.Id, personId: person.Id, accountId: account.Id };
}

/** What the checks look at, as both CRMs are now; the ledger tells `entries` of each deal. */
async function look(told: ReturnType<typeof cast>, entries: readonly TimelineEntry[] = []) {
  const { contact, company, deal, waiting } = told;
  const timeline = (_id: string, kind?: string) => Promise.resolve(kind === 'deals' && _id === deal ? entries : []);
  const stage = { ...crms, service: { timeline } };
  const records = await takeRecords(stage, (id) => id === contact);
  const deals = { dora: { contact, company, deal }, milo: { contact, company, deal: waiting }, won };
  return { records, stage: crms, deals };
}

describe('promises 1 and 2 of the demo, of companies and deals', () => {
  it('hold where everything that passed is there once, and nothing else', async () => {
    const looked = await look(cast());

    expect(noRecordsBelowTheGate(looked)).toEqual({
      held: true,
      evidence: '0 companies and 1 deal of theirs, 0 of them in Salesforce; 0 writes to Salesforce named one',
    });
    expect(recordsExactlyOnce(looked)).toMatchObject({
      held: true,
      evidence: expect.stringContaining('1 company and 1 deal passed with their people, 2 of them with exactly one'),
    });
  });

  it('1 is broken by an Opportunity of a deal whose contact never passed', async () => {
    const told = cast();
    const values = { Name: 'Later', StageName: 'Qualification', CloseDate: won.day };
    crms.salesforce.create('Opportunity', { ...values, HubSpot_Deal_Id__c: told.waiting });

    expect(noRecordsBelowTheGate(await look(told))).toMatchObject({
      held: false,
      evidence: expect.stringContaining('1 of them in Salesforce'),
    });
  });

  type Cast = ReturnType<typeof cast>;
  const faults: readonly (readonly [string, (told: Cast) => unknown])[] = [
    [
      'a second Opportunity',
      () => crms.salesforce.create('Opportunity', { Name: 'Order', StageName: 'Qualification', CloseDate: won.day }),
    ],
    ['a second Account', () => crms.salesforce.create('Account', { Name: 'Works' })],
    ['a deal without its link', ({ deal }) => crms.hubspot.editDeal(deal, { salesforce_opportunity_id: '' })],
    ['a company without its link', ({ company }) => crms.hubspot.editCompany(company, { salesforce_account_id: '' })],
    ['a role that is missing', ({ opportunityId, personId }) => crms.salesforce.removeRole(opportunityId, personId)],
    [
      'a role twice',
      ({ opportunityId, personId }) => crms.salesforce.addRole(opportunityId, personId, { role: 'Other' }),
    ],
  ];

  it.each(faults)('2 is broken by %s', async (_what, spoil) => {
    const told = cast();
    spoil(told);

    expect(recordsExactlyOnce(await look(told)).held).toBe(false);
  });
});

describe('promise 5 of the demo, of companies and deals', () => {
  it('compares amounts by digit, close dates by the day of the account, stages and people', async () => {
    const looked = await look(cast());

    expect(compareRecords(looked)).toEqual({ pairs: 2, fields: 8, unequal: [] });
    expect(isWonToTheDigit(looked)).toBe(true);
  });

  it.each([
    ['amount', { amount: '48250.56' }],
    ['closedate', { closedate: '2026-11-22T05:00:00Z' }],
    ['dealstage', { dealstage: 'closedlost' }],
  ])('is broken where the %s differs', async (field, values) => {
    const told = cast();
    crms.hubspot.editDeal(told.deal, { closedate: '2026-11-21T05:00:00Z', ...values });
    const looked = await look(told);

    expect(compareRecords(looked).unequal).toEqual(expect.arrayContaining([`${field} of ${told.deal}`]));
    expect(isWonToTheDigit(looked)).toBe(false);
  });

  it('finds what we wrote in the histories of both CRMs, and what the log tells, in one notation', async () => {
    const told = cast();
    crms.hubspot.editDeal(told.deal, { amount: '7.50' }, byUs);
    crms.salesforce.edit('Opportunity', told.opportunityId, { Amount: '7.5' }, crms.salesforce.runAsUserId);
    const change = { before: null, after: '7.50', rule: 'newest', conflict: null };
    const write = {
      at: '',
      kind: 'write',
      code: 'update',
      text: '',
      object: null,
      recordId: null,
      runId: null,
    } as const;
    const entries: TimelineEntry[] = [
      { ...write, system: 'hubspot', changes: [{ ...change, field: 'amount' }] },
      { ...write, system: 'salesforce', changes: [{ ...change, field: 'Amount' }] },
      { ...write, system: 'salesforce', changes: [{ ...change, field: 'NextStep' }] },
    ];
    const looked = await look(told, entries);
    const both = [
      { field: 'amount', value: '7.5' },
      { field: 'Amount', value: '7.5' },
    ];

    expect(recordsWrittenByUs(looked)).toEqual(both);
    expect(recordsToldByTheLog(looked.records)).toEqual({ values: both, withoutRule: 0 });
  });
});
