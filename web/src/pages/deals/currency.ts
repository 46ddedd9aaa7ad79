import type { Field } from '../records/field-state.ts';

/** The currency of a deal as HubSpot has it, ISO 4217; null: not known. */
export function currencyOf(fields: readonly Pick<Field, 'hubspot'>[]): string | null {
  const value = fields.find(({ hubspot }) => hubspot.name === 'deal_currency_code')?.hubspot.value;
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}
