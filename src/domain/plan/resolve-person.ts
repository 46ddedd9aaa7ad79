import { contactEmails } from '../contact-emails.ts';
import { personIdProperty, type SalesforcePerson } from '../record.ts';
import type { PlanInput, PlanProblem, Reason } from './types.ts';

/** Who the contact is in Salesforce: one living person, certainly nobody, or a question that a person must answer. */
export type Resolution =
  | { kind: 'found'; person: SalesforcePerson; reasons: readonly Reason[] }
  | { kind: 'nobody' }
  | { kind: 'problem'; problem: PlanProblem };

/** What one memory says: the living persons it leads to, and the ids at which it ends with nobody alive. */
type Trace = { code: string; text: string; live: readonly SalesforcePerson[]; dead: readonly string[] };

/**
 * Finds the person of a contact. The memories are asked in order, and the first that leads to somebody decides: ledger, external id,
 * `salesforce_person_id`, former ids, then email among Contacts, then among Leads. Two persons in one memory are never guessed between;
 * a memory that ends with a deleted person keeps email from finding another and a new one from being created.
 */
export function resolvePerson(input: PlanInput): Resolution {
  if (input.pair?.tombstone) return problem(tombstone, []);
  const memories = traceIds(input);
  const dead = memories.flatMap((trace) => trace.dead);
  const byId = memories.find(({ live }) => live.length > 0);
  if (byId !== undefined) return choose(input, byId);
  if (dead.length > 0) return problem(personDeleted, dead);
  const emails = traceEmails(input);
  const byEmail = emails.find(({ live }) => live.length > 0);
  if (byEmail !== undefined) return choose(input, byEmail);
  const deadEmails = emails.flatMap((trace) => trace.dead);
  return deadEmails.length > 0 ? problem(personDeleted, deadEmails) : { kind: 'nobody' };
}

/** A Salesforce id has a 15-character form, which is the beginning of the 18-character one. */
export function sameId(one: string, other: string): boolean {
  return one.slice(0, 15) === other.slice(0, 15);
}

function choose(input: PlanInput, { code, text, live }: Trace): Resolution {
  const [person, ...others] = live;
  if (person === undefined) return { kind: 'nobody' };
  if (others.length > 0) {
    const ids = live.map(({ id }) => id);
    return problem(severalPersons, ids);
  }
  if (person.externalId && !ownIds(input).includes(person.externalId)) return problem(personTaken, [person.id]);
  const holders = carriers(input).filter(({ id }) => !sameId(id, person.id));
  if (person.externalId !== input.contact.id && holders.some(({ externalId }) => externalId === input.contact.id)) {
    return problem(severalPersons, [person.id, ...holders.map(({ id }) => id)]);
  }
  const also = holders.map(({ object, id }) => ({
    code: 'other_person_carries_id',
    text: `The ${object} ${id} carries an id of this contact too: it should be merged into the linked person.`,
  }));
  return { kind: 'found', person, reasons: [{ code, text: text.replace('%', person.object) }, ...also] };
}

function traceIds(input: PlanInput): Trace[] {
  const { pair, contact } = input;
  const property = contact.properties[personIdProperty]?.trim();
  const linked = pair?.person ? [pair.person.id] : [];
  return [
    traceIdList(input, linked, 'found_by_ledger', 'The contact is paired with a %.'),
    follow(input, carrying(input), 'found_by_external_id', 'A % in Salesforce carries the id of this contact.'),
    traceIdList(
      input,
      property ? [property] : [],
      'found_by_person_id',
      `The contact's ${personIdProperty} leads to a % in Salesforce.`,
    ),
    traceIdList(
      input,
      pair?.formerPersonIds ?? [],
      'found_by_former_id',
      'A former pairing leads to a % in Salesforce.',
    ),
  ];
}

function traceIdList(input: PlanInput, ids: readonly string[], code: string, text: string): Trace {
  const found = ids.map((id) => ({ id, person: personById(input, id) }));
  const missing = found.filter(({ person }) => person === undefined).map(({ id }) => id);
  const persons = found.flatMap(({ person }) => person ?? []);
  const trace = follow(input, persons, code, text);
  return { ...trace, dead: [...trace.dead, ...missing] };
}

function traceEmails(input: PlanInput): Trace[] {
  const emails = new Set(contactEmails(input.contact.properties));
  const matches = input.persons.byEmail.filter(({ email }) => emails.has(email?.trim().toLowerCase() ?? ''));
  const alive = matches.filter(({ isDeleted }) => !isDeleted);
  const leadsToContact = ({ object, isConverted }: SalesforcePerson) => object === 'Contact' || isConverted;
  return [
    follow(input, alive.filter(leadsToContact), 'found_by_email', 'A % in Salesforce has an email of this contact.'),
    follow(
      input,
      alive.filter((person) => !leadsToContact(person)),
      'found_by_email',
      'A % in Salesforce has an email of this contact.',
    ),
  ];
}

/** Follows merges to the survivor and conversions to the Contact. */
function follow(input: PlanInput, starts: readonly SalesforcePerson[], code: string, text: string): Trace {
  const live = new Map<string, SalesforcePerson>();
  const dead: string[] = [];
  for (const start of starts) {
    const end = survivorOf(input, start);
    if (end === undefined) dead.push(start.id);
    else live.set(end.id.slice(0, 15), end);
  }
  return { code, text, live: [...live.values()], dead };
}

function survivorOf(input: PlanInput, start: SalesforcePerson): SalesforcePerson | undefined {
  const seen = new Set<string>();
  let person: SalesforcePerson | undefined = start;
  while (person !== undefined && !seen.has(person.id)) {
    seen.add(person.id);
    const next: string | null = person.isDeleted
      ? person.masterRecordId
      : person.isConverted
        ? person.convertedContactId
        : null;
    if (next === null) return person.isDeleted || person.isConverted ? undefined : person;
    person = personById(input, next);
  }
  return undefined;
}

/** The person of this id among everything that was found. */
export function personById({ persons }: PlanInput, id: string): SalesforcePerson | undefined {
  return [...persons.byId, ...persons.byExternalId, ...persons.byEmail].find((person) => sameId(person.id, id));
}

function ownIds({ contact, pair }: PlanInput): string[] {
  return [contact.id, ...contact.mergedIds, ...(pair?.formerContactIds ?? [])];
}

/** All persons that carry an id of this contact, dead ones too. */
function carrying(input: PlanInput): SalesforcePerson[] {
  const ids = ownIds(input);
  return input.persons.byExternalId.filter(({ externalId }) => externalId !== null && ids.includes(externalId));
}

/** Living, unconverted persons that carry an id of this contact. */
function carriers(input: PlanInput): SalesforcePerson[] {
  return carrying(input).filter(({ isDeleted, isConverted }) => !isDeleted && !isConverted);
}

type Question = Pick<PlanProblem, 'code' | 'message' | 'advice'>;

function problem(question: Question, recordIds: readonly string[]): Resolution {
  return { kind: 'problem', problem: { ...question, fields: [], recordIds: [...new Set(recordIds)] } };
}

const severalPersons: Question = {
  code: 'several_persons',
  message: 'Several persons in Salesforce could be this contact.',
  advice:
    'Merge them in Salesforce, or put the id of the right one into salesforce_person_id of the contact in HubSpot.',
};

const personTaken: Question = {
  code: 'person_taken',
  message: 'The person found in Salesforce already belongs to another HubSpot contact.',
  advice:
    'Merge the two contacts in HubSpot, or give one of them another email address. Where the other contact no longer exists, clear HubSpot_Contact_Id__c of the person in Salesforce.',
};

const personDeleted: Question = {
  code: 'person_deleted',
  message: 'This contact had a person in Salesforce who was deleted; nobody is created in its place.',
  advice:
    'Restore the person from the Salesforce recycle bin, or put the id of the right one into salesforce_person_id.',
};

const tombstone: Question = {
  code: 'person_unlinked',
  message: 'The person of this contact was deleted or unlinked on purpose; nobody is created in its place.',
  advice: 'If that was intended, nothing needs doing. Else create the contact anew in HubSpot.',
};
