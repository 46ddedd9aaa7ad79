import { afterEach, describe, expect, it } from 'vitest';
import { drainContacts } from '../../src/usecases/drain/drain-contacts.ts';
import { drainRecords } from '../../src/usecases/drain-records/drain-records.ts';
import {
  type Cast,
  dealOf,
  newCompany,
  newContact,
  newDeal,
  opportunityOf,
  pairedDeal,
  pollAndWork,
  rolesOf,
  startDeals,
} from '../support/deals.ts';
import type { Engine } from '../support/engine.ts';
import { personsOf } from '../support/people.ts';
import { propertiesOf } from '../support/two-way.ts';

let engine: Engine;
afterEach(() => engine.close());

const { signal } = new AbortController();

type Crm = 'hubspot' | 'salesforce';

/** A worker that is killed around its first call of this kind: before it is sent, or once it is carried out and nobody hears the answer. */
function killed<Dependencies extends Record<Crm, object>>(
  dependencies: Dependencies,
  { crm, step, when }: { crm: Crm; step: string; when: 'before' | 'after' },
): Dependencies {
  const port = new Proxy(dependencies[crm], {
    get(target, name, receiver) {
      const method: unknown = Reflect.get(target, name, receiver);
      if (typeof method !== 'function' || name !== step) return method;
      return async (...given: unknown[]) => {
        if (when === 'after') await Reflect.apply(method, target, given);
        throw new Error('killed');
      };
    },
  });
  return { ...dependencies, [crm]: port };
}

const createOfDeal = { crm: 'salesforce', step: 'writeRecords', when: 'after' } as const;
const createOfPerson = { crm: 'salesforce', step: 'writePersons', when: 'after' } as const;

async function leasesEnd(): Promise<void> {
  await engine.database.pool.query('update pending set leased_until = null, lease_token = null');
  await engine.database.pool.query('update pairs set leased_until = null, lease_token = null');
}

describe('a create whose answer is never heard', () => {
  it('of an Opportunity: what sales edits before the next look is carried to the deal', async () => {
    engine = await startDeals();
    const company = newCompany(engine);
    const contact = newContact(engine, company);
    await engine.look(contact);
    const deal = newDeal(engine, { contacts: [contact], companies: [company] });
    await engine.ledger.mark([{ system: 'hubspot', object: 'deal', recordId: deal, priority: 2, source: 'test' }]);
    await expect(drainRecords(killed(engine.dependencies, createOfDeal), 'deal', signal)).rejects.toThrow('killed');
    const { Id } = opportunityOf(engine, deal);
    engine.salesforce.edit('Opportunity', Id, { Amount: 4321.09, StageName: 'Proposal/Price Quote' });
    await leasesEnd();
    await engine.drainLater();

    expect(opportunityOf(engine, deal)).toMatchObject({ Id, Amount: 4321.09, StageName: 'Proposal/Price Quote' });
    expect(dealOf(engine, deal)).toMatchObject({ amount: '4321.09', dealstage: 'contractsent' });
  });

  it('of an Opportunity: the same where marketing has edited another field meanwhile', async () => {
    engine = await startDeals();
    const company = newCompany(engine);
    const contact = newContact(engine, company);
    await engine.look(contact);
    const deal = newDeal(engine, { contacts: [contact], companies: [company] });
    await engine.ledger.mark([{ system: 'hubspot', object: 'deal', recordId: deal, priority: 2, source: 'test' }]);
    await expect(drainRecords(killed(engine.dependencies, createOfDeal), 'deal', signal)).rejects.toThrow('killed');
    const { Id } = opportunityOf(engine, deal);
    engine.salesforce.edit('Opportunity', Id, { Amount: 4321.09, StageName: 'Proposal/Price Quote' });
    engine.hubspot.editDeal(deal, { dealname: 'Renamed meanwhile' });
    await leasesEnd();
    await engine.drainLater();

    expect(opportunityOf(engine, deal)).toMatchObject({
      Id,
      Name: 'Renamed meanwhile',
      Amount: 4321.09,
      StageName: 'Proposal/Price Quote',
    });
    expect(dealOf(engine, deal)).toMatchObject({ amount: '4321.09', dealstage: 'contractsent' });
  });

  it('of a Lead: the same for its contact', async () => {
    engine = await startDeals();
    const contact = newContact(engine, null, { jobtitle: 'Buyer' });
    await engine.ledger.mark([
      { system: 'hubspot', object: 'contact', recordId: contact, priority: 2, source: 'test' },
    ]);
    await expect(drainContacts(killed(engine.dependencies, createOfPerson), signal)).rejects.toThrow('killed');
    const [lead] = personsOf(engine, contact);
    engine.salesforce.edit('Lead', String(lead?.Id), { Title: 'Head of Buying' });
    await leasesEnd();
    await engine.drainLater();

    expect(personsOf(engine, contact)).toHaveLength(1);
    expect(propertiesOf(engine, contact).jobtitle).toBe('Head of Buying');
  });

  it.each(['before', 'after'] as const)(
    'of an Opportunity: the same where the look that closes it is killed too, %s its write to HubSpot',
    async (when) => {
      engine = await startDeals();
      const company = newCompany(engine);
      const contact = newContact(engine, company);
      await engine.look(contact);
      const deal = newDeal(engine, { contacts: [contact], companies: [company] });
      await engine.ledger.mark([{ system: 'hubspot', object: 'deal', recordId: deal, priority: 2, source: 'test' }]);
      await expect(drainRecords(killed(engine.dependencies, createOfDeal), 'deal', signal)).rejects.toThrow('killed');
      const { Id } = opportunityOf(engine, deal);
      engine.salesforce.edit('Opportunity', Id, { Amount: 4321.09, StageName: 'Proposal/Price Quote' });
      await leasesEnd();
      const inHubSpot = { crm: 'hubspot', step: 'update', when } as const;
      await expect(drainRecords(killed(engine.dependencies, inHubSpot), 'deal', signal)).rejects.toThrow('killed');
      await leasesEnd();
      await engine.drainLater();

      expect(opportunityOf(engine, deal)).toMatchObject({ Id, Amount: 4321.09, StageName: 'Proposal/Price Quote' });
      expect(dealOf(engine, deal)).toMatchObject({ amount: '4321.09', dealstage: 'contractsent' });
    },
  );

  it.each(['before', 'after'] as const)(
    'of a Lead: the same where the look that closes it is killed too, %s its write to HubSpot',
    async (when) => {
      engine = await startDeals();
      const contact = newContact(engine, null, { jobtitle: 'Buyer' });
      await engine.ledger.mark([
        { system: 'hubspot', object: 'contact', recordId: contact, priority: 2, source: 'test' },
      ]);
      await expect(drainContacts(killed(engine.dependencies, createOfPerson), signal)).rejects.toThrow('killed');
      const [lead] = personsOf(engine, contact);
      engine.salesforce.edit('Lead', String(lead?.Id), { Title: 'Head of Buying' });
      await leasesEnd();
      const inHubSpot = { crm: 'hubspot', step: 'update', when } as const;
      await expect(drainContacts(killed(engine.dependencies, inHubSpot), signal)).rejects.toThrow('killed');
      await leasesEnd();
      await engine.drainLater();

      expect(personsOf(engine, contact)).toHaveLength(1);
      expect(personsOf(engine, contact)).toMatchObject([{ Title: 'Head of Buying' }]);
      expect(propertiesOf(engine, contact).jobtitle).toBe('Head of Buying');
    },
  );
});

describe('a birth whose answer is lost', () => {
  const order = { Name: 'Born there', StageName: 'Qualification', CloseDate: '2027-01-01', Amount: 5 };
  /** Of the same Account and person: they have passed the gate. */
  const bornOpportunity = ({ accountId, opportunityId }: Cast): string => {
    const { Id } = engine.salesforce.create('Opportunity', { ...order, AccountId: accountId });
    engine.salesforce.addRole(Id, String(rolesOf(engine, opportunityId)[0]?.ContactId), { isPrimary: true });
    return Id;
  };
  const bornOf = (id: string) =>
    engine.hubspot.deals().filter(({ properties }) => properties.salesforce_opportunity_id === id);
  const writes = async (id: string) => {
    const { rows } = await engine.database.pool.query<{ operation: string; state: string }>(
      `select operation, state from writes where record_id = $1 and operation = 'create'`,
      [id],
    );
    return rows;
  };

  it('is not sent again over what people have edited in HubSpot, and their edits go to Salesforce', async () => {
    engine = await startDeals();
    await engine.poll();
    const Id = bornOpportunity(await pairedDeal(engine));
    engine.hubspot.faults.add({ kind: 'cut-after', match: 'deals/batch/upsert' });
    await pollAndWork(engine);
    const deal = String(bornOf(Id)[0]?.id);
    engine.hubspot.editDeal(deal, { amount: '99', dealstage: 'contractsent' });
    await engine.drainLater();

    expect(bornOf(Id)).toHaveLength(1);
    expect(dealOf(engine, deal)).toMatchObject({ amount: '99', dealstage: 'contractsent', dealname: 'Born there' });
    expect(engine.salesforce.get('Opportunity', Id)).toMatchObject({ Amount: 99, HubSpot_Deal_Id__c: deal });
    expect(await writes(deal)).toEqual([{ operation: 'create', state: 'done' }]);
  });

  it('takes what sales edited meanwhile to the deal', async () => {
    engine = await startDeals();
    await engine.poll();
    const Id = bornOpportunity(await pairedDeal(engine));
    engine.hubspot.faults.add({ kind: 'cut-after', match: 'deals/batch/upsert' });
    await pollAndWork(engine);
    const deal = String(bornOf(Id)[0]?.id);
    engine.hubspot.editDeal(deal, { amount: '99' });
    engine.salesforce.edit('Opportunity', Id, { Name: 'Renamed' });
    await engine.drainLater();

    expect(dealOf(engine, deal)).toMatchObject({ amount: '99', dealname: 'Renamed' });
    expect(engine.salesforce.get('Opportunity', Id)).toMatchObject({ Amount: 99, Name: 'Renamed' });
  });

  it('is sent again where it never arrived', async () => {
    engine = await startDeals();
    await engine.poll();
    const Id = bornOpportunity(await pairedDeal(engine));
    engine.hubspot.faults.add({ kind: 'cut-before', match: 'deals/batch/upsert' });
    await pollAndWork(engine);
    expect(bornOf(Id)).toEqual([]);
    await engine.drainLater();

    expect(bornOf(Id)).toMatchObject([{ properties: { amount: '5' } }]);
  });
});

it('a role of ours that Salesforce made twice, as a lost one came late, is there once again', async () => {
  engine = await startDeals();
  await engine.poll();
  const { opportunityId } = await pairedDeal(engine);
  await pollAndWork(engine);
  const [first] = rolesOf(engine, opportunityId);
  const of = { OpportunityId: opportunityId, ContactId: String(first?.ContactId) };
  engine.salesforce.create('OpportunityContactRole', { ...of, Role: first?.Role ?? null });
  engine.salesforce.create('OpportunityContactRole', { ...of, Role: 'Evaluator' });
  await pollAndWork(engine);
  await engine.drainLater();

  expect(rolesOf(engine, opportunityId)).toMatchObject([{ Id: first?.Id }, { Role: 'Evaluator' }]);
});
