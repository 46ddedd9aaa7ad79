import type { SyncError } from '../../errors.ts';
import type { RecordResult } from '../../ports/ledger-result.ts';
import type { Batch } from './batch.ts';
import type { DrainDependencies } from './dependencies.ts';
import { holdLease } from './hold-lease.ts';
import type { ReservedLook } from './look.ts';
import { pairFacts } from './pair-facts.ts';
import { decisionOf, faultResult, judgedOutcomes, resultFor, settledAfter } from './results.ts';
import { hubSpotUnanswered } from './unanswered.ts';

/** Moves contacts whose persons were deleted to HubSpot's recycle bin, where the mapping says so, and settles them. */
export async function archiveContacts(
  dependencies: DrainDependencies,
  batch: Batch,
  looks: readonly ReservedLook[],
): Promise<void> {
  if (looks.length === 0) return;
  const { hubspot, ledger, mappingVersion } = dependencies;
  const isHeld = await holdLease(dependencies, batch);
  const ours = looks.filter(({ claimed }) => isHeld(claimed.recordId));
  const answers = await hubspot.archiveRecords(
    'contacts',
    ours.map(({ contact }) => contact.id),
    batch.spend,
  );
  const results = ours.map((look) => outcomeOf(dependencies, look, answers.get(look.contact.id)));
  await ledger.commit(batch.claim.token, mappingVersion, results);
}

function outcomeOf(
  { clock }: DrainDependencies,
  look: ReservedLook,
  error: SyncError | null | undefined,
): RecordResult {
  const { claimed, contact, plan, pairId, intentId } = look;
  if (error === null) {
    const own = intentId === null ? [] : [{ intentId, state: 'done', recordId: contact.id } as const];
    return {
      ...resultFor(claimed),
      pairId,
      ...pairFacts(look),
      retiredContactIds: [{ id: contact.id, status: 'deleted' }],
      outcomes: [...judgedOutcomes(plan.intents, false), ...own],
      decision: decisionOf(plan, false),
      failure: null,
      settle: settledAfter(plan.intents, { kind: 'done' }),
    };
  }
  const fault = error ?? hubSpotUnanswered;
  const state = fault.detail.mayHaveHappened === true ? ('unknown' as const) : ('refused' as const);
  const outcomes = intentId === null ? [] : [{ intentId, state, errorCode: fault.code }];
  return { ...faultResult(claimed, fault, clock), pairId, outcomes };
}
