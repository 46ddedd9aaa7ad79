import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunFilter } from '../../src/domain/runs/types.ts';
import { SyncError } from '../../src/errors.ts';
import { advanceRuns } from '../../src/usecases/runs/advance-runs.ts';
import { approveRun, cancelRun, pauseRun, resumeRun } from '../../src/usecases/runs/control-runs.ts';
import { runHandlers } from '../../src/usecases/runs/run-handlers.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { sqlContact } from '../support/people.ts';
import { beginBackfill, countsOf, finishRun, runOf, runsOf } from '../support/runs.ts';

let engine: Engine;

beforeEach(async () => {
  engine = await startEngine();
});

afterEach(async () => {
  await engine.close();
});

const { signal } = new AbortController();

function createContacts(passing: number, below = 0, more: Record<string, string> = {}): string[] {
  return Array.from({ length: passing + below }, (_, index) =>
    engine.hubspot.createContact(
      sqlContact(`person${index}`, { ...more, ...(index < passing ? {} : { lifecyclestage: 'lead' }) }),
    ),
  );
}

const list = async () => await advanceRuns(runsOf(engine), signal, { roundMs: 5_000 });
const leads = () => engine.salesforce.all('Lead').length;

describe('what a backfill lists', () => {
  it('goes by what the filter says', async () => {
    createContacts(4, 6);
    const listed = async (filter: RunFilter) => {
      const run = await finishRun(engine, await beginBackfill(engine, { filter }));
      expect(run.state).toBe('ended');
      return countsOf(run, 'listed');
    };
    expect(await listed({ stage: 'lead' })).toEqual({ below_gate: 6 });
    expect(await listed({ where: 'contact.city == "Graz"' })).toEqual({ filtered: 10 });
    expect(await listed({ untilMs: Date.parse('2020-01-01T00:00:00Z') })).toEqual({});
    expect(await listed({})).toEqual({ marked: 4, below_gate: 6 });
  });

  it('combines ids with an expression, and knows duplicates and unknown ids', async () => {
    const [first = '', second = '', third = ''] = createContacts(3);
    await engine.look();
    const wanted = { ids: [first, second, first, '987654321'], filter: { where: `contact.lastname == "person0"` } };
    const run = await finishRun(engine, await beginBackfill(engine, wanted));
    expect(countsOf(run, 'listed')).toEqual({ marked: 1, filtered: 1, unknown_id: 1 });
    expect(leads()).toBe(1);
    expect(third).not.toBe('');
  });

  it('refuses what cannot be asked before anything starts', async () => {
    const wrong: [RunFilter, RegExp][] = [
      [{ where: 'contact.city = "Graz"' }, /character/],
      [{ where: 'contact.no_such_property == "x"' }, /no_such_property/],
      [{ stage: 'no such stage' }, /stage/],
      [{ sinceMs: 2_000, untilMs: 1_000 }, /ends before/],
    ];
    for (const [filter, message] of wrong) {
      const refused = await beginBackfill(engine, { filter }).catch((thrown: unknown) => thrown);
      expect(refused).toMatchObject({ code: 'bad_filter', message: expect.stringMatching(message) });
    }
    expect(await engine.ledger.runs(10)).toEqual([]);
  });

  it('marks the contact of a Lead that is known, and the Lead itself where nobody knows it', async () => {
    const [known = ''] = createContacts(1);
    await engine.look(known);
    const { Id } = engine.salesforce.create('Lead', { LastName: 'Born', Company: 'There' });
    const runId = await beginBackfill(engine, { object: 'leads' });
    await list();
    const { rows } = await engine.database.pool.query(`select object, record_id from pending order by object`);
    expect(rows).toEqual([
      { object: 'Lead', record_id: Id },
      { object: 'contact', record_id: known },
    ]);
    const run = await finishRun(engine, runId);
    expect(run.state).toBe('ended');
    expect(countsOf(run, 'listed')).toEqual({ marked: 2 });
  });
});

describe('a dry run', () => {
  it('says what the run that follows does', async () => {
    createContacts(12, 20);
    const dry = await finishRun(engine, await beginBackfill(engine, { isDryRun: true }));
    expect(leads()).toBe(0);
    expect(dry).toMatchObject({ state: 'ended', creates: 0, forecast: { isExact: true, creates: 12, changes: 0 } });
    const run = await finishRun(engine, await beginBackfill(engine));
    expect(countsOf(dry, 'outcome')).toEqual(countsOf(run, 'outcome'));
    expect(countsOf(dry, 'listed')).toEqual(countsOf(run, 'listed'));
    expect(run.creates).toBe(12);
    expect(dry.forecast?.calls, 'what it would cost').toEqual(run.forecast?.calls);
  });

  it('stands in nobody’s way', async () => {
    createContacts(1);
    await beginBackfill(engine);
    await beginBackfill(engine, { isDryRun: true });
    expect(await engine.ledger.runs(10)).toHaveLength(2);
  });
});

describe('two at once', () => {
  it('lets one of two people start, and tells the other one of it', async () => {
    createContacts(2);
    const started = await Promise.allSettled([beginBackfill(engine), beginBackfill(engine)]);
    const [winner] = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const [refused] = started.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(refused).toMatchObject({ code: 'run_overlaps', detail: { recordIds: [winner] } });
  });

  it('lets two workers share a run without doing a page twice', async () => {
    createContacts(30, 300);
    const runId = await beginBackfill(engine);
    const other = { ...runsOf({ dependencies: engine.secondWorker() }) };
    await Promise.all([list(), advanceRuns(other, signal, { roundMs: 5_000 })]);
    const run = await finishRun(engine, runId);
    expect(countsOf(run, 'listed')).toEqual({ marked: 30, below_gate: 300 });
    expect(leads()).toBe(30);
  });
});

describe('a person holds a run', () => {
  it('works nothing off while it is paused, and goes on where it was', async () => {
    createContacts(5);
    const runId = await beginBackfill(engine);
    await list();
    await pauseRun(engine.ledger, runId, 'tester');
    await engine.drain();
    expect(leads()).toBe(0);
    await resumeRun(runsOf(engine), runId, 'tester');
    expect(await finishRun(engine, runId)).toMatchObject({ state: 'ended', creates: 5 });
  });

  it('forgets what it has marked when it is cancelled', async () => {
    createContacts(5);
    const runId = await beginBackfill(engine);
    await list();
    await cancelRun(engine.ledger, runId, 'tester');
    await engine.drain();
    expect(leads()).toBe(0);
    expect(await runOf(engine, runId)).toMatchObject({ state: 'cancelled', backlog: 0 });
    await beginBackfill(engine);
  });

  it('stores nothing of a page in whose middle it was cancelled', async () => {
    createContacts(5);
    const runId = await beginBackfill(engine);
    const { backfill } = runHandlers;
    if (backfill === undefined) throw new Error('no backfill');
    const cancelling: typeof backfill = {
      async page(...given) {
        const step = await backfill.page(...given);
        await cancelRun(engine.ledger, runId, 'tester');
        return step;
      },
    };
    await advanceRuns(runsOf(engine), signal, { handlers: { backfill: cancelling } });
    const run = await runOf(engine, runId);
    expect(run).toMatchObject({ state: 'cancelled', counts: [], backlog: 0 });
    await engine.drain();
    expect(leads()).toBe(0);
  });

  it('refuses what does not fit its state', async () => {
    createContacts(1);
    const runId = await beginBackfill(engine);
    await expect(resumeRun(runsOf(engine), runId, 'tester')).rejects.toMatchObject({ code: 'run_not_paused' });
    await expect(approveRun(engine.ledger, runId, 'tester')).rejects.toMatchObject({ code: 'run_not_stopped' });
    await finishRun(engine, runId);
    await expect(pauseRun(engine.ledger, runId, 'tester')).rejects.toMatchObject({ code: 'run_not_running' });
    await expect(cancelRun(engine.ledger, runId, 'tester')).rejects.toMatchObject({ code: 'run_is_over' });
    await expect(cancelRun(engine.ledger, '987654', 'tester')).rejects.toMatchObject({ code: 'run_not_found' });
  });

  it('leaves the live work of a day to the pause of all writes', async () => {
    const ids = createContacts(1);
    await engine.look(...ids);
    const runId = (await engine.ledger.status()).runs.find(({ kind }) => kind === 'live')?.id ?? '';
    await expect(pauseRun(engine.ledger, runId, 'tester')).rejects.toMatchObject({ code: 'run_is_live' });
    await expect(resumeRun(runsOf(engine), runId, 'tester')).rejects.toMatchObject({ code: 'run_is_live' });
    await expect(cancelRun(engine.ledger, runId, 'tester')).rejects.toMatchObject({ code: 'run_is_live' });
    expect(await runOf(engine, runId)).toMatchObject({ state: 'running', creates: 1 });
  });
});

describe('when it comes otherwise than foreseen', () => {
  it('stops at its safety limit, and goes on once a person approves', async () => {
    createContacts(8);
    const runId = await beginBackfill(engine);
    await engine.database.pool.query('update runs set creates_limit = 3 where id = $1', [runId]);
    const stopped = await finishRun(engine, runId);
    expect(stopped).toMatchObject({ state: 'stopped', stoppedReason: 'creates_limit', creates: 3 });
    expect(leads()).toBe(3);
    await approveRun(engine.ledger, runId, 'tester');
    expect(await finishRun(engine, runId)).toMatchObject({ state: 'ended', creates: 8 });
  });

  it('waits while the budget is spent, and goes on with the same page', async () => {
    createContacts(3, 7);
    const runId = await beginBackfill(engine);
    const spent = new SyncError('wait', 'daily_budget_spent', 'Spent.', { untilMs: Date.now() + 60_000 });
    const runs = runsOf(engine);
    const poor = { ...runs, hubspot: { ...runs.hubspot, walk: async () => await Promise.reject(spent) } };
    const { pages, nextInMs } = await advanceRuns(poor, signal);
    expect(pages).toBe(0);
    // As long as the budget says, and the tick asks again.
    expect(nextInMs).toBeGreaterThan(30_000);
    expect(await runOf(engine, runId)).toMatchObject({ state: 'running', counts: [] });
    const run = await finishRun(engine, runId);
    expect(countsOf(run, 'listed')).toEqual({ marked: 3, below_gate: 7 });
  });

  it('fails with the code where a person must act first', async () => {
    createContacts(1);
    const runId = await beginBackfill(engine);
    const refused = new SyncError('needs-human', 'hubspot_missing_scopes', 'No.');
    const runs = runsOf(engine);
    const poor = { ...runs, hubspot: { ...runs.hubspot, walk: async () => await Promise.reject(refused) } };
    await advanceRuns(poor, signal);
    expect(await runOf(engine, runId)).toMatchObject({ state: 'failed', stoppedReason: 'hubspot_missing_scopes' });
  });
});
