import { decimalOf } from '../mapping/decimal.ts';
import type { DealMapping } from '../mapping/record-types.ts';
import type { Conversion, FieldFacts, MappedField } from '../mapping/types.ts';
import type { FieldValue } from '../record.ts';
import type { DealFacts } from './types.ts';

/** Amount and currency are decided together. */
export const moneyUnit = 'Amount';

export const currencyField = 'CurrencyIsoCode';

export type MoneyContext = {
  mapping: Pick<DealMapping, 'amountRule' | 'orgCurrency'>;
  facts: Pick<DealFacts, 'homeCurrency' | 'hubspotCurrencies' | 'orgCurrencies'>;
  /** What the org says of `Amount`, where it is known. */
  amount: FieldFacts | undefined;
};

type Properties = Readonly<Record<string, string | null>>;
type Fault = Extract<Conversion, { kind: 'fault' }>;

/**
 * Amount, and the currency where the org has several, as mapped fields. Amounts are decimal texts from end to end: never rounded, never
 * converted to another currency.
 */
export function moneyFields(context: MoneyContext, properties: Properties): MappedField[] {
  const amount = amountField(context, properties);
  return context.facts.orgCurrencies === null ? [amount] : [amount, currencyOf(context)];
}

function amountField(context: MoneyContext, properties: Properties): MappedField {
  return {
    ...unitOf(context),
    hubspot: 'amount',
    salesforce: { Opportunity: 'Amount' },
    convert: (current) => notCarried(context, current) ?? toAmount(current.amount ?? '', context.amount),
    // An amount of the org means nothing in a deal whose currency the org does not have.
    convertBack: (held) => notCarried(context, properties) ?? { kind: 'value', value: decimalText(held) },
  };
}

function currencyOf(context: MoneyContext): MappedField {
  const { homeCurrency, hubspotCurrencies, orgCurrencies } = context.facts;
  return {
    ...unitOf(context),
    hubspot: 'deal_currency_code',
    salesforce: { Opportunity: currencyField },
    convert: (properties) => {
      const code = codeOf(properties, homeCurrency);
      return orgCurrencies?.has(code) ? { kind: 'value', value: code } : inactive(code, orgCurrencies ?? new Set());
    },
    convertBack: (held) => {
      const code = String(held ?? '');
      return code === '' || hubspotCurrencies.has(code)
        ? { kind: 'value', value: code === '' ? null : code }
        : unknownToHubSpot(code, hubspotCurrencies);
    },
  };
}

function unitOf({ mapping: { amountRule } }: MoneyContext) {
  return {
    rule: { before: amountRule.rule, after: amountRule.rule },
    empty: 'clear',
    unit: moneyUnit,
    values: null,
    isTransformed: false,
    hasWayBack: true,
    fallback: amountRule.fallback,
  } as const satisfies Partial<MappedField>;
}

/** The currency that an org with one has, as far as anybody said. */
export function orgCurrencyOf({ mapping, facts }: Pick<MoneyContext, 'mapping' | 'facts'>): string {
  return mapping.orgCurrency ?? facts.homeCurrency;
}

/** A deal in another currency than the only one of the org. */
function notCarried(context: MoneyContext, properties: Properties): Fault | null {
  const { homeCurrency, orgCurrencies } = context.facts;
  const code = codeOf(properties, homeCurrency);
  const ours = orgCurrencyOf(context);
  if (orgCurrencies !== null || code === ours) return null;
  return {
    kind: 'fault',
    code: 'currency_not_carried',
    message: `The deal is in ${code}, and Salesforce has ${ours} alone: amounts are never converted.`,
    advice: `Give the deal in ${ours}, activate multiple currencies in Salesforce, or set "org_currency" in deals.yaml if ${ours} is not the currency of the org.`,
  };
}

function codeOf({ deal_currency_code: code }: Properties, homeCurrency: string): string {
  return code?.trim().toUpperCase() || homeCurrency;
}

function toAmount(text: string, facts: FieldFacts | undefined): Conversion {
  if (text.trim() === '') return { kind: 'value', value: null };
  const decimal = decimalOf(text.trim());
  if (decimal === null) return amountInvalid;
  const [whole = '', fraction = ''] = decimal.replace('-', '').split('.');
  const scale = facts?.scale ?? 2;
  const digits = (facts?.precision ?? 18) - scale;
  if (whole.length > digits) return amountTooLarge(digits);
  return fraction.length > scale ? amountTooPrecise(scale) : { kind: 'value', value: decimal };
}

const amountInvalid: Fault = {
  kind: 'fault',
  code: 'amount_invalid',
  message: "The deal's amount is not a number.",
  advice: 'Correct the amount of the deal in HubSpot.',
};

function amountTooLarge(digits: number): Fault {
  return {
    kind: 'fault',
    code: 'amount_too_large',
    message: `The deal's amount has more than the ${digits} digits before the point that Salesforce keeps.`,
    advice: 'Correct the amount of the deal in HubSpot.',
  };
}

function amountTooPrecise(scale: number): Fault {
  return {
    kind: 'fault',
    code: 'amount_too_precise',
    message: `The deal's amount has more than the ${scale} decimals that Salesforce keeps, and amounts are never rounded by us.`,
    advice: 'Round the amount of the deal in HubSpot, or give the field in Salesforce more decimals.',
  };
}

/** Salesforce's amount to the digit, as HubSpot writes it. */
function decimalText(held: FieldValue): string | null {
  return held === null || held === '' ? null : (decimalOf(String(held)) ?? String(held));
}

function inactive(code: string, active: ReadonlySet<string>): Fault {
  return {
    kind: 'fault',
    code: 'currency_inactive',
    message: `The deal is in ${code}, which is no active currency in Salesforce; active are ${[...active].join(', ')}.`,
    advice: `Activate ${code} in Salesforce, or give the deal in an active currency.`,
  };
}

/** @param known codes that HubSpot knows */
export function unknownToHubSpot(code: string, known: ReadonlySet<string>): Fault {
  return {
    kind: 'fault',
    code: 'currency_not_carried',
    message: `The Opportunity is in ${code}, which the HubSpot account does not know; it knows ${[...known].join(', ')}.`,
    advice: `Add ${code} to the currencies of the HubSpot account, or give the Opportunity in another currency.`,
  };
}
