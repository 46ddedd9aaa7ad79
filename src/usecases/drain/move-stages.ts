import { stageOf } from '../../domain/lifecycle/effective-stage.ts';
import { stageProperty } from '../../domain/record.ts';
import { shownFromAttempt } from '../../domain/settle.ts';
import { SyncError } from '../../errors.ts';
import type { HubSpotRead } from '../../ports/hubspot.ts';
import type { RecordResult } from '../../ports/ledger-result.ts';
import type { Batch } from './batch.ts';
import { lastResult, refusedUpdate } from './contact-results.ts';
import type { DrainDependencies } from './dependencies.ts';
import type { AnsweredUpdate } from './edited-meanwhile.ts';
import { holdLease } from './hold-lease.ts';
import type { ContactLook } from './look.ts';
import { faultResult, lookAgainResult, movedOn, movedOnResult, resultFor } from './results.ts';
import { hubSpotUnanswered } from './unanswered.ts';

/** Sets the stages of contacts whose old ones were cleared. @returns those that HubSpot says are updated */
export async function setStages(
  dependencies: DrainDependencies,
  batch: Batch,
  looks: readonly ContactLook[],
): Promise<AnsweredUpdate[]> {
  if (looks.length === 0) return [];
  const { hubspot, ledger, mappingVersion } = dependencies;
  const isHeld = await holdLease(dependencies, batch);
  const ours = looks.filter(({ claimed }) => isHeld(claimed.recordId));
  const writes = ours.flatMap(({ contact, plan: { stage } }) =>
    stage.move === null ? [] : [{ id: contact.id, properties: { [stageProperty]: stage.move.to } }],
  );
  const answers = await hubspot.update('contacts', writes, batch.spend);
  const answered: AnsweredUpdate[] = [];
  const results = ours.map((look): RecordResult => {
    const answer = answers.get(look.contact.id);
    if (answer?.ok !== true) return refusedUpdate(dependencies, look, answer?.error ?? hubSpotUnanswered);
    answered.push({ look, answer });
    const { claimed, pairId, intentId, contact } = look;
    return { ...resultFor(claimed), pairId, outcomes: [{ intentId, state: 'done', recordId: contact.id }] };
  });
  const { stale, poisoned } = await ledger.commit(batch.claim.token, mappingVersion, results);
  const lost = new Set([...stale, ...poisoned]);
  return answered.filter(({ look }) => !lost.has(look.claimed.recordId));
}

/** Reads the stages of moved contacts back, as HubSpot may accept a stage and not take it, and settles the records by what is there. */
export async function verifyStages(
  dependencies: DrainDependencies,
  batch: Batch,
  moved: readonly AnsweredUpdate[],
): Promise<void> {
  if (moved.length === 0) return;
  const { hubspot, ledger, mappingVersion } = dependencies;
  const ids = moved.map(({ look }) => look.contact.id);
  const reads = await hubspot.read('contacts', ids, [stageProperty], batch.spend);
  const results = moved.map((each) => verifiedResult(dependencies, each, reads.get(each.look.contact.id)));
  await ledger.commit(batch.claim.token, mappingVersion, results);
}

function verifiedResult(
  dependencies: DrainDependencies,
  moved: AnsweredUpdate,
  read: HubSpotRead | undefined,
): RecordResult {
  const { claimed, pairId, plan, contact } = moved.look;
  const { clock } = dependencies;
  const of = { ...resultFor(claimed), pairId };
  // Not read back: the move stays open, and the next look finds how it ended.
  if (read?.kind === 'error') return { ...faultResult(claimed, read.error, clock), pairId };
  if (read?.kind !== 'found') return { ...movedOnResult(claimed, movedOn(), clock), pairId };
  const stage = stageOf(read.record);
  if (stage === plan.stage.move?.to) {
    const done = lastResult(dependencies, moved, { ...of, stageMove: 'verified' });
    // What was held back while the gate was shut goes to Salesforce now.
    const opensGate = !plan.gate.passes && dependencies.mapping.gate.opensAt(stage);
    return opensGate ? { ...done, ...lookAgainResult(claimed, 'gate_opened') } : done;
  }
  if (stage === null || stage === stageOf(contact)) {
    return { ...faultResult(claimed, ignoredStage(claimed.attempts), clock), ...of, stageMove: 'ignored' };
  }
  return { ...movedOnResult(claimed, changedMeanwhile, clock), ...of, stageMove: 'conflict' };
}

const changedMeanwhile = new SyncError(
  'retryable',
  'stage_conflict',
  'Somebody changed the lifecycle stage in HubSpot while it was moved: it is looked at again.',
  {
    advice:
      'If this repeats, a workflow in HubSpot sets the stage whenever it changes: let it leave contacts that were handed over alone.',
  },
);

/** Tried again a few times; then a person must find out what in HubSpot keeps the stage. */
function ignoredStage(attempts: number): SyncError {
  const text = 'HubSpot accepted the lifecycle stage and did not take it.';
  const advice =
    'Look in HubSpot for a workflow or a setting of the lifecycle stage that moves it back, then run `handoff failures --retry`.';
  const fields = [stageProperty];
  if (attempts + 1 >= shownFromAttempt) return new SyncError('needs-human', 'stage_ignored', text, { advice, fields });
  return new SyncError('retryable', 'stage_ignored', text, { advice, fields });
}
