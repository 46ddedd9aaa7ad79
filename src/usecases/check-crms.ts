import type { Finding } from '../domain/finding.ts';
import type { CompiledMapping } from '../domain/mapping/types.ts';
import { toSyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { HubSpotPort } from '../ports/hubspot.ts';
import type { SalesforcePort } from '../ports/salesforce.ts';
import { comparePipelines } from './compare-pipelines.ts';
import { compareRecordTypes } from './compare-record-types.ts';
import { compareRecords } from './compare-records.ts';
import { compareCurrencies, compareDealRoles } from './compare-roles-and-money.ts';
import { compareSchemas } from './compare-schemas.ts';
import { compareStageNames } from './compare-stage-names.ts';
import { type DealSchemas, type RecordSchemasPorts, readRecordSchemas } from './record-schemas.ts';

export type CheckPorts = {
  hubspot: Pick<HubSpotPort, 'account' | 'properties'> & RecordSchemasPorts['hubspot'];
  salesforce: Pick<SalesforcePort, 'identity' | 'describe' | 'users'> & RecordSchemasPorts['salesforce'];
};

const spend: Spend = { priority: 2, prepaid: 0 };

/** A fault that keeps a system from being asked, as one finding. */
export function toFinding(system: string, thrown: unknown): Finding {
  const { code, message, detail } = toSyncError(thrown);
  return {
    severity: 'error',
    code,
    file: '',
    line: 0,
    column: 0,
    what: `${system}: ${message}`,
    why: 'Nothing can be synced while this stands.',
    fix: detail.advice ?? 'See docs/errors.md.',
  };
}

async function readHubSpot({ hubspot }: CheckPorts) {
  await hubspot.account(spend);
  return await hubspot.properties('contacts', spend);
}

async function readSalesforce({ salesforce }: CheckPorts) {
  await salesforce.identity(spend);
  const [Lead, Contact, users] = await Promise.all([
    salesforce.describe('Lead', spend, true),
    salesforce.describe('Contact', spend, true),
    salesforce.users(spend),
  ]);
  return { fields: { Lead, Contact }, users };
}

/** `handoff check` without `--offline`: the credentials of both CRMs, then the mapping against both live schemas. Never throws. */
export async function checkCrms(ports: CheckPorts, mapping: CompiledMapping): Promise<readonly Finding[]> {
  const [hubspot, salesforce] = await Promise.allSettled([readHubSpot(ports), readSalesforce(ports)]);
  const faults = [
    ...(hubspot.status === 'rejected' ? [toFinding('HubSpot', hubspot.reason)] : []),
    ...(salesforce.status === 'rejected' ? [toFinding('Salesforce', salesforce.reason)] : []),
  ];
  if (hubspot.status === 'rejected' || salesforce.status === 'rejected') return faults;
  const contacts = compareSchemas(mapping, { properties: hubspot.value, ...salesforce.value });
  return [...contacts, ...(await checkRecords(ports, mapping))];
}

/** What `checkCrms` finds about companies and deals, as far as the mapping has them on. Never throws. */
export async function checkRecords(ports: RecordSchemasPorts, mapping: CompiledMapping): Promise<readonly Finding[]> {
  try {
    return await compareBoth(ports, mapping);
  } catch (thrown) {
    return [toFinding('Companies and deals', thrown)];
  }
}

/**
 * The same for who tells a CRM that does not answer from one that does not fit.
 * @throws SyncError when one of the CRMs could not be asked
 */
export async function compareBoth(ports: RecordSchemasPorts, mapping: CompiledMapping): Promise<readonly Finding[]> {
  const { company, deal } = await readRecordSchemas(ports, mapping, spend);
  return [
    ...(company === null ? [] : compareRecords(company, mapping)),
    ...(deal === null ? [] : compareDeals(deal, mapping)),
  ];
}

function compareDeals(deal: DealSchemas, mapping: CompiledMapping): Finding[] {
  return [
    ...compareRecords(deal, mapping),
    ...comparePipelines(deal, mapping),
    ...compareStageNames(deal, mapping),
    ...compareRecordTypes(deal, mapping),
    ...compareDealRoles(deal, mapping),
    ...compareCurrencies(deal, mapping),
  ];
}
