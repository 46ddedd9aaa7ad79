import type { BackfillObject, RunFilter, RunForecast } from '../../../domain/runs/types.ts';
import { callsLeft, type RunBudget } from '../calls-left.ts';
import { createCounter } from '../run-counts.ts';
import { type RunDependencies, runSpend } from '../run-handler.ts';
import { callsOf, durationOf } from './cost.ts';
import { isChange, previewAll } from './dry-run.ts';
import type { CompiledFilter } from './filter.ts';
import type { Wanted } from './page.ts';
import { type ListingSample, type SampledPart, sampleListing } from './sample-listing.ts';

export type ForecastDependencies = RunDependencies & { runBudget: RunBudget };

/** Ids that were given one by one: how many, and some of them; all, where they are few. */
export type GivenIds = { count: number; sample: readonly string[] };

export type BackfillQuestion = {
  object: BackfillObject;
  filter: RunFilter;
  compiled: CompiledFilter;
  ids: GivenIds | null;
};

/**
 * What a backfill would come to, from a sample that is spread over its records and planned as they would be; exact where all of them are in it.
 * Costs up to 13 searches, 2 calls to Salesforce and those that say how many are left.
 * @throws SyncError where a CRM could not be asked
 */
export async function forecastBackfill(
  dependencies: ForecastDependencies,
  question: BackfillQuestion,
): Promise<RunForecast> {
  const sample = await sampleListing(dependencies, question);
  const planned = await planSample(dependencies, sample);
  const records = Math.round(sample.total);
  const work = { listed: records, ...planned.scaled };
  const calls = callsOf(question, work);
  return {
    isExact: sample.isAll,
    records,
    sampled: planned.sampled,
    creates: Math.round(planned.scaled.creates),
    changes: Math.round(planned.scaled.changes),
    calls,
    callsLeft: await callsLeft(dependencies),
    durationMs: durationOf(question, work),
  };
}

type Planned = { sampled: number; scaled: { looked: number; creates: number; changes: number } };

/** Plans the sample and extrapolates each part of it by what it stands for. */
async function planSample(dependencies: RunDependencies, { parts }: ListingSample): Promise<Planned> {
  const scaled = { looked: 0, creates: 0, changes: 0 };
  let sampled = 0;
  const judged: (SampledPart & { wanted: readonly Wanted[] })[] = [];
  for (const part of parts) judged.push({ ...part, wanted: await part.judge(createCounter()) });
  const all = judged.flatMap(({ wanted }) => wanted);
  const previews = new Map(
    (await previewAll(dependencies, all, runSpend())).map(({ wanted, preview }) => [wanted, preview]),
  );
  for (const { rows, stands, wanted } of judged) {
    const weight = rows === 0 ? 0 : stands / rows;
    sampled += rows;
    scaled.looked += wanted.length * weight;
    for (const one of wanted) {
      const preview = previews.get(one);
      if (preview?.creates === true) scaled.creates += weight;
      else if (preview !== undefined && isChange(preview)) scaled.changes += weight;
    }
  }
  return { sampled, scaled };
}
