import type { CompiledMapping } from '../domain/mapping/types.ts';
import type { Spend } from '../ports/budget.ts';
import type { DealPipeline, HubSpotPort } from '../ports/hubspot.ts';
import type { SalesFacts, SalesforceField, SalesforcePort } from '../ports/salesforce.ts';
import type { KindSchemas } from './live-schemas.ts';

/** What both CRMs say of deals besides their fields. */
export type SalesSchemas = {
  homeCurrency: string;
  /** In HubSpot's order; deleted ones are not among them. */
  pipelines: readonly DealPipeline[];
  sales: SalesFacts;
  /** Fields of OpportunityContactRole. */
  roleFields: readonly SalesforceField[];
  /** Labels of associations between deals and contacts; null: the mapping names none, so that nobody was asked. */
  labels: readonly string[] | null;
};

type CompanySchemas = KindSchemas & { kind: 'company' };
export type DealSchemas = KindSchemas & { kind: 'deal' } & SalesSchemas;

/** Null: the mapping has the kind off. */
export type RecordSchemas = {
  company: CompanySchemas | null;
  deal: DealSchemas | null;
};

export type RecordSchemasPorts = {
  hubspot: Pick<HubSpotPort, 'account' | 'properties' | 'dealPipelines' | 'associationLabels'>;
  salesforce: Pick<SalesforcePort, 'describe' | 'salesFacts'>;
};

/**
 * Reads what both CRMs offer of the kinds that are on.
 * @throws SyncError when one of the CRMs could not be asked
 */
export async function readRecordSchemas(
  ports: RecordSchemasPorts,
  mapping: CompiledMapping,
  spend: Spend,
): Promise<RecordSchemas> {
  const [company, deal] = await Promise.all([
    mapping.company.isOn ? readCompany(ports, spend) : null,
    mapping.deal.isOn ? readDeal(ports, mapping, spend) : null,
  ]);
  return { company, deal };
}

async function readCompany({ hubspot, salesforce }: RecordSchemasPorts, spend: Spend): Promise<CompanySchemas> {
  const [properties, Account] = await Promise.all([
    hubspot.properties('companies', spend),
    salesforce.describe('Account', spend, true),
  ]);
  return { kind: 'company', file: 'companies', properties, fields: { Account } };
}

async function readDeal(
  { hubspot, salesforce }: RecordSchemasPorts,
  { deal: { roles } }: CompiledMapping,
  spend: Spend,
): Promise<DealSchemas> {
  const namesLabels = roles.roles.size > 0 || roles.labels.size > 0 || roles.primaryLabel !== null;
  const [{ homeCurrency }, properties, pipelines, labels, Opportunity, roleFields, sales] = await Promise.all([
    hubspot.account(spend),
    hubspot.properties('deals', spend),
    hubspot.dealPipelines(spend),
    namesLabels ? hubspot.associationLabels('deals', 'contacts', spend) : null,
    salesforce.describe('Opportunity', spend, true),
    salesforce.describe('OpportunityContactRole', spend, true),
    salesforce.salesFacts(spend, { withPicklists: true }),
  ]);
  const schemas = { kind: 'deal', file: 'deals', properties, fields: { Opportunity } } as const;
  return { ...schemas, homeCurrency, pipelines, labels, roleFields, sales };
}
