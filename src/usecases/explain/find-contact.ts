import type { CompiledMapping } from '../../domain/mapping/types.ts';
import type { HubSpotRecord } from '../../domain/record.ts';
import { SyncError } from '../../errors.ts';
import type { Spend } from '../../ports/budget.ts';
import type { HubSpotPort } from '../../ports/hubspot.ts';
import type { AdminLedger, SweepLedger } from '../../ports/ledger.ts';
import type { SalesforcePort } from '../../ports/salesforce.ts';

type Dependencies = {
  hubspot: Pick<HubSpotPort, 'read' | 'contactIdByEmail'>;
  salesforce: Pick<SalesforcePort, 'findPersons'>;
  ledger: Pick<SweepLedger, 'knownPersons'> & Pick<AdminLedger, 'personDecision'>;
  mapping: CompiledMapping;
};

/** Ids of a Lead or a Contact, in both their forms. */
const personId = /^(00Q|003)[a-zA-Z0-9]{12}([a-zA-Z0-9]{3})?$/;

/**
 * Reads the contact that is meant.
 * @param named a HubSpot contact id, one of the contact's emails, or the id of its Lead or Contact
 * @throws SyncError permanent `contact_not_found`; whatever the CRMs and the ledger answer
 */
export async function findContact(dependencies: Dependencies, named: string, spend: Spend): Promise<HubSpotRecord> {
  const { hubspot, mapping } = dependencies;
  const id = await contactIdOf(dependencies, named.trim(), spend);
  if (id === null) throw notFound();
  const read = (await hubspot.read('contacts', [id], mapping.contact.hubspotProperties, spend)).get(id);
  if (read?.kind === 'error') throw read.error;
  if (read === undefined || read.kind === 'missing') throw notFound();
  return read.record;
}

async function contactIdOf({ hubspot, ...rest }: Dependencies, named: string, spend: Spend): Promise<string | null> {
  if (named.includes('@')) return await hubspot.contactIdByEmail(named, spend);
  return personId.test(named) ? await contactIdOfPerson(rest, named, spend) : named;
}

/** The pair's contact, else the one whose id the person carries. */
async function contactIdOfPerson(
  { salesforce, ledger, mapping }: Omit<Dependencies, 'hubspot'>,
  id: string,
  spend: Spend,
): Promise<string | null> {
  const lookup = { contactId: id, externalIds: [], personIds: [id], emails: [] };
  const persons = (await salesforce.findPersons([lookup], mapping.contact.salesforceFields, spend)).get(id)?.byId ?? [];
  const known = await ledger.knownPersons([...new Set([id, ...persons.map((person) => person.id)])]);
  const paired = [...known.values()].find(({ contactId }) => contactId !== null)?.contactId;
  const carried = persons.find(({ externalId, isDeleted }) => externalId !== null && !isDeleted)?.externalId;
  const [person] = persons;
  if (paired !== undefined || carried !== undefined || person === undefined) return paired ?? carried ?? null;
  throw notPaired((await ledger.personDecision(person))?.text ?? 'Nobody has looked at it yet.');
}

function notFound(): SyncError {
  return new SyncError('permanent', 'contact_not_found', 'HubSpot has no such contact.', {
    advice:
      'Give the id from the address of the contact in HubSpot, one of its email addresses, or the id of its Lead.',
  });
}

/** @param decision what the last look at the person decided */
function notPaired(decision: string): SyncError {
  return new SyncError('permanent', 'person_not_paired', `This person is paired with no contact. ${decision}`, {
    advice: 'Persons that were born in Salesforce are treated as contacts.yaml says under born_in_salesforce.',
  });
}
