import { type PersonObject, personIdProperty } from '../../domain/record.ts';
import { SyncError } from '../../errors.ts';
import { createBorn } from '../create-born.ts';
import type { Batch } from '../drain/batch.ts';
import { faultResult } from '../drain/results.ts';
import { toVendorFault } from '../vendor-fault.ts';
import { birthChanges } from './birth-changes.ts';
import type { PersonsDependencies } from './dependencies.ts';
import { type BirthLook, decisionOf, markOfContact } from './person-look.ts';

/** Creates the contacts of these persons in HubSpot, as `createBorn` does it. */
export async function createContacts(
  dependencies: PersonsDependencies,
  batch: Batch,
  object: PersonObject,
  looks: readonly BirthLook[],
): Promise<void> {
  const { ledger, mapping, mappingVersion, facts, clock } = dependencies;
  const orgFacts = await facts(batch.spend).catch(toVendorFault);
  if (orgFacts instanceof SyncError) {
    const results = looks.map(({ claimed }) => faultResult(claimed, orgFacts, clock));
    await ledger.commit(batch.claim.token, mappingVersion, results, { system: 'salesforce', object });
    return;
  }
  const births = looks.map(({ claimed, person, fate }) => ({
    claimed,
    recordId: person.id,
    changes: birthChanges(person, mapping, orgFacts),
    decision: decisionOf(fate, false),
  }));
  const markOf = (contactId: string) => markOfContact(contactId, true);
  const kind = { object, type: 'contacts', property: personIdProperty, markOf } as const;
  await createBorn(dependencies, batch, kind, births);
}
