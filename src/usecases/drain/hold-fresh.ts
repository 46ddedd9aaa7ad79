import type { Batch } from './batch.ts';
import type { DrainDependencies } from './dependencies.ts';
import { holdLease } from './hold-lease.ts';
import type { Freshness } from './keep-fresh.ts';
import type { PlannedLook } from './look.ts';

/**
 * What may be written now: still ours, and as it was read. The lease is looked at again after the reading, which may have taken long; where
 * it was quick, that asks nobody.
 * @throws SyncError as `holdLease`
 */
export async function holdFresh<Kind extends PlannedLook>(
  dependencies: DrainDependencies,
  batch: Batch,
  looks: readonly Kind[],
  keep: (dependencies: DrainDependencies, batch: Batch, looks: readonly Kind[]) => Promise<Freshness<Kind>>,
): Promise<Freshness<Kind>> {
  const isHeld = await holdLease(dependencies, batch);
  const ours = looks.filter(({ claimed }) => isHeld(claimed.recordId));
  const { fresh, changed } = await keep(dependencies, batch, ours);
  const isStillHeld = await holdLease(dependencies, batch);
  return { fresh: fresh.filter(({ claimed }) => isStillHeld(claimed.recordId)), changed };
}
