import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drainContacts } from '../../src/usecases/drain/drain-contacts.ts';
import type { Engine } from '../support/engine.ts';
import { failureOf, personsOf, sqlContact } from '../support/people.ts';
import { handedOver, lookWith, mark, meeting, propertiesOf, stageIn, startTwoWay } from '../support/two-way.ts';

describe('in observe mode', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startTwoWay();
  });
  afterAll(() => engine.close());

  it('nothing is written to either CRM, and the decision names the fields of both sides and the stage', async () => {
    const { id, leadId } = await handedOver(engine, { jobtitle: 'Buyer' });
    engine.hubspot.editContact(id, { phone: '+43 1 555' });
    const { contactId } = engine.salesforce.convertLead(leadId, { opportunityName: 'Deal' });
    engine.salesforce.edit('Contact', contactId, { Title: 'Head' });
    const before = { ...propertiesOf(engine, id) };
    await mark(engine, id);
    await drainContacts({ ...engine.dependencies, observe: true }, new AbortController().signal);

    expect(propertiesOf(engine, id)).toEqual(before);
    expect(engine.salesforce.get('Contact', contactId)?.Phone ?? null).toBeNull();
    const { decision, pair } = await engine.ledger.history(id);
    expect(decision).toMatchObject({ observedOnly: true });
    expect(decision?.fields).toEqual(expect.arrayContaining(['Phone', 'jobtitle', 'lifecyclestage']));
    expect(pair?.stageMove).toBeNull();
  });
});

describe('where the mapping asks a person', () => {
  let engine: Engine;
  beforeAll(async () => {
    const asks = {
      'events.restored_in_salesforce': 'ask',
      'events.merged_in_salesforce': 'ask',
      'events.same_email': 'newest',
    };
    engine = await startTwoWay({ mappings: { 'contacts.yaml': asks } });
    // Who makes persons in Salesforce here.
    engine.hubspot.addOwner('sales.person@sandbox.example');
  });
  afterAll(() => engine.close());

  it('a person that was deleted and is there again stays unlinked until somebody says so', async () => {
    const { id, leadId } = await handedOver(engine);
    engine.salesforce.remove('Lead', leadId);
    await engine.look(id);
    engine.salesforce.undelete('Lead', leadId);
    engine.hubspot.editContact(id, { jobtitle: 'Not sent' });
    await engine.look(id);

    expect(await failureOf(engine, id)).toMatchObject({ kind: 'needs-human', code: 'person_restored' });
    expect(engine.salesforce.get('Lead', leadId)?.Title ?? null).toBeNull();
  });

  it('a person that was merged away is followed once the contact names the survivor', async () => {
    const { id, leadId } = await handedOver(engine);
    const winner = engine.salesforce.create('Lead', { LastName: 'Winner', Company: 'W' });
    engine.salesforce.merge('Lead', winner.Id, [leadId]);
    await engine.look(id);
    const asked = await failureOf(engine, id);
    engine.hubspot.editContact(id, { salesforce_person_id: winner.Id });
    await engine.look(id);

    expect(asked).toMatchObject({ kind: 'needs-human', code: 'person_merged' });
    expect(personsOf(engine, id).map(({ Id }) => Id)).toEqual([winner.Id]);
    expect(await failureOf(engine, id)).toBeUndefined();
  });

  it('same_email: newest links the one that was changed last', async () => {
    const Email = `several${Date.now()}@people.example`;
    const [older, newer] = ['Older', 'Newer'].map((LastName) =>
      engine.salesforce.create('Lead', { LastName, Company: 'C', Email }),
    );
    engine.salesforce.jumpClock(1_050);
    engine.salesforce.edit('Lead', String(newer?.Id), { Title: 'Touched' });
    const id = engine.hubspot.createContact(sqlContact('several', { email: Email }));
    await engine.look(id);

    expect(personsOf(engine, id).map(({ Id }) => Id)).toEqual([newer?.Id]);
    expect(engine.salesforce.get('Lead', String(older?.Id))?.HubSpot_Contact_Id__c ?? null).toBeNull();
  });
});

describe('an email that changes', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startTwoWay({ mappings: { 'contacts.yaml': { 'fields.0.rule': 'newest' } } });
  });
  afterAll(() => engine.close());

  it('in HubSpot follows to Salesforce, in Salesforce to HubSpot, and the pair stays the same', async () => {
    const { id, leadId } = await handedOver(engine);
    engine.hubspot.editContact(id, { email: `first${Date.now()}@people.example` });
    await engine.look(id);
    expect(engine.salesforce.get('Lead', leadId)?.Email).toBe(propertiesOf(engine, id).email);

    engine.salesforce.edit('Lead', leadId, { Email: `second${Date.now()}@people.example` });
    await engine.look(id);
    expect(propertiesOf(engine, id).email).toBe(engine.salesforce.get('Lead', leadId)?.Email);
    expect(personsOf(engine, id)).toHaveLength(1);
  });

  it('in Salesforce to one that another contact of HubSpot has: a failure of this pair alone, which a person mends', async () => {
    const [one, two] = [await handedOver(engine), await handedOver(engine)];
    const taken = String(propertiesOf(engine, two.id).email);
    engine.salesforce.edit('Lead', one.leadId, { Email: taken });
    engine.salesforce.edit('Lead', two.leadId, { Title: 'Untouched' });
    await engine.look(one.id, two.id);

    expect(await failureOf(engine, one.id)).toMatchObject({ kind: 'needs-human' });
    expect(await failureOf(engine, two.id)).toBeUndefined();
    expect(propertiesOf(engine, two.id)).toMatchObject({ email: taken, jobtitle: 'Untouched' });

    engine.salesforce.edit('Lead', one.leadId, { Email: `mended${Date.now()}@people.example` });
    await engine.look(one.id);
    await engine.drainLater();
    expect(propertiesOf(engine, one.id).email).toMatch(/^mended/);
    expect(await failureOf(engine, one.id)).toBeUndefined();
  });
});

describe('rule 12: what HubSpot is overwritten by is not old', () => {
  let engine: Engine;
  let aheadMs = 0;
  const now = () => Date.now() + aheadMs;
  beforeAll(async () => {
    engine = await startTwoWay({ hubspot: { now }, salesforce: { clock: now } });
  });
  afterAll(() => engine.close());

  /** Salesforce took six seconds to answer; meanwhile something happens. */
  function slow(happens: () => unknown) {
    let skewMs = 0;
    const { clock } = engine.dependencies;
    const worker = meeting(engine, { after: 'findPersons' }, async () => {
      await happens();
      skewMs = 6_000;
    });
    return { ...worker, clock: { ...clock, now: () => clock.now() + skewMs } };
  }

  it('a property that a person changed meanwhile is not overwritten by what was decided before', async () => {
    const { id, leadId } = await handedOver(engine, { jobtitle: 'Buyer' });
    engine.salesforce.edit('Lead', leadId, { Title: 'Head' });
    // Salesforce's clock shows whole seconds: the later edit wants another one.
    aheadMs += 1_050;
    const worker = slow(() => engine.hubspot.editContact(id, { jobtitle: 'Chief' }));
    await lookWith(engine, worker, id);
    await engine.look(id);

    expect(propertiesOf(engine, id).jobtitle).toBe('Chief');
    expect(engine.salesforce.get('Lead', leadId)?.Title).toBe('Chief');
    // Both had changed: the rule decided with both values in hand, so that the one that lost is in the audit log.
    expect((await engine.ledger.history(id)).changes).toContainEqual(
      expect.objectContaining({ field: 'Title', before: 'Head', after: 'Chief', state: 'done' }),
    );
  });

  it('a stage that a person moved on meanwhile is not set back', async () => {
    const { id, leadId } = await handedOver(engine);
    engine.salesforce.convertLead(leadId, { opportunityName: 'Deal' });
    await lookWith(
      engine,
      slow(() => engine.hubspot.editContact(id, { lifecyclestage: 'customer' })),
      id,
    );
    for (let round = 0; round < 2; round++) await engine.drainLater();

    expect(stageIn(engine, id)).toBe('customer');
    expect((await engine.ledger.history(id)).pair?.stageMove).toBeNull();
  });
});
