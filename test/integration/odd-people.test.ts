import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, startEngine } from '../support/engine.ts';
import { failureOf, personsOf, sqlContact } from '../support/people.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.close());
afterEach(() => {
  engine.hubspot.faults.clear();
  engine.salesforce.faults.clear();
});

describe('a contact and its person', () => {
  it('is created once with the mapped values, our id, an owner, and its id goes back to HubSpot', async () => {
    const id = engine.hubspot.createContact(sqlContact('plain', { jobtitle: 'Buyer', city: 'Berlin', zip: '10115' }));
    await engine.look(id);

    const [lead, ...more] = personsOf(engine, id);
    expect(more).toEqual([]);
    expect(lead).toMatchObject({
      LastName: 'plain',
      Title: 'Buyer',
      City: 'Berlin',
      PostalCode: '10115',
      Email: 'plain@people.example',
    });
    expect(lead?.OwnerId).not.toBe(engine.salesforce.runAsUserId);
    expect(engine.hubspot.getContact(id)?.properties.salesforce_person_id).toBe(lead?.Id);
  });

  it('sends only what changed, once it has been handed over', async () => {
    const id = engine.hubspot.createContact(sqlContact('changes', { jobtitle: 'Buyer' }));
    await engine.look(id);
    engine.hubspot.editContact(id, { jobtitle: 'Chief Buyer' });
    await engine.look(id);

    const { changes } = await engine.ledger.history(id);
    const updates = changes.filter(({ system, operation }) => system === 'salesforce' && operation === 'update');
    expect(updates).toMatchObject([
      { field: 'Title', before: 'Buyer', after: 'Chief Buyer', rule: 'newest', state: 'done' },
    ]);
    expect(personsOf(engine, id)[0]?.Title).toBe('Chief Buyer');
  });

  it('is left alone by a second look: nothing is written twice', async () => {
    const id = engine.hubspot.createContact(sqlContact('twice'));
    await engine.look(id);
    const stamp = personsOf(engine, id)[0]?.SystemModstamp;
    const updatedAt = engine.hubspot.getContact(id)?.updatedAt;
    await engine.look(id);

    expect(personsOf(engine, id)[0]?.SystemModstamp).toBe(stamp);
    expect(engine.hubspot.getContact(id)?.updatedAt).toBe(updatedAt);
  });

  it('below the gate is neither created nor asked about', async () => {
    engine.salesforce.resetRequests();
    const id = engine.hubspot.createContact(sqlContact('below', { lifecyclestage: 'marketingqualifiedlead' }));
    await engine.look(id);

    expect(personsOf(engine, id)).toEqual([]);
    expect(engine.salesforce.countedCalls()).toBe(0);
    expect((await engine.ledger.history(id)).decision).toMatchObject({ outcome: 'below_gate' });
  });

  it('that falls back below the gate stays linked and is no longer updated', async () => {
    const id = engine.hubspot.createContact(sqlContact('falls', { city: 'Bonn' }));
    await engine.look(id);
    engine.hubspot.editContact(id, { lifecyclestage: 'lead', city: 'Kiel' });
    await engine.look(id);

    expect(personsOf(engine, id)).toMatchObject([{ City: 'Bonn' }]);
    expect((await engine.ledger.history(id)).decision?.outcome).toBe('paused');
  });

  it('is paired with the lead that sales already has, whatever the case of its email', async () => {
    const known = engine.salesforce.create('Lead', {
      LastName: 'Known',
      Company: 'K',
      Email: 'KNOWN@People.example',
      City: 'Rome',
    });
    const id = engine.hubspot.createContact(sqlContact('known', { city: 'Oslo', jobtitle: 'Buyer' }));
    await engine.look(id);

    const persons = personsOf(engine, id);
    expect(persons.map(({ Id }) => Id)).toEqual([known.Id]);
    expect(persons[0], 'sales wrote the city; only blanks are filled').toMatchObject({ City: 'Rome', Title: 'Buyer' });
  });

  it('is found by a secondary email too', async () => {
    const known = engine.salesforce.create('Contact', { LastName: 'Second', Email: 'old.address@people.example' });
    const [id = ''] = engine.hubspot.seedContacts([
      sqlContact('second', { hs_additional_emails: 'old.address@people.example' }),
    ]);
    await engine.look(id);

    expect(personsOf(engine, id).map(({ Id }) => Id)).toEqual([known.Id]);
  });

  it('whose email leads to a converted lead is paired with the contact that the lead became', async () => {
    const lead = engine.salesforce.create('Lead', {
      LastName: 'Converted',
      Company: 'C',
      Email: 'converted@people.example',
    });
    const { contactId } = engine.salesforce.convertLead(lead.Id);
    const id = engine.hubspot.createContact(sqlContact('converted'));
    await engine.look(id);

    expect(personsOf(engine, id).map(({ Id }) => Id)).toEqual([contactId]);
  });

  it('with several persons of its email waits for a person instead of guessing', async () => {
    for (const name of ['One', 'Two'])
      engine.salesforce.create('Lead', { LastName: name, Company: 'C', Email: 'several@people.example' });
    const id = engine.hubspot.createContact(sqlContact('several'));
    await engine.look(id);

    expect(personsOf(engine, id)).toEqual([]);
    expect(await failureOf(engine, id)).toMatchObject({ kind: 'needs-human', code: 'several_persons' });
  });

  it('never takes over the person of another living contact', async () => {
    const first = engine.hubspot.createContact(sqlContact('owner-of-person'));
    await engine.look(first);
    engine.hubspot.editContact(first, { email: 'moved@people.example' });
    const second = engine.hubspot.createContact(sqlContact('owner-of-person'));
    await engine.look(second);

    expect(personsOf(engine, first)).toHaveLength(1);
    expect(personsOf(engine, second)).toEqual([]);
    expect(await failureOf(engine, second)).toMatchObject({ code: 'person_taken' });
  });

  it('whose person was deleted is not created again by itself', async () => {
    const id = engine.hubspot.createContact(sqlContact('deleted'));
    await engine.look(id);
    engine.salesforce.remove('Lead', String(personsOf(engine, id)[0]?.Id));
    await engine.look(id);

    expect(personsOf(engine, id)).toEqual([]);
    expect(await failureOf(engine, id)).toMatchObject({ kind: 'needs-human' });
  });

  it('follows its lead through a conversion', async () => {
    const id = engine.hubspot.createContact(sqlContact('follows', { jobtitle: 'Buyer' }));
    await engine.look(id);
    const leadId = String(personsOf(engine, id)[0]?.Id);
    const { contactId } = engine.salesforce.convertLead(leadId);
    engine.hubspot.editContact(id, { jobtitle: 'Chief' });
    await engine.look(id);

    expect(engine.salesforce.get('Contact', contactId)).toMatchObject({ HubSpot_Contact_Id__c: id, Title: 'Chief' });
    expect(engine.hubspot.getContact(id)?.properties.salesforce_person_id).toBe(contactId);
    const { rows } = await engine.database.pool.query('select status from links where record_id = $1', [leadId]);
    expect(rows, 'the lead stays as a memory').toEqual([{ status: 'converted' }]);
  });

  it('merged in HubSpot keeps its one person, which carries the new id afterwards', async () => {
    const [first, second] = [sqlContact('merge-a'), sqlContact('merge-b', { lifecyclestage: 'lead' })].map((person) =>
      engine.hubspot.createContact(person),
    );
    await engine.look(String(first));
    const person = personsOf(engine, String(first))[0];
    const survivor = engine.hubspot.mergeContacts(String(first), String(second));
    await engine.look(String(first), String(second), survivor);
    await engine.drainLater();

    expect(personsOf(engine, survivor).map(({ Id }) => Id)).toEqual([person?.Id]);
    expect(personsOf(engine, String(first))).toEqual([]);
  });

  it.each([
    { name: 'without an email', change: { email: '' }, expected: 'below_gate' },
    { name: 'without a company', change: { company: '' }, expected: 'create' },
    { name: 'without a last name', change: { lastname: '' }, expected: 'create' },
  ] as { name: string; change: Record<string, string>; expected: string }[])(
    '$name: $expected',
    async ({ change, expected }) => {
      const id = engine.hubspot.createContact(sqlContact(`blank-${Object.keys(change)[0]}`, change));
      await engine.look(id);

      expect((await engine.ledger.history(id)).decision?.outcome).toBe(expected);
    },
  );

  it('of two contacts that share a batch and lead to one person, the second one goes later and then waits for a person', async () => {
    engine.salesforce.create('Lead', { LastName: 'Shared', Company: 'S', Email: 'shared@people.example' });
    const first = engine.hubspot.createContact(sqlContact('shared'));
    const [second = ''] = engine.hubspot.seedContacts([
      sqlContact('sharing', { hs_additional_emails: 'shared@people.example' }),
    ]);
    await engine.look(first, second);
    await engine.drainLater();

    const paired = [first, second].filter((id) => personsOf(engine, id).length === 1);
    expect(paired).toHaveLength(1);
    const [other] = [first, second].filter((id) => !paired.includes(id));
    expect(await failureOf(engine, String(other))).toMatchObject({ code: 'person_taken' });
  });
});
