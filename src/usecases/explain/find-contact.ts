import type { CompiledMapping } from '../../domain/mapping/types.ts';
import type { HubSpotRecord, SalesforcePerson } from '../../domain/record.ts';
import { SyncError } from '../../errors.ts';
import type { Spend } from '../../ports/budget.ts';
import type { HubSpotPort } from '../../ports/hubspot.ts';
import type { AdminLedger } from '../../ports/ledger-admin.ts';
import type { SweepLedger } from '../../ports/ledger-sweep.ts';
import type { WorkLedger } from '../../ports/ledger-work.ts';
import type { SalesforcePort } from '../../ports/salesforce.ts';
import { fateOfPerson } from '../drain-persons/person-fate.ts';

type Dependencies = {
  hubspot: Pick<HubSpotPort, 'read' | 'contactIdByEmail'>;
  salesforce: Pick<SalesforcePort, 'findPersons'>;
  ledger: Pick<SweepLedger, 'knownPersons'> &
    Pick<WorkLedger, 'erasedEmails'> &
    Pick<AdminLedger, 'personDecision' | 'history'>;
  mapping: CompiledMapping;
};

/** Ids of a Lead or a Contact, in both their forms. */
const personId = /^(00Q|003)[a-zA-Z0-9]{12}([a-zA-Z0-9]{3})?$/;

/** The contact as HubSpot has it; null: HubSpot no longer has it, and nobody knows whether it ever had. */
type Found = { id: string; contact: HubSpotRecord | null };

/**
 * Reads the contact that is meant. An id that HubSpot does not know leads to the contact that the ledger saw it merged into.
 * @param named a HubSpot contact id, one of the contact's emails, or the id of its Lead or Contact
 * @throws SyncError permanent `contact_not_found`: nothing has this email or is this person's contact; whatever the CRMs and the ledger answer
 */
export async function findContact(dependencies: Dependencies, named: string, spend: Spend): Promise<Found> {
  const id = await contactIdOf(dependencies, named.trim(), spend);
  if (id === null) throw notFound();
  const contact = await readContact(dependencies, id, spend);
  if (contact !== null) return { id: contact.id, contact };
  const survivorId = await survivorOf(dependencies, id);
  const survivor = survivorId === null ? null : await readContact(dependencies, survivorId, spend);
  return survivor === null ? { id, contact: null } : { id: survivor.id, contact: survivor };
}

async function readContact(
  { hubspot, mapping }: Dependencies,
  id: string,
  spend: Spend,
): Promise<HubSpotRecord | null> {
  const read = (await hubspot.read('contacts', [id], mapping.contact.hubspotProperties, spend)).get(id);
  if (read?.kind === 'error') throw read.error;
  return read === undefined || read.kind === 'missing' ? null : read.record;
}

/** The living contact of the pair that this id leads to, where it is another one. */
async function survivorOf({ ledger }: Dependencies, id: string): Promise<string | null> {
  const { person, pairId } = await ledger.history(id);
  const known = person === null ? undefined : (await ledger.knownPersons([person.id])).get(person.id);
  // A person that another contact took over does not lead to that one: this one's history is asked for.
  return known === undefined || known.pairId !== pairId || known.contactId === id ? null : known.contactId;
}

async function contactIdOf(dependencies: Dependencies, named: string, spend: Spend): Promise<string | null> {
  if (named.includes('@')) return await dependencies.hubspot.contactIdByEmail(named, spend);
  return personId.test(named) ? await contactIdOfPerson(dependencies, named, spend) : named;
}

/** The pair's contact, else the one whose id the person carries. */
async function contactIdOfPerson(dependencies: Dependencies, id: string, spend: Spend): Promise<string | null> {
  const { salesforce, ledger, mapping } = dependencies;
  const lookup = { contactId: id, externalIds: [], personIds: [id], emails: [] };
  const persons = (await salesforce.findPersons([lookup], mapping.contact.salesforceFields, spend)).get(id)?.byId ?? [];
  const known = await ledger.knownPersons([...new Set([id, ...persons.map((person) => person.id)])]);
  const paired = [...known.values()].find(({ contactId }) => contactId !== null)?.contactId;
  const living = persons.find(({ externalId, isDeleted }) => externalId !== null && !isDeleted)?.externalId;
  // What became of a person that was deleted is told by the contact that it was.
  const carried = living ?? persons.find(({ externalId }) => externalId !== null)?.externalId;
  const [person] = persons;
  if (paired !== undefined || carried !== undefined || person === undefined) return paired ?? carried ?? null;
  const decision = await ledger.personDecision(person);
  throw notPaired(decision === null ? await decideNow(dependencies, person, spend) : toldOf(decision));
}

/** What a look at the person would decide at this moment: some are not looked at before they change. */
async function decideNow(
  { hubspot, ledger, mapping: { born } }: Dependencies,
  person: SalesforcePerson,
  spend: Spend,
): Promise<string> {
  const email = person.email?.trim().toLowerCase() ?? '';
  const isErased = email !== '' && (await ledger.erasedEmails([email])).has(email);
  const contactIdByEmail = email === '' ? null : await hubspot.contactIdByEmail(email, spend);
  const fate = fateOfPerson({ person, known: null, born, isErased, contactIdByEmail });
  return `Nobody has looked at it yet; a look would say: ${toldOf(fate)}`;
}

function toldOf({ text, code }: { text: string; code: string }): string {
  return `${text} [${code}]`;
}

/** Neither HubSpot nor the ledger knows whom that means. */
export function notFound(): SyncError {
  return new SyncError('permanent', 'contact_not_found', 'HubSpot has no such contact.', {
    advice:
      'Give the id from the address of the contact in HubSpot, one of its email addresses, or the id of its Lead or Contact.',
  });
}

/** @param decision what the last look at the person decided */
function notPaired(decision: string): SyncError {
  return new SyncError('permanent', 'person_not_paired', `This person is paired with no contact. ${decision}`, {
    advice: 'Persons that were born in Salesforce are treated as contacts.yaml says under born_in_salesforce.',
  });
}
