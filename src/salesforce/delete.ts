import { z } from 'zod';
import { recordPrefixes, toLongId } from '../domain/salesforce-ids.ts';
import { SyncError, toSyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { SalesforceClient } from './client.ts';
import { toLostError, toSyncErrorOf, toUnsentError, toVendorErrors } from './errors.ts';

const maxRecords = 200;
/** The record is in the recycle bin, or purged: what was wanted. Ids are checked before, so a malformed one is one that nobody has. */
const goneCodes = new Set(['ENTITY_IS_DELETED', 'INVALID_CROSS_REFERENCE_KEY', 'NOT_FOUND', 'MALFORMED_ID']);

const deleteResults = z.array(z.object({ success: z.boolean(), errors: z.array(z.unknown()).optional().default([]) }));

type Results = Map<string, SyncError | null>;

/** Only records of the objects that we pair: nothing else may ever be deleted by us. */
function toRecordId(id: string): string | null {
  const long = toLongId(id);
  return long !== null && Object.values(recordPrefixes).some((prefix) => long.startsWith(prefix)) ? long : null;
}

/** One call. Results come in the order of the ids. */
async function deleteSome(client: SalesforceClient, ids: readonly string[], spend: Spend): Promise<Results> {
  const path = `/composite/sobjects?ids=${ids.join(',')}&allOrNone=false`;
  const parsed = deleteResults.safeParse(await client.send({ method: 'DELETE', path }, spend));
  if (!parsed.success || parsed.data.length !== ids.length) {
    throw toLostError(new TypeError('the deletion was not answered record by record'));
  }
  const results: Results = new Map();
  for (const [index, id] of ids.entries()) {
    const { success, errors } = parsed.data[index] ?? { success: false, errors: [] };
    const stated = toVendorErrors(errors);
    const isDone = success || (stated.length > 0 && stated.every(({ code }) => goneCodes.has(code)));
    results.set(id, isDone ? null : toSyncErrorOf(stated, client.now()));
  }
  return results;
}

function notOurs(): SyncError {
  return new SyncError(
    'permanent',
    'salesforce_not_a_person',
    'The id is not that of a Lead, Contact, Account or Opportunity, so nothing was deleted.',
    { advice: 'Look at the id of the Salesforce record that the HubSpot record holds.' },
  );
}

/**
 * See `SalesforcePort.deleteRecords`. Nothing is thrown for a vendor's fault. Deleting is safe to repeat: a record that is gone already
 * counts as done, so an answer that was lost is settled by the next try.
 */
export async function deleteRecords(client: SalesforceClient, ids: readonly string[], spend: Spend): Promise<Results> {
  const given = new Map(ids.map((id) => [id, toRecordId(id)]));
  const wanted = [...new Set([...given.values()].filter((id) => id !== null))];
  const byLongId: Results = new Map();
  let stopped: SyncError | null = null;
  for (let start = 0; start < wanted.length; start += maxRecords) {
    const some = wanted.slice(start, start + maxRecords);
    try {
      if (stopped !== null) throw toUnsentError(stopped);
      for (const [id, result] of await deleteSome(client, some, spend)) {
        byLongId.set(id, result);
        if (result !== null) await client.pause(result);
      }
    } catch (thrown) {
      const error = toSyncError(thrown);
      stopped ??= error;
      for (const id of some) byLongId.set(id, error);
    }
  }
  return new Map([...given].map(([id, long]) => [id, long === null ? notOurs() : (byLongId.get(long) ?? null)]));
}
