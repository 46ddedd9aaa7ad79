import type { DealFacts } from '../domain/records/types.ts';
import type { Spend } from '../ports/budget.ts';
import type { DealPipeline, HubSpotPort, HubSpotProperty } from '../ports/hubspot.ts';
import type { SalesFacts, SalesforcePort } from '../ports/salesforce.ts';

export type DealFactsPorts = {
  hubspot: Pick<HubSpotPort, 'account' | 'properties' | 'dealPipelines'>;
  salesforce: Pick<SalesforcePort, 'salesFacts'>;
};

/** HubSpot's property of a deal's currency; its options are the currencies of the account. */
const currencyProperty = 'deal_currency_code';

/**
 * Reads what of both CRMs decides about deals: pipelines, stages, record types, currencies and the account's time zone.
 * @throws SyncError when one of the CRMs could not be asked
 */
export async function readDealFacts({ hubspot, salesforce }: DealFactsPorts, spend: Spend): Promise<DealFacts> {
  const [{ timeZone, homeCurrency }, properties, pipelines, sales] = await Promise.all([
    hubspot.account(spend),
    hubspot.properties('deals', spend),
    hubspot.dealPipelines(spend),
    salesforce.salesFacts(spend),
  ]);
  return {
    timeZone,
    homeCurrency,
    hubspotCurrencies: new Set([homeCurrency, ...codesOf(properties)]),
    orgCurrencies: toOrgCurrencies(sales),
    pipelines: new Map(pipelines.map((pipeline) => [pipeline.id, toPipeline(pipeline)])),
    stages: new Map(sales.stages.map(({ name, ...flags }) => [name, flags])),
    recordTypes: new Map(
      sales.recordTypes.filter(({ isAvailable }) => isAvailable).map(({ developerName, id }) => [developerName, id]),
    ),
  };
}

function codesOf(properties: readonly HubSpotProperty[]): string[] {
  const property = properties.find(({ name }) => name === currencyProperty);
  return (property?.options ?? []).map(({ value }) => value);
}

function toOrgCurrencies({ currencies }: SalesFacts): ReadonlySet<string> | null {
  if (currencies === null) return null;
  return new Set(currencies.filter(({ isActive }) => isActive).map(({ code }) => code));
}

/** A probability of 1 is won, of 0 lost: HubSpot's own rule for a closed stage. */
function toPipeline({ label, stages }: DealPipeline) {
  return {
    label,
    stages: new Map(
      stages.map((stage) => {
        const probability = stage.probability.trim() === '' ? Number.NaN : Number(stage.probability);
        const isWon = probability === 1;
        return [stage.id, { label: stage.label, isClosed: isWon || probability === 0, isWon }] as const;
      }),
    ),
  };
}
