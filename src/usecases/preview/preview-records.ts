import type { HubSpotRecord } from '../../domain/record.ts';
import type { BackfillObject } from '../../domain/runs/types.ts';
import type { Spend } from '../../ports/budget.ts';
import type { PreviewDependencies } from './dependencies.ts';
import { previewCounterparts, previewPersons } from './preview-births.ts';
import { previewContacts } from './preview-contacts.ts';
import { previewPairs } from './preview-pairs.ts';
import type { Wanted } from './read-wanted.ts';
import type { Preview } from './types.ts';

/** One look for persons, one for counterparts and five reads in HubSpot serve this many. */
const recordsPerBatch = 500;

/**
 * Says what the sync would do with these records at this moment, by the plans that the drains make, under the mapping given. Writes nothing:
 * neither to a CRM nor to the ledger. What costs: per 1,000 records at most 10 reads in HubSpot (none for records given), 4 more for deals,
 * and 5 in Salesforce; the past of contested fields on top.
 *
 * @param object `contacts`, `companies`, `deals`: HubSpot ids; `leads`, `opportunities`: Salesforce ids
 * @param wanted ids, or HubSpot records that were just read with the mapping's properties
 * @returns by the ids as asked, nothing is left out: what a CRM could not be asked for is `unread`. An id that was merged away has its
 * survivor's preview
 * @throws SyncError when the ledger cannot be reached
 */
export async function previewRecords(
  dependencies: PreviewDependencies,
  object: BackfillObject,
  wanted: readonly (string | HubSpotRecord)[],
  spend: Spend,
): Promise<ReadonlyMap<string, Preview>> {
  const all = [...new Map(wanted.map(toWanted).map((one) => [one.id, one])).values()];
  const previews = new Map<string, Preview>();
  for (let start = 0; start < all.length; start += recordsPerBatch) {
    const batch = all.slice(start, start + recordsPerBatch);
    for (const [id, preview] of await previewBatch(dependencies, object, batch, spend)) previews.set(id, preview);
  }
  return previews;
}

function toWanted(one: string | HubSpotRecord): Wanted {
  return typeof one === 'string' ? { id: one, record: null } : { id: one.id, record: one };
}

async function previewBatch(
  dependencies: PreviewDependencies,
  object: BackfillObject,
  wanted: readonly Wanted[],
  spend: Spend,
): Promise<ReadonlyMap<string, Preview>> {
  const ids = wanted.map(({ id }) => id);
  switch (object) {
    case 'contacts':
      return await previewContacts(dependencies, wanted, spend);
    case 'companies':
      return await previewPairs(dependencies, 'company', wanted, spend);
    case 'deals':
      return await previewPairs(dependencies, 'deal', wanted, spend);
    case 'leads':
      return await previewPersons(dependencies, 'Lead', ids, spend);
    case 'opportunities':
      return await previewCounterparts(dependencies, 'Opportunity', ids, spend);
  }
}
