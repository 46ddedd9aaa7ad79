import { type Doomed, deleteMade, deletesMade } from '../drain/delete-made.ts';
import { withReverts } from '../drain/revert-results.ts';
import { settleMerges } from '../drain/settle-merges.ts';
import { archiveRecords } from './archive-records.ts';
import type { RecordDependencies } from './dependencies.ts';
import type { KindNames } from './kinds.ts';
import { planRecords } from './plan-records.ts';
import { readRecords } from './read-records.ts';
import type { PlannedRecord, RecordBatch } from './record-look.ts';
import { settledRecord } from './record-results.ts';
import { reserveRecords } from './reserve-records.ts';
import { settleGoneRecords } from './settle-gone-records.ts';
import { writeCounterparts } from './write-counterparts.ts';
import { writeHubSpotRecords } from './write-hubspot-records.ts';

/** Salesforce takes this many records per collection. */
const recordsPerWrite = 200;

/**
 * Takes one claim of companies or deals from reading to settling: read HubSpot, find the counterparts and what the ledger knows around them,
 * plan each, commit intents, write Salesforce, commit, write HubSpot, commit. Each record has its own outcome.
 * @throws SyncError only when the ledger cannot be reached; the lease then runs out and the records are looked at again
 */
export async function syncRecords(given: RecordDependencies, batch: RecordBatch, names: KindNames): Promise<void> {
  const { dependencies, tell } = withReverts(given, batch.claim);
  const { ledger, mappingVersion, observe } = dependencies;
  const of = { system: 'hubspot', object: names.kind } as const;
  const read = await readRecords(dependencies, batch, names);
  const looks = await settleMerges(dependencies, {
    ...read,
    token: batch.claim.token,
    of,
    recordOf: ({ record }) => record,
  });
  const { planned, failed } = await planRecords(dependencies, batch, names, looks);
  for (const { claimed, plan } of planned) tell(claimed.recordId, plan.revert);
  const doomed = observe ? [] : planned.filter(({ plan }) => deletesMade(plan.revert));
  const toWrite = observe ? [] : planned.filter((look) => !doomed.includes(look) && leadsToAWrite(look));
  const decided = planned.filter((look) => !toWrite.includes(look) && !doomed.includes(look));
  const results = [...failed, ...decided.map((look) => settledRecord(names, look, observe && leadsToAWrite(look)))];
  if (results.length > 0) await ledger.commit(batch.claim.token, mappingVersion, results, of);
  await settleGoneRecords(dependencies, batch, names, read.gone);
  await deleteMade(dependencies, batch, of, doomed.map(toDoomed));
  if (toWrite.length === 0) return;
  if (batch.signal.aborted) return ledger.release(batch.claim.token);

  const reserved = await reserveRecords(dependencies, batch, names, toWrite);
  const archived = reserved.filter(({ plan }) => plan.archives);
  await archiveRecords(dependencies, batch, names, archived);
  const written = reserved.filter(({ plan }) => !plan.archives);
  for (let start = 0; start < written.length; start += recordsPerWrite) {
    const wave = written.slice(start, start + recordsPerWrite);
    await writeHubSpotRecords(dependencies, batch, names, await writeCounterparts(dependencies, batch, names, wave));
  }
}

function toDoomed({ claimed, record, plan, readAtMs }: PlannedRecord): Doomed {
  return { claimed, hubspotIds: [record.id, ...record.mergedIds], counterpart: plan.counterpart, readAtMs };
}

/** A problem may stand beside writes: what it forbids, the plan does not hold. */
function leadsToAWrite({ plan, claimed }: PlannedRecord): boolean {
  const { write, changes, linkBack, counterpart, archives } = plan;
  const newlyPaired = counterpart !== null && claimed.pair?.person?.id !== counterpart.id;
  return write !== null || changes.length > 0 || linkBack || newlyPaired || archives;
}
