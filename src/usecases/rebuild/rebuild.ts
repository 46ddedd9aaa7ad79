import { SyncError } from '../../errors.ts';
import type { Spend } from '../../ports/budget.ts';
import type { ClaimedRun, RunPage } from '../../ports/ledger-runs.ts';
import { type RunDependencies, type RunHandler, runSpend } from '../runs/run-handler.ts';
import { listHubSpot, listSalesforce } from './list-ids.ts';
import { makePairs } from './make-pairs.ts';
import { measurePairs, settlePairs } from './measure-pairs.ts';
import { type Position, positionOf, type Step, startOf, stepBehind, stepsOf, toCursor } from './position.ts';

/** What one page of a step came to. `next`: where the step goes on; null: it is done. */
export type RebuildPage = Pick<RunPage, 'counts' | 'marks'> & { next: Position | null; waitMs?: number };

/** What the steps of a rebuild share. */
export type RebuildContext = { dependencies: RunDependencies; run: ClaimedRun; spend: Spend };

/**
 * Links an empty ledger anew by the ids that both CRMs hold. Nothing is written to either of them before a person has chosen a policy: the run
 * itself keeps it from being written, until the last page behind that choice is stored.
 */
export const rebuild: RunHandler = {
  // What is marked is worked off only once the last page is stored.
  mostBacklog: () => Number.POSITIVE_INFINITY,
  async page(dependencies, run) {
    const isChosen = run.options.policy !== undefined;
    const steps = stepsOf(dependencies.mapping, isChosen);
    const position = positionOf(run, steps);
    const step = steps.find(({ name }) => name === position?.step);
    if (position === null || step === undefined) throw rebuildLost();
    const page = await takeStep({ dependencies, run, spend: runSpend() }, step, position);
    const behind = stepBehind(steps, position.step);
    const isLast = page.next === null && behind === undefined;
    return {
      kind: 'page',
      ...(page.waitMs === undefined ? {} : { waitMs: page.waitMs }),
      page: {
        cursor: toCursor(page.next ?? startOf(behind)),
        isLast,
        marks: run.isDryRun ? [] : page.marks,
        counts: page.counts,
      },
    };
  },
  async finish({ ledger }, run) {
    if (run.options.policy === undefined) return { state: 'review', reason: 'policy_wanted' };
    await ledger.forgetFound(run.id);
    return { state: 'ended' };
  },
};

function rebuildLost(): SyncError {
  return new SyncError('needs-human', 'rebuild_lost', 'The rebuild cannot go on: the mapping has changed meanwhile.', {
    advice:
      'Begin it anew with `handoff rebuild --again`: what it has linked stays, and only what is missing is added.',
  });
}

/** What a rebuild goes on with once its policy is chosen. */
export function startOfSettling(mapping: RunDependencies['mapping']): Position {
  return startOf(stepsOf(mapping, true)[0]);
}

async function takeStep(context: RebuildContext, step: Step, position: Position): Promise<RebuildPage> {
  switch (step.does) {
    case 'list_salesforce':
      return await listSalesforce(context, step, position);
    case 'list_hubspot':
      return await listHubSpot(context, step, position);
    case 'pair':
      return await makePairs(context, step.object, position);
    case 'measure':
      return await measurePairs(context, step.object, position);
    case 'settle':
      return await settlePairs(context, step.object, position);
  }
}
