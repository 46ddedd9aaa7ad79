import { SyncError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CatchUpLedger } from '../../ports/ledger-catch-up.ts';
import type { Log } from '../../ports/log.ts';
import { findGap, type WatchedSource } from './find-gap.ts';

export type CatchUpDependencies = {
  ledger: CatchUpLedger;
  clock: Pick<Clock, 'now'>;
  log: Log;
  watched: readonly WatchedSource[];
  /** Objects that the mapping leaves alone. */
  off: readonly string[];
  /** Starts a comparison of both CRMs: what no reading of changes tells is found by it. */
  startComparison(): Promise<string>;
};

/** Around each round that reads changes: `before` sees what an outage has left behind, `after` when it is made up for. */
export type CatchUpWatch = { before(): Promise<void>; after(): Promise<void> };

/**
 * Says when the service is catching up after an outage, its own or a CRM's, and when it has. The catching up itself is what sweeps and polls do
 * anyway: they read on from their watermarks, and live work overtakes what they mark.
 */
export function createCatchUpWatch({
  ledger,
  clock,
  log,
  watched,
  off,
  startComparison,
}: CatchUpDependencies): CatchUpWatch {
  return { before, after };

  async function before(): Promise<void> {
    const gap = findGap(await ledger.watermarks(), watched, clock.now());
    if (gap === null) return;
    const known = await ledger.catchUp();
    if (known !== null && gap.sources.every((source) => known.sources.includes(source)) && known.readAtMs === null)
      return;
    const sources = [...new Set([...(known?.sources ?? []), ...gap.sources])];
    const sinceMs = Math.min(known?.sinceMs ?? gap.sinceMs, gap.sinceMs);
    const isLost = gap.isLost || known?.isLost === true;
    if (!(await ledger.changeCatchUp(known, { sinceMs, sources, isLost, readAtMs: null }))) return;
    log.warn({ since: new Date(sinceMs).toISOString(), sources }, 'catching up');
  }

  async function after(): Promise<void> {
    const known = await ledger.catchUp();
    if (known === null) return;
    const now = clock.now();
    if (known.readAtMs === null) {
      if (findGap(await ledger.watermarks(), watched, now) !== null) return;
      await ledger.changeCatchUp(known, { ...known, readAtMs: now });
      return;
    }
    if (!(await ledger.isWorkedOff(known.readAtMs, off))) return;
    if (!(await ledger.changeCatchUp(known, null))) return;
    log.info({ since: new Date(known.sinceMs).toISOString(), sources: known.sources }, 'caught up');
    if (known.isLost) await compare();
  }

  async function compare(): Promise<void> {
    try {
      const runId = await startComparison();
      log.info({ runId }, 'deletions and merges may have been missed: both CRMs are compared');
    } catch (thrown) {
      if (!(thrown instanceof SyncError) || thrown.code !== 'run_overlaps') throw thrown;
      const [runId] = thrown.detail.recordIds ?? [];
      log.warn({ errorCode: thrown.code, runId }, 'no comparison has begun: an earlier one has not ended');
    }
  }
}
