import type { CompiledMapping } from '../../domain/mapping/types.ts';
import { SyncError } from '../../errors.ts';
import type { RebuildLedger } from '../../ports/ledger-rebuild.ts';
import type { RunLedger } from '../../ports/ledger-runs.ts';
import { toCursor } from './position.ts';
import { startOfSettling } from './rebuild.ts';

type Dependencies = {
  ledger: Pick<RebuildLedger, 'hasPairs' | 'endReviewsBefore' | 'chooseRebuildPolicy'> & Pick<RunLedger, 'startRun'>;
  mapping: CompiledMapping;
  mappingVersion: number;
};

/**
 * Begins a rebuild: while it is on, nothing is written to either CRM.
 * @param request `again`: also where the ledger has pairs; only what is missing is added
 * @returns the run's id
 * @throws SyncError needs-human `ledger_not_empty` | `run_overlaps`
 */
export async function startRebuild(
  { ledger, mapping, mappingVersion }: Dependencies,
  { again, by }: { again: boolean; by: string },
): Promise<string> {
  if (!again && (await ledger.hasPairs())) throw notEmpty();
  const runId = await ledger.startRun({
    kind: 'rebuild',
    object: null,
    options: again ? { again } : {},
    isDryRun: false,
    requestedBy: by,
    mappingVersion,
    total: null,
    forecast: null,
    limits: { creates: mapping.limits.createsPerRun, changes: mapping.limits.changesPerRun },
  });
  await ledger.endReviewsBefore(runId);
  return runId;
}

function notEmpty(): SyncError {
  return new SyncError(
    'needs-human',
    'ledger_not_empty',
    'The ledger links records already: there is nothing to rebuild.',
    {
      advice: 'Use `handoff rebuild --again` to add only the pairs that are missing.',
    },
  );
}

/**
 * Lets the rebuild that waits in review go on.
 * @returns the run's id
 * @throws SyncError needs-human `no_rebuild_in_review`
 */
export async function chooseRebuildPolicy(
  { ledger, mapping }: Pick<Dependencies, 'ledger' | 'mapping'>,
  policy: 'keep' | 'rules',
): Promise<string> {
  const runId = await ledger.chooseRebuildPolicy(policy, toCursor(startOfSettling(mapping)));
  if (runId !== null) return runId;
  throw new SyncError('needs-human', 'no_rebuild_in_review', 'No rebuild waits for its policy.', {
    advice: 'Begin one with `handoff rebuild`; it can be chosen once the pairs are made.',
  });
}
