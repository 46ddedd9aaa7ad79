import type { CounterpartObject, SalesforceRecord } from '../../domain/record.ts';
import { companyOfAccount, dealOfOpportunity } from '../../domain/records/births.ts';
import { SyncError } from '../../errors.ts';
import type { Decision, RecordResult } from '../../ports/ledger-result.ts';
import { type Birth, createBorn } from '../create-born.ts';
import type { OrgFacts } from '../drain/dependencies.ts';
import { doneResult, endOf, faultResult } from '../drain/results.ts';
import { kindOfObject } from '../drain-records/kinds.ts';
import type { RecordBatch } from '../drain-records/record-look.ts';
import { toVendorFault } from '../vendor-fault.ts';
import type { CounterpartDependencies } from './dependencies.ts';
import { markOfRecord } from './settle-counterparts.ts';

export type BirthLook = {
  claimed: RecordBatch['claim']['records'][number];
  record: SalesforceRecord;
  decision: Decision;
};

/** Creates the companies or deals of these Accounts or Opportunities in HubSpot, as `createBorn` does it; what HubSpot could not hold is a failure. */
export async function createRecords(
  dependencies: CounterpartDependencies,
  batch: RecordBatch,
  object: CounterpartObject,
  looks: readonly BirthLook[],
): Promise<void> {
  const { ledger, mappingVersion, facts, clock } = dependencies;
  const of = { system: 'salesforce', object } as const;
  const orgFacts = await facts(batch.spend).then(forRecords).catch(toVendorFault);
  if (orgFacts instanceof SyncError) {
    const results = looks.map(({ claimed }) => faultResult(claimed, orgFacts, clock));
    await ledger.commit(batch.claim.token, mappingVersion, results, of);
    return;
  }
  const births: Birth[] = [];
  const failed: RecordResult[] = [];
  for (const { claimed, record, decision } of looks) {
    const born = bornOf(dependencies, object, record, orgFacts);
    if (born.problem === null) births.push({ claimed, recordId: record.id, changes: born.changes, decision });
    else failed.push({ ...doneResult(claimed, decision), ...endOf({ problem: born.problem, intents: [] }) });
  }
  if (failed.length > 0) await ledger.commit(batch.claim.token, mappingVersion, failed, of);
  if (births.length === 0) return;
  const { type, property } = kindOfObject(object);
  const markOf = (recordId: string) => markOfRecord(object, recordId);
  await createBorn(dependencies, batch, { object, type, property, markOf }, births);
}

/** @throws SyncError where what companies and deals need could not be read */
export function forRecords(facts: OrgFacts): OrgFacts {
  if (facts.recordFault !== null) throw facts.recordFault;
  return facts;
}

/** What the record that is created for it begins with; or why it cannot be. */
export function bornOf(
  { mapping }: Pick<CounterpartDependencies, 'mapping'>,
  object: CounterpartObject,
  record: SalesforceRecord,
  { owners, fieldFacts, deal }: OrgFacts,
) {
  if (object === 'Account') return companyOfAccount(record, { mapping: mapping.company, owners, fieldFacts });
  if (deal === null) throw new Error('deals are created without what they need');
  return dealOfOpportunity(record, { mapping: mapping.deal, owners, fieldFacts, facts: deal });
}
