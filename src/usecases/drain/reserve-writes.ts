import { contactEmails } from '../../domain/contact-emails.ts';
import type { PersonWrite } from '../../domain/plan/types.ts';
import { type PersonReference, personIdProperty } from '../../domain/record.ts';
import { SyncError } from '../../errors.ts';
import type { Intent, RecordResult, Reservation, ReservationResult } from '../../ports/ledger.ts';
import type { DrainDependencies } from './dependencies.ts';
import type { PlannedLook, ReservedLook } from './look.ts';
import { faultResult } from './results.ts';
import type { Batch } from './sync-batch.ts';

/** A stopped run is looked at again by itself now and then; `handoff approve` makes its records due at once. */
const stoppedRunPauseMs = 10 * 60_000;

/**
 * Commits links and intents for a whole batch in one transaction, before any CRM is written. Who comes second to a person or an email, and
 * what a run's safety limit holds back, goes later.
 */
export async function reserveWrites(
  dependencies: DrainDependencies,
  { claim }: Batch,
  looks: readonly PlannedLook[],
): Promise<ReservedLook[]> {
  const { ledger, mappingVersion, clock } = dependencies;
  const answers = await ledger.reserve(claim.token, mappingVersion, looks.map(toReservation));
  const byContact = new Map(answers.map((answer) => [answer.contactId, answer]));
  const reserved: ReservedLook[] = [];
  const refused: RecordResult[] = [];
  for (const look of looks) {
    const answer = byContact.get(look.claimed.recordId);
    if (answer?.ok) reserved.push({ ...look, pairId: answer.pairId, intentId: answer.intentId });
    else if (answer !== undefined && answer.reason !== 'stale') {
      refused.push(faultResult(look.claimed, refusalOf(answer, clock.now()), clock));
    }
  }
  if (refused.length > 0) await ledger.commit(claim.token, mappingVersion, refused);
  return reserved;
}

function refusalOf({ reason, holder }: Extract<ReservationResult, { ok: false }>, now: number): SyncError {
  if (reason === 'limit') {
    const text = 'The safety limit of this run is reached; nothing more is written until somebody approves the run.';
    const advice = 'Look at `handoff status`, then run `handoff approve <run>` if the number is right.';
    return new SyncError('wait', 'run_limit', text, { untilMs: now + stoppedRunPauseMs, advice });
  }
  const text = 'Another contact is being paired with the same person or the same email at this moment.';
  const recordIds = holder === undefined ? [] : [holder];
  const advice =
    'If it does not clear by itself, merge the two contacts in HubSpot, or give one of them another email address.';
  return new SyncError('retryable', 'person_taken_meanwhile', text, { recordIds, advice });
}

function toReservation({ claimed, contact, plan }: PlannedLook): Reservation {
  const creates = plan.write?.operation === 'create';
  return {
    contactId: claimed.recordId,
    counter: claimed.counter,
    pairId: claimed.pairId,
    contactIds: [contact.id, ...contact.mergedIds],
    person: plan.person,
    claimEmails: creates ? contactEmails(contact.properties) : [],
    intent: plan.write === null ? linkBackOf(plan.linkBack, plan.person, contact) : intentOf(plan.write),
  };
}

function intentOf({ object, id, operation, changes }: PersonWrite): Intent {
  return { system: 'salesforce', object, recordId: id, operation, changes };
}

function linkBackOf(wanted: boolean, person: PersonReference | null, contact: PlannedLook['contact']): Intent | null {
  return wanted && person !== null ? linkBackIntent(contact, person.id) : null;
}

/** The write that stores the person's id on the HubSpot contact. */
export function linkBackIntent({ id, properties }: PlannedLook['contact'], personId: string): Intent {
  const before = properties[personIdProperty] ?? null;
  const changes = [{ field: personIdProperty, before, after: personId, rule: 'id' as const }];
  return { system: 'hubspot', object: 'contact', recordId: id, operation: 'update', changes };
}
