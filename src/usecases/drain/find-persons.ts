import { contactEmails } from '../../domain/contact-emails.ts';
import type { PersonMatches } from '../../domain/plan/types.ts';
import { personIdProperty } from '../../domain/record.ts';
import type { PersonLookup } from '../../ports/salesforce.ts';
import type { DrainDependencies, OrgFacts } from './dependencies.ts';
import type { KnownContact, Look } from './look.ts';
import type { Batch } from './sync-batch.ts';

export type FoundPersons = { persons: ReadonlyMap<string, PersonMatches>; facts: OrgFacts };

/**
 * Asks Salesforce for every person that a memory of these contacts leads to.
 * @throws SyncError when Salesforce could not be asked
 */
export async function findPersons(
  { salesforce, mapping, facts }: DrainDependencies,
  { spend }: Batch,
  looks: readonly Look[],
): Promise<FoundPersons> {
  const orgFacts = await facts(spend);
  const persons = await salesforce.findPersons(looks.map(toLookup), mapping.contact.salesforceFields, spend);
  return { persons, facts: orgFacts };
}

/** Every memory that leads to the person of this contact; emails only as long as nobody is linked. */
export function toLookup({ claimed: { pair }, contact }: KnownContact): PersonLookup {
  const remembered = [pair?.person?.id, contact.properties[personIdProperty], ...(pair?.formerPersonIds ?? [])];
  return {
    contactId: contact.id,
    externalIds: [...new Set([contact.id, ...contact.mergedIds, ...(pair?.formerContactIds ?? [])])],
    personIds: [...new Set(remembered.filter((id): id is string => typeof id === 'string' && id !== ''))],
    emails: pair?.person ? [] : contactEmails(contact.properties),
  };
}
