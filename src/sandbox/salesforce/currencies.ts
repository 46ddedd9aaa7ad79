import { defineField, READ_ONLY, reference, text } from './field-kit.ts';
import type { Org } from './org.ts';
import type { FieldDefinition, PicklistValue, SfRecord } from './types.ts';

/** A row of `CurrencyType`; `conversionRate` is how much of it one unit of the corporate currency buys. */
export type Currency = {
  isoCode: string;
  isActive?: boolean;
  isCorporate?: boolean;
  conversionRate?: number;
  decimalPlaces?: number;
};

/** What the org counts in: one currency, or, once switched on for good, several. */
export type CurrencyState = { isMulti: boolean; isoCode: string };

const OBJECTS_WITH_CURRENCY = ['Lead', 'Contact', 'Account', 'Opportunity', 'OpportunityContactRole'];

/** Source: Object Reference, CurrencyType: only for orgs with multiple currencies. */
export function currencyTypeFields(): FieldDefinition[] {
  return [
    defineField('Id', 'id', READ_ONLY),
    text('IsoCode', 3, READ_ONLY),
    defineField('IsActive', 'boolean', READ_ONLY),
    defineField('IsCorporate', 'boolean', READ_ONLY),
    defineField('ConversionRate', 'double', { ...READ_ONLY, precision: 18, scale: 6 }),
    defineField('DecimalPlaces', 'int', READ_ONLY),
    reference('CreatedById', ['User'], 'CreatedBy', READ_ONLY),
    defineField('SystemModstamp', 'datetime', READ_ONLY),
  ];
}

/**
 * Switches multiple currencies on, or replaces their list: CurrencyType can be queried, records carry CurrencyIsoCode, and those that are there
 * already count in the corporate currency. `userCurrency` is the default of the integration user. Throws without exactly one corporate currency.
 */
export function setCurrencies(org: Org, currencies: readonly Currency[], userCurrency?: string): void {
  const [corporate, ...more] = currencies.filter(({ isCorporate }) => isCorporate === true);
  if (corporate === undefined || more.length > 0) throw new Error('one currency is the corporate one');
  for (const { Id } of [...org.store.all('CurrencyType')]) org.store.remove('CurrencyType', Id);
  for (const currency of currencies) org.store.put('CurrencyType', toRow(org, currency));
  org.currency = { isMulti: true, isoCode: corporate.isoCode };
  org.schema.setHidden('CurrencyType', false);
  const picklist = currencies.map(
    ({ isoCode, isActive }): PicklistValue => ({
      value: isoCode,
      label: isoCode,
      active: isActive ?? true,
      defaultValue: false,
    }),
  );
  for (const type of OBJECTS_WITH_CURRENCY) addCurrencyField(org, type, 'CurrencyIsoCode', picklist);
  addCurrencyField(org, 'User', 'DefaultCurrencyIsoCode', picklist);
  const user = org.store.get('User', org.runAsUserId);
  if (user !== undefined && userCurrency !== undefined) {
    org.store.put('User', { ...user, DefaultCurrencyIsoCode: userCurrency });
  }
}

function toRow(org: Org, currency: Currency): SfRecord {
  return {
    Id: org.store.nextId('CurrencyType'),
    IsoCode: currency.isoCode,
    IsActive: currency.isActive ?? true,
    IsCorporate: currency.isCorporate ?? false,
    ConversionRate: currency.conversionRate ?? 1,
    DecimalPlaces: currency.decimalPlaces ?? 2,
    CreatedById: org.runAsUserId,
  };
}

function addCurrencyField(org: Org, type: string, name: string, picklist: PicklistValue[]): void {
  org.schema.addField(
    type,
    defineField(name, 'picklist', { length: 3, picklist, isRestricted: true, hasDefault: true }),
  );
  for (const row of [...org.store.all(type)]) {
    if ((row[name] ?? null) === null) org.store.put(type, { ...row, [name]: org.currency.isoCode });
  }
}

/** The currency of what this user creates without saying one (SOAP API guide, getUserInfo: userDefaultCurrencyIsoCode). */
export function defaultCurrency(org: Org, userId: string): string {
  const own = org.store.get('User', userId)?.DefaultCurrencyIsoCode;
  return typeof own === 'string' ? own : org.currency.isoCode;
}
