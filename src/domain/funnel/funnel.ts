import type { LifecycleStage } from '../mapping/types.ts';

/** What was counted of one stage; see the ledger's `StageSums`. */
export type CountedStage = {
  stage: string;
  now: number;
  entered: number;
  advanced: number;
  medianSeconds: number | null;
};

export type FunnelStage = CountedStage & {
  label: string;
  opensGate: boolean;
  /** The share of those who entered that advanced, 0 to 1; null: nobody entered, or there is no later stage to come to. */
  conversion: number | null;
};

export type FunnelWeek = { weekMs: number; handoffs: number; recycles: number };

const weekMs = 7 * 86_400_000;
/** The epoch began on a Thursday; this is the Monday after it. */
const firstMondayMs = 4 * 86_400_000;

/** The place of each stage in the funnel, by the order of the mapping. A stage that nobody is responsible for is no step of it. */
export function rankStages(
  stages: readonly Pick<LifecycleStage, 'hubspot' | 'owner'>[],
): { stage: string; rank: number | null }[] {
  return stages.map(({ hubspot, owner }, place) => ({ stage: hubspot, rank: owner === 'nobody' ? null : place }));
}

/** The stages in the order of the mapping, each with what was counted of it. */
export function describeStages(
  stages: readonly Pick<LifecycleStage, 'hubspot' | 'label' | 'owner'>[],
  counted: readonly CountedStage[],
  opensAt: (stage: string) => boolean,
): FunnelStage[] {
  const byStage = new Map(counted.map((each) => [each.stage, each]));
  const lastStep = stages.findLastIndex(({ owner }) => owner !== 'nobody');
  return stages.map(({ hubspot: stage, label, owner }, place) => {
    const sums = byStage.get(stage) ?? { stage, now: 0, entered: 0, advanced: 0, medianSeconds: null };
    const converts = owner !== 'nobody' && place < lastStep && sums.entered > 0;
    return { ...sums, label, opensGate: opensAt(stage), conversion: converts ? sums.advanced / sums.entered : null };
  });
}

/** The Monday, 0:00 UTC, of the week in which the moment is. */
export function mondayOf(atMs: number): number {
  return firstMondayMs + Math.floor((atMs - firstMondayMs) / weekMs) * weekMs;
}

/** Every week of the period, the oldest first; those in which nothing happened too. */
export function fillWeeks(
  { fromMs, toMs }: { fromMs: number; toMs: number },
  counted: readonly FunnelWeek[],
): FunnelWeek[] {
  const byWeek = new Map(counted.map((each) => [each.weekMs, each]));
  const first = mondayOf(fromMs);
  const count = Math.max(0, Math.ceil((toMs - first) / weekMs));
  return Array.from({ length: count }, (_, at) => {
    const week = first + at * weekMs;
    return byWeek.get(week) ?? { weekMs: week, handoffs: 0, recycles: 0 };
  });
}
