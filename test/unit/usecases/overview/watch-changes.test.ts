import { expect, it } from 'vitest';
import type { ChangedPart, ChangePosition } from '../../../../src/ports/ledger-overview.ts';
import { type Listener, watchChanges } from '../../../../src/usecases/overview/watch-changes.ts';

const position: ChangePosition = { snapshot: '1:1:', stamps: {}, isEarly: false };
const session = Buffer.from('aa', 'hex');

/** A watch on a ledger that tells what it is told to; time goes on by `tick`. */
function createBench({ most }: { most?: number } = {}) {
  const bench = { looks: 0, changed: [] as ChangedPart[], live: new Set(['aa']), isAway: false, now: 0 };
  const sleeping: (() => void)[] = [];
  const watch = watchChanges({
    ledger: () => ({
      async changesSince() {
        bench.looks += 1;
        if (bench.isAway) throw new Error('away');
        const changed = new Set(bench.changed.splice(0));
        return { position, changed, liveSessions: bench.live };
      },
    }),
    clock: {
      now: () => bench.now,
      sleep: (_delayMs, signal) =>
        new Promise((done) => {
          sleeping.push(done);
          signal?.addEventListener('abort', () => done());
        }),
    },
    sessionIdlesMs: 1,
    ...(most === undefined ? {} : { most }),
  });
  const tick = async (forMs = 1_000) => {
    bench.now += forMs;
    for (const wake of sleeping.splice(0)) wake();
    await new Promise((done) => setImmediate(done));
  };
  return Object.assign(bench, { watch, tick });
}

function createListener(sessionHash: Buffer | null = null) {
  const told: (readonly ChangedPart[])[] = [];
  const state = { told, ended: 0 };
  const listener: Listener = { sessionHash, tell: (parts) => told.push(parts), end: () => (state.ended += 1) };
  return Object.assign(state, { listener });
}

it('one look serves all listeners, and there is none once nobody listens', async () => {
  const bench = createBench();
  const [one, other] = [createListener(), createListener()];
  const [stopOne, stopOther] = [await bench.watch.listen(one.listener), await bench.watch.listen(other.listener)];
  expect(bench.looks).toBe(1);

  bench.changed = ['runs'];
  await bench.tick();
  expect([bench.looks, one.told, other.told]).toEqual([2, [['runs']], [['runs']]]);

  stopOne?.();
  stopOther?.();
  await bench.tick();
  await bench.tick();
  expect(bench.looks).toBe(2);

  await bench.watch.listen(one.listener);
  expect(bench.looks).toBe(3);
});

it('nothing is told where nothing has changed', async () => {
  const bench = createBench();
  const { listener, told } = createListener();
  await bench.watch.listen(listener);
  await bench.tick();

  expect([bench.looks, told]).toEqual([2, []]);
});

it('a session that is over is ended once, one that goes on and a token are not', async () => {
  const bench = createBench();
  const [page, token] = [createListener(session), createListener()];
  await bench.watch.listen(page.listener);
  await bench.watch.listen(token.listener);
  await bench.tick();
  expect(page.ended).toBe(0);

  bench.live = new Set();
  await bench.tick();
  await bench.tick();

  expect([page.ended, token.ended]).toEqual([1, 0]);
});

it('beyond the most that may listen nobody is let in, until one has gone', async () => {
  const bench = createBench({ most: 1 });
  const stop = await bench.watch.listen(createListener().listener);
  expect(await bench.watch.listen(createListener().listener)).toBeNull();

  stop?.();
  expect(await bench.watch.listen(createListener().listener)).not.toBeNull();
});

it('a ledger that is away ends nothing; who could not look for long tells everything', async () => {
  const bench = createBench();
  const { listener, told } = createListener();
  await bench.watch.listen(listener);
  bench.isAway = true;
  await bench.tick(40_000);
  bench.isAway = false;
  await bench.tick();

  expect(told).toEqual([['overview', 'records', 'failures', 'runs', 'mappings', 'activity']]);
});

it('who cannot be served at all is told so, and others are let in later', async () => {
  const bench = createBench();
  bench.isAway = true;
  await expect(bench.watch.listen(createListener().listener)).rejects.toThrow('away');

  bench.isAway = false;
  await bench.tick();
  const { listener, told } = createListener();
  await bench.watch.listen(listener);
  bench.changed = ['failures'];
  await bench.tick();
  expect(told).toEqual([['failures']]);
});

it('closing ends all listeners, and nobody is let in any more', async () => {
  const bench = createBench();
  const page = createListener(session);
  await bench.watch.listen(page.listener);

  await bench.watch.close();

  expect(page.ended).toBe(1);
  expect(await bench.watch.listen(createListener().listener)).toBeNull();
});
