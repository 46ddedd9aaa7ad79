import { contactEmails } from '../contact-emails.ts';
import { sameId } from '../merge/same-id.ts';
import { personIdProperty, type SalesforcePerson } from '../record.ts';
import {
  contactErased,
  personDeleted,
  personMerged,
  personRestored,
  personTaken,
  personUnlinked,
  type Question,
  severalPersons,
  toProblem,
} from './person-questions.ts';
import { follow, personById, type Trace } from './trace.ts';
import type { PlanInput, PlanProblem, Reason } from './types.ts';

/** Who the contact is in Salesforce: one living person, certainly nobody, or a question that a person must answer. */
export type Resolution =
  | { kind: 'found'; person: SalesforcePerson; reasons: readonly Reason[] }
  | { kind: 'nobody' }
  | { kind: 'problem'; problem: PlanProblem }
  /** The person was deleted, and nobody took its place: the pair ends. */
  | { kind: 'ended'; problem: PlanProblem };

/**
 * Finds the person of a contact. The memories are asked in order, and the first that leads to somebody decides: ledger, external id,
 * `salesforce_person_id`, former ids, then email among Contacts, then among Leads. Two persons in one memory are never guessed between;
 * a memory that ends with a deleted person keeps email from finding another and a new one from being created.
 */
export function resolvePerson(input: PlanInput): Resolution {
  const ended = input.pair?.tombstone ?? null;
  if (ended === 'erased') return problem(contactErased, []);
  const memories = traceIds(input);
  const byId = memories.find(({ live }) => live.length > 0);
  if (byId !== undefined) return ended === 'person_deleted' ? restore(input, byId) : choose(input, byId);
  const dead = memories.flatMap((trace) => trace.dead);
  if (ended === 'person_deleted') return { kind: 'ended', problem: toProblem(personUnlinked, dead) };
  if (dead.length > 0) return endedBy(input, memories, dead);
  const emails = traceEmails(input);
  const byEmail = emails.find(({ live }) => live.length > 0);
  if (byEmail !== undefined) return choose(input, newestOnly(input, byEmail));
  const deadEmails = emails.flatMap((trace) => trace.dead);
  return deadEmails.length > 0 ? problem(personDeleted, deadEmails) : { kind: 'nobody' };
}

/** The linked person is in the recycle bin. One of whom nothing is left may only be out of sight: a person must look. */
function endedBy({ pair }: PlanInput, [linked]: readonly Trace[], dead: readonly string[]): Resolution {
  const isDeleted = pair?.person != null && linked !== undefined && linked.deleted.length > 0;
  return isDeleted ? { kind: 'ended', problem: toProblem(personDeleted, dead) } : problem(personDeleted, dead);
}

/** A person is there again that was deleted, or a person's id was entered in its place. */
function restore(input: PlanInput, trace: Trace): Resolution {
  const chosen = choose(input, trace);
  if (chosen.kind !== 'found') return chosen;
  const { person, reasons } = chosen;
  const isFormer = [...(input.pair?.formerPersonIds ?? []), input.pair?.person?.id ?? ''].some((id) =>
    sameId(id, person.id),
  );
  if (isFormer && input.mapping.events.restoredInSalesforce === 'ask') return problem(personRestored, [person.id]);
  const text = `The ${person.object} of this contact had been deleted and is there again: both are linked anew.`;
  return isFormer ? { ...chosen, reasons: [...reasons, { code: 'person_restored', text }] } : chosen;
}

/** Of several persons with an email of the contact the one changed last, where the mapping says so; those of other contacts do not count. */
function newestOnly(input: PlanInput, trace: Trace): Trace {
  if (input.mapping.events.sameEmail !== 'newest' || trace.live.length < 2) return trace;
  const free = trace.live.filter((person) => !isTaken(input, person));
  const lastMs = Math.max(...free.map(({ modifiedAtMs }) => modifiedAtMs));
  const newest = free.filter(({ modifiedAtMs }) => modifiedAtMs === lastMs);
  if (newest.length !== 1) return trace;
  const text = 'Several persons in Salesforce have an email of this contact: the % that was changed last is taken.';
  return { ...trace, live: newest, code: 'found_newest_by_email', text };
}

function choose(input: PlanInput, { code, text, live, isMerged }: Trace): Resolution {
  const [person, ...others] = live;
  if (person === undefined) return { kind: 'nobody' };
  if (others.length > 0) {
    const ids = live.map(({ id }) => id);
    return problem(severalPersons, ids);
  }
  if (isTaken(input, person)) return problem(personTaken, [person.id]);
  if (isMerged && code === 'found_by_ledger' && mustAskOfMerge(input, person))
    return problem(personMerged, [person.id]);
  const holders = carriers(input).filter(({ id }) => !sameId(id, person.id));
  if (person.externalId !== input.contact.id && holders.some(({ externalId }) => externalId === input.contact.id)) {
    return problem(severalPersons, [person.id, ...holders.map(({ id }) => id)]);
  }
  const also = holders.map(({ object, id }) => ({
    code: 'other_person_carries_id',
    text: `The ${object} ${id} carries an id of this contact too: it should be merged into the linked person.`,
  }));
  const reasons = [{ code, text: text.replace('%', person.object) }, ...orphanReasons(input, person), ...also];
  return { kind: 'found', person, reasons };
}

/** A person that carries the id of another living contact is never adopted. */
function isTaken(input: PlanInput, { externalId }: SalesforcePerson): boolean {
  return Boolean(externalId) && !isOwn(input, externalId) && !input.deadContactIds.has(externalId ?? '');
}

function isOwn(input: PlanInput, externalId: string | null): boolean {
  return externalId !== null && ownIds(input).includes(externalId);
}

function orphanReasons(input: PlanInput, { object, externalId }: SalesforcePerson): Reason[] {
  if (!externalId || isOwn(input, externalId)) return [];
  const text = `The ${object} carries the id of a contact that HubSpot no longer has: it is linked to this one.`;
  return [{ code: 'found_orphan', text }];
}

/** Somebody has answered by entering the survivor's id at the contact. */
function mustAskOfMerge({ mapping, contact }: PlanInput, person: SalesforcePerson): boolean {
  const entered = contact.properties[personIdProperty]?.trim() ?? '';
  return mapping.events.mergedInSalesforce === 'ask' && !sameId(entered, person.id);
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

function problem(question: Question, recordIds: readonly string[]): Resolution {
  return { kind: 'problem', problem: toProblem(question, recordIds) };
}
