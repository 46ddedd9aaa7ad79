import type { SyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { BulkWriteOptions, PersonWriteRequest, PersonWriteResult } from '../ports/salesforce.ts';
import { type IngestOutcome, runIngest } from './bulk-ingest.ts';
import { toBulkUploads } from './bulk-upload.ts';
import type { SalesforceClient } from './client.ts';
import { rowFor } from './errors.ts';
import { readBack, toReadBackStatements, toWritten } from './person-read-back.ts';
import { separateTwins, writePersons } from './write.ts';

/** How many persons one call of collections takes. */
const PER_CALL = 200;

/**
 * Refusals that ordinary calls know more of: only there a header lets pass what a duplicate rule alerts to, and the answer names the
 * duplicates; and only there the guilty can be parted from those who share their transaction.
 */
const betterByCalls: ReadonlySet<string> = new Set(
  ['DUPLICATES_DETECTED', 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY'].map((code) => rowFor(code).code),
);

type Scope = { client: SalesforceClient; spend: Spend };
type Written = { write: PersonWriteRequest; id: string; created: boolean };
type Sorted = { written: Written[]; failed: Map<string, SyncError>; again: PersonWriteRequest[] };

/** A create may be sent again at any time: it finds its record by the external id. An update would be minutes old. */
function sortOut(outcomes: readonly IngestOutcome[]): Sorted {
  const sorted: Sorted = { written: [], failed: new Map(), again: [] };
  for (const outcome of outcomes) {
    const { write } = outcome;
    const isCreate = write.operation === 'create';
    if ('id' in outcome) sorted.written.push(outcome);
    else if ('undone' in outcome) {
      if (isCreate || outcome.isFresh) sorted.again.push(write);
      else sorted.failed.set(write.contactId, outcome.undone);
    } else if (isCreate && betterByCalls.has(outcome.error.code)) sorted.again.push(write);
    else sorted.failed.set(write.contactId, outcome.error);
  }
  return sorted;
}

async function writeByCalls(
  { client, spend }: Scope,
  writes: readonly PersonWriteRequest[],
  options: BulkWriteOptions,
  results: Map<string, PersonWriteResult>,
): Promise<void> {
  for (let start = 0; start < writes.length; start += PER_CALL) {
    await options.keepAlive();
    const part = await writePersons(client, writes.slice(start, start + PER_CALL), options, spend);
    for (const [contactId, result] of part) results.set(contactId, result);
  }
}

/** See `SalesforcePort.bulkWritePersons`. */
export async function bulkWritePersons(
  scope: Scope,
  writes: readonly PersonWriteRequest[],
  options: BulkWriteOptions,
): Promise<Map<string, PersonWriteResult>> {
  const { client, spend } = scope;
  const results = new Map<string, PersonWriteResult>();
  const { uploads, rest } = toBulkUploads(separateTwins(writes, results));
  await writeByCalls(scope, rest, options, results);
  for (const upload of uploads) {
    const { written, failed, again } = sortOut(await runIngest({ client, options, spend }, upload));
    const pausing = [...failed.values()].find(({ detail }) => detail.pausesConnection === true);
    if (pausing !== undefined) await client.pause(pausing);
    for (const [contactId, error] of failed) results.set(contactId, { ok: false, error });
    await options.keepAlive();
    const statements = toReadBackStatements(
      written.map(({ write }) => write),
      options,
    );
    const rows = await readBack(client, [], statements, spend);
    for (const each of written) results.set(each.write.contactId, toWritten(each.write, each, rows, options));
    await writeByCalls(scope, again, options, results);
  }
  return results;
}
