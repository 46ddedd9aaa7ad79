import type { FieldChange } from '../../domain/plan/types.ts';
import { personIdProperty } from '../../domain/record.ts';
import type { PersonWriteRequest, PersonWriteResult } from '../../ports/salesforce.ts';
import type { Batch } from './batch.ts';
import type { DrainDependencies } from './dependencies.ts';
import { holdLease } from './hold-lease.ts';
import type { Look, ReservedLook } from './look.ts';

/** Salesforce takes this many records per collection: a larger wave goes through an upload job. */
export const personsPerWrite = 200;

/**
 * A claim of background work with more creates than this has them written by one upload job of Bulk API 2.0. Below it a job saves no calls.
 * @see docs/decisions/0027-bulk-api.md
 */
const defaultBulkCreatesAbove = 2_000;

/** So old that it is read again before it is written by, and not so old that it is given up. */
const comparedAgainMs = 40_000;

/** Only creates: they overwrite nothing, so that it does no harm when Salesforce gets to them minutes after the look. */
function isCreate({ plan }: ReservedLook): boolean {
  return plan.write?.operation === 'create';
}

/** The creates that an upload job is worth; none where ordinary calls write them all. */
export function createsForJob(
  { bulkCreatesAbove = defaultBulkCreatesAbove }: Pick<DrainDependencies, 'bulkCreatesAbove'>,
  { isBackground = false }: Pick<Batch, 'isBackground'>,
  looks: readonly ReservedLook[],
): readonly ReservedLook[] {
  const creates = looks.filter(isCreate);
  return isBackground && creates.length > Math.max(bulkCreatesAbove, personsPerWrite) ? creates : [];
}

/** Writes a wave: by a call, or by a job where it is larger than a call. The lease is renewed while the job is waited for. */
export async function sendPersons(
  dependencies: DrainDependencies,
  batch: Batch,
  requests: readonly PersonWriteRequest[],
): Promise<ReadonlyMap<string, PersonWriteResult>> {
  if (requests.length === 0) return new Map();
  const { salesforce, mapping } = dependencies;
  const { assignmentRule, allowDuplicates, salesforceFields: readBack } = mapping.contact;
  const options = { assignmentRule, allowDuplicates, readBack };
  if (requests.length <= personsPerWrite) return await salesforce.writePersons(requests, options, batch.spend);
  const keepAlive = async () => {
    await holdLease(dependencies, batch);
  };
  return await salesforce.bulkWritePersons(requests, { ...options, keepAlive, signal: batch.signal }, batch.spend);
}

/**
 * A look whose person was written by a job of minutes. Our own id in HubSpot overwrites nobody's value; whatever else is to be written there
 * is compared once more, rather than looked at from the start.
 * @param changes what is to be written to the contact
 */
export function afterJob<Kind extends Look>(
  { clock }: DrainDependencies,
  look: Kind,
  changes: readonly FieldChange[],
): Kind {
  const isOurs = changes.every(({ field }) => field === personIdProperty);
  return { ...look, readAtMs: clock.now() - (isOurs ? 0 : comparedAgainMs) };
}
