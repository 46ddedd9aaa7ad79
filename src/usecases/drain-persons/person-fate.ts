import type { BornInSalesforce } from '../../domain/mapping/types.ts';
import type { SalesforcePerson } from '../../domain/record.ts';
import { SyncError } from '../../errors.ts';
import type { KnownPerson } from '../../ports/ledger-sweep.ts';

/** What becomes of a person that was marked because no pair knew it. */
export type PersonFate =
  /** It concerns a contact, which is to be looked at. `born`: to be linked although it may be below the gate. */
  | { kind: 'contact'; contactId: string; born: boolean; code: string; text: string }
  /** Another person has taken its place in Salesforce. */
  | { kind: 'successor'; object: 'Contact'; id: string; code: string; text: string }
  | { kind: 'nothing'; code: string; text: string }
  | { kind: 'problem'; code: string; text: string; error: SyncError }
  | { kind: 'create'; code: string; text: string };

export type PersonFacts = {
  /** As just read; null: Salesforce no longer shows it. */
  person: SalesforcePerson | null;
  known: KnownPerson | null;
  born: BornInSalesforce;
  /** Its email is that of somebody who was erased for privacy. */
  isErased: boolean;
  /** The HubSpot contact that has its email. */
  contactIdByEmail: string | null;
};

/** Decides what becomes of a person. Pure; its texts hold ids and rules only. */
export function fateOfPerson({ person, known, born, isErased, contactIdByEmail }: PersonFacts): PersonFate {
  const { contactId = null, tombstone = null } = known ?? {};
  if (tombstone === 'erased' || known?.status === 'erased') {
    return nothing('born_erased', 'Its contact was erased for privacy in HubSpot; nobody is created for it again.');
  }
  if (contactId !== null) {
    const text = `It is paired with contact ${contactId}, which is looked at in its place.`;
    return { kind: 'contact', contactId, born: false, code: 'person_paired', text };
  }
  if (tombstone !== null) {
    return nothing('person_pair_ended', 'Its pair has ended: the contact was deleted in HubSpot.');
  }
  return person === null || person.isDeleted
    ? nothing('person_gone', 'It is no longer in Salesforce.')
    : fateOfLiving(person, { born, isErased, contactIdByEmail });
}

function fateOfLiving(
  person: SalesforcePerson,
  { born, isErased, contactIdByEmail }: Pick<PersonFacts, 'born' | 'isErased' | 'contactIdByEmail'>,
): PersonFate {
  if (person.isConverted) return successorOf(person);
  if (born.do === 'ignore') {
    return nothing('born_ignored', 'The mapping leaves persons alone that were born in Salesforce.');
  }
  if (person.externalId !== null) {
    const text = `It carries the id of contact ${person.externalId}, which is looked at in its place.`;
    return { kind: 'contact', contactId: person.externalId, born: true, code: 'born_has_contact', text };
  }
  const wanted = born.isWanted(person.fields, person.object);
  if (wanted === null) return filterFault();
  if (!wanted)
    return nothing('born_not_wanted', 'The filter born_in_salesforce.where in contacts.yaml does not want it.');
  if (person.email === null) {
    return nothing('born_without_email', 'It has no email, without which its contact could not be told from others.');
  }
  if (isErased) {
    return nothing('born_erased', 'Somebody with its email was erased for privacy; nobody is created for it again.');
  }
  if (contactIdByEmail !== null) {
    const text = `Contact ${contactIdByEmail} has its email and is looked at, to be linked with it.`;
    return { kind: 'contact', contactId: contactIdByEmail, born: true, code: 'born_found_by_email', text };
  }
  if (born.do === 'link') {
    return nothing('born_nobody', 'No HubSpot contact has its email, and the mapping creates none.');
  }
  const stage = born.stage === null ? 'without a lifecycle stage' : `at the stage ${born.stage}`;
  return { kind: 'create', code: 'born_create', text: `No HubSpot contact has its email: one is created ${stage}.` };
}

function filterFault(): PersonFate {
  const text = 'The filter under born_in_salesforce in contacts.yaml cannot be evaluated for this person.';
  const error = new SyncError('needs-human', 'born_filter_fault', text, {
    advice: 'Correct born_in_salesforce.where in contacts.yaml, run handoff check, and restart the service.',
  });
  return { kind: 'problem', code: error.code, text, error };
}

function successorOf({ convertedContactId }: SalesforcePerson): PersonFate {
  if (convertedContactId === null)
    return nothing('person_converted', 'It was converted, and its Contact is not visible.');
  const text = `It was converted to Contact ${convertedContactId}, which is looked at in its place.`;
  return { kind: 'successor', object: 'Contact', id: convertedContactId, code: 'person_converted', text };
}

function nothing(code: string, text: string): PersonFate {
  return { kind: 'nothing', code, text };
}
