import type { Finding } from '../domain/finding.ts';
import type { DealMapping, PipelineMapping, PipelinesMapping, RolesMapping } from '../domain/mapping/record-types.ts';
import { accountField, dealCompanyProperty } from '../domain/record.ts';
import { checkPipelines } from './check-pipelines.ts';
import { checkRoles } from './check-roles.ts';
import { compileRecords } from './compile-records.ts';
import { dealNames } from './record-names.ts';
import type { MappingFiles } from './schema.ts';
import type { YamlSource } from './yaml-source.ts';

type Deals = MappingFiles['deals'];

/** `deals.yaml`, whether it is switched on or not. */
export function compileDeals(
  source: YamlSource,
  file: Deals,
  owners: MappingFiles['owners'] | undefined,
  findings: Finding[],
): DealMapping {
  findings.push(...checkPipelines(source, file.pipelines), ...checkRoles(source, file.roles));
  const { field } = file.pipelines;
  const kind = {
    subject: 'deal',
    file: 'deals',
    object: 'Opportunity',
    names: dealNames(field),
    properties: ['dealname', 'pipeline', 'dealstage', 'closedate', 'amount', 'deal_currency_code', dealCompanyProperty],
    // CurrencyIsoCode exists in multi-currency orgs only: whoever reads adds it there.
    fields: ['Name', 'StageName', 'CloseDate', 'Amount', accountField, ...(field === null ? [] : [field])],
  } as const;
  return {
    ...compileRecords(source, file, owners, kind, findings),
    createInSalesforce: file.create_in_salesforce,
    createInHubSpot: file.create_in_hubspot,
    pipelines: compilePipelines(file.pipelines),
    amountRule: file.amount,
    orgCurrency: file.org_currency,
    closeDateDays: file.close_date_days,
    accountRule: file.account,
    roles: compileRoles(file.roles),
  };
}

function compilePipelines({ field, list, not_synced, rule, fallback }: Deals['pipelines']): PipelinesMapping {
  return {
    field,
    list: list.map(compilePipeline),
    ignoredPipelines: new Set(not_synced.pipelines),
    ignoredStages: new Set(not_synced.stages),
    ignoredValues: new Set(not_synced.values),
    ignoredStageNames: new Set(not_synced.stage_names),
    rule,
    fallback,
  };
}

function compilePipeline({
  hubspot,
  salesforce,
  stages,
  stages_back,
}: Deals['pipelines']['list'][number]): PipelineMapping {
  return {
    hubspot,
    salesforce,
    stages: new Map(Object.entries(stages)),
    stagesBack: backwards(stages, stages_back),
  };
}

function compileRoles({ rule, fallback, labels, labels_back, primary_label }: Deals['roles']): RolesMapping {
  return {
    rule,
    fallback,
    roles: new Map(Object.entries(labels)),
    labels: backwards(labels, labels_back),
    primaryLabel: primary_label,
  };
}

/** What is stated for the way back, else the map read backwards: one that is ambiguous is refused before. */
function backwards(
  there: Readonly<Record<string, string>>,
  back: Readonly<Record<string, string>>,
): ReadonlyMap<string, string> {
  return new Map([...Object.entries(there).map(([from, to]): [string, string] => [to, from]), ...Object.entries(back)]);
}
