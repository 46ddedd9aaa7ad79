import type { SalesforcePerson } from '../../domain/record.ts';
import type { ClaimedRecord, Mark } from '../../ports/ledger-claim.ts';
import type { Decision } from '../../ports/ledger-result.ts';
import type { KnownPerson } from '../../ports/ledger-sweep.ts';
import type { PersonFate } from './person-fate.ts';

/** One claimed person with what is known of it by now. */
export type PersonLook = { claimed: ClaimedRecord; person: SalesforcePerson | null; known: KnownPerson | null };
export type FatedLook = PersonLook & { fate: PersonFate };
/** A person that is to become a contact. */
export type BirthLook = { claimed: ClaimedRecord; person: SalesforcePerson; fate: PersonFate };

/** The look that links the contact with its person. */
export function markOfContact(recordId: string, born: boolean): Mark {
  const mark = { system: 'hubspot', object: 'contact', recordId, priority: 2, source: 'salesforce' } as const;
  return born ? { ...mark, hints: ['born'] } : mark;
}

/** What was decided about a person, as `explain` shows it. */
export function decisionOf({ kind, code, text }: PersonFate, observedOnly: boolean, fields: string[] = []): Decision {
  const outcome = { contact: 'marked', successor: 'marked', nothing: 'left', problem: 'failed', create: 'create' }[
    kind
  ];
  return { outcome, code, text, reasons: [], fields, observedOnly };
}
