import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DrainDependencies } from '../../src/usecases/drain/dependencies.ts';
import { drainContacts } from '../../src/usecases/drain/drain-contacts.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { failureOf, personsOf, sqlContact } from '../support/people.ts';

let engine: Engine;
let number = 0;
beforeAll(async () => {
  engine = await startEngine();
  await engine.look(newContact());
});
afterAll(() => engine.close());
afterEach(() => {
  engine.hubspot.faults.clear();
  engine.hubspot.configure({ mergedInBatchRead: 'survivor', uniqueConflict: 'conflict' });
});

function newContact(more: Record<string, string> = {}): string {
  return engine.hubspot.createContact(sqlContact(`hub${++number}`, more));
}

const personIdOf = (id: string) => engine.hubspot.getContact(id)?.properties.salesforce_person_id;

async function settle(): Promise<void> {
  for (let round = 0; round < 3; round++) await engine.drainLater();
}

function expectPaired(...contactIds: readonly string[]): void {
  for (const id of contactIds) {
    const persons = personsOf(engine, id);
    expect(persons).toHaveLength(1);
    expect(personIdOf(id)).toBe(persons[0]?.Id);
  }
}

const times = { startedAt: '2026-11-22T10:00:00Z', completedAt: '2026-11-22T10:00:00Z' };
const emptyAnswer = { kind: 'status', status: 200, body: { status: 'COMPLETE', results: [], ...times } } as const;

describe('an answer of 2xx that leaves records out', () => {
  it('of a read: they are asked for one by one and arrive', async () => {
    engine.hubspot.faults.add({ ...emptyAnswer, match: 'POST /crm/v3/objects/contacts/batch/read' });
    const ids = [newContact(), newContact()];
    await engine.look(...ids);

    expect(engine.hubspot.faults.left()).toBe(0);
    expectPaired(...ids);
  });

  it('of a write: the id is written at a later look, and no second person comes of it', async () => {
    engine.hubspot.faults.add({ ...emptyAnswer, match: 'POST /crm/v3/objects/contacts/batch/update' });
    const ids = [newContact(), newContact()];
    await engine.look(...ids);
    const before = ids.map(personIdOf);
    await settle();

    expect(engine.hubspot.faults.left()).toBe(0);
    expect(before.filter((id) => id !== undefined && id !== '')).toEqual([]);
    expectPaired(...ids);
    for (const id of ids) expect((await engine.ledger.history(id)).pending).toBeNull();
  });

  it('a 207 that names deleted and unknown ids: they are settled as gone, their neighbours arrive', async () => {
    const [first, deleted, last] = [newContact(), newContact(), newContact()];
    engine.hubspot.deleteContact(deleted);
    await engine.look(first, deleted, '999999999', last);

    expectPaired(first, last);
    for (const id of [deleted, '999999999']) {
      expect(personsOf(engine, id)).toEqual([]);
      expect((await engine.ledger.history(id)).decision).toMatchObject({ outcome: 'gone' });
    }
  });

  it.each(['conflict', 'validation'] as const)(
    'an id that another contact holds already (answered as %s) fails its contact alone, and the person stays one',
    async (uniqueConflict) => {
      engine.hubspot.configure({ uniqueConflict });
      const email = `held-${uniqueConflict}@people.example`;
      const known = engine.salesforce.create('Lead', { LastName: 'Held', Company: 'H', Email: email });
      engine.hubspot.seedContacts([{ email: `other-${email}`, salesforce_person_id: known.Id }]);
      const [first, guilty, last] = [newContact(), newContact({ email }), newContact()];
      await engine.look(first, guilty, last);
      await settle();

      expectPaired(first, last);
      expect(personsOf(engine, guilty).map(({ Id }) => Id)).toEqual([known.Id]);
      expect(await failureOf(engine, guilty)).toMatchObject({ kind: 'needs-human' });
    },
  );
});

describe.each(['survivor', 'omitted'] as const)('a merge in HubSpot (batch read answers a merged id: %s)', (mode) => {
  it('leads from both old ids to the one person, which carries the new id then', async () => {
    engine.hubspot.configure({ mergedInBatchRead: mode });
    const [first, second, neighbour] = [newContact(), newContact({ lifecyclestage: 'lead' }), newContact()];
    await engine.look(first);
    const person = personsOf(engine, first)[0];
    const survivor = engine.hubspot.mergeContacts(first, second);
    // Only the old ids: the event that names the new one is lost.
    await engine.look(first, second, neighbour);
    await settle();

    expect(personsOf(engine, survivor).map(({ Id }) => Id)).toEqual([person?.Id]);
    expect([...personsOf(engine, first), ...personsOf(engine, second)]).toEqual([]);
    expectPaired(survivor, neighbour);
  });

  it('between the read and the write: the person that was created for the old id passes to the new one', async () => {
    engine.hubspot.configure({ mergedInBatchRead: mode });
    const [first, second] = [newContact(), newContact({ lifecyclestage: 'lead' })];
    await engine.ledger.mark([{ system: 'hubspot', object: 'contact', recordId: first, priority: 2, source: 'test' }]);
    let survivor = '';
    await drainContacts(
      afterFinding(() => {
        if (survivor === '') survivor = engine.hubspot.mergeContacts(first, second);
      }),
      new AbortController().signal,
    );
    await settle();

    expect(personsOf(engine, first)).toEqual([]);
    expectPaired(survivor);
  });

  it('of two who both have a person: nobody is created, and a human is asked to merge the persons', async () => {
    engine.hubspot.configure({ mergedInBatchRead: mode });
    const [first, second] = [newContact(), newContact()];
    await engine.look(first, second);
    const before = engine.salesforce.all('Lead').length;
    const survivor = engine.hubspot.mergeContacts(first, second);
    await engine.look(first, second, survivor);
    await settle();

    expect(engine.salesforce.all('Lead')).toHaveLength(before);
    expect(await failureOf(engine, survivor)).toMatchObject({ kind: 'needs-human', code: 'several_persons' });
  });
});

/** Does something when Salesforce has been asked for persons and nothing is written yet. */
function afterFinding(happens: () => void): DrainDependencies {
  const { salesforce } = engine.dependencies;
  return {
    ...engine.dependencies,
    salesforce: {
      ...salesforce,
      async findPersons(...args) {
        const found = await salesforce.findPersons(...args);
        happens();
        return found;
      },
    },
  };
}

describe('events that come twice, late and shuffled', () => {
  it('and our own writes that come back: looking again writes nothing to either CRM', async () => {
    const ids = [newContact(), newContact(), newContact()];
    await engine.look(...ids);
    engine.hubspot.resetCounters();
    engine.salesforce.resetRequests();
    const stamps = ids.map((id) => personsOf(engine, id)[0]?.SystemModstamp);
    await engine.look(...ids.toReversed());
    await engine.look(...ids, ...ids);

    expect(engine.hubspot.requests.filter(({ path }) => path.endsWith('/batch/update'))).toEqual([]);
    expect(ids.map((id) => personsOf(engine, id)[0]?.SystemModstamp)).toEqual(stamps);
  });
});
