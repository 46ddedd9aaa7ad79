import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SyncError } from '../../src/errors.ts';
import { drainContacts } from '../../src/usecases/drain/drain-contacts.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { fallbackOwner } from '../support/mappings.ts';
import { failureOf, personsOf, sqlContact } from '../support/people.ts';

let engine: Engine;
let number = 0;
const [rep, gone] = ['rep@sandbox.example', 'gone@sandbox.example'];
const owners = { current: '', archived: '', ofInactive: '' };
const users = { rep: '', fallback: '' };
beforeAll(async () => {
  engine = await startEngine();
  const { hubspot, salesforce } = engine;
  users.rep = salesforce.addUser({ email: rep.toUpperCase() }).Id;
  users.fallback = String(salesforce.all('User').find(({ Email }) => Email === fallbackOwner)?.Id);
  const left = salesforce.addUser({ email: gone });
  salesforce.setUserActive(left.Id, false);
  owners.current = hubspot.addOwner(rep).id;
  owners.archived = hubspot.addOwner('left@sandbox.example', { archived: true }).id;
  owners.ofInactive = hubspot.addOwner(gone).id;
});
afterAll(() => engine.close());

function newContact(more: Record<string, string> = {}): string {
  return engine.hubspot.createContact(sqlContact(`person${++number}`, more));
}

const leadOf = (id: string) => String(personsOf(engine, id)[0]?.Id);
const leads = () => engine.salesforce.all('Lead').length;

describe('deletion in HubSpot is not one thing', () => {
  it('a contact that comes back out of the recycle bin keeps its one person, and is updated again', async () => {
    const id = newContact();
    await engine.look(id);
    const lead = leadOf(id);
    engine.hubspot.deleteContact(id);
    await engine.look(id);
    const away = (await engine.ledger.history(id)).decision;
    engine.hubspot.restoreContact(id);
    engine.hubspot.editContact(id, { jobtitle: 'Back' });
    await engine.look(id);

    expect(away).toMatchObject({ outcome: 'gone', code: 'contact_gone' });
    expect(personsOf(engine, id)).toMatchObject([{ Id: lead, Title: 'Back' }]);
  });

  it('a privacy deletion is believed as fact: the person is left as it is, and nobody is created', async () => {
    const id = newContact();
    await engine.look(id);
    const before = leads();
    engine.hubspot.privacyDelete(id);
    const hints = ['erased'] as const;
    await engine.ledger.mark([
      { system: 'hubspot', object: 'contact', recordId: id, priority: 2, source: 'webhook', hints },
    ]);
    // HubSpot sends a plain deletion besides it.
    await engine.look(id);

    expect((await engine.ledger.history(id)).decision).toMatchObject({ code: 'contact_erased' });
    expect(leads()).toBe(before);
  });
});

describe('an upsert by external id would make a second person', () => {
  it('after a merge in Salesforce: the survivor is found and updated', async () => {
    const id = newContact();
    await engine.look(id);
    const before = leads();
    const winner = engine.salesforce.create('Lead', { LastName: 'Winner', Company: 'W' });
    engine.salesforce.merge('Lead', winner.Id, [leadOf(id)]);
    engine.hubspot.editContact(id, { jobtitle: 'Merged' });
    await engine.look(id);

    expect(personsOf(engine, id)).toMatchObject([{ Id: winner.Id, Title: 'Merged' }]);
    expect(engine.hubspot.getContact(id)?.properties.salesforce_person_id).toBe(winner.Id);
    expect(leads()).toBe(before);
  });

  it('after sales merged the persons of two contacts: the one stays, the other needs a human', async () => {
    const [first, second] = [newContact(), newContact()];
    await engine.look(first, second);
    engine.salesforce.merge('Lead', leadOf(first), [leadOf(second)]);
    const before = leads();
    engine.hubspot.editContact(second, { jobtitle: 'Twin' });
    await engine.look(first, second);

    expect(leads()).toBe(before);
    expect(await failureOf(engine, first)).toBeUndefined();
    expect(await failureOf(engine, second)).toMatchObject({ kind: 'needs-human', code: 'person_taken' });
  });

  it('after the person left the recycle bin, where no query shows it: nobody is created in its place', async () => {
    const id = newContact();
    await engine.look(id);
    const [lead, before] = [leadOf(id), leads()];
    engine.salesforce.remove('Lead', lead);
    engine.salesforce.purge('Lead', lead);
    engine.hubspot.editContact(id, { jobtitle: 'Purged' });
    await engine.look(id);

    expect(leads()).toBe(before - 1);
    expect(await failureOf(engine, id)).toMatchObject({ kind: 'needs-human', code: 'person_deleted' });
  });

  it('after a conversion without our id mapped: the contact it became is updated, and gets the id', async () => {
    const id = newContact({ jobtitle: 'Buyer' });
    await engine.look(id);
    const { contactId } = engine.salesforce.convertLead(leadOf(id));
    engine.salesforce.edit('Contact', contactId, { HubSpot_Contact_Id__c: null });
    engine.hubspot.editContact(id, { jobtitle: 'Chief' });
    await engine.look(id);

    expect(engine.salesforce.all('Contact').filter(({ Email }) => String(Email).startsWith('person'))).toHaveLength(1);
    expect(engine.salesforce.get('Contact', contactId)).toMatchObject({ Title: 'Chief', HubSpot_Contact_Id__c: id });
  });
});

describe('owners: ids mean nothing across systems, emails do', () => {
  it.each([
    { whose: 'an owner, by the id that is not the user id', owner: () => owners.current, gets: () => users.rep },
    { whose: 'an archived owner', owner: () => owners.archived, gets: () => users.fallback },
    { whose: 'an owner whose user is inactive', owner: () => owners.ofInactive, gets: () => users.fallback },
    { whose: 'nobody', owner: () => '', gets: () => users.fallback },
  ])('the lead of a contact of $whose is owned by the right user, never by the integration user', async (row) => {
    const id = newContact(row.owner() === '' ? {} : { hubspot_owner_id: row.owner() });
    await engine.look(id);

    expect(personsOf(engine, id)).toMatchObject([{ OwnerId: row.gets() }]);
    expect(row.gets()).not.toBe(engine.salesforce.runAsUserId);
  });
});

describe('a ledger that goes away in the middle', () => {
  it.each([
    { when: 'after the person was written', commits: 1 },
    { when: 'after the id was written to HubSpot', commits: 2 },
  ])('$when: the open intent is found out about, and nobody is created twice', async ({ commits }) => {
    const id = newContact();
    await engine.ledger.mark([{ system: 'hubspot', object: 'contact', recordId: id, priority: 2, source: 'test' }]);
    let left = commits;
    const { ledger } = engine.dependencies;
    const failing = {
      ...ledger,
      async commit(...args: Parameters<typeof ledger.commit>) {
        left -= 1;
        if (left === 0) throw new SyncError('retryable', 'ledger_unreachable', 'The ledger is away.');
        return await ledger.commit(...args);
      },
    };
    const work = drainContacts({ ...engine.dependencies, ledger: failing }, new AbortController().signal);
    await expect(work).rejects.toMatchObject({ code: 'ledger_unreachable' });
    // The lease runs out.
    await engine.database.pool.query(`update pending set leased_until = now(); update pairs set leased_until = now()`);
    for (let round = 0; round < 2; round++) await engine.drainLater();

    const { changes, pending } = await engine.ledger.history(id);
    expect(personsOf(engine, id)).toHaveLength(1);
    expect(engine.hubspot.getContact(id)?.properties.salesforce_person_id).toBe(leadOf(id));
    expect(changes.filter(({ state }) => state === 'open' || state === 'unknown')).toEqual([]);
    expect(pending).toBeNull();
  });
});
