import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DrainDependencies } from '../../src/usecases/drain/dependencies.ts';
import { drainContacts } from '../../src/usecases/drain/drain-contacts.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { failureOf, personsOf, sqlContact } from '../support/people.ts';

let engine: Engine;
let number = 0;
beforeAll(async () => {
  engine = await startEngine();
  await engine.look(engine.hubspot.createContact(sqlContact('warm-up')));
});
afterAll(() => engine.close());
afterEach(() => {
  engine.hubspot.faults.clear();
  engine.salesforce.faults.clear();
});

const fresh = () => `between${++number}`;
async function mark(...contactIds: string[]): Promise<void> {
  await engine.ledger.mark(
    contactIds.map((recordId) => ({ system: 'hubspot', object: 'contact', recordId, priority: 2, source: 'test' })),
  );
}

const drain = (worker: DrainDependencies) => drainContacts(worker, new AbortController().signal);

/** Does something once, when Salesforce has been asked for persons and nothing is written yet. */
function afterFinding(worker: DrainDependencies, happens: () => void, tookMs = 0): DrainDependencies {
  let [skewMs, isDone] = [0, false];
  const { salesforce, clock } = worker;
  return {
    ...worker,
    clock: { ...clock, now: () => clock.now() + skewMs },
    salesforce: {
      ...salesforce,
      async findPersons(...args) {
        const found = await salesforce.findPersons(...args);
        if (!isDone) happens();
        isDone = true;
        skewMs = tookMs;
        return found;
      },
    },
  };
}

/** Lets workers go on only when all of them have found their persons: each then decides without the other's work. */
function meeting(workers: readonly DrainDependencies[]): DrainDependencies[] {
  let missing = workers.length;
  const met = Promise.withResolvers<void>();
  return workers.map((worker) => ({
    ...worker,
    batchSize: 1,
    salesforce: {
      ...worker.salesforce,
      async findPersons(...args) {
        const found = await worker.salesforce.findPersons(...args);
        missing -= 1;
        if (missing <= 0) met.resolve();
        await met.promise;
        return found;
      },
    },
  }));
}

const countCreates = () => engine.salesforce.all('Lead').length;

describe('promise 1: the gate is decided on what was read moments before the write', () => {
  it('a contact that falls below the gate between its event and the look is not created', async () => {
    const id = engine.hubspot.createContact(sqlContact(fresh()));
    await mark(id);
    engine.hubspot.editContact(id, { lifecyclestage: 'lead' });
    await engine.drain();

    expect(personsOf(engine, id)).toEqual([]);
    expect((await engine.ledger.history(id)).decision).toMatchObject({ outcome: 'below_gate' });
  });

  it('what was read over five seconds ago is read again: a contact that fell meanwhile is not created', async () => {
    const [falls, stays] = [fresh(), fresh()].map((name) => engine.hubspot.createContact(sqlContact(name)));
    await mark(String(falls), String(stays));
    const edit = () => engine.hubspot.editContact(String(falls), { lifecyclestage: 'lead' });
    await drain(afterFinding(engine.dependencies, edit, 6_000));

    expect(personsOf(engine, String(falls))).toEqual([]);
    expect(personsOf(engine, String(stays))).toHaveLength(1);
    expect((await engine.ledger.history(String(falls))).decision).toMatchObject({ outcome: 'below_gate' });
  });

  it('a contact that is deleted meanwhile is not created, and its neighbour is', async () => {
    const [goes, stays] = [fresh(), fresh()].map((name) => engine.hubspot.createContact(sqlContact(name)));
    await mark(String(goes), String(stays));
    const remove = () => engine.hubspot.deleteContact(String(goes));
    await drain(afterFinding(engine.dependencies, remove, 6_000));

    expect(personsOf(engine, String(goes))).toEqual([]);
    expect(personsOf(engine, String(stays))).toHaveLength(1);
  });
});

describe('an email that moves between read and write', () => {
  it('to an address that sales knows: the person of the new address is found, nobody is created beside it', async () => {
    const [name, known] = [fresh(), fresh()];
    const lead = engine.salesforce.create('Lead', {
      LastName: 'Known',
      Company: 'K',
      Email: `${known}@people.example`,
    });
    const id = engine.hubspot.createContact(sqlContact(name));
    await mark(id);
    const move = () => engine.hubspot.editContact(id, { email: `${known}@people.example` });
    await drain(afterFinding(engine.dependencies, move, 6_000));

    expect(personsOf(engine, id).map(({ Id }) => Id)).toEqual([lead.Id]);
  });

  it('from one contact to another: each ends with a person of its own', async () => {
    const shared = `${fresh()}@people.example`;
    const first = engine.hubspot.createContact(sqlContact(fresh(), { email: shared }));
    const second = engine.hubspot.createContact(sqlContact(fresh()));
    await mark(first, second);
    const move = () => {
      engine.hubspot.editContact(first, { email: `${fresh()}@people.example` });
      engine.hubspot.editContact(second, { email: shared });
    };
    await drain(afterFinding(engine.dependencies, move));
    await engine.look(first, second);
    await engine.drainLater();

    const emailOf = (id: string) => engine.hubspot.getContact(id)?.properties.email;
    for (const id of [first, second]) {
      expect(personsOf(engine, id)).toMatchObject([{ Email: emailOf(id) }]);
      expect(await failureOf(engine, id)).toBeUndefined();
    }
  });

  it('from a handed-over contact to one that comes up: nobody takes the person of the other, and no third one appears', async () => {
    const shared = `${fresh()}@people.example`;
    const first = engine.hubspot.createContact(sqlContact(fresh(), { email: shared }));
    await engine.look(first);
    const before = countCreates();
    const person = personsOf(engine, first)[0];
    engine.hubspot.editContact(first, { email: `${fresh()}@people.example` });
    const second = engine.hubspot.createContact(sqlContact(fresh(), { email: shared }));
    await engine.look(first, second);
    await engine.drainLater();
    await engine.ledger.retryFailures();
    await engine.drainLater();

    expect(personsOf(engine, first).map(({ Id }) => Id)).toEqual([person?.Id]);
    expect(personsOf(engine, second)).toMatchObject([{ Email: shared }]);
    expect(countCreates()).toBe(before + 1);
    expect(await failureOf(engine, second)).toBeUndefined();
  });
});

describe('two contacts that lead to one person, in the hands of two workers at the same moment', () => {
  async function bothAtOnce(first: string, second: string): Promise<void> {
    await mark(first, second);
    await Promise.all(meeting([engine.dependencies, engine.secondWorker()]).map(drain));
    await engine.drainLater();
  }

  it('by email and by salesforce_person_id: one gets the person, the other never shares it', async () => {
    const email = `${fresh()}@people.example`;
    const known = engine.salesforce.create('Lead', { LastName: 'One', Company: 'O', Email: email });
    const byEmail = engine.hubspot.createContact(sqlContact(fresh(), { email }));
    const byId = engine.hubspot.createContact(sqlContact(fresh(), { salesforce_person_id: known.Id }));
    await bothAtOnce(byEmail, byId);

    const holder = engine.salesforce.get('Lead', known.Id)?.HubSpot_Contact_Id__c;
    expect([byEmail, byId]).toContain(holder);
    if (holder === byEmail) {
      expect(personsOf(engine, byId)).toEqual([]);
      expect(await failureOf(engine, byId)).toMatchObject({ code: 'person_taken' });
    } else {
      // The lead has the other contact's address now: nobody in Salesforce has this one any more.
      expect(personsOf(engine, byEmail)).toMatchObject([{ Email: email }]);
    }
  });

  it('whom sales does not know: whoever comes first, no address is created twice', async () => {
    const email = `${fresh()}@people.example`;
    const first = engine.hubspot.createContact(sqlContact(fresh(), { email }));
    const [second = ''] = engine.hubspot.seedContacts([sqlContact(fresh(), { hs_additional_emails: email })]);
    await bothAtOnce(first, second);

    expect(engine.salesforce.all('Lead').filter(({ Email }) => Email === email)).toHaveLength(1);
    for (const id of [first, second]) {
      expect(personsOf(engine, id).length).toBeLessThanOrEqual(1);
      expect((await engine.ledger.history(id)).pending).toBeNull();
    }
  });

  it('one contact under its old and its new id is one person', async () => {
    const [one, two] = [fresh(), fresh()].map((name) => engine.hubspot.createContact(sqlContact(name)));
    const survivor = engine.hubspot.mergeContacts(String(one), String(two));
    await mark(String(one), String(two), survivor);
    await Promise.all([engine.dependencies, engine.secondWorker()].map((worker) => drain({ ...worker, batchSize: 1 })));
    for (let round = 0; round < 2; round++) await engine.drainLater();

    expect(personsOf(engine, survivor)).toHaveLength(1);
    expect([...personsOf(engine, String(one)), ...personsOf(engine, String(two))]).toEqual([]);
  });
});
