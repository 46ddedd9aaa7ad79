import { expect, it } from 'vitest';
import type { RunLedger } from '../../../src/ports/ledger-runs.ts';
import { startRevert } from '../../../src/usecases/revert/start-revert.ts';
import { pauseRun } from '../../../src/usecases/runs/control-runs.ts';

/** A ledger in which a rebuild waits for its policy. */
const ledger = {
  run: async (id: string) => ({ id, kind: 'rebuild', state: 'review', isDryRun: false }),
  pauseRun: async () => false,
} as unknown as RunLedger;

it('says of a run in review that it waits for that', async () => {
  await expect(pauseRun(ledger, '6', 'ann')).rejects.toThrow(
    'Run 6 is waiting for its review: only one that is running can be paused.',
  );
  const given = { ledger, clock: { now: () => 0 }, mappingVersion: 1, observe: false } as never;
  await expect(startRevert(given, { runId: '6', created: null, isDryRun: false }, 'ann')).rejects.toThrow(
    'Run 6 has not ended (it is waiting for its review)',
  );
});
