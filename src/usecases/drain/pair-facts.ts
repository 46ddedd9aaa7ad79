import { contactEmails } from '../../domain/contact-emails.ts';
import type { PairKnowledge, Plan, Tombstone } from '../../domain/plan/types.ts';
import type { SalesforceReference } from '../../domain/record.ts';
import type { ClaimedRecord } from '../../ports/ledger-claim.ts';
import type { RecordResult } from '../../ports/ledger-result.ts';
import type { PlannedLook } from './look.ts';

/** What a plan says of the pair besides its fields: its end or return, frozen fields, the stage. To be committed once per look. */
export function pairFacts({ claimed, plan, contact }: PlannedLook): Partial<RecordResult> {
  const { freezes, stage, tombstone } = plan;
  const ended = (claimed.pair?.tombstone ?? null) !== tombstone;
  const emails = contactEmails(contact.properties);
  return {
    // The primary one is in the base.
    ...(emails.length > 1 ? { emails } : {}),
    ...(ended ? { tombstone, ...personOfReturned(claimed.pair, tombstone, plan.person) } : {}),
    ...(tombstone === 'person_deleted' && ended ? { retiredPersonIds: deletedPerson(claimed) } : {}),
    ...(freezes.length === 0 ? {} : { freezes }),
    ...stagesOf({ plan }),
    stages: stage.standing,
  };
}

/** The stages that the contact has come to, as far as the look could tell. */
export function stagesOf({ plan: { stage } }: Pick<PlannedLook, 'plan'>): Pick<RecordResult, 'stagesSeen'> {
  return stage.seen.length === 0 ? {} : { stagesSeen: stage.seen };
}

/**
 * A pair that goes on has its Salesforce side as before: who waits for that one waits for this moment, and finds it by its name alone.
 * @param planned whom the look links the record with
 */
export function personOfReturned(
  pair: PairKnowledge<SalesforceReference> | null,
  tombstone: Tombstone | null,
  planned: SalesforceReference | null,
): Pick<RecordResult, 'person'> {
  const person = pair?.person ?? null;
  return tombstone === null && person !== null && person.id === planned?.id ? { person } : {};
}

/** How the look found an open move ended: as meant, or overtaken. Committed before another one may begin. */
export function endedMove({ stage: { open } }: Plan): Pick<RecordResult, 'stageMove'> {
  return open === 'verified' || open === 'conflict' ? { stageMove: open } : {};
}

function deletedPerson({ pair }: ClaimedRecord): RecordResult['retiredPersonIds'] {
  return pair?.person ? [{ ...pair.person, status: 'deleted' }] : [];
}

/** The lead that was converted, or the person that was merged away: kept as a memory that leads to the one that lives. */
export function replacedPersons(
  before: SalesforceReference | null,
  now: SalesforceReference,
): NonNullable<RecordResult['retiredPersonIds']> {
  if (before === null || before.id === now.id) return [];
  return [{ ...before, status: before.object === now.object ? 'merged' : 'converted' }];
}
