import { afterEach, describe, expect, it } from 'vitest';
import { type Engine, startEngine } from '../support/engine.ts';
import { personsOf, sqlContact } from '../support/people.ts';

let engine: Engine;
afterEach(() => engine.close());

const createAtSql = { 'born_in_salesforce.do': 'create', 'born_in_salesforce.stage': 'salesqualifiedlead' };

async function start(born: Record<string, unknown>, observe = false, gate: Record<string, unknown> = {}) {
  engine = await startEngine({ observe, mappings: { 'contacts.yaml': born, 'gate.yaml': gate } });
  await engine.poll();
}

function bornLead(name: string, more: Record<string, string> = {}) {
  const values = { FirstName: 'Given', LastName: name, Company: 'Trade Fair', Email: `${name}@people.example` };
  return engine.salesforce.create('Lead', { ...values, ...more }).Id;
}

/** What one round and the work after it come to. */
async function round() {
  const polled = await engine.poll();
  await engine.drainLater();
  await engine.drainLater();
  return polled;
}

const contactsNamed = (name: string) =>
  engine.hubspot.contacts().filter(({ properties }) => properties.lastname === name);
const contactOf = (id: string) => engine.hubspot.getContact(id);

async function personDecision(id: string) {
  const { rows } = await engine.database.pool.query(
    `select outcome, code, text, observed_only from decisions where system = 'salesforce' and record_id = $1`,
    [id],
  );
  return rows[0];
}

describe('ignore', () => {
  it('marks nobody', async () => {
    await start({ 'born_in_salesforce.do': 'ignore' });
    bornLead('ignored');

    expect((await round()).marked.persons).toBe(0);
    expect(contactsNamed('ignored')).toEqual([]);
  });
});

describe('link', () => {
  it('links the contact that has the email although it is below the gate, and sends it no field', async () => {
    await start({ 'born_in_salesforce.do': 'link' });
    const id = engine.hubspot.createContact({
      email: 'known@people.example',
      lastname: 'Elsewhere',
      lifecyclestage: 'lead',
    });
    const leadId = bornLead('known');
    await round();

    expect(contactOf(id)?.properties.salesforce_person_id).toBe(leadId);
    expect(engine.salesforce.get('Lead', leadId)).toMatchObject({ HubSpot_Contact_Id__c: id, LastName: 'known' });
    expect(await personDecision(leadId)).toMatchObject({ outcome: 'marked', code: 'born_found_by_email' });
    // Whatever the look found out, the next round has nothing to do.
    expect(await engine.poll()).toMatchObject({ marked: { contacts: 0, persons: 0 } });
  });

  it('finds a contact by a secondary email too', async () => {
    await start({ 'born_in_salesforce.do': 'link' });
    const main = engine.hubspot.createContact({ email: 'main@people.example', lifecyclestage: 'lead' });
    const other = engine.hubspot.createContact({ email: 'second@people.example', lifecyclestage: 'lead' });
    const survivor = engine.hubspot.mergeContacts(main, other);
    const leadId = bornLead('second');
    await round();

    expect(contactOf(survivor)?.properties.salesforce_person_id).toBe(leadId);
  });

  it('leaves a person alone whom nobody knows, and creates nobody', async () => {
    await start({ 'born_in_salesforce.do': 'link' });
    const leadId = bornLead('stranger');
    await round();

    expect(contactsNamed('stranger')).toEqual([]);
    expect(await personDecision(leadId)).toMatchObject({ outcome: 'left', code: 'born_nobody' });
  });
});

describe('create', () => {
  it('creates the contact at the stage of the mapping, with the fields of the person, once', async () => {
    await start(createAtSql);
    engine.hubspot.addOwner('sales.person@sandbox.example');
    const leadId = bornLead('newborn', { Title: 'CTO', City: 'Graz' });
    await round();
    await round();

    const [contact, ...more] = contactsNamed('newborn');
    expect(more).toEqual([]);
    expect(contact?.properties).toMatchObject({
      email: 'newborn@people.example',
      firstname: 'Given',
      jobtitle: 'CTO',
      city: 'Graz',
      lifecyclestage: 'salesqualifiedlead',
      salesforce_person_id: leadId,
    });
    expect(engine.salesforce.get('Lead', leadId)?.HubSpot_Contact_Id__c).toBe(contact?.id);
    expect(await personDecision(leadId)).toMatchObject({ outcome: 'create', code: 'born_created' });
    expect(await engine.poll()).toMatchObject({ marked: { contacts: 0, persons: 0 } });
  });

  it('gives it the owner with the email of the Salesforce user', async () => {
    await start(createAtSql);
    const user = engine.salesforce.addUser({ email: 'rep@people.example' });
    const owner = engine.hubspot.addOwner('rep@people.example');
    bornLead('owned', { OwnerId: user.Id });
    await round();

    expect(contactsNamed('owned')[0]?.properties.hubspot_owner_id).toBe(owner.id);
  });

  it('creates nobody twice when the answer to the create is lost', async () => {
    await start(createAtSql);
    const leadId = bornLead('lostbirth');
    engine.hubspot.faults.add({ kind: 'cut-after', match: 'batch/upsert' });
    await round();
    await round();

    expect(contactsNamed('lostbirth').map(({ properties }) => properties.salesforce_person_id)).toEqual([leadId]);
  });

  it('a contact that somebody else creates at that moment is linked instead', async () => {
    await start(createAtSql);
    const leadId = bornLead('raced');
    await engine.poll();
    const { hubspot } = engine.dependencies;
    let id = '';
    engine.dependencies.hubspot = {
      ...hubspot,
      upsertRecords: async (...given) => {
        id = engine.hubspot.createContact({ email: 'raced@people.example', lifecyclestage: 'lead' });
        return await hubspot.upsertRecords(...given);
      },
    };
    await engine.drain();
    engine.dependencies.hubspot = hubspot;
    await engine.drainLater();

    expect(contactOf(id)?.properties.salesforce_person_id).toBe(leadId);
    expect(engine.salesforce.get('Lead', leadId)?.HubSpot_Contact_Id__c).toBe(id);
  });

  it('creates nobody again for a person who was erased for privacy', async () => {
    await start(createAtSql);
    const id = engine.hubspot.createContact(sqlContact('forgotten'));
    await engine.look(id);
    engine.hubspot.privacyDelete(id);
    await engine.ledger.mark([
      { system: 'hubspot', object: 'contact', recordId: id, priority: 1, source: 'test', hints: ['erased'] },
    ]);
    await engine.drainLater();
    const leadId = bornLead('forgotten2', { Email: 'forgotten@people.example' });
    await round();

    expect(
      engine.hubspot.contacts().filter(({ properties }) => properties.email === 'forgotten@people.example'),
    ).toEqual([]);
    expect(await personDecision(leadId)).toMatchObject({ outcome: 'left', code: 'born_erased' });
  });

  it('only those whom the filter wants, and never one without an email', async () => {
    await start({ ...createAtSql, 'born_in_salesforce.where': "person.LeadSource == 'Trade Show'" });
    bornLead('unwanted', { LeadSource: 'Web' });
    bornLead('wanted', { LeadSource: 'Trade Show' });
    const nameless = engine.salesforce.create('Lead', { LastName: 'mute', Company: 'X', LeadSource: 'Trade Show' }).Id;
    await round();

    expect([contactsNamed('unwanted').length, contactsNamed('wanted').length, contactsNamed('mute').length]).toEqual([
      0, 1, 0,
    ]);
    expect(await personDecision(nameless)).toMatchObject({ code: 'born_without_email' });
  });

  it('the safety limit of the run holds births back until somebody approves it', async () => {
    await start(createAtSql, false, { 'limits.creates_per_run': 2 });
    for (const name of ['first', 'second', 'third', 'fourth']) bornLead(name);
    await round();
    const before = engine.hubspot.contactCount();
    const [run] = (await engine.ledger.status()).runs;
    await engine.ledger.approve(String(run?.id), 'ann');
    await engine.drainLater();

    expect([before, run?.state, engine.hubspot.contactCount()]).toEqual([2, 'stopped', 4]);
  });

  it('a person whose birth HubSpot refuses becomes a failure, and the others are created', async () => {
    await start(createAtSql);
    // Data of old, from before Salesforce checked it.
    const [refused] = engine.salesforce.seed('Lead', [
      { LastName: 'refused', Company: 'X', Email: 'nobody@localhost' },
    ]);
    bornLead('accepted');
    await round();
    const failures = await engine.ledger.failures(10);

    expect(contactsNamed('accepted')).toHaveLength(1);
    expect(contactsNamed('refused')).toEqual([]);
    expect(failures.map(({ recordId, object }) => [recordId, object])).toEqual([[refused, 'Lead']]);
  });

  it('a lead that was converted before anybody looked is created as its Contact', async () => {
    await start(createAtSql);
    const leadId = bornLead('quick');
    await engine.poll();
    const { contactId } = engine.salesforce.convertLead(leadId);
    await engine.drain();
    await round();

    expect(contactsNamed('quick').map(({ properties }) => properties.salesforce_person_id)).toEqual([contactId]);
  });

  it('observe mode writes nothing and says what it would have done', async () => {
    await start(createAtSql, true);
    const leadId = bornLead('watched');
    await round();

    expect(contactsNamed('watched')).toEqual([]);
    expect(await personDecision(leadId)).toMatchObject({ outcome: 'create', observed_only: true });
  });

  it('the pair is handed over as any other: what marketing changes flows to the same person', async () => {
    await start(createAtSql);
    const leadId = bornLead('growing');
    await round();
    const id = String(contactsNamed('growing')[0]?.id);
    engine.hubspot.editContact(id, { jobtitle: 'Director' });
    await engine.look(id);

    expect((await engine.ledger.history(id)).handedOverAtMs).not.toBeNull();
    expect(personsOf(engine, id).map((person) => person.Id)).toEqual([leadId]);
    expect(engine.salesforce.get('Lead', leadId)?.Title).toBe('Director');
  });
});
