import { expect, it } from 'vitest';
import { createOverviewReader } from '../../../../src/usecases/overview/overview-reader.ts';

/** A ledger whose readings end when the test says so, and a clock that stands until somebody sleeps. */
function createBench() {
  let nowMs = 1_000;
  const slept: number[] = [];
  const open: { end(value: number): void; fail(): void }[] = [];
  let begun = 0;
  const read = createOverviewReader(
    async (ledger: { name: string }) => {
      begun++;
      return await new Promise<string>((resolve, reject) =>
        open.push({
          end: (value) => resolve(`${ledger.name} ${value}`),
          fail: () => reject(new Error('the ledger is away')),
        }),
      );
    },
    {
      now: () => nowMs,
      async sleep(ms) {
        slept.push(ms);
        nowMs += ms;
      },
    },
  );
  const pass = (ms: number) => {
    nowMs += ms;
  };
  const settle = async () => await new Promise((resolve) => setImmediate(resolve));
  return { read, open, slept, settle, begun: () => begun, pass };
}
const ledger = { name: 'one' };

it('twenty who ask at once are two readings, and the second is shared', async () => {
  const { read, open, settle, begun, slept } = createBench();
  const answers = Promise.all(Array.from({ length: 20 }, async () => await read(ledger)));
  open[0]?.end(1);
  await settle();
  open[1]?.end(2);

  expect(await answers).toEqual(['one 1', ...Array.from({ length: 19 }, () => 'one 2')]);
  expect([begun(), slept]).toEqual([2, [250]]);
});

it('whoever asks while one is read gets one that was begun afterwards: what they did is in it', async () => {
  const { read, open, settle } = createBench();
  const early = read(ledger);
  const late = read(ledger);
  open[0]?.end(1);
  await settle();
  open[1]?.end(2);

  expect([await early, await late]).toEqual(['one 1', 'one 2']);
});

it('whoever asks alone does not wait, however soon after the one before', async () => {
  const { read, open, slept } = createBench();
  const first = read(ledger);
  open[0]?.end(1);
  await first;
  const second = read(ledger);
  open[1]?.end(2);

  expect([await second, slept]).toEqual(['one 2', []]);
});

it('a reading that took longer is followed at once', async () => {
  const { read, open, settle, pass, slept } = createBench();
  const first = read(ledger);
  const second = read(ledger);
  pass(300);
  open[0]?.end(1);
  await first;
  await settle();
  open[1]?.end(2);

  expect([await second, slept]).toEqual(['one 2', []]);
});

it('a fault is told to those who shared it, and to nobody after them', async () => {
  const { read, open, settle } = createBench();
  const first = read(ledger);
  const second = read(ledger);
  open[0]?.fail();
  await expect(first).rejects.toThrow('the ledger is away');
  await settle();
  open[1]?.end(2);

  expect(await second).toBe('one 2');
});

it('another ledger shares nothing and waits for nobody', async () => {
  const { read, open } = createBench();
  const one = read(ledger);
  const other = read({ name: 'other' });
  open[1]?.end(2);
  open[0]?.end(1);

  expect([await one, await other]).toEqual(['one 1', 'other 2']);
});
