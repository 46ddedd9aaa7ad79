import type { FunnelPeriod, RankedStage, StageSums } from '../../src/ports/ledger-funnel.ts';

export type HandMove = { who: string; stage: string; at: number };

/** The funnel counted the slow way, person by person; moves in the order in which they were stored. */
export function countByHand(
  moves: readonly HandMove[],
  stages: readonly RankedStage[],
  { fromMs, toMs }: FunnelPeriod,
): StageSums[] {
  const people = Map.groupBy(moves, ({ who }) => who);
  const stays = [...people.values()].map((own) => staysOf(own.toSorted((one, other) => one.at - other.at)));
  const rankOf = new Map(stages.map(({ stage, rank }) => [stage, rank]));
  const isWithin = (at: number | null) => at !== null && at >= fromMs && at < toMs;
  return stages.map(({ stage, rank }) => {
    const own = stays.map((all) => ({
      last: all.at(-1)?.stage,
      entries: all.filter((stay) => stay.stage === stage && isWithin(stay.at)),
      left: all.filter((stay) => stay.stage === stage && isWithin(stay.leftAt)),
      later: all.filter((stay) => rank !== null && (rankOf.get(stay.stage) ?? -1) > rank).at(-1)?.place ?? -1,
    }));
    const entered = own.filter(({ entries }) => entries.length > 0);
    const times = own.flatMap(({ left }) => left.map((stay) => ((stay.leftAt ?? 0) - stay.at) / 1_000));
    return {
      stage,
      now: own.filter(({ last }) => last === stage).length,
      entered: entered.length,
      advanced: entered.filter(({ entries, later }) => entries.some(({ place }) => later > place)).length,
      medianSeconds: median(times),
    };
  });
}

type Stay = { stage: string; at: number; leftAt: number | null; place: number };

function staysOf(own: readonly HandMove[]): Stay[] {
  const steps = own.filter(({ stage }, place) => own[place - 1]?.stage !== stage);
  return steps.map(({ stage, at }, place) => ({ stage, at, place, leftAt: steps[place + 1]?.at ?? null }));
}

function median(times: readonly number[]): number | null {
  const sorted = times.toSorted((one, other) => one - other);
  const middle = (sorted.length - 1) / 2;
  const [low, high] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
