import {
  describeStages,
  type FunnelStage,
  type FunnelWeek,
  fillWeeks,
  rankStages,
} from '../../domain/funnel/funnel.ts';
import { notesOf } from '../../domain/funnel/notes.ts';
import type { CompiledMapping } from '../../domain/mapping/types.ts';
import type { Clock } from '../../ports/clock.ts';
import type { FunnelLedger } from '../../ports/ledger-funnel.ts';
import { readPeriod } from './period.ts';

export type FunnelDependencies = {
  ledger: FunnelLedger;
  mapping: Pick<CompiledMapping, 'lifecycle' | 'gate'>;
  clock: Pick<Clock, 'now'>;
};

/** A date, a moment, or how long ago; absent: the last 90 days. */
export type FunnelQuestion = { from?: string | undefined; to?: string | undefined };

export type Funnel = {
  fromMs: number;
  toMs: number;
  stages: readonly FunnelStage[];
  weeks: readonly FunnelWeek[];
  notes: readonly string[];
};

/**
 * The funnel of a period, from what is stored alone. What each number means stands in docs/funnel.md.
 * @throws SyncError permanent `bad_period`; whatever the ledger answers
 */
export async function readFunnel(dependencies: FunnelDependencies, question: FunnelQuestion): Promise<Funnel> {
  const { ledger, mapping, clock } = dependencies;
  const period = readPeriod(question, clock.now());
  const { stages } = mapping.lifecycle;
  const [sums, weeks, facts] = await Promise.all([
    ledger.stageSums(period, rankStages(stages)),
    ledger.weekSums(period),
    ledger.moveFacts(
      period,
      stages.map(({ hubspot }) => hubspot),
    ),
  ]);
  const off = stages.filter(({ owner }) => owner === 'nobody').map(({ label }) => label);
  return {
    ...period,
    stages: describeStages(stages, sums, (stage) => mapping.gate.opensAt(stage)),
    weeks: fillWeeks(period, weeks),
    notes: notesOf(facts, period.fromMs, off),
  };
}
