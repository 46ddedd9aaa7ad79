import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { drainContacts } from '../../src/usecases/drain/drain-contacts.ts';
import { type Engine, startEngine } from '../support/engine.ts';

/** A little more than one call of collections takes. */
const contacts = 205;

describe('creates of background work that go through an upload job', () => {
  let engine: Engine;
  let ids: string[];

  beforeEach(async () => {
    engine = await startEngine({ timeoutMs: 60_000 });
    ids = Array.from({ length: contacts }, (_, number) => addContact(number));
    const marks = ids.map((recordId) => {
      return { system: 'hubspot', object: 'contact', recordId, priority: 4, source: 'test' } as const;
    });
    await engine.ledger.mark(marks);
  });
  afterEach(() => engine.close());

  function addContact(number: number): string {
    const properties = {
      email: `person${number}@company.example`,
      lastname: `Number ${number}`,
      company: 'Company',
      lifecyclestage: 'salesqualifiedlead',
    };
    return engine.hubspot.createContact(properties);
  }

  /** The background drain, with claims and a limit that a job is worth. */
  async function drain(signal = new AbortController().signal): Promise<void> {
    const own = { band: 'background', batchSize: 1_000, bulkCreatesAbove: 200, mostClaims: 1 } as const;
    await drainContacts({ ...engine.dependencies, ...own }, signal);
  }

  const leads = () => engine.salesforce.all('Lead');
  const jobs = () =>
    engine.salesforce.requests.filter(({ method, path }) => method === 'POST' && /jobs\/ingest$/.test(path));
  const linked = () => engine.hubspot.contacts().filter(({ properties }) => Boolean(properties.salesforce_person_id));
  const intents = async () => {
    const { rows } = await engine.database.pool.query<{ state: string; count: number }>(
      `select state, count(*)::int as count from writes where system = 'salesforce' group by state order by state`,
    );
    return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
  };

  it('hands all of them over in one job, and tells HubSpot', async () => {
    await drain();
    expect(jobs()).toHaveLength(1);
    expect(leads()).toHaveLength(contacts);
    expect(linked()).toHaveLength(contacts);
    expect(await intents()).toEqual({ done: contacts });
    // Nothing is left to agree upon.
    engine.salesforce.resetRequests();
    await engine.look(...ids);
    expect(Object.keys(engine.salesforce.countByPattern()).filter((line) => line.includes('PATCH'))).toEqual([]);
  });

  it('fails the one that is refused, and hands the others over', async () => {
    engine.salesforce.addValidationRule({ object: 'Lead', when: { LastName: 'Number 7' }, message: 'No sevens.' });
    await drain();
    expect(leads()).toHaveLength(contacts - 1);
    expect(linked()).toHaveLength(contacts - 1);
    expect(await intents()).toEqual({ done: contacts - 1, refused: 1 });
  });

  it('leaves open what a job that was given up may have written, and makes nobody twice', async () => {
    engine.salesforce.setBulk({ delayMs: 3_000 });
    const stop = new AbortController();
    const asked = setInterval(() => {
      if (jobs().length > 0) stop.abort();
    }, 20);
    await drain(stop.signal);
    clearInterval(asked);
    expect(await intents()).toEqual({ unknown: contacts });
    expect(leads()).toEqual([]);
    await engine.drainLater();
    expect(leads()).toHaveLength(contacts);
    expect(new Set(leads().map(({ HubSpot_Contact_Id__c }) => HubSpot_Contact_Id__c)).size).toBe(contacts);
    expect(linked()).toHaveLength(contacts);
  });

  it('finishes by ordinary calls what a failed job left undone', async () => {
    engine.salesforce.setBulk({ nextFaults: ['fail-partly'] });
    await drain();
    expect(leads()).toHaveLength(contacts);
    expect(linked()).toHaveLength(contacts);
  });
});
