import { personIdProperty } from '../../domain/record.ts';
import { SyncError } from '../../errors.ts';
import type { HubSpotWriteResult } from '../../ports/hubspot.ts';
import type { RecordResult } from '../../ports/ledger.ts';
import type { DrainDependencies } from './dependencies.ts';
import { holdLease } from './hold-lease.ts';
import type { PairedLook } from './look.ts';
import { faultResult, resultFor } from './results.ts';
import type { Batch } from './sync-batch.ts';

/** Writes the persons' ids to their HubSpot contacts, and settles the records. */
export async function linkBack(
  dependencies: DrainDependencies,
  batch: Batch,
  looks: readonly PairedLook[],
): Promise<void> {
  if (looks.length === 0) return;
  const { hubspot, ledger, mappingVersion } = dependencies;
  await holdLease(dependencies, batch);
  const writes = looks.map(({ contact, person }) => ({
    id: contact.id,
    properties: { [personIdProperty]: person.id },
  }));
  const answers = await hubspot.update('contacts', writes, batch.spend);
  const results = looks.map((look) => outcomeOf(dependencies, look, answers.get(look.contact.id)));
  await ledger.commit(batch.claim.token, mappingVersion, results);
}

const unanswered = new SyncError(
  'retryable',
  'hubspot_no_answer',
  'HubSpot did not answer for this contact; it will be asked again.',
  {
    mayHaveHappened: true,
  },
);

function outcomeOf(
  { clock }: DrainDependencies,
  look: PairedLook,
  answer: HubSpotWriteResult | undefined,
): RecordResult {
  const { claimed, pairId, intentId, contact } = look;
  if (answer?.ok) {
    return {
      ...resultFor(claimed),
      pairId,
      outcomes: [{ intentId, state: 'done', recordId: contact.id }],
      hubspotWrittenAtMs: answer.updatedAtMs,
      settle: { kind: 'done' },
    };
  }
  const error = answer?.error ?? unanswered;
  const state = error.detail.mayHaveHappened === true ? 'unknown' : 'refused';
  return { ...faultResult(claimed, error, clock), pairId, outcomes: [{ intentId, state, errorCode: error.code }] };
}
