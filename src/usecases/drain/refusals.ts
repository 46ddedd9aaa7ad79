import { SyncError } from '../../errors.ts';
import type { ReservationResult } from '../../ports/ledger-work.ts';

/** Live work that is stopped is looked at again by itself now and then, a run's is held; `handoff approve` makes its records due at once. */
const stoppedRunPauseMs = 10 * 60_000;

/** Why a reservation was refused, as a fault of its record. */
export function refusedReservation(
  { reason, holder }: Extract<ReservationResult, { ok: false }>,
  now: number,
  personId?: string,
): SyncError {
  if (reason === 'erased') return personErased(personId);
  return reason === 'limit' ? runStopped(now) : takenMeanwhile(holder);
}

/** The run's safety limit holds the write back. @param now epoch milliseconds */
export function runStopped(now: number): SyncError {
  const text = 'The safety limit of this run is reached; nothing more is written until somebody approves the run.';
  const advice = 'Look at `handoff status`, then run `handoff approve <run>` if the number is right.';
  return new SyncError('wait', 'run_limit', text, { untilMs: now + stoppedRunPauseMs, advice });
}

/** Nothing of an erased pair is given away, so that waiting helps nobody. */
function personErased(personId?: string): SyncError {
  const text =
    'The person in Salesforce belongs to a contact that was erased for privacy; it is linked to nobody again.';
  const recordIds = personId === undefined ? [] : [personId];
  const advice =
    'Delete the person in Salesforce, then run `handoff failures --retry`: the contact gets a person of its own.';
  return new SyncError('needs-human', 'person_erased', text, { recordIds, advice });
}

/** @param holder the HubSpot id of the other contact, where known */
function takenMeanwhile(holder?: string): SyncError {
  const text = 'Another contact is being paired with the same person or the same email at this moment.';
  const recordIds = holder === undefined ? [] : [holder];
  const advice =
    'If it does not clear by itself, merge the two contacts in HubSpot, or give one of them another email address.';
  return new SyncError('retryable', 'person_taken_meanwhile', text, { recordIds, advice });
}
