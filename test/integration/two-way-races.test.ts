import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../support/engine.ts';
import { failureOf, personsOf } from '../support/people.ts';
import { handedOver, killedAt, lookWith, mark, meeting, propertiesOf, startTwoWay } from '../support/two-way.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startTwoWay();
});
afterAll(() => engine.close());
afterEach(() => {
  engine.hubspot.faults.clear();
  engine.salesforce.faults.clear();
});

const settled = async (id: string) => {
  for (let round = 0; round < 2; round++) await engine.drainLater();
  const { pending, changes } = await engine.ledger.history(id);
  expect(pending).toBeNull();
  expect(changes.filter(({ state }) => state === 'open' || state === 'unknown')).toEqual([]);
  expect(await failureOf(engine, id)).toBeUndefined();
};

const moments = [
  { name: 'before the look', when: null },
  { name: 'between finding and writing', when: { before: 'writePersons' as const } },
  { name: 'between writing Salesforce and HubSpot', when: { after: 'writePersons' as const } },
];

describe('sales converts the lead', () => {
  it.each(moments)('$name: the pair follows to the Contact without a gap or a second person', async ({ when }) => {
    const { id, leadId } = await handedOver(engine, { jobtitle: 'Buyer' });
    engine.hubspot.editContact(id, { jobtitle: 'Chief' });
    let contactId = '';
    const convert = () => {
      contactId = engine.salesforce.convertLead(leadId).contactId;
    };
    if (when === null) convert();
    await lookWith(engine, when === null ? engine.dependencies : meeting(engine, when, convert), id);
    await engine.look(id);
    await settled(id);

    expect(personsOf(engine, id).filter(({ IsConverted }) => IsConverted !== true)).toMatchObject([
      { Id: contactId, Title: 'Chief' },
    ]);
    expect(propertiesOf(engine, id).salesforce_person_id).toBe(contactId);
    expect((await engine.ledger.history(id)).person).toEqual({ object: 'Contact', id: contactId });
  });

  it('between finding and writing, it costs no waiting and shows no failure', async () => {
    const { id, leadId } = await handedOver(engine);
    engine.hubspot.editContact(id, { jobtitle: 'Chief' });
    const convert = () => engine.salesforce.convertLead(leadId);
    await lookWith(engine, meeting(engine, { before: 'writePersons' }, convert), id);

    // The same drain has looked again already.
    expect(personsOf(engine, id).filter(({ IsConverted }) => IsConverted !== true)).toMatchObject([{ Title: 'Chief' }]);
    expect((await engine.ledger.history(id)).pending).toBeNull();
  });
});

describe('a record that goes between read and write', () => {
  it('in Salesforce: the pair ends, nobody is created', async () => {
    const { id, leadId } = await handedOver(engine);
    engine.hubspot.editContact(id, { jobtitle: 'Chief' });
    const before = engine.salesforce.all('Lead').length;
    const remove = () => engine.salesforce.remove('Lead', leadId);
    await lookWith(engine, meeting(engine, { before: 'writePersons' }, remove), id);
    await engine.drainLater();

    expect(engine.salesforce.all('Lead')).toHaveLength(before - 1);
    expect(await failureOf(engine, id)).toMatchObject({ code: 'person_deleted' });
  });

  it('in HubSpot: the pair ends with it', async () => {
    const { id, leadId } = await handedOver(engine);
    engine.salesforce.edit('Lead', leadId, { Title: 'Head' });
    const remove = () => engine.hubspot.deleteContact(id);
    await lookWith(engine, meeting(engine, { before: 'update' }, remove), id);
    await engine.drainLater();

    expect((await engine.ledger.history(id)).pair).toMatchObject({ tombstone: 'contact_deleted' });
    expect(engine.salesforce.get('Lead', leadId)?.IsDeleted).not.toBe(true);
  });

  it('in HubSpot, by a merge: the survivor has the person and the value', async () => {
    const { id, leadId } = await handedOver(engine);
    const other = engine.hubspot.createContact({ email: `other${Date.now()}@people.example`, lastname: 'Other' });
    engine.salesforce.edit('Lead', leadId, { Title: 'Head' });
    let survivor = '';
    const merge = () => {
      survivor = engine.hubspot.mergeContacts(id, other);
    };
    await lookWith(engine, meeting(engine, { before: 'update' }, merge), id);
    await engine.look(survivor);
    for (let round = 0; round < 2; round++) await engine.drainLater();

    expect(propertiesOf(engine, survivor)).toMatchObject({ jobtitle: 'Head', salesforce_person_id: leadId });
    expect(personsOf(engine, survivor)).toHaveLength(1);
  });
});

describe('an edit between our read and our write', () => {
  it('of another property in HubSpot is not taken for agreed, and carried over with its webhook', async () => {
    const { id, leadId } = await handedOver(engine, { jobtitle: 'Buyer' });
    engine.salesforce.edit('Lead', leadId, { Title: 'Head' });
    const edit = async () => {
      engine.hubspot.editContact(id, { city: 'Graz' });
      await mark(engine, id);
    };
    await lookWith(engine, meeting(engine, { before: 'update' }, edit), id);

    expect(propertiesOf(engine, id)).toMatchObject({ jobtitle: 'Head', city: 'Graz' });
    expect(engine.salesforce.get('Lead', leadId)).toMatchObject({ Title: 'Head', City: 'Graz' });
    await settled(id);
  });

  it('of another field in Salesforce is not taken for agreed, and comes over with the next look', async () => {
    const { id, leadId } = await handedOver(engine, { jobtitle: 'Buyer', city: 'Linz' });
    engine.hubspot.editContact(id, { jobtitle: 'Chief' });
    const edit = () => engine.salesforce.edit('Lead', leadId, { City: 'Wien' });
    await lookWith(engine, meeting(engine, { before: 'writePersons' }, edit), id);
    await engine.look(id);

    expect(propertiesOf(engine, id)).toMatchObject({ jobtitle: 'Chief', city: 'Wien' });
    await settled(id);
  });
});

describe('a worker that is killed on the way to HubSpot', () => {
  it.each([
    { name: 'before the update', when: { before: 'update' as const } },
    { name: 'after it', when: { after: 'update' as const } },
  ])('$name: the value arrives once, and is no change of a human', async ({ when }) => {
    const { id, leadId } = await handedOver(engine, { jobtitle: 'Buyer' });
    engine.salesforce.edit('Lead', leadId, { Title: 'Head' });
    await killedAt(engine, when, id);
    await settled(id);

    expect(propertiesOf(engine, id).jobtitle).toBe('Head');
    expect(engine.salesforce.get('Lead', leadId)?.Title).toBe('Head');
    expect(engine.hubspot.getHistory(id, 'jobtitle')).toHaveLength(2);
  });

  it('an answer that is lost is found out about', async () => {
    const { id, leadId } = await handedOver(engine, { jobtitle: 'Buyer' });
    engine.salesforce.edit('Lead', leadId, { Title: 'Head' });
    engine.hubspot.faults.add({ kind: 'cut-after', match: 'batch/update' });
    await engine.look(id);
    await settled(id);

    expect(propertiesOf(engine, id).jobtitle).toBe('Head');
  });
});
