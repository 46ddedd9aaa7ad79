import { afterEach, describe, expect, it } from 'vitest';
import { renderRecord } from '../../src/cli/explain-record.ts';
import { viewRecordExplanation } from '../../src/http/views.ts';
import { explainContact } from '../../src/usecases/explain-contact.ts';
import { explainRecord } from '../../src/usecases/explain-record.ts';
import {
  accountsOf,
  decisionAbout,
  newCompany,
  newContact,
  newDeal,
  pairedDeal,
  pollAndWork,
  settle,
  startDeals,
} from '../support/deals.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { personsOf } from '../support/people.ts';

let engine: Engine;
afterEach(() => engine.close());

const explain = async (kind: 'company' | 'deal', id: string) => await explainRecord(engine.dependencies, kind, id);

/** What explain says, and what the sync then decides: they must be the same. */
async function explainThenLook(kind: 'company' | 'deal', id: string) {
  const explained = await explain(kind, id);
  await engine.lookAt(kind, id);
  return { explained, decided: await decisionAbout(engine, kind, id) };
}

describe('explain makes the plan of a deal that the sync makes', () => {
  it('and tells since when a deal is paired that was born in Salesforce, before a contact is handed over', async () => {
    engine = await startDeals();
    await engine.poll();
    const company = newCompany(engine);
    await settle(engine, { contacts: [newContact(engine, company)] });
    const [account] = accountsOf(engine, company);
    const order = { Name: 'Born there', StageName: 'Qualification', CloseDate: '2027-01-01' };
    const { Id } = engine.salesforce.create('Opportunity', { ...order, AccountId: String(account?.Id) });
    await pollAndWork(engine);

    const explained = await explain('deal', Id);
    expect(explained).toMatchObject({ standing: 'paired', history: { handedOverAtMs: null } });
    expect(viewRecordExplanation(explained).history).toMatchObject({ pairedAt: expect.stringMatching(/^20.*Z$/) });
    expect(viewRecordExplanation(explained).history).not.toHaveProperty('landedAtMs');
    expect(renderRecord(explained).join('\n')).toMatch(/^paired {5}since 20\d\d-/m);
  });

  it('for a deal none of whose contacts has passed the gate', async () => {
    engine = await startDeals();
    const company = newCompany(engine);
    const below = { lifecyclestage: 'lead' };
    const contacts = [newContact(engine, company, below), newContact(engine, company, below)];
    const deal = newDeal(engine, { contacts, companies: [company] });

    const { explained, decided } = await explainThenLook('deal', deal);

    expect(explained).toMatchObject({
      outcome: 'waiting',
      counterpart: null,
      contactCount: 2,
      standing: 'unknown_to_the_ledger',
    });
    expect(explained.sentence).toMatch(
      new RegExp(`^Deal ${deal} waits: none of its 2 contacts has passed the gate yet`),
    );
    expect(explained.waitsFor.map(({ object, recordId }) => `${object} ${recordId}`).sort()).toEqual(
      contacts.map((id) => `contact ${id}`).sort(),
    );
    expect(explained.contacts).toMatchObject([
      { passedGate: false, person: null, text: 'It has not passed the gate.' },
      { passedGate: false, person: null },
    ]);
    expect(decided).toMatchObject({ outcome: 'waiting', code: explained.reasons[0]?.code });
  });

  it('for a deal of somebody who is still a Lead, and says when the role comes', async () => {
    engine = await startDeals();
    const company = newCompany(engine);
    const contact = newContact(engine, company);
    await settle(engine, { contacts: [contact], companies: [company] });
    const deal = newDeal(engine, { contacts: [contact], companies: [company] });

    const { explained, decided } = await explainThenLook('deal', deal);

    const [lead] = personsOf(engine, contact);
    const [account] = accountsOf(engine, company);
    expect(explained).toMatchObject({
      outcome: 'create',
      contacts: [{ contactId: contact, passedGate: true, person: { object: 'Lead', id: lead?.Id }, role: null }],
      company: { companyId: company, account: { object: 'Account', id: account?.Id }, failure: null },
      waitsFor: [{ object: 'contact', recordId: contact }],
      stages: { hubspot: { pipeline: 'default', stage: 'qualifiedtobuy' }, salesforce: null, state: 'open' },
    });
    expect(explained.contacts[0]?.text).toContain('as soon as sales converts the Lead');
    expect(explained.reasons.map(({ code }) => code)).toContain('created');
    expect(decided).toMatchObject({ outcome: 'create', code: 'created' });
  });

  it('for a deal that is paired: both sides of each field, the stage on both, and the role', async () => {
    engine = await startDeals();
    await engine.poll();
    const { deal, contact, company, opportunityId, accountId } = await pairedDeal(engine);
    engine.hubspot.editDeal(deal, { amount: '1234.50' });

    const explained = await explain('deal', opportunityId);

    expect(explained).toMatchObject({
      recordId: deal,
      outcome: 'update',
      counterpart: { object: 'Opportunity', id: opportunityId },
      standing: 'paired',
      stages: { salesforce: { stage: 'Needs Analysis', isClosed: false, isWon: false } },
      contacts: [
        {
          contactId: contact,
          name: expect.any(String),
          passedGate: true,
          person: { object: 'Contact' },
          role: '*',
        },
      ],
      company: {
        companyId: company,
        name: expect.any(String),
        account: { id: accountId },
        opportunityAccountId: accountId,
        companyOfOpportunity: company,
      },
      problem: null,
    });
    const amount = explained.fields.find(({ hubspot }) => hubspot.name === 'amount');
    expect(amount).toMatchObject({
      rule: 'newest',
      hubspot: { value: '1234.50', changeOf: 'field' },
      salesforce: { name: 'Amount' },
    });
    expect(amount?.hubspot.changedAtMs).toBeGreaterThan(0);
    expect(explained.changes).toMatchObject([{ field: 'Amount', after: '1234.5' }]);
    expect(explained.unread).toEqual([]);
    expect(explained.timeline.map(({ kind }) => kind)).toContain('link');
    const text = renderRecord(explained).join('\n');
    expect(text).toContain(`Deal ${deal} is paired with Opportunity ${opportunityId}; 1 of its fields in Salesforce`);
    expect(text).toMatch(/^stage {6}HubSpot .*qualifiedtobuy.* \| Salesforce Needs Analysis \(open\)$/m);
  });

  it('for a deal whose stage the mapping does not know', async () => {
    engine = await startDeals({ 'deals.yaml': { 'pipelines.list.0.stages.presentationscheduled': 'No Such Stage' } });
    const company = newCompany(engine);
    const contact = newContact(engine, company);
    await settle(engine, { contacts: [contact], companies: [company] });
    const deal = newDeal(engine, { contacts: [contact], companies: [company] }, { dealstage: 'presentationscheduled' });

    const { explained } = await explainThenLook('deal', deal);

    expect(explained).toMatchObject({ outcome: 'needs_person', problem: { code: 'deal_stage_unknown' } });
    expect(explained.sentence).toContain(`Deal ${deal} waits for a person:`);
    expect(await explain('deal', deal)).toMatchObject({
      standing: 'failed',
      history: { failure: { code: 'deal_stage_unknown' } },
    });
  });
});

describe('explain says where a company stands', () => {
  it('before and after a person of theirs has passed the gate, by either id', async () => {
    engine = await startDeals();
    const company = newCompany(engine);
    const contact = newContact(engine, company, { lifecyclestage: 'lead' });
    await settle(engine, { contacts: [contact] });
    const before = await explainThenLook('company', company);
    engine.hubspot.editContact(contact, { lifecyclestage: 'salesqualifiedlead' });
    await settle(engine, { contacts: [contact], companies: [company] });
    const accountId = String(accountsOf(engine, company)[0]?.Id);
    const after = await explain('company', accountId);

    expect(before.explained).toMatchObject({
      outcome: 'not_wanted',
      counterpart: null,
      reasons: [{ code: 'no_person_passed' }],
    });
    expect(before.explained.sentence).toContain('is not in Salesforce, and rightly so');
    expect(before.decided).toMatchObject({ outcome: 'not_wanted', code: 'no_person_passed' });
    expect(after).toMatchObject({
      recordId: company,
      outcome: 'unchanged',
      standing: 'paired',
      counterpart: { object: 'Account', id: accountId },
      contacts: [{ contactId: contact, passedGate: true, person: { object: 'Lead' } }],
      company: null,
    });
    expect(after.fields).toContainEqual(
      expect.objectContaining({ salesforce: expect.objectContaining({ name: 'Website' }) }),
    );
  });

  it('of which HubSpot no longer has anything, and that nobody knows', async () => {
    engine = await startDeals();
    const company = newCompany(engine);
    const contact = newContact(engine, company);
    await settle(engine, { contacts: [contact], companies: [company] });
    engine.hubspot.deleteCompany(company);
    await engine.lookAt('company', company);

    expect(await explain('company', company)).toMatchObject({
      outcome: 'unlinked',
      standing: 'ended',
      sentence: expect.stringMatching(/^HubSpot no longer has this company\. .* deleted in HubSpot\.$/),
    });
    await expect(explain('company', '999999')).rejects.toMatchObject({ code: 'record_not_found' });
    await expect(explain('deal', '006000000000001AAA')).rejects.toMatchObject({ code: 'record_not_found' });
  });

  it('that is an Account nobody stands for', async () => {
    engine = await startDeals();
    const accountId = String(engine.salesforce.create('Account', { Name: 'Lonely' }).Id);

    await expect(explain('company', accountId)).rejects.toMatchObject({ code: 'record_not_paired' });
  });
});

describe('explain of a contact tells what surrounds it', () => {
  it('its company, and the deals that wait for it', async () => {
    engine = await startDeals();
    const company = newCompany(engine);
    const contact = newContact(engine, company, { lifecyclestage: 'lead' });
    const deal = newDeal(engine, { contacts: [contact], companies: [company] });
    await settle(engine, { contacts: [contact], deals: [deal] });

    const explained = await explainContact(engine.dependencies, contact);

    expect(explained.company).toMatchObject({ companyId: company, account: null, name: expect.any(String) });
    expect(explained.company?.text).toContain('as soon as this contact has passed the gate');
    expect(explained.deals).toMatchObject([{ dealId: deal, name: expect.any(String), opportunity: null, waits: true }]);
    expect(explained.deals[0]?.text).toContain('has passed the gate');
    expect(explained.sentence).toMatch(new RegExp(`A deal waits for it \\(${deal}\\)\\.$`));
  });
});

it('explain tells the rest while Salesforce cannot be asked, and why', async () => {
  engine = await startDeals();
  const contact = newContact(engine, null);
  const deal = newDeal(engine, { contacts: [contact] });
  engine.salesforce.setDailyUsed(1_000_000);

  const explained = await explain('deal', deal);

  expect(explained).toMatchObject({
    outcome: 'unknown',
    problem: { code: 'salesforce_request_limit' },
    contacts: [{ contactId: contact }],
    stages: { hubspot: { stage: 'qualifiedtobuy' } },
  });
  expect(explained.sentence).toContain(`Deal ${deal} cannot be planned now`);
  expect(explained.fields.find(({ hubspot }) => hubspot.name === 'amount')?.hubspot.value).toBe('1000');
});

it('explain says that a kind is switched off', async () => {
  engine = await startEngine();
  const deal = newDeal(engine, {});

  const explained = await explain('deal', deal);

  expect(explained).toMatchObject({
    outcome: 'not_wanted',
    reasons: [{ code: 'sync_off' }],
    fields: expect.any(Array),
  });
  expect(explained.sentence).toContain('deals.yaml');
});
