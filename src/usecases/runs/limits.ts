import type { RunForecast } from '../../domain/runs/types.ts';

export type RunLimits = { creates: number; changes: number };

/** Where a run stops that comes to more than was foreseen: a fifth more, and a few in any case. */
const share = 1.2;
const spare = 50;

/** How far a sample may be off: three standard deviations of its share, and where it shows none, what three in a sample would come to. */
const deviations = 3;

type Foreseen = Pick<RunForecast, 'isExact' | 'records' | 'sampled' | 'creates' | 'changes'>;

/**
 * The safety limits of a run, from its forecast. One that was made from a sample leaves room for the sample's chance. Pure.
 * @param bringsOthers companies or deals are synced: each record that is written may bring another one along (its company, its contacts), which the
 * forecast does not plan and the run counts
 */
export function limitsOf(forecast: Foreseen, bringsOthers = false): RunLimits {
  const others = bringsOthers ? forecast.creates + forecast.changes : 0;
  return {
    creates: limitOf(forecast, forecast.creates) + others,
    changes: limitOf(forecast, forecast.changes) + others,
  };
}

function limitOf({ isExact, records, sampled }: Foreseen, foreseen: number): number {
  const margin = isExact ? 0 : marginOf(foreseen, { records, sampled });
  return Math.ceil(foreseen * share + margin) + spare;
}

/** Of a number that was extrapolated from `sampled` of `records`. */
function marginOf(foreseen: number, { records, sampled }: { records: number; sampled: number }): number {
  if (records <= 0) return 0;
  if (sampled <= 0) return records;
  const found = Math.min(1, Math.max(0, foreseen / records));
  const deviation = Math.sqrt((found * (1 - found)) / sampled);
  return records * Math.max(deviations * deviation, deviations / sampled);
}
