import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../support/engine.ts';
import { failureOf, personsOf, sqlContact } from '../support/people.ts';
import { handedOver, propertiesOf, startTwoWay } from '../support/two-way.ts';

const leads = (engine: Engine) => engine.salesforce.all('Lead').length;
const decisionOf = async (engine: Engine, id: string) => (await engine.ledger.history(id)).decision;

async function erase(engine: Engine, id: string): Promise<void> {
  engine.hubspot.privacyDelete(id);
  const hints = ['deleted', 'erased'] as const;
  await engine.ledger.mark([
    { system: 'hubspot', object: 'contact', recordId: id, priority: 2, source: 'webhook', hints },
  ]);
  await engine.drain();
}

describe('with the safe defaults', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startTwoWay();
  });
  afterAll(() => engine.close());

  it('a person deleted in Salesforce is unlinked and reported; no sweep creates it again', async () => {
    const { id, leadId } = await handedOver(engine);
    engine.salesforce.remove('Lead', leadId);
    const before = leads(engine);
    await engine.look(id);
    const reported = await failureOf(engine, id);
    for (let look = 0; look < 2; look++) await engine.look(id);

    expect(leads(engine)).toBe(before);
    expect(reported).toMatchObject({ kind: 'needs-human', code: 'person_deleted' });
    expect(await failureOf(engine, id)).toMatchObject({ kind: 'needs-human', code: 'person_unlinked' });
    expect((await engine.ledger.history(id)).pair).toMatchObject({ tombstone: 'person_deleted' });
    expect(engine.hubspot.getContact(id)?.archived).toBe(false);
  });

  it('and undeleted is linked again, with what both sides changed meanwhile', async () => {
    const { id, leadId } = await handedOver(engine, { jobtitle: 'Buyer' });
    engine.salesforce.remove('Lead', leadId);
    await engine.look(id);
    engine.hubspot.editContact(id, { jobtitle: 'Changed meanwhile' });
    await engine.look(id);
    engine.salesforce.undelete('Lead', leadId);
    await engine.look(id);
    await engine.look(id);

    expect(personsOf(engine, id)).toMatchObject([{ Id: leadId, Title: 'Changed meanwhile' }]);
    expect((await engine.ledger.history(id)).pair).toMatchObject({ tombstone: null, person: { id: leadId } });
    expect(await failureOf(engine, id)).toBeUndefined();
  });

  it('a contact deleted in HubSpot leaves its person alone, and finds it when it comes back', async () => {
    const { id, leadId } = await handedOver(engine);
    engine.hubspot.deleteContact(id);
    await engine.look(id);
    const ended = (await engine.ledger.history(id)).pair?.tombstone;
    engine.hubspot.restoreContact(id);
    engine.salesforce.edit('Lead', leadId, { Title: 'Worked on' });
    await engine.look(id);
    await engine.look(id);

    expect(ended).toBe('contact_deleted');
    expect(personsOf(engine, id)).toHaveLength(1);
    expect(propertiesOf(engine, id).jobtitle).toBe('Worked on');
    expect((await engine.ledger.history(id)).pair).toMatchObject({ tombstone: null });
  });

  it('an event that claims a deletion is not believed', async () => {
    const { id } = await handedOver(engine);
    await engine.ledger.mark([
      { system: 'hubspot', object: 'contact', recordId: id, priority: 2, source: 'webhook', hints: ['deleted'] },
    ]);
    await engine.drain();

    expect((await engine.ledger.history(id)).pair).toMatchObject({ tombstone: null });
  });

  it('an erased contact ends its pair for ever: a receipt names what was erased, and nobody is created for the email', async () => {
    const name = `erased${Date.now()}`;
    const { id } = await handedOver(engine, { email: `${name}@people.example` });
    const before = leads(engine);
    await erase(engine, id);
    const receipt = (await engine.ledger.erasures(10)).find(({ contactId }) => contactId === id);

    expect((await engine.ledger.history(id)).pair).toMatchObject({ tombstone: 'erased' });
    expect(receipt).toMatchObject({ contactId: id });
    expect(JSON.stringify(receipt)).not.toContain(name);
    expect(leads(engine)).toBe(before);
  });

  it('somebody erased who comes back is for a human, until the person left in Salesforce is deleted', async () => {
    const email = `returned${Date.now()}@people.example`;
    const old = await handedOver(engine);
    await erase(engine, old.id);
    engine.salesforce.edit('Lead', old.leadId, { Email: email });
    const id = engine.hubspot.createContact(sqlContact('returned', { email }));
    await engine.look(id);
    const failure = await failureOf(engine, id);
    engine.salesforce.remove('Lead', old.leadId);
    await engine.ledger.retryFailures();
    await engine.drain();
    for (let round = 0; round < 2; round++) await engine.look(id);

    expect(failure).toMatchObject({ kind: 'needs-human', code: 'person_erased', recordIds: [old.leadId] });
    expect(personsOf(engine, id).map(({ Id }) => Id)).not.toEqual([old.leadId]);
    expect(personsOf(engine, id)).toHaveLength(1);
    expect(await failureOf(engine, id)).toBeUndefined();
  });

  it('two leads that sales merged: the pair follows to the survivor, whose values come to HubSpot', async () => {
    const { id, leadId } = await handedOver(engine);
    const OwnerId = engine.salesforce.get('Lead', leadId)?.OwnerId ?? null;
    const values = { LastName: 'Winner', Company: 'W', Title: 'Survivor', OwnerId };
    const winner = engine.salesforce.create('Lead', values);
    engine.salesforce.merge('Lead', winner.Id, [leadId]);
    await engine.look(id);
    await engine.look(id);

    expect(personsOf(engine, id).map(({ Id }) => Id)).toEqual([winner.Id]);
    expect(propertiesOf(engine, id).salesforce_person_id).toBe(winner.Id);
    expect(await failureOf(engine, id)).toBeUndefined();
  });

  it('two Contacts that sales merged: the same', async () => {
    const { id, leadId } = await handedOver(engine);
    const { contactId } = engine.salesforce.convertLead(leadId);
    await engine.look(id);
    const winner = engine.salesforce.create('Contact', { LastName: 'Winner' });
    engine.salesforce.merge('Contact', winner.Id, [contactId]);
    await engine.look(id);
    await engine.look(id);

    const living = personsOf(engine, id).filter(({ IsConverted }) => IsConverted !== true);
    expect(living.map(({ Id }) => Id)).toEqual([winner.Id]);
    expect(propertiesOf(engine, id).salesforce_person_id).toBe(winner.Id);
  });

  it('two handed-over contacts that HubSpot merged: the survivor keeps one person, and two living ones are for a human', async () => {
    const [one, two] = [await handedOver(engine), await handedOver(engine)];
    const survivor = engine.hubspot.mergeContacts(one.id, two.id);
    const before = leads(engine);
    await engine.look(one.id, two.id, survivor);
    for (let round = 0; round < 2; round++) await engine.drainLater();

    expect(leads(engine)).toBe(before);
    expect(await failureOf(engine, survivor)).toMatchObject({ kind: 'needs-human' });

    engine.salesforce.merge('Lead', one.leadId, [two.leadId]);
    await engine.look(survivor);
    for (let round = 0; round < 2; round++) await engine.drainLater();
    expect(personsOf(engine, survivor).map(({ Id }) => Id)).toEqual([one.leadId]);
    expect(propertiesOf(engine, survivor).salesforce_person_id).toBe(one.leadId);
    expect(await failureOf(engine, survivor)).toBeUndefined();
  });

  it('a person whose contact is gone for good may be adopted by a new contact of the same email', async () => {
    const email = `orphan${Date.now()}@people.example`;
    const old = await handedOver(engine, { email });
    engine.hubspot.deleteContact(old.id);
    await engine.look(old.id);
    const next = engine.hubspot.createContact(sqlContact('heir', { email }));
    await engine.look(next);
    await engine.look(next);

    expect(personsOf(engine, next).map(({ Id }) => Id)).toEqual([old.leadId]);
    expect(await failureOf(engine, next)).toBeUndefined();
  });

  it('two contacts of one email: one has the person, the other waits for a human', async () => {
    const email = `shared${Date.now()}@people.example`;
    const first = await handedOver(engine, { email });
    const [second = ''] = engine.hubspot.seedContacts([sqlContact('twin', { hs_additional_emails: email })]);
    const before = leads(engine);
    await engine.look(second);

    expect(leads(engine)).toBe(before);
    expect(await failureOf(engine, second)).toMatchObject({ kind: 'needs-human' });
    expect(await failureOf(engine, first.id)).toBeUndefined();
  });
});

describe('where the mapping says: delete', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startTwoWay({
      mappings: {
        'contacts.yaml': {
          'events.deleted_in_hubspot': 'delete',
          'events.erased_in_hubspot': 'delete',
          'events.deleted_in_salesforce': 'delete',
        },
      },
    });
  });
  afterAll(() => engine.close());

  it('a deleted contact takes its person to the recycle bin, and both come back as one', async () => {
    const { id, leadId } = await handedOver(engine);
    engine.hubspot.deleteContact(id);
    await engine.look(id);
    await engine.look(id);

    expect(personsOf(engine, id)).toEqual([]);
    expect(engine.salesforce.all('Lead', { withDeleted: true }).map(({ Id }) => Id)).toContain(leadId);
    expect(await decisionOf(engine, id)).toMatchObject({ code: 'contact_gone' });
    expect((await engine.ledger.history(id)).changes.filter(({ state }) => state === 'open')).toEqual([]);

    engine.hubspot.restoreContact(id);
    engine.salesforce.undelete('Lead', leadId);
    await engine.look(id);
    await engine.look(id);
    expect(personsOf(engine, id).map(({ Id }) => Id)).toEqual([leadId]);
    expect(await failureOf(engine, id)).toBeUndefined();
  });

  it('a converted one takes the Contact', async () => {
    const { id, leadId } = await handedOver(engine);
    const { contactId } = engine.salesforce.convertLead(leadId);
    engine.hubspot.deleteContact(id);
    await engine.look(id);

    expect(engine.salesforce.get('Contact', contactId)?.IsDeleted ?? true).toBe(true);
  });

  it('a deleted person takes its contact to the recycle bin', async () => {
    const { id, leadId } = await handedOver(engine);
    engine.salesforce.remove('Lead', leadId);
    await engine.look(id);
    await engine.look(id);

    expect(engine.hubspot.getContact(id)?.archived).toBe(true);
    const { pending, pair } = await engine.ledger.history(id);
    expect(pending).toBeNull();
    expect(pair?.tombstone).toBe('person_deleted');
  });

  it('an erased contact takes its person', async () => {
    const { id } = await handedOver(engine);
    await erase(engine, id);

    expect(personsOf(engine, id)).toEqual([]);
    expect((await engine.ledger.history(id)).pair).toMatchObject({ tombstone: 'erased' });
  });

  it('an erased contact whose person Salesforce will not delete is erased here all the same, and the person reported', async () => {
    const { id, leadId } = await handedOver(engine, { jobtitle: 'Unforgettable' });
    const refusal = { success: false, errors: [{ statusCode: 'DELETE_FAILED', message: 'in use', fields: [] }] };
    const body = [{ id: leadId, ...refusal }];
    const stop = engine.salesforce.faults.add({ kind: 'status', status: 200, body, match: /^DELETE / });
    await erase(engine, id);
    stop();
    const { rows } = await engine.database.pool.query(
      `select from writes w join pairs p on p.id = w.pair_id where p.person_id = $1 and w.changes::text like '%Unforgettable%'`,
      [leadId],
    );

    expect(rows).toEqual([]);
    expect((await engine.ledger.history(id)).pair).toMatchObject({ tombstone: 'erased', base: null });
    expect(await failureOf(engine, id)).toMatchObject({ kind: 'needs-human', recordIds: [leadId] });
    expect((await engine.ledger.erasures(10)).filter(({ contactId }) => contactId === id)).toHaveLength(1);

    await engine.ledger.retryFailures();
    await engine.drain();
    expect(personsOf(engine, id)).toEqual([]);
    expect(await failureOf(engine, id)).toBeUndefined();
  });

  it('while Salesforce is away an erased contact is erased here at once, and its person later', async () => {
    const { id } = await handedOver(engine);
    const back = engine.salesforce.faults.add({ kind: 'status', status: 503, body: [], match: '/composite' });
    await erase(engine, id);
    back();
    const between = (await engine.ledger.history(id)).pair;
    await engine.drainLater();

    expect(between).toMatchObject({ tombstone: 'erased', base: null });
    expect(personsOf(engine, id)).toEqual([]);
    expect((await engine.ledger.history(id)).pending).toBeNull();
  });

  it('a merge in HubSpot deletes nobody', async () => {
    const [one, two] = [await handedOver(engine), await handedOver(engine)];
    const survivor = engine.hubspot.mergeContacts(one.id, two.id);
    await engine.look(one.id, two.id, survivor);
    await engine.drainLater();

    for (const { leadId } of [one, two]) expect(engine.salesforce.get('Lead', leadId)?.IsDeleted).not.toBe(true);
  });
});
