import { contactEmails } from '../../domain/contact-emails.ts';
import type { PersonMatches } from '../../domain/plan/types.ts';
import { personIdProperty, type SalesforcePerson } from '../../domain/record.ts';
import type { PersonLookup } from '../../ports/salesforce.ts';
import type { Batch } from './batch.ts';
import { type ContactTies, readTies } from './contact-ties.ts';
import type { OrgFacts, PlanDependencies } from './dependencies.ts';
import type { KnownContact, Look } from './look.ts';

export type FoundPersons = {
  persons: ReadonlyMap<string, PersonMatches>;
  facts: OrgFacts;
  /** Per contact: ids on found persons that belong to no other contact any more. */
  deadContactIds: ReadonlyMap<string, ReadonlySet<string>>;
  /** What surrounds each contact. */
  ties: ReadonlyMap<string, ContactTies>;
};

/**
 * Asks Salesforce for every person that a memory of these contacts leads to, and HubSpot for the contacts whose ids these persons carry,
 * where they are not the ones that were looked at.
 * @throws SyncError when Salesforce could not be asked
 */
export async function findPersons(
  dependencies: PlanDependencies,
  { spend }: Batch,
  looks: readonly Look[],
): Promise<FoundPersons> {
  const { salesforce, mapping, facts } = dependencies;
  const orgFacts = await facts(spend);
  const persons = await salesforce.findPersons(looks.map(toLookup), mapping.contact.salesforceFields, spend);
  const deadContactIds = await findDeadContacts(dependencies, spend, looks, persons);
  const ties = await readTies(dependencies, looks, persons);
  return { persons, facts: orgFacts, deadContactIds, ties };
}

/** Every memory that leads to the person of this contact; emails only as long as nobody is linked. */
function toLookup({ claimed: { pair }, contact }: KnownContact): PersonLookup {
  const remembered = [pair?.person?.id, contact.properties[personIdProperty], ...(pair?.formerPersonIds ?? [])];
  return {
    contactId: contact.id,
    externalIds: ownIds({ claimed: { pair }, contact }),
    personIds: [...new Set(remembered.filter((id): id is string => typeof id === 'string' && id !== ''))],
    emails: pair?.person ? [] : contactEmails(contact.properties),
  };
}

/** The contact's id and all that led to it. */
function ownIds({ claimed: { pair }, contact }: KnownContact): string[] {
  return [...new Set([contact.id, ...contact.mergedIds, ...(pair?.formerContactIds ?? [])])];
}

async function findDeadContacts(
  { hubspot }: PlanDependencies,
  spend: Batch['spend'],
  looks: readonly Look[],
  persons: ReadonlyMap<string, PersonMatches>,
): Promise<FoundPersons['deadContactIds']> {
  const carried = new Map(looks.map((look) => [look.contact.id, carriedIds(look, persons.get(look.contact.id))]));
  const asked = [...new Set([...carried.values()].flat())];
  if (asked.length === 0) return new Map();
  const reads = await hubspot.read('contacts', asked, [], spend);
  // Merged into this very contact counts as gone: it is no other one.
  const isDead = (id: string, contactId: string) => {
    const read = reads.get(id);
    return read?.kind === 'missing' || (read?.kind === 'merged' && read.record.id === contactId);
  };
  return new Map(
    [...carried].map(([contactId, ids]) => [contactId, new Set(ids.filter((id) => isDead(id, contactId)))]),
  );
}

/** Ids of other contacts on the living persons that were found. */
function carriedIds(look: Look, matches: PersonMatches | undefined): string[] {
  if (matches === undefined) return [];
  const own = new Set(ownIds(look));
  const isForeign = ({ externalId, isDeleted }: SalesforcePerson) =>
    !isDeleted && externalId !== null && externalId !== '' && !own.has(externalId);
  const found = [...matches.byExternalId, ...matches.byId, ...matches.byEmail].filter(isForeign);
  return [...new Set(found.flatMap(({ externalId }) => externalId ?? []))];
}
