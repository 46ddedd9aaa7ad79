import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sweepModified } from '../../src/usecases/sweep-records.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { sqlContact } from '../support/people.ts';

/** At full size beyond the 10,000 results at which HubSpot's search ends. */
const changed = process.env.HANDOFF_TEST_FULL === '1' ? 10_450 : 1_050;

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
  await sweep();
}, 60_000);
afterAll(() => engine.close());

function sweep(signal?: AbortSignal) {
  const { ledger, hubspot, clock } = engine.dependencies;
  return sweepModified({ ledger, hubspot, clock, settleMs: 0 }, 'contact', signal);
}

async function marked(): Promise<number> {
  const { rows } = await engine.database.pool.query<{ marked: number }>('select count(*)::int as marked from pending');
  return rows[0]?.marked ?? 0;
}

describe(`a sweep over ${changed} changed contacts`, () => {
  it('marks each of them, also when it was cut off in the middle', async () => {
    engine.hubspot.seedContacts(
      Array.from({ length: changed }, (_, n) => sqlContact(`changed${n}`, { lifecyclestage: 'lead' })),
    );
    const stop = new AbortController();
    const { hubspot, ledger, clock } = engine.dependencies;
    let pages = 0;
    const cutOff: typeof hubspot = {
      ...hubspot,
      searchModified: async (...asked) => {
        pages += 1;
        if (pages === 3) stop.abort();
        return await hubspot.searchModified(...asked);
      },
    };
    const first = await sweepModified({ ledger, hubspot: cutOff, clock, settleMs: 0 }, 'contact', stop.signal);
    expect(first).toMatchObject({ moved: false });
    expect(await marked()).toBe(600);

    const second = await sweep();

    expect(second).toEqual({ read: changed, marked: changed, moved: true });
    expect(await marked()).toBe(changed);
  }, 120_000);
});
