import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HubSpotPort } from '../../src/ports/hubspot.ts';
import { drainContacts } from '../../src/usecases/drain/drain-contacts.ts';
import { sweepModified } from '../../src/usecases/sweep-records.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { openHubSpot } from '../support/hubspot-adapter.ts';
import { personsOf, sqlContact } from '../support/people.ts';

let engine: Engine;
let hubspot: HubSpotPort;
let number = 0;
/** The clock of this service runs behind or ahead of the portal's by this much. */
let skewMs = 0;
beforeAll(async () => {
  engine = await startEngine();
  hubspot = openHubSpot({ baseUrl: engine.hubspot.url, accessToken: engine.hubspot.accessToken }).hubspot;
  await sweep();
});
afterAll(() => engine.close());

function sweep() {
  const clock = { now: () => Date.now() + skewMs };
  return sweepModified({ ledger: engine.ledger, hubspot, clock, settleMs: 0 }, 'contact');
}

function newContact(more: Record<string, string> = {}): string {
  return engine.hubspot.createContact(sqlContact(`swept${++number}`, more));
}

describe('the sweep on the real ledger: what a webhook that never came costs', () => {
  it('a contact whose webhook was lost arrives by the next sweep, one below the gate does not', async () => {
    const [passing, below] = [newContact(), newContact({ lifecyclestage: 'lead' })];
    const { moved } = await sweep();
    await engine.drain();

    expect(moved).toBe(true);
    expect(personsOf(engine, passing)).toHaveLength(1);
    expect(personsOf(engine, below)).toEqual([]);
  });

  it('our own write-back that comes round leads to no further write, an edit by a human after it does', async () => {
    const [quiet, edited] = [newContact(), newContact()];
    await engine.look(quiet, edited);
    engine.hubspot.editContact(edited, { jobtitle: 'Buyer' });
    const stamp = personsOf(engine, quiet)[0]?.SystemModstamp;
    engine.hubspot.resetCounters();
    await sweep();
    await engine.drain();

    expect(engine.hubspot.requests.filter(({ path }) => path.endsWith('/batch/update'))).toEqual([]);
    expect(personsOf(engine, quiet)).toMatchObject([{ SystemModstamp: stamp }]);
    expect(personsOf(engine, edited)).toMatchObject([{ Title: 'Buyer' }]);
  });

  it('an edit between our read and our write-back is not taken for our own, although its modification time is ours', async () => {
    const id = newContact();
    await engine.ledger.mark([{ system: 'hubspot', object: 'contact', recordId: id, priority: 2, source: 'test' }]);
    const { salesforce } = engine.dependencies;
    const between = {
      ...salesforce,
      async writePersons(...args: Parameters<typeof salesforce.writePersons>) {
        const written = await salesforce.writePersons(...args);
        engine.hubspot.editContact(id, { jobtitle: 'Meanwhile' });
        return written;
      },
    };
    await drainContacts({ ...engine.dependencies, salesforce: between }, new AbortController().signal);
    await sweep();
    await engine.drain();

    expect(personsOf(engine, id)).toMatchObject([{ Title: 'Meanwhile' }]);
  });

  it('a change that search shows late is found by the overlap of a later sweep', async () => {
    engine.hubspot.configure({ searchLagMs: 300 });
    const id = newContact();
    engine.hubspot.configure({ searchLagMs: 0 });
    const { moved } = await sweep();
    const isSeen = async () => (await engine.ledger.history(id)).pending !== null;
    const early = await isSeen();
    const sweepAndLook = async () => {
      await sweep();
      return await isSeen();
    };
    await expect.poll(sweepAndLook, { timeout: 10_000, interval: 100 }).toBe(true);
    await engine.drain();

    expect([moved, early]).toEqual([true, false]);
    expect(personsOf(engine, id)).toHaveLength(1);
  });

  it('a sweep that failed in the middle is repeated from where the last one ended', async () => {
    const id = newContact();
    const remove = engine.hubspot.faults.add({ kind: 'status', status: 502, raw: '', match: '/search' });
    await expect(sweep()).rejects.toMatchObject({ kind: 'retryable' });
    remove();
    await sweep();
    await engine.drain();

    expect(personsOf(engine, id)).toHaveLength(1);
  });

  it('several processes that sweep at once mark a record once, and one of them moves the watermark', async () => {
    const id = newContact();
    const results = await Promise.all([sweep(), sweep(), sweep()]);
    await engine.drain();

    expect(results.filter(({ moved }) => moved)).toHaveLength(1);
    expect(personsOf(engine, id)).toHaveLength(1);
  });

  it('a clock that is an hour ahead hides nothing: the watermark stays at the time of the database', async () => {
    skewMs = 3_600_000;
    await sweep();
    skewMs = 0;
    const id = newContact();
    await sweep();
    await engine.drain();

    expect(personsOf(engine, id)).toHaveLength(1);
  });

  it('a search answered by 429 makes only the sweep wait', async () => {
    const id = newContact();
    const body = { policyName: 'SECONDLY', errorType: 'RATE_LIMIT', category: 'RATE_LIMITS' };
    engine.hubspot.faults.add({ kind: 'status', status: 429, body, match: '/search' });
    await expect(sweep()).rejects.toMatchObject({ kind: 'wait' });
    await engine.look(id);

    expect(personsOf(engine, id)).toHaveLength(1);
  });
});
