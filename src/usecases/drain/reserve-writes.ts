import { contactEmails } from '../../domain/contact-emails.ts';
import { stageOf } from '../../domain/lifecycle/effective-stage.ts';
import type { PersonWrite } from '../../domain/plan/types.ts';
import type { RecordResult } from '../../ports/ledger-result.ts';
import type { Intent, Reservation } from '../../ports/ledger-work.ts';
import type { Batch } from './batch.ts';
import { contactChanges, contactIntent } from './contact-intent.ts';
import type { DrainDependencies } from './dependencies.ts';
import type { PlannedLook, ReservedLook } from './look.ts';
import { endedMove } from './pair-facts.ts';
import { refusedReservation } from './refusals.ts';
import { faultResult, resultFor } from './results.ts';

/**
 * Commits links and intents for a whole batch in one transaction, before any CRM is written. Who comes second to a person or an email, and
 * what a run's safety limit holds back, goes later.
 */
export async function reserveWrites(
  dependencies: DrainDependencies,
  batch: Batch,
  looks: readonly PlannedLook[],
): Promise<ReservedLook[]> {
  const { ledger, mappingVersion, clock } = dependencies;
  const { token } = batch.claim;
  await endMoves(dependencies, batch, looks);
  const answers = await ledger.reserve(token, mappingVersion, looks.map(toReservation));
  const byContact = new Map(answers.map((answer) => [answer.contactId, answer]));
  const reserved: ReservedLook[] = [];
  const refused: RecordResult[] = [];
  for (const look of looks) {
    const answer = byContact.get(look.claimed.recordId);
    if (answer?.ok) reserved.push({ ...look, pairId: answer.pairId, intentId: answer.intentId });
    else if (answer !== undefined && answer.reason !== 'stale') {
      refused.push(faultResult(look.claimed, refusedReservation(answer, clock.now(), look.plan.person?.id), clock));
    }
  }
  if (refused.length > 0) await ledger.commit(token, mappingVersion, refused);
  return reserved;
}

/**
 * A pair has one open move at most: the old one ends before the writes of this look may begin another. One under which the stage is empty
 * stays until its successor overtakes it in the transaction that opens it: nobody else would know that we emptied the stage.
 */
async function endMoves(
  { ledger, mappingVersion }: DrainDependencies,
  { claim }: Batch,
  looks: readonly PlannedLook[],
): Promise<void> {
  const ended = looks.flatMap(({ claimed, plan, contact }): RecordResult[] => {
    const move = endedMove(plan);
    if (plan.stage.move !== null && stageOf(contact) === null) return [];
    if (move.stageMove === undefined || claimed.pairId === null) return [];
    return [{ ...resultFor(claimed), pairId: claimed.pairId, ...move }];
  });
  if (ended.length > 0) await ledger.commit(claim.token, mappingVersion, ended);
}

function toReservation(look: PlannedLook): Reservation {
  const { claimed, contact, plan } = look;
  const creates = plan.write?.operation === 'create';
  return {
    contactId: claimed.recordId,
    counter: claimed.counter,
    pairId: claimed.pairId,
    contactIds: [contact.id, ...contact.mergedIds],
    person: plan.person,
    claimEmails: creates ? contactEmails(contact.properties) : [],
    intent: firstIntent(look),
  };
}

/** What is written first: the contact's archiving, else the person, else the contact. Null where only links are to be made. */
function firstIntent(look: PlannedLook): Intent | null {
  const { plan, contact } = look;
  if (plan.archivesContact) {
    return { system: 'hubspot', object: 'contact', recordId: contact.id, operation: 'delete', changes: [] };
  }
  if (plan.write !== null) return intentOf(plan.write);
  const changes = contactChanges(look, plan.person);
  return changes.length === 0 ? null : contactIntent(look, changes);
}

function intentOf({ object, id, operation, changes }: PersonWrite): Intent {
  return { system: 'salesforce', object, recordId: id, operation, changes };
}
