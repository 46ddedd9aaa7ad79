import type { Finding } from '../domain/finding.ts';
import type { CompiledMapping } from '../domain/mapping/types.ts';
import { type SyncError, toSyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { ClockWatch } from '../ports/clock.ts';
import type { HubSpotPort } from '../ports/hubspot.ts';
import type { SalesforcePort } from '../ports/salesforce.ts';
import { compareClocks } from './check/compare-clocks.ts';
import { type CallSettings, compareLimits } from './check/compare-limits.ts';
import { compareOrgRules } from './check/compare-org-rules.ts';
import { compareRights } from './check/compare-rights.ts';
import { nowhere } from './check/finding-at.ts';
import { readSurroundings, type Surroundings, type SurroundingsPorts } from './check/surroundings.ts';
import type { LiveSchemas } from './check/take-snapshot.ts';
import { comparePipelines } from './compare-pipelines.ts';
import { compareRecordTypes } from './compare-record-types.ts';
import { compareRecords } from './compare-records.ts';
import { compareCurrencies, compareDealRoles } from './compare-roles-and-money.ts';
import { compareSchemas } from './compare-schemas.ts';
import { compareStageNames } from './compare-stage-names.ts';
import type { Schemas } from './live-schemas.ts';
import { type DealSchemas, type RecordSchemas, type RecordSchemasPorts, readRecordSchemas } from './record-schemas.ts';

export type CheckPorts = {
  hubspot: Pick<HubSpotPort, 'account' | 'properties'> & RecordSchemasPorts['hubspot'] & SurroundingsPorts['hubspot'];
  salesforce: Pick<SalesforcePort, 'identity' | 'describe' | 'users'> &
    RecordSchemasPorts['salesforce'] &
    SurroundingsPorts['salesforce'];
  /** Absent: nobody listens to the CRMs' clocks. */
  clocks?: Pick<ClockWatch, 'ahead'>;
};

/** What a look at both CRMs came to. `live` null: one of them could not be asked, `fault` says why, and nothing is said of the mapping. */
export type CrmLook = {
  findings: readonly Finding[];
  live: LiveSchemas | null;
  fault: SyncError | null;
};

const spend: Spend = { priority: 2, prepaid: 0 };

/** A fault that keeps a system from being asked, as one finding. */
export function toFinding(system: string, thrown: unknown): Finding {
  const { code, message, detail } = toSyncError(thrown);
  return {
    severity: 'error',
    code,
    ...nowhere,
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

/** `handoff check` without `--offline`: the credentials of both CRMs, then the mapping against what both have. Never throws. */
export async function checkCrms(
  ports: CheckPorts,
  mapping: CompiledMapping,
  settings: CallSettings | null = null,
): Promise<readonly Finding[]> {
  return (await lookAtBoth(ports, mapping, settings)).findings;
}

/**
 * The same for who tells a CRM that does not answer from one that does not fit. Never throws.
 * @param settings null: nothing is said of budgets
 */
export async function lookAtBoth(
  ports: CheckPorts,
  mapping: CompiledMapping,
  settings: CallSettings | null,
): Promise<CrmLook> {
  const [hubspot, salesforce] = await Promise.allSettled([readHubSpot(ports), readSalesforce(ports)]);
  if (hubspot.status === 'rejected' || salesforce.status === 'rejected') {
    const faults = [
      ...(hubspot.status === 'rejected' ? [['HubSpot', hubspot.reason] as const] : []),
      ...(salesforce.status === 'rejected' ? [['Salesforce', salesforce.reason] as const] : []),
    ];
    return unasked(faults);
  }
  const contacts: Schemas = { properties: hubspot.value, ...salesforce.value };
  const [records, surroundings] = await Promise.all([
    readRecordSchemas(ports, mapping, spend).catch(toSyncError),
    readSurroundings(ports, mapping, spend),
  ]);
  const around = aroundOf(surroundings, ports, mapping, settings);
  if (records instanceof Error) {
    const { findings, ...rest } = unasked([['Companies and deals', records]]);
    return { ...rest, findings: [...compareSchemas(mapping, contacts), ...findings, ...around] };
  }
  const findings = [...compareSchemas(mapping, contacts), ...compareAllRecords(records, mapping), ...around];
  return { findings, live: { contacts, records }, fault: null };
}

function unasked(faults: readonly (readonly [system: string, thrown: unknown])[]): CrmLook {
  const findings = faults.map(([system, thrown]) => toFinding(system, thrown));
  return { findings, live: null, fault: toSyncError(faults[0]?.[1]) };
}

function aroundOf(
  surroundings: Surroundings,
  { clocks }: CheckPorts,
  mapping: CompiledMapping,
  settings: CallSettings | null,
): Finding[] {
  return [
    ...compareRights(surroundings, mapping),
    ...compareOrgRules(surroundings, mapping),
    ...(settings === null ? [] : compareLimits(surroundings, settings)),
    ...(clocks === undefined ? [] : compareClocks(clocks.ahead())),
  ];
}

/** The mapping of companies and deals against what both CRMs have of them. Pure. */
export function compareAllRecords({ company, deal }: RecordSchemas, mapping: CompiledMapping): Finding[] {
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
