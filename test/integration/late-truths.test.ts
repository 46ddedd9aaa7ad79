import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SyncError } from '../../src/errors.ts';
import type { DrainDependencies } from '../../src/usecases/drain/dependencies.ts';
import { drainContacts } from '../../src/usecases/drain/drain-contacts.ts';
import { contactSweepSource, sweepModified } from '../../src/usecases/sweep-records.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { failureOf, personsOf, sqlContact } from '../support/people.ts';

let engine: Engine;
let number = 0;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.close());

const newContact = (more: Record<string, string> = {}) =>
  engine.hubspot.createContact(sqlContact(`late${++number}`, more));
const statesOf = async (id: string) => (await engine.ledger.history(id)).changes.map(({ state }) => state);
const waits = async (id: string) => (await engine.ledger.history(id)).pending;

async function drainWith(id: string, changes: Partial<DrainDependencies>): Promise<void> {
  await engine.ledger.mark([{ system: 'hubspot', object: 'contact', recordId: id, priority: 2, source: 'test' }]);
  await drainContacts({ ...engine.dependencies, ...changes }, new AbortController().signal);
}

/** Salesforce carries the write out, or not, and the answer is lost. */
function answerLost(isCarriedOut: boolean): Pick<DrainDependencies, 'salesforce'> {
  const { writePersons } = engine.dependencies.salesforce;
  const lost = () => new SyncError('retryable', 'salesforce_no_answer', 'Lost.', { mayHaveHappened: true });
  return {
    salesforce: {
      ...engine.dependencies.salesforce,
      async writePersons(writes, options, spend) {
        if (isCarriedOut) await writePersons(writes, options, spend);
        return new Map(writes.map(({ contactId }) => [contactId, { ok: false, error: lost() }]));
      },
    },
  };
}

/** The process sleeps five minutes after it has committed its intents; meanwhile something happens. */
function asleepBeforeTheWrite(happens: () => unknown): Partial<DrainDependencies> {
  const { ledger, clock } = engine.dependencies;
  let skewMs = 0;
  return {
    clock: { ...clock, now: () => clock.now() + skewMs },
    ledger: {
      ...ledger,
      async reserve(...given) {
        const answers = await ledger.reserve(...given);
        await happens();
        skewMs = 5 * 60_000;
        return answers;
      },
    },
  };
}

describe('promise 1 and rule 12: nothing is written by old data', () => {
  it('a process that slept between plan and write creates nobody for a contact that fell below the gate meanwhile', async () => {
    const id = newContact();
    await drainWith(
      id,
      asleepBeforeTheWrite(() => engine.hubspot.editContact(id, { lifecyclestage: 'lead' })),
    );
    await engine.drainLater();

    expect(personsOf(engine, id)).toEqual([]);
    expect((await engine.ledger.history(id)).decision?.outcome).toBe('below_gate');
  });

  it('and writes what HubSpot holds when it wakes, not what it held before', async () => {
    const id = newContact({ city: 'Bonn' });
    await drainWith(
      id,
      asleepBeforeTheWrite(() => engine.hubspot.editContact(id, { city: 'Kiel' })),
    );
    await engine.drainLater();

    expect(personsOf(engine, id)).toMatchObject([{ City: 'Kiel' }]);
  });

  it('a worker that lost one of its records writes only the others', async () => {
    const [taken, kept] = [newContact({ jobtitle: 'Old' }), newContact({ jobtitle: 'Old' })];
    await engine.look(taken, kept);
    for (const id of [taken, kept]) engine.hubspot.editContact(id, { jobtitle: 'One' });
    await engine.ledger.mark([{ system: 'hubspot', object: 'contact', recordId: kept, priority: 2, source: 'test' }]);
    const { pool } = engine.database;
    await drainWith(
      taken,
      asleepBeforeTheWrite(async () => {
        for (const table of ['pending', 'pairs'])
          await pool.query(`update ${table} set leased_until = now() - interval '1 s'`);
        await pool.query(`update pending set due_at = now() + interval '1 h' where record_id = $1`, [kept]);
        engine.hubspot.editContact(taken, { jobtitle: 'Two' });
        await drainContacts(engine.secondWorker(), new AbortController().signal);
      }),
    );
    await engine.drainLater();

    expect(personsOf(engine, taken)).toMatchObject([{ Title: 'Two' }]);
    expect(personsOf(engine, kept)).toMatchObject([{ Title: 'One' }]);
  });
});

describe('rule 11: a write whose answer was lost is not forgotten', () => {
  it('the person of a create that happened is linked, also when the contact has fallen below the gate since', async () => {
    const id = newContact({ city: 'Bonn' });
    await drainWith(id, answerLost(true));
    engine.hubspot.editContact(id, { lifecyclestage: 'lead', city: 'Kiel' });
    await engine.drainLater();

    const [person] = personsOf(engine, id);
    expect(person, 'below the gate no mapped field is sent').toMatchObject({ City: 'Bonn' });
    expect(engine.hubspot.getContact(id)?.properties.salesforce_person_id).toBe(person?.Id);
    expect((await engine.ledger.history(id)).handedOverAtMs).not.toBeNull();
    expect(new Set(await statesOf(id))).toEqual(new Set(['done']));
  });

  it('a create that did not happen is judged once the vendor cannot commit it any more', async () => {
    const id = newContact();
    await drainWith(id, answerLost(false));
    engine.hubspot.editContact(id, { lifecyclestage: 'lead' });
    await engine.drainLater();
    expect(await waits(id), 'a look is scheduled for then').not.toBeNull();
    await engine.database.pool.query(
      `update writes set at = at - interval '13 minutes' where state in ('open', 'unknown')`,
    );
    await engine.drainLater();

    expect(await waits(id)).toBeNull();
    expect(new Set(await statesOf(id))).toEqual(new Set(['superseded']));
  });

  it('a first write that the vendor commits after a second one is put right', async () => {
    const id = newContact({ jobtitle: 'A' });
    await engine.look(id);
    engine.hubspot.editContact(id, { jobtitle: 'B' });
    await drainWith(id, answerLost(false));
    engine.hubspot.editContact(id, { jobtitle: 'C' });
    await engine.drainLater();
    engine.salesforce.edit('Lead', String(personsOf(engine, id)[0]?.Id), { Title: 'B' });
    expect(await waits(id), 'a look is scheduled').not.toBeNull();
    await engine.drainLater();

    expect(personsOf(engine, id)).toMatchObject([{ Title: 'C' }]);
  });

  it('a contact deleted after a crash does not keep its email from another one for ever', async () => {
    const id = newContact({ email: 'reused@people.example' });
    await drainWith(id, answerLost(false));
    engine.hubspot.deleteContact(id);
    await engine.drainLater();
    await engine.database.pool.query(
      `update writes set at = at - interval '13 minutes' where state in ('open', 'unknown')`,
    );
    await engine.drainLater();
    const next = newContact({ email: 'reused@people.example' });
    await engine.look(next);

    expect(personsOf(engine, next)).toHaveLength(1);
  });
});

describe('who waits for somebody else is looked at again by itself', () => {
  it('a contact that comes up with the email of a handed-over one gets its own person once that email has moved', async () => {
    const first = newContact({ email: 'moves@people.example' });
    await engine.look(first);
    engine.hubspot.editContact(first, { email: 'moved.on@people.example' });
    const second = newContact({ email: 'moves@people.example' });
    await engine.look(second);
    expect(await failureOf(engine, second)).toMatchObject({ code: 'person_taken' });
    await engine.look(first);
    await engine.drainLater();

    expect(personsOf(engine, first)).toMatchObject([{ Email: 'moved.on@people.example' }]);
    expect(personsOf(engine, second)).toMatchObject([{ Email: 'moves@people.example' }]);
    expect(await failureOf(engine, second)).toBeUndefined();
  });
});

describe('promise 3: an edit between our read and our write-back is not lost with its webhook', () => {
  it('the sweep does not take the modification time of our own write for the whole truth', async () => {
    const id = newContact({ jobtitle: 'A' });
    const { writePersons } = engine.dependencies.salesforce;
    const { ledger, hubspot } = engine.dependencies;
    await engine.ledger.advance(null, { source: contactSweepSource, atMs: Date.now() - 1_000, cursor: null }, []);
    await drainWith(id, {
      salesforce: {
        ...engine.dependencies.salesforce,
        async writePersons(...given) {
          engine.hubspot.editContact(id, { jobtitle: 'B' });
          return await writePersons(...given);
        },
      },
      ledger,
      hubspot,
    });
    const records = [{ id, modifiedAtMs: engine.hubspot.getContact(id)?.updatedAt ?? 0 }];
    const clock = { now: () => Date.now() + 60_000 };
    const search = { searchModified: async () => ({ records, nextAfterId: null }) };
    await sweepModified({ ledger: engine.ledger, hubspot: search, clock, settleMs: 0 }, 'contact');
    await engine.drain();

    expect(personsOf(engine, id)).toMatchObject([{ Title: 'B' }]);
  });
});
