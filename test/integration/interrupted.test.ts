import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DrainDependencies } from '../../src/usecases/drain/dependencies.ts';
import { drainContacts } from '../../src/usecases/drain/drain-contacts.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { personsOf, sqlContact } from '../support/people.ts';

let engine: Engine;
let number = 0;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.close());

/** Runs a drain in which something happens just before the named step asks its port. */
async function interrupt(
  id: string,
  before: 'find' | 'write' | 'linkBack',
  happens: () => Promise<unknown>,
): Promise<void> {
  const { hubspot, salesforce } = engine.dependencies;
  const first = <Arguments extends unknown[], Answer>(step: (...given: Arguments) => Promise<Answer>) => {
    let struck = false;
    return async (...given: Arguments) => {
      if (!struck) await happens();
      struck = true;
      return await step(...given);
    };
  };
  const dependencies: DrainDependencies = {
    ...engine.dependencies,
    salesforce: {
      ...salesforce,
      findPersons: before === 'find' ? first(salesforce.findPersons) : salesforce.findPersons,
      writePersons: before === 'write' ? first(salesforce.writePersons) : salesforce.writePersons,
    },
    hubspot: { ...hubspot, update: before === 'linkBack' ? first(hubspot.update) : hubspot.update },
  };
  await engine.ledger.mark([{ system: 'hubspot', object: 'contact', recordId: id, priority: 2, source: 'test' }]);
  await drainContacts(dependencies, new AbortController().signal);
}

function newContact(): string {
  return engine.hubspot.createContact(sqlContact(`interrupted${++number}`));
}

const takeLeases = () =>
  engine.database.pool
    .query(`update pending set leased_until = now() - interval '1 second'`)
    .then(() => engine.database.pool.query(`update pairs set leased_until = now() - interval '1 second'`));

describe('a batch that is interrupted on its way', () => {
  it.each(['find', 'write', 'linkBack'] as const)(
    'by a mark before %s: the contact is looked at once more, and written once',
    async (step) => {
      const id = newContact();
      await interrupt(id, step, async () => {
        engine.hubspot.editContact(id, { city: 'Linz' });
        await engine.ledger.mark([{ system: 'hubspot', object: 'contact', recordId: id, priority: 2, source: 'test' }]);
      });
      await engine.drain();

      expect(personsOf(engine, id)).toMatchObject([{ City: 'Linz' }]);
      expect((await engine.ledger.history(id)).pending).toBeNull();
    },
  );

  it.each(['find', 'write', 'linkBack'] as const)(
    'by a second worker that takes over before %s: one person, linked',
    async (step) => {
      const id = newContact();
      await interrupt(id, step, async () => {
        await takeLeases();
        await drainContacts(engine.secondWorker(), new AbortController().signal);
      });
      await engine.drainLater();

      const persons = personsOf(engine, id);
      expect(persons).toHaveLength(1);
      expect(engine.hubspot.getContact(id)?.properties.salesforce_person_id).toBe(persons[0]?.Id);
      expect((await engine.ledger.history(id)).pending).toBeNull();
    },
  );

  it('by an admin who pauses before anything is written: nothing is written until it is resumed', async () => {
    const id = newContact();
    await interrupt(id, 'find', () => engine.ledger.pause('tester', 'rehearsal'));
    const during = personsOf(engine, id).length;
    await engine.ledger.resume();
    await engine.drainLater();

    expect(during).toBe(0);
    expect(personsOf(engine, id)).toHaveLength(1);
  });

  it('by a new mapping version: the worker of the old one writes nothing and hands the record back', async () => {
    const id = newContact();
    const { hash, limits } = engine.mapping;
    const interrupted = interrupt(id, 'find', () => engine.ledger.activateMapping('another mapping', limits));
    await expect(interrupted).rejects.toMatchObject({ code: 'mapping_changed' });
    const during = personsOf(engine, id).length;
    await engine.ledger.activateMapping(hash, limits);
    await engine.drainLater();

    expect(during).toBe(0);
    expect(personsOf(engine, id)).toHaveLength(1);
  });

  it('by a stop: what is not yet reserved goes back at once', async () => {
    const id = newContact();
    const stop = new AbortController();
    const { salesforce } = engine.dependencies;
    const dependencies = {
      ...engine.dependencies,
      salesforce: {
        ...salesforce,
        async findPersons(...given: Parameters<typeof salesforce.findPersons>) {
          stop.abort();
          return await salesforce.findPersons(...given);
        },
      },
    };
    await engine.ledger.mark([{ system: 'hubspot', object: 'contact', recordId: id, priority: 2, source: 'test' }]);
    await drainContacts(dependencies, stop.signal);

    expect(personsOf(engine, id)).toEqual([]);
    expect((await engine.ledger.due('hubspot', 'contact')).due).toBe(1);
    await engine.drain();
    expect(personsOf(engine, id)).toHaveLength(1);
  });
});
