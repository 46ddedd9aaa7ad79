import { contactEmails } from '../../domain/contact-emails.ts';
import type { PersonMatches } from '../../domain/plan/types.ts';
import { personIdProperty } from '../../domain/record.ts';
import type { PersonLookup } from '../../ports/salesforce.ts';
import type { DrainDependencies, OrgFacts } from './dependencies.ts';
import type { Look } from './look.ts';
import type { Batch } from './sync-batch.ts';

/** Data older than this at the moment of writing is read again: live work and runs. */
const freshnessMs = { live: 5_000, run: 30_000 };

export type FoundPersons = { looks: readonly Look[]; persons: ReadonlyMap<string, PersonMatches>; facts: OrgFacts };

/**
 * Asks Salesforce for every person that a memory of these contacts leads to. Where that took so long that the contacts have grown old,
 * both sides are read once more.
 * @throws SyncError when Salesforce could not be asked
 */
export async function findPersons(
  dependencies: DrainDependencies,
  batch: Batch,
  looks: readonly Look[],
): Promise<FoundPersons> {
  const { clock, salesforce, mapping, facts } = dependencies;
  const orgFacts = await facts(batch.spend);
  const fields = mapping.contact.salesforceFields;
  const persons = await salesforce.findPersons(looks.map(toLookup), fields, batch.spend);
  const limitMs = batch.spend.priority <= 2 ? freshnessMs.live : freshnessMs.run;
  if (clock.now() - batch.readAtMs <= limitMs) return { looks, persons, facts: orgFacts };

  // One after the other: an email that moved meanwhile must be looked for under its new address.
  const rereadLooks = await readAgain(dependencies, batch, looks);
  const again = await salesforce.findPersons(rereadLooks.map(toLookup), fields, batch.spend);
  return { looks: rereadLooks, persons: again, facts: orgFacts };
}

async function readAgain(
  { hubspot, mapping }: DrainDependencies,
  { spend }: Batch,
  looks: readonly Look[],
): Promise<Look[]> {
  const ids = looks.map(({ contact }) => contact.id);
  const reads = await hubspot.read('contacts', ids, mapping.contact.hubspotProperties, spend);
  // What is gone by now stays leased and is looked at again when the lease ends.
  return looks.flatMap((look) => {
    const read = reads.get(look.contact.id);
    return read?.kind === 'found' ? [{ ...look, contact: read.record }] : [];
  });
}

function toLookup({ claimed: { pair }, contact }: Look): PersonLookup {
  const remembered = [pair?.person?.id, contact.properties[personIdProperty], ...(pair?.formerPersonIds ?? [])];
  return {
    contactId: contact.id,
    externalIds: [contact.id, ...contact.mergedIds],
    personIds: [...new Set(remembered.filter((id): id is string => typeof id === 'string' && id !== ''))],
    emails: pair?.person ? [] : contactEmails(contact.properties),
  };
}
