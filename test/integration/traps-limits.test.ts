import { afterEach, describe, expect, it } from 'vitest';
import { drainContacts } from '../../src/usecases/drain/drain-contacts.ts';
import { type Engine, type EngineOptions, startEngine } from '../support/engine.ts';
import { failureOf, personsOf, sqlContact } from '../support/people.ts';

let engine: Engine;
let number = 0;
afterEach(() => engine.close());

async function start(options: EngineOptions = {}): Promise<void> {
  engine = await startEngine(options);
}

function newContact(more: Record<string, string> = {}): string {
  return engine.hubspot.createContact(sqlContact(`limit${++number}`, more));
}

const leads = () => engine.salesforce.all('Lead').length;

describe('observe mode', () => {
  it('sends both CRMs nothing but reads, and records what it would have done', async () => {
    await start({ observe: true, salesforce: { keepBodies: true } });
    const known = engine.salesforce.create('Lead', { LastName: 'K', Company: 'K', Email: 'observed@people.example' });
    const [creates, links, below] = [
      newContact(),
      newContact({ email: 'observed@people.example', jobtitle: 'Buyer' }),
      newContact({ lifecyclestage: 'lead' }),
    ];
    await engine.look(creates, links, below);
    await engine.drainLater();

    const { hubspot, salesforce } = engine;
    const reads = /^(GET |POST .*\/(batch\/read|search)$)/;
    const toLine = ({ method, path }: { method: string; path: string }) => `${method} ${path}`;
    expect(hubspot.requests.map(toLine).filter((line) => !reads.test(line))).toEqual([]);
    const bodies = salesforce.requests.filter(({ method }) => method !== 'GET').map(({ path, body }) => path + body);
    expect(bodies.filter((text) => !text.includes('/oauth2/token')).length).toBeGreaterThan(0);
    expect(bodies.filter((text) => /"method":"(POST|PATCH|PUT|DELETE)"/.test(text))).toEqual([]);
    expect(bodies.filter((text) => !/\/oauth2\/token|\/composite\{/.test(text))).toEqual([]);
    expect(salesforce.all('Lead')).toEqual([known]);
    expect((await engine.ledger.history(creates)).decision).toMatchObject({ outcome: 'create', observedOnly: true });
    expect((await engine.ledger.history(links)).decision).toMatchObject({ outcome: 'link', observedOnly: true });
    expect((await engine.ledger.history(below)).decision).toMatchObject({ outcome: 'below_gate' });
    expect((await engine.ledger.history(creates)).changes).toEqual([]);
  });
});

describe('the safety limit of the mapping', () => {
  it('writes as many as it allows and not one more, across two workers, until somebody approves', async () => {
    await start({ mappings: { 'gate.yaml': { 'limits.creates_per_run': 3 } } });
    const ids = Array.from({ length: 10 }, () => newContact());
    await engine.ledger.mark(
      ids.map((recordId) => ({ system: 'hubspot', object: 'contact', recordId, priority: 2, source: 'test' })),
    );
    const signal = new AbortController().signal;
    const workers = [engine.dependencies, engine.secondWorker()].map((worker) => ({ ...worker, batchSize: 2 }));
    await Promise.all(workers.map((worker) => drainContacts(worker, signal)));
    await engine.drainLater();
    const stopped = leads();
    const [run] = (await engine.ledger.status()).runs.filter(({ state }) => state === 'stopped');
    await engine.ledger.approve(String(run?.id), 'test');
    await engine.drainLater();

    expect(stopped).toBe(3);
    expect(leads()).toBe(10);
    for (const id of ids) expect(await failureOf(engine, id)).toBeUndefined();
  });
});

describe('the daily limit of Salesforce', () => {
  it('that is spent in the middle holds everything back without a failure or an attempt, and nothing is lost', async () => {
    await start();
    const arrived = newContact();
    await engine.look(arrived);
    engine.salesforce.setDailyUsed(1_000_000);
    engine.salesforce.resetRequests();
    const ids = [newContact(), newContact()];
    await engine.look(...ids);
    await engine.look(...ids);
    const calls = engine.salesforce.requests.length;
    const waits = (await engine.ledger.status()).waits;
    engine.salesforce.setDailyUsed(0);
    await engine.drainLater();

    expect(waits.map(({ system }) => system)).toEqual(['salesforce']);
    expect(calls, 'one call finds out, nothing follows it').toBe(1);
    expect((await engine.ledger.status()).failures).toBe(0);
    for (const id of [arrived, ...ids]) expect(personsOf(engine, id)).toHaveLength(1);
  });
});
