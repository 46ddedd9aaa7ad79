import type { Finding } from '../domain/finding.ts';
import type { CompiledMapping } from '../domain/mapping/types.ts';
import { toSyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { HubSpotPort } from '../ports/hubspot.ts';
import type { SalesforcePort } from '../ports/salesforce.ts';
import { compareSchemas } from './compare-schemas.ts';

export type CheckPorts = {
  hubspot: Pick<HubSpotPort, 'account' | 'properties'>;
  salesforce: Pick<SalesforcePort, 'identity' | 'describe' | 'users'>;
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
  return compareSchemas(mapping, { properties: hubspot.value, ...salesforce.value });
}
