import { personIdProperty } from '../../domain/record.ts';
import { SyncError } from '../../errors.ts';
import type { HubSpotWriteResult } from '../../ports/hubspot.ts';
import type { RecordResult } from '../../ports/ledger.ts';
import type { DrainDependencies } from './dependencies.ts';
import { holdLease } from './hold-lease.ts';
import type { PairedLook } from './look.ts';
import { faultResult, resultFor, settledAfter } from './results.ts';
import type { Batch } from './sync-batch.ts';

/** Writes the persons' ids to their HubSpot contacts, and settles the records. */
export async function linkBack(
  dependencies: DrainDependencies,
  batch: Batch,
  looks: readonly PairedLook[],
): Promise<void> {
  if (looks.length === 0) return;
  const { hubspot, ledger, mappingVersion } = dependencies;
  const isHeld = await holdLease(dependencies, batch);
  const ours = looks.filter(({ claimed }) => isHeld(claimed.recordId));
  const writes = ours.map(({ contact, person }) => ({
    id: contact.id,
    properties: { [personIdProperty]: person.id },
  }));
  const answers = await hubspot.update('contacts', writes, batch.spend);
  const results = ours.map((look) => outcomeOf(dependencies, look, answers.get(look.contact.id)));
  await ledger.commit(batch.claim.token, mappingVersion, results);
}

const unanswered = new SyncError(
  'retryable',
  'hubspot_no_answer',
  'HubSpot did not answer for this contact; it will be asked again.',
  { mayHaveHappened: true },
);

function outcomeOf(
  dependencies: DrainDependencies,
  look: PairedLook,
  answer: HubSpotWriteResult | undefined,
): RecordResult {
  const { claimed, pairId, intentId, contact, plan } = look;
  if (answer?.ok) {
    return {
      ...resultFor(claimed),
      pairId,
      outcomes: [{ intentId, state: 'done', recordId: contact.id }],
      settle: settledAfter(plan.intents, { kind: 'done' }),
      ...(showsNoEdit(dependencies, look, answer.properties) ? { hubspotWrittenAtMs: answer.updatedAtMs } : {}),
    };
  }
  const error = answer?.error ?? unanswered;
  const state = error.detail.mayHaveHappened === true ? 'unknown' : 'refused';
  return {
    ...faultResult(claimed, error, dependencies.clock),
    pairId,
    outcomes: [{ intentId, state, errorCode: error.code }],
  };
}

/**
 * Whether the answer proves that nobody edited the contact between our read and our write. Only then may a sweep pass over the
 * modification time of our own write; where HubSpot's answer does not show every property that we read, it proves nothing.
 */
function showsNoEdit(
  { mapping }: DrainDependencies,
  { contact }: PairedLook,
  answered: Readonly<Record<string, string | null>>,
): boolean {
  return mapping.contact.hubspotProperties.every(
    (name) => name === personIdProperty || (answered[name] ?? null) === (contact.properties[name] ?? null),
  );
}
