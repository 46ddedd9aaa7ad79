import { describe, expect, it } from 'vitest';
import { holdFresh } from '../../../../src/usecases/drain/hold-fresh.ts';
import { givenBatch, givenClaimed, givenDependencies, givenLook, now } from './given.ts';

/** Looks at contacts 1 and 2 whose reading again takes this long, after which another worker has the second one. */
async function hold(readingMs: number) {
  let atMs = now;
  const renewals: number[] = [];
  const { dependencies } = givenDependencies({
    ledger: {
      renew: async () => {
        renewals.push(atMs - now);
        return new Set(atMs === now ? ['1', '2'] : ['1']);
      },
    },
  });
  const looks = ['1', '2'].map((recordId) => givenLook({ claimed: givenClaimed({ recordId }) }));
  const batch = { ...givenBatch(), leasedUntilMs: now + 60_000 };
  const { fresh } = await holdFresh(
    { ...dependencies, clock: { ...dependencies.clock, now: () => atMs } },
    batch,
    looks,
    async (_, __, ours) => {
      atMs += readingMs;
      return { fresh: ours, changed: [] };
    },
  );
  return { renewals, fresh: fresh.map(({ claimed }) => claimed.recordId), leftMs: batch.leasedUntilMs - atMs };
}

describe('the lease before a write', () => {
  it('is prolonged once more when reading again took long, and what went to another worker is left to it', async () => {
    expect(await hold(30_000)).toEqual({ renewals: [0, 30_000], fresh: ['1'], leftMs: 120_000 });
  });

  it('costs no further statement when reading again was quick', async () => {
    expect(await hold(5_000)).toEqual({ renewals: [0], fresh: ['1', '2'], leftMs: 115_000 });
  });
});
