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
    hubspotCurrencies: new Set(currenciesOf(properties, homeCurrency)),
    orgCurrencies: toOrgCurrencies(sales),
    pipelines: new Map(pipelines.map((pipeline) => [pipeline.id, toPipeline(pipeline)])),
    stages: new Map(sales.stages.map(({ name, ...flags }) => [name, flags])),
    recordTypes: new Map(
      sales.recordTypes.filter(({ isAvailable }) => isAvailable).map(({ developerName, id }) => [developerName, id]),
    ),
  };
}

/** The codes of the HubSpot account's currencies, its home currency first. */
export function currenciesOf(properties: readonly HubSpotProperty[], homeCurrency: string): string[] {
  const options = properties.find(({ name }) => name === currencyProperty)?.options ?? [];
  return [...new Set([homeCurrency, ...options.map(({ value }) => value)])];
}

/** A probability of 1 is won, of 0 lost: HubSpot's own rule for a closed stage. One that says nothing is open. */
export function endOfStage(probability: string): 'won' | 'lost' | 'open' {
  const number = probability.trim() === '' ? Number.NaN : Number(probability);
  return number === 1 ? 'won' : number === 0 ? 'lost' : 'open';
}

function toOrgCurrencies({ currencies }: SalesFacts): ReadonlySet<string> | null {
  if (currencies === null) return null;
  return new Set(currencies.filter(({ isActive }) => isActive).map(({ code }) => code));
}

function toPipeline({ label, stages }: DealPipeline) {
  return {
    label,
    stages: new Map(
      stages.map((stage) => {
        const end = endOfStage(stage.probability);
        return [stage.id, { label: stage.label, isClosed: end !== 'open', isWon: end === 'won' }] as const;
      }),
    ),
  };
}
