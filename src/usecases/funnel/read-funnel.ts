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
  mapping: Pick<CompiledMapping, 'lifecycle' | 'gate' | 'hash'>;
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
async function readFunnel(dependencies: FunnelDependencies, question: FunnelQuestion): Promise<Funnel> {
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

/** An answer is as good for that long: whoever looks at the same period at the same time shares it. */
const keptMs = 10_000;

/**
 * Reads funnels one at a time, however many ask: each takes a processor of the database for a moment, and the sync goes on beside it.
 * @param dependencies asked at every use, as another mapping may be active
 */
export function createFunnelReader(
  dependencies: () => FunnelDependencies,
): (question: FunnelQuestion) => Promise<Funnel> {
  const kept = new Map<string, { untilMs: number; answer: Promise<Funnel> }>();
  let last: Promise<unknown> = Promise.resolve();
  return async (question) => {
    const current = dependencies();
    const now = current.clock.now();
    for (const [key, { untilMs }] of kept) if (untilMs <= now) kept.delete(key);
    const key = JSON.stringify([question.from, question.to, current.mapping.hash]);
    const known = kept.get(key);
    if (known !== undefined) return await known.answer;
    // A period that is none is refused at once.
    readPeriod(question, now);
    const answer = last.then(async () => await readFunnel(current, question));
    last = answer.catch(() => kept.delete(key));
    kept.set(key, { untilMs: now + keptMs, answer });
    return await answer;
  };
}
