import type { SyncError } from '../../errors.ts';
import type { RecordResult } from '../../ports/ledger-result.ts';
import { holdLease } from '../drain/hold-lease.ts';
import { judgedOutcomes, resultFor, settledAfter } from '../drain/results.ts';
import { hubSpotUnanswered } from '../drain/unanswered.ts';
import type { RecordDependencies } from './dependencies.ts';
import type { KindNames } from './kinds.ts';
import type { RecordBatch, ReservedRecord } from './record-look.ts';
import { decisionOf, recordFacts, refusedRecord } from './record-results.ts';

/** Moves companies or deals whose counterparts were deleted to HubSpot's recycle bin, where the mapping says so, and settles them. */
export async function archiveRecords(
  dependencies: RecordDependencies,
  batch: RecordBatch,
  names: KindNames,
  looks: readonly ReservedRecord[],
): Promise<void> {
  if (looks.length === 0) return;
  const { hubspot, ledger, mappingVersion } = dependencies;
  const isHeld = await holdLease(dependencies, batch);
  const ours = looks.filter(({ claimed }) => isHeld(claimed.recordId));
  const ids = ours.map(({ record }) => record.id);
  const answers = await hubspot.archiveRecords(names.type, ids, batch.spend);
  const results = ours.map((look) => outcomeOf(dependencies, names, look, answers.get(look.record.id)));
  await ledger.commit(batch.claim.token, mappingVersion, results, { system: 'hubspot', object: names.kind });
}

function outcomeOf(
  dependencies: RecordDependencies,
  names: KindNames,
  look: ReservedRecord,
  error: SyncError | null | undefined,
): RecordResult {
  if (error !== null) return refusedRecord(dependencies, look, error ?? hubSpotUnanswered);
  const { claimed, record, plan, pairId, intentId } = look;
  const own = intentId === null ? [] : [{ intentId, state: 'done', recordId: record.id } as const];
  return {
    ...resultFor(claimed),
    ...recordFacts(names, look),
    pairId,
    relations: [],
    retiredContactIds: [{ id: record.id, status: 'deleted' }],
    outcomes: [...judgedOutcomes(plan.intents, false), ...own],
    decision: decisionOf(plan, false),
    failure: null,
    settle: settledAfter(plan.intents, { kind: 'done' }),
  };
}
