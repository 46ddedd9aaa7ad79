import type { BackfillObject, RunForecast } from '../../../domain/runs/types.ts';
import type { Spend } from '../../../ports/budget.ts';
import type { ClaimedRun, RunCursor, RunPage } from '../../../ports/ledger-runs.ts';
import type { Preview } from '../../preview/types.ts';
import type { Counter } from '../run-counts.ts';
import { numberOf } from '../run-cursor.ts';
import { type RunDependencies, runSpend } from '../run-handler.ts';
import { callsOf, durationOf } from './cost.ts';
import { backfillObjects } from './objects.ts';
import type { Wanted } from './page.ts';

/** Under which name records are previewed. */
const previewed: readonly (readonly [object: string, name: BackfillObject])[] = [
  ['contact', 'contacts'],
  ['company', 'companies'],
  ['deal', 'deals'],
  ['Lead', 'leads'],
  ['Opportunity', 'opportunities'],
];

export type Previewed = { wanted: Wanted; preview: Preview };

/** What the sync would do with these records now. What could not be asked for is asked for once more. */
export async function previewAll(
  dependencies: Pick<RunDependencies, 'preview'>,
  wanted: readonly Wanted[],
  spend: Spend,
): Promise<readonly Previewed[]> {
  const first = await previewOnce(dependencies, wanted, spend);
  const unread = first.filter(({ preview }) => preview.outcome === 'unread');
  if (unread.length === 0) return first;
  const again = await previewOnce(
    dependencies,
    unread.map(({ wanted: one }) => one),
    spend,
  );
  return [...first.filter(({ preview }) => preview.outcome !== 'unread'), ...again];
}

async function previewOnce(
  { preview }: Pick<RunDependencies, 'preview'>,
  wanted: readonly Wanted[],
  spend: Spend,
): Promise<readonly Previewed[]> {
  const found: Previewed[] = [];
  for (const [object, name] of previewed) {
    const own = wanted.filter((one) => one.object === object);
    if (own.length === 0) continue;
    const previews = await preview(
      name,
      own.map(({ record, recordId }) => record ?? recordId),
      spend,
    );
    for (const one of own) {
      const answer = previews.get(one.recordId);
      if (answer !== undefined) found.push({ wanted: one, preview: answer });
    }
  }
  return found;
}

/** Under which outcome a planned record is counted: what its look would be counted as, which fails by whatever a person has to mend. */
function outcomeOf({ outcome, problem }: Pick<Preview, 'outcome' | 'problem'>): string {
  return problem === null || outcome === 'unread' ? outcome : 'failed';
}

/** Whether something is written to a record, in either CRM, that is there already. */
export function isChange({ creates, changes }: Pick<Preview, 'creates' | 'changes'>): boolean {
  return !creates && changes.length > 0;
}

type DryPage = Pick<RunPage, 'cursor' | 'forecast'>;

/**
 * Plans what a page of a dry run lists. What would be created and changed, and what it would cost to do it, is summed in the run's forecast:
 * exact once the last page is there, but for the calls, which are as many as a real run would make.
 * @throws SyncError when the ledger cannot be reached
 */
export async function planDry(
  dependencies: Pick<RunDependencies, 'preview'>,
  { run, isLast, cursor }: { run: ClaimedRun; isLast: boolean; cursor: RunCursor },
  wanted: readonly Wanted[],
  counter: Counter,
): Promise<DryPage> {
  let records = numberOf(run.cursor, 'records');
  let creates = numberOf(run.cursor, 'creates');
  let changes = numberOf(run.cursor, 'changes');
  for (const { wanted: one, preview } of await previewAll(dependencies, wanted, runSpend())) {
    counter.add('outcome', outcomeOf(preview), one.recordId);
    records += 1;
    if (preview.creates) creates += 1;
    if (isChange(preview)) changes += 1;
  }
  const found = { isExact: isLast, records, sampled: records, creates, changes };
  const forecast = { ...found, ...costOf(run, { looked: records, creates, changes }), callsLeft: notAsked };
  return { cursor: { ...cursor, records, creates, changes }, forecast };
}

/** It would be asked on every page; who starts the real run is told. */
const notAsked = { hubspot: null, salesforce: null };

function costOf(
  { object: walked, options: { filter = {} }, total }: ClaimedRun,
  work: { looked: number; creates: number; changes: number },
): Pick<RunForecast, 'calls' | 'durationMs'> {
  const object = backfillObjects.find((name) => name === walked);
  if (object === undefined) throw new Error('only backfills are planned page by page');
  const question = { object, filter, ids: filter.hasIds === true ? {} : null };
  const all = { ...work, listed: Math.max(total ?? 0, work.looked) };
  return { calls: callsOf(question, all), durationMs: durationOf(question, all) };
}
