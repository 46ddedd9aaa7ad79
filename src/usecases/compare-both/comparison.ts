import { SyncError } from '../../errors.ts';
import type { ClaimedRun, RunPage } from '../../ports/ledger-runs.ts';
import { type RunDependencies, type RunHandler, type RunStep, runSpend } from '../runs/run-handler.ts';
import { compareHubSpot } from './compare-hubspot.ts';
import { comparePairs } from './compare-pairs.ts';
import { compareSalesforce } from './compare-salesforce.ts';
import { countDrift, type Found, marksOf } from './drift.ts';
import { type Part, type Position, partBehind, partsOf, positionOf, startOf, toCursor } from './position.ts';

/** What one page of a part came to. `next`: where the part goes on; null: it is done. */
type ComparedPage = {
  found: readonly Found[];
  counts: RunPage['counts'];
  seen: RunPage['seen'] | null;
  next: Position | null;
  waitMs?: number;
};

export type PageStep = { kind: 'compared'; page: ComparedPage } | Exclude<RunStep, { kind: 'page' }>;

/** What the parts of a comparison share. */
export type CompareContext = { dependencies: RunDependencies; run: ClaimedRun; spend: ReturnType<typeof runSpend> };

/**
 * The comparison of both CRMs with the ledger: ids, and the values of mapped fields against what each side held last. Drift is counted, with
 * samples; what the rules allow to be repaired is marked, and the look decides. Each page costs one call and one question to the ledger.
 */
export const comparison: RunHandler = {
  async page(dependencies, run) {
    const parts = partsOf(dependencies.mapping);
    const position = positionOf(run, parts);
    const part = parts.find(({ name }) => name === position?.part);
    // A mapping that was activated meanwhile has turned the part off, or the cursor is of another version.
    if (position === null || part === undefined) throw comparisonLost();
    const step = await comparePart({ dependencies, run, spend: runSpend() }, part, position);
    return step.kind === 'compared' ? toStep(step.page, { run, parts, position }) : step;
  },
};

/** What it had seen, or where it stood, is lost: it cannot go on. */
export function comparisonLost(): SyncError {
  return new SyncError(
    'needs-human',
    'comparison_lost',
    'The comparison cannot go on: the database has lost what it had seen, or the mapping has changed.',
    { advice: 'Nothing was harmed. The next one begins by itself, or now by `handoff compare`.' },
  );
}

async function comparePart(context: CompareContext, part: Part, position: Position): Promise<PageStep> {
  if (part.system === 'hubspot') return await compareHubSpot(context, part, position);
  if (part.system === 'salesforce') return await compareSalesforce(context, part, position);
  return await comparePairs(context, position);
}

function toStep(
  { found, counts, seen, next, waitMs }: ComparedPage,
  { run, parts, position }: { run: ClaimedRun; parts: readonly Part[]; position: Position },
): RunStep {
  const behind = partBehind(parts, position.part);
  const first = position.first ?? firstOf(seen);
  const isLast = next === null && behind === undefined;
  const cursor = next === null ? startOf(behind, first) : { ...next, first };
  return {
    kind: 'page',
    ...(waitMs === undefined ? {} : { waitMs }),
    page: {
      cursor: toCursor(cursor),
      isLast,
      marks: run.isDryRun ? [] : marksOf(found, run.id),
      counts: [...counts, ...countDrift(found)],
      ...(seen == null ? {} : { seen }),
    },
  };
}

/** A record of HubSpot. */
function firstOf(seen: ComparedPage['seen']): Position['first'] {
  const id = seen?.system === 'hubspot' ? seen.ids[0] : undefined;
  return id === undefined || seen == null ? null : { object: seen.object, id };
}
