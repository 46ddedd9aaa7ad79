import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerBackfill } from '../../src/cli/backfill.ts';
import { createCommand, createRun } from '../../src/cli/command.ts';
import type { RunSession } from '../../src/cli/run-session.ts';
import type { RunFilter } from '../../src/domain/runs/types.ts';
import { advanceRuns } from '../../src/usecases/runs/advance-runs.ts';
import { forecastBackfill } from '../../src/usecases/runs/backfill/forecast.ts';
import { cancelRun, resumeRun } from '../../src/usecases/runs/control-runs.ts';
import { unaudited } from '../support/audited.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { sqlContact } from '../support/people.ts';
import { beginBackfill, countsOf, finishRun, runOf, runsOf } from '../support/runs.ts';

let engine: Engine;

/** One for all tests of a group: to start it takes longer than they do. */
function shareEngine(): void {
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(async () => {
    await engine.close();
  });
}

const { signal } = new AbortController();

/** One in five passes the gate. */
function createContacts(count: number): string[] {
  return Array.from({ length: count }, (_, index) =>
    engine.hubspot.createContact(sqlContact(`person${index}`, index % 5 === 0 ? {} : { lifecyclestage: 'lead' })),
  );
}

const leads = () => engine.salesforce.all('Lead').length;

describe('a backfill of a list of HubSpot', () => {
  shareEngine();

  it('takes its members alone, and says before what that comes to', async () => {
    const ids = createContacts(600);
    const members = ids.slice(0, 300);
    const listId = engine.hubspot.createList({ name: 'Fair', type: 'contacts', ids: members });
    const nobody = engine.hubspot.createList({ name: 'Nobody', type: 'contacts', ids: [] });

    const run = await finishRun(engine, await beginBackfill(engine, { filter: { listId } }));
    const empty = await finishRun(engine, await beginBackfill(engine, { filter: { listId: nobody } }));

    expect(run).toMatchObject({ state: 'ended', total: 300, creates: 60, forecast: { records: 300, creates: 60 } });
    expect(countsOf(run, 'listed')).toEqual({ marked: 60, below_gate: 240 });
    expect(leads()).toBe(60);
    expect(empty).toMatchObject({ state: 'ended', creates: 0, counts: [], forecast: { records: 0 } });
  });

  it('is refused where the list is unknown or holds other records, also by a run that has begun', async () => {
    const companies = engine.hubspot.createList({ name: 'Firms', type: 'companies', ids: [] });
    const begin = (filter: RunFilter) => beginBackfill(engine, { filter });

    await expect(begin({ listId: '999' })).rejects.toMatchObject({ code: 'hubspot_list_unknown' });
    await expect(begin({ listId: companies })).rejects.toMatchObject({ code: 'bad_filter' });
    const dry = await beginBackfill(engine, { filter: { listId: companies }, isDryRun: true });
    expect(await finishRun(engine, dry)).toMatchObject({ state: 'failed', stoppedReason: 'bad_filter' });
  });
});

describe('handoff backfill before it begins', () => {
  shareEngine();

  /** As a person at a terminal gives it. @returns what was printed, and what was asked */
  async function type({ answer = true, hasWorkers = true }, ...args: string[]) {
    const [printed, asked]: [string[], string[]] = [[], []];
    const output = {
      print: (line: string) => void printed.push(line),
      tell: (line: string) => void printed.push(line),
    };
    const session: RunSession = {
      runs: runsOf(engine),
      actions: engine.ledger,
      hasWorkers: async () => hasWorkers,
      work: () => Promise.reject(new Error('left to the service')),
    };
    const confirm = async (question: string) => {
      asked.push(question);
      return answer;
    };
    const runs = {
      withRuns: async <Result>(work: (given: RunSession) => Promise<Result>) => await work(session),
      interruptible: async <Result>(work: (given: AbortSignal) => Promise<Result>) => await work(signal),
      confirm,
    };
    let code = -1;
    const program = createCommand(output);
    const given = { ...output, user: () => 'ann', audited: unaudited, mode: () => 'live' as const, runs };
    registerBackfill(
      program,
      given,
      createRun(output, (of) => {
        code = of;
      }),
    );
    await program.parseAsync(['backfill', ...args], { from: 'user' });
    return { code, printed: printed.join('\n'), asked };
  }

  it('starts nothing where a filter matches nothing, nor where a person says no', async () => {
    createContacts(5);

    const nothing = await type({}, 'contacts', '--until', '2020-01-01');
    const document = await type({}, 'contacts', '--until', '2020-01-01', '--json');
    const refused = await type({ answer: false }, 'contacts', '--detach');

    expect(nothing).toMatchObject({ code: 0, asked: [], printed: expect.stringContaining('nothing was started') });
    expect(JSON.parse(document.printed)).toMatchObject({ run: null, forecast: { records: 0 } });
    expect(refused).toMatchObject({ code: 0, asked: ['Start? [y/N] '], printed: expect.stringMatching(/records +5 /) });
    expect(await engine.ledger.runs(10)).toEqual([]);
  });

  it('refuses to leave the work to a service that does not live', async () => {
    const { code, printed } = await type({ hasWorkers: false }, 'contacts', '--detach', '--json');

    expect({ code, answer: JSON.parse(printed.split('\n')[0] ?? '') }).toMatchObject({
      code: 1,
      answer: { error: { code: 'no_worker' } },
    });
    expect(await engine.ledger.runs(10)).toEqual([]);
  });

  it('leaves a run to the service where a person says yes, or a script asks with --json', async () => {
    const begun = await type({}, 'contacts', '--detach');
    const [run] = await engine.ledger.runs(1);
    await cancelRun(engine.ledger, run?.id ?? '', 'ann');
    const script = await type(
      { answer: false },
      'contacts',
      '--detach',
      '--json',
      '--where',
      'contact.lastname == "person1"',
    );

    expect(begun).toMatchObject({ code: 0, printed: expect.stringContaining(`Run ${run?.id} has begun`) });
    expect(run).toMatchObject({ state: 'running', requestedBy: 'ann' });
    expect(script.asked).toEqual([]);
    expect(script.printed).toContain('"state":"running"');
  });
});

describe('a backfill of Salesforce records', () => {
  shareEngine();

  function createLeads(count: number): string[] {
    return Array.from({ length: count }, (_, index) => {
      const status = index % 2 === 0 ? 'Open - Not Contacted' : 'Closed - Not Converted';
      return engine.salesforce.create('Lead', { LastName: `Born ${index}`, Company: 'There', Status: status }).Id;
    });
  }

  it('goes by ids in either form and by status, and knows ids of nobody', async () => {
    const [first = '', second = '', third = ''] = createLeads(3);
    const ids = [first, second.slice(0, 15), third, '00Q000000000099AAA'];

    const byIds = await finishRun(engine, await beginBackfill(engine, { object: 'leads', ids, isDryRun: true }));
    const byStatus = await finishRun(
      engine,
      await beginBackfill(engine, { object: 'leads', filter: { stage: 'Closed - Not Converted' }, isDryRun: true }),
    );

    const { unknown_id: unknown, ...known } = countsOf(byIds, 'listed');
    expect(unknown).toBe(1);
    expect(Object.values(known).reduce((sum, count) => sum + count, 0)).toBe(3);
    expect(Object.values(countsOf(byStatus, 'listed'))).toEqual([1]);
  });

  it('lists very many by one job of Bulk API 2.0, and goes on where another process waited for it', async () => {
    createLeads(30);
    engine.salesforce.setBulk({ delayMs: 1_200 });
    const runId = await beginBackfill(engine, { object: 'leads' });
    await engine.database.pool.query('update runs set total = 100000 where id = $1', [runId]);

    const first = await advanceRuns(runsOf(engine), signal, { roundMs: 500 });
    const waiting = await runOf(engine, runId);
    const other = runsOf({ dependencies: engine.secondWorker() });
    await expect
      .poll(
        async () => {
          await advanceRuns(other, signal, { roundMs: 500 });
          return (await runOf(engine, runId)).phase;
        },
        { timeout: 30_000, interval: 300 },
      )
      .toBe('draining');

    expect(first.nextInMs).toBeGreaterThan(0);
    expect(waiting).toMatchObject({ state: 'running', phase: 'listing', counts: [] });
    const listed = Object.values(countsOf(await runOf(engine, runId), 'listed'));
    expect(listed.reduce((sum, count) => sum + count, 0)).toBe(33);
    const calls = engine.salesforce.countByPattern();
    expect(calls['POST /services/data/v67.0/jobs/query 200']).toBe(1);
    expect(calls['GET /services/data/v67.0/jobs/query/{id}/results 200']).toBe(1);
  });
});

describe('a forecast', () => {
  shareEngine();

  it('is near what comes, from a sample that is spread over all, and says which calls are left', async () => {
    createContacts(2_000);
    const compiled = { reads: [], decide: () => 'wanted' as const };

    const forecast = await forecastBackfill(runsOf(engine), { object: 'contacts', filter: {}, compiled, ids: null });

    expect(forecast).toMatchObject({ isExact: false, records: 2_000, changes: 0 });
    expect(forecast.sampled).toBeGreaterThanOrEqual(400);
    expect(Math.abs(forecast.creates - 400)).toBeLessThan(120);
    expect(forecast.calls.hubspot).toBeGreaterThan(10);
    expect(forecast.callsLeft.salesforce).toBeGreaterThan(1_000);
    expect(leads()).toBe(0);
  });
});

describe('a run that another mapping has paused', () => {
  shareEngine();

  /** Another version becomes the active one; its rules are the same, so that the engine's workers can go on under it. */
  let activated = 0;
  async function activateOther(): Promise<number> {
    const { hash, limits } = engine.mapping;
    activated += 1;
    return await engine.ledger.activateMapping(`${hash} ${activated}`, limits, []);
  }

  it('is planned anew when it goes on: forecast and limits count from where it stands', async () => {
    const ids = createContacts(50);
    const runId = await beginBackfill(engine, { ids });
    const before = await runOf(engine, runId);
    await engine.database.pool.query('update runs set creates_limit = 1, changes_limit = 1 where id = $1', [runId]);
    const mappingVersion = await activateOther();
    expect(await runOf(engine, runId)).toMatchObject({ state: 'paused', stoppedReason: 'mapping_changed' });

    const again = await resumeRun({ ...runsOf(engine), mappingVersion }, runId, 'tester');

    expect(before).toMatchObject({ mappingVersion: mappingVersion - 1, forecast: { records: 50, creates: 10 } });
    expect(again).toMatchObject({ state: 'running', mappingVersion, forecast: { records: 50, creates: 10 } });
    expect(again.createsLimit).toBe(before.createsLimit);
    await cancelRun(engine.ledger, runId, 'tester');
  });

  it('can be cancelled instead, and makes room for another one', async () => {
    const runId = await beginBackfill(engine);
    await activateOther();
    expect((await runOf(engine, runId)).state).toBe('paused');

    await cancelRun(engine.ledger, runId, 'tester');

    expect(await runOf(engine, runId)).toMatchObject({ state: 'cancelled', backlog: 0 });
    expect(await beginBackfill(engine)).not.toBe(runId);
  });
});
