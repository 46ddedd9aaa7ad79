import { describe, expect, it } from 'vitest';
import { objectsOff } from '../../src/domain/records/kinds-off.ts';
import type { Mark } from '../../src/ports/ledger-claim.ts';
import { useLedger } from '../support/ledger.ts';
import { pageOf, runStepsOf } from '../support/ledger-runs.ts';

const bench = useLedger();
const runs = runStepsOf(bench);
const off = objectsOff({ company: { isOn: false }, deal: { isOn: true } });

const company = (id: string, runId: string): Mark => ({
  system: 'hubspot',
  object: 'company',
  recordId: id,
  priority: 4,
  source: 'parent',
  runId,
});

/** A run that has listed all and waits for these companies alone. */
async function awaiting(...ids: readonly string[]): Promise<string> {
  const run = await runs.take(await runs.begin());
  await bench.ledger.commitPage(run, pageOf(run.id, [], { isLast: true }), 60_000);
  await bench.ledger.releaseRun(run);
  await bench.ledger.mark(ids.map((id) => company(id, run.id)));
  return run.id;
}

describe('records of what the mapping has off', () => {
  it('hold up no run: they leave it, and wait for the day it is on', async () => {
    const id = await awaiting('c1', 'c2');
    expect(await bench.ledger.runsDue()).toBe(0);
    expect(await bench.ledger.claimRun(60_000)).toBeNull();

    expect(await bench.ledger.runsDue(off)).toBe(1);
    const taken = await bench.ledger.claimRun(60_000, { off });

    expect(taken).toMatchObject({ id, backlog: 0 });
    if (taken !== null) await bench.ledger.releaseRun(taken, { state: 'ended' });
    expect(await bench.ledger.run(id)).toMatchObject({ state: 'ended' });
    expect(await runs.pending()).toMatchObject([
      { id: 'c1', run: null, priority: 4 },
      { id: 'c2', run: null, priority: 4 },
    ]);
  });

  it('stay with a run of another mapping version, which may have them on', async () => {
    const id = await awaiting('c1');
    expect(await bench.ledger.claimRun(60_000, { off, mappingVersion: bench.version - 1 })).toBeNull();
    expect(await runs.pending()).toMatchObject([{ id: 'c1', run: id }]);
    expect(await bench.ledger.claimRun(60_000, { off, mappingVersion: bench.version })).toMatchObject({ id });
  });

  it('stay with a run that is paused: it is resumed with them', async () => {
    const id = await awaiting('c1');
    await bench.ledger.pauseRun(id, 'ann');
    await bench.ledger.claimRun(60_000, { off });
    expect(await runs.pending()).toMatchObject([{ id: 'c1', run: id, held: true }]);
  });

  it('are no work that is left after an outage', async () => {
    await awaiting('c1');
    const until = Date.now() + 60_000;
    expect(await bench.ledger.isWorkedOff(until)).toBe(false);
    expect(await bench.ledger.isWorkedOff(until, off)).toBe(true);
    await bench.mark(['1']);
    expect(await bench.ledger.isWorkedOff(until, off)).toBe(false);
  });
});
