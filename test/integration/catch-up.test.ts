import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCatchUpWatch } from '../../src/usecases/catch-up/catch-up.ts';
import { watchedSources } from '../../src/usecases/catch-up/find-gap.ts';
import { startComparison, startDailyComparison } from '../../src/usecases/compare-both/start-comparison.ts';
import { watermarksOf } from '../../src/usecases/poll-salesforce/sources.ts';
import { sweepRecords, sweepSources } from '../../src/usecases/sweep-records.ts';
import type { Engine } from '../support/engine.ts';
import { personsOf, sqlContact } from '../support/people.ts';
import { countsOf, finishRun } from '../support/runs.ts';
import { handedOver, propertiesOf, startTwoWay } from '../support/two-way.ts';

const hour = 3_600_000;
let engine: Engine;
beforeAll(async () => {
  engine = await startTwoWay();
  await sweep();
  await engine.poll();
}, 60_000);
afterAll(() => engine.close());

async function sweep() {
  const { ledger, hubspot, clock, mapping } = engine.dependencies;
  return await sweepRecords({ ledger, hubspot, clock, mapping, settleMs: 0 });
}

const watch = () =>
  createCatchUpWatch({
    ...engine.dependencies,
    watched: watchedSources({
      sweeps: sweepSources(engine.mapping),
      changes: [watermarksOf({ name: 'Lead' }).fast],
      deletions: [watermarksOf({ name: 'Lead' }).deleted],
      sweepEveryMs: 15 * 60_000,
      pollEveryMs: 30_000,
    }),
    off: [],
    startComparison: async () => await startComparison(engine.dependencies, { by: 'test', isDryRun: false }),
  });

/** As if nobody had read anything for so long. */
async function wasAway(forMs: number): Promise<void> {
  const text = `update watermarks set at = at - make_interval(secs => $1), updated_at = updated_at - make_interval(secs => $1)
                where source not like 'service.%'`;
  await engine.database.pool.query(text, [forMs / 1_000]);
}

const catchingUp = async () => (await engine.ledger.status()).catchingUp;
const comparisons = async () => await engine.ledger.runs(10, { kind: 'comparison' });

describe('after an outage', () => {
  it('says since when it catches up, and that it has once all is worked off', async () => {
    const contact = await handedOver(engine);
    const person = await handedOver(engine);
    await engine.poll();
    await wasAway(3 * hour);
    engine.hubspot.editContact(contact.id, { jobtitle: 'While away' });
    engine.salesforce.edit('Lead', person.leadId, { Title: 'Away too' });
    const fresh = engine.hubspot.createContact(sqlContact('away'));

    await watch().before();
    expect((await catchingUp())?.sources).toContain('hubspot.contacts.modified');
    expect(engine.logLines.some((line) => line.startsWith('catching up '))).toBe(true);
    await sweep();
    await engine.poll();
    await watch().after();
    await watch().after();
    expect(await catchingUp()).not.toBeNull();
    await engine.drain();
    await watch().after();

    expect(await catchingUp()).toBeNull();
    expect(engine.logLines.some((line) => line.startsWith('caught up '))).toBe(true);
    expect(personsOf(engine, fresh)).toHaveLength(1);
    expect(engine.salesforce.all('Lead').find(({ Id }) => Id === contact.leadId)?.Title).toBe('While away');
    expect(propertiesOf(engine, person.id).jobtitle).toBe('Away too');
    expect(await comparisons()).toEqual([]);
  });

  it('lets live work overtake what it has to make up for', async () => {
    await wasAway(2 * hour);
    const ids = engine.hubspot.seedContacts([sqlContact('slow1'), sqlContact('slow2')]);
    await watch().before();
    await sweep();
    const { rows } = await engine.database.pool.query('select priority from pending where record_id = any($1)', [ids]);
    expect(rows).toEqual([{ priority: 3 }, { priority: 3 }]);
    await engine.ledger.mark([
      { system: 'hubspot', object: 'contact', recordId: ids[1] ?? '', priority: 1, source: 'webhook' },
    ]);
    const claim = await engine.ledger.claim({
      system: 'hubspot',
      object: 'contact',
      limit: 10,
      leaseMs: 1_000,
      mappingVersion: engine.dependencies.mappingVersion,
      band: 'live',
    });
    expect(claim.records.map(({ recordId }) => recordId)).toEqual([ids[1]]);
    await engine.ledger.release(claim.token);
    await engine.poll();
    await engine.drain();
    await watch().after();
    await watch().after();
    expect(await catchingUp()).toBeNull();
  });

  it('compares both CRMs where deletions were lost, and finds them', async () => {
    const deleted = await handedOver(engine);
    await wasAway(30 * hour);
    engine.hubspot.deleteContact(deleted.id);
    await watch().before();
    await sweep();
    await engine.poll();
    await engine.drain();
    await watch().after();
    await watch().after();

    const [run] = await comparisons();
    expect(run).toMatchObject({ state: 'running', isDryRun: false });
    const ended = await finishRun(engine, run?.id ?? '');

    expect(countsOf(ended, 'drift').gone).toBe(1);
    const history = await engine.ledger.history(deleted.id);
    expect(history.pair?.tombstone).toBe('contact_deleted');
    const { lastComparison } = await engine.ledger.status();
    expect(lastComparison).toMatchObject({ runId: run?.id, drift: { gone: 1 } });
  });
});

describe('the daily comparison', () => {
  it('is begun by one of several processes, once', async () => {
    const clock = { now: () => Date.parse('2026-11-22T03:05:00Z') };
    const begin = async () => await startDailyComparison({ ...engine.dependencies, clock }, { hour: 3, minute: 0 });

    const begun = await Promise.all([begin(), begin(), begin()]);

    const [runId, ...others] = begun.filter((id) => id !== null);
    expect(others).toEqual([]);
    await finishRun(engine, runId ?? '');
    expect(await begin()).toBeNull();
  });

  it('says which one stands in its way, and ends one that is held since the night before', async () => {
    const told: unknown[] = [];
    const log = { ...engine.dependencies.log, warn: (facts: object) => void told.push(facts) };
    const night = async (day: string) =>
      await startDailyComparison(
        { ...engine.dependencies, clock: { now: () => Date.parse(`${day}T03:05:00Z`) }, log },
        { hour: 3, minute: 0 },
      );
    const held = await startComparison(engine.dependencies, { by: 'ann', isDryRun: false });
    const movedAt = async (time: string) =>
      await engine.database.pool.query('update runs set moved_at = $2 where id = $1', [held, time]);

    await movedAt('2026-11-22T03:06:00Z');
    expect(await night('2026-11-23'), 'it is running').toBeNull();
    const stopped = `update runs set state = $2, stopped_reason = 'changes_limit' where id = $1`;
    await engine.database.pool.query(stopped, [held, 'stopped']);
    expect(await night('2026-11-24'), 'nobody has approved it').toBeNull();
    await engine.database.pool.query(stopped, [held, 'running']);
    await engine.ledger.pauseRun(held, 'ann');
    await movedAt('2026-11-24T20:00:00Z');
    expect(await night('2026-11-25'), 'it was held in the evening').toBeNull();
    expect(told).toEqual([{ runId: held }, { runId: held }, { runId: held }]);

    const next = await night('2026-11-26');

    expect(next).not.toBeNull();
    expect(await engine.ledger.run(held)).toMatchObject({ state: 'cancelled' });
    expect(told.at(-1)).toEqual({ runId: held, state: 'paused' });
    expect(await finishRun(engine, next ?? '')).toMatchObject({ state: 'ended' });
  });

  it('is told as overdue after two days without one, where each night wants one', async () => {
    const { pool } = engine.database;
    const overdue = async () => (await engine.ledger.status()).comparisonOverdue;
    const age = async (days: number) =>
      await pool.query(`update runs set ended_at = now() - make_interval(days => $1) where kind = 'comparison'`, [
        days,
      ]);
    const nights = async (days: number) =>
      await pool.query(
        `update watermarks set at = now() - make_interval(days => $1) where source = 'service.comparison'`,
        [days],
      );
    await nights(0);
    await age(1);
    expect(await overdue()).toBeNull();
    await age(3);
    expect(await overdue()).toMatchObject({ runId: null });
    const running = await startComparison(engine.dependencies, { by: 'ann', isDryRun: false });
    expect(await overdue()).toMatchObject({ runId: running });
    await nights(5);
    expect(await overdue(), 'nobody wants one any more').toBeNull();
    await engine.ledger.cancelRun(running, 'ann');
  });
});
