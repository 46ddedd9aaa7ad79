import type { Field } from './field-state.ts';

/** How a record is called on its page. `detail`: its email, domain or amount; null: there is none. */
export type Identity = { title: string; detail: string | null };

type Fields = readonly Pick<Field, 'hubspot'>[];

/** The person's name, else the email, else the id. Pure. */
export function contactIdentity(id: string, fields: Fields): Identity {
  const name = [held(fields, 'firstname'), held(fields, 'lastname')].filter((part) => part !== null).join(' ');
  const email = held(fields, 'email');
  if (name !== '') return { title: name, detail: email };
  return { title: email ?? `Contact ${id}`, detail: null };
}

export function companyIdentity(id: string, fields: Fields): Identity {
  const domain = held(fields, 'domain');
  const name = held(fields, 'name');
  return { title: name ?? domain ?? `Company ${id}`, detail: name === null ? null : domain };
}

export function dealIdentity(id: string, fields: Fields): Identity {
  const amount = held(fields, 'amount');
  const detail = amount === null ? null : moneyText(amount, held(fields, 'deal_currency_code'));
  return { title: held(fields, 'dealname') ?? `Deal ${id}`, detail };
}

/** What HubSpot holds of a property; null: nothing, or it is not mapped. */
function held(fields: Fields, property: string): string | null {
  const value = fields.find(({ hubspot }) => hubspot.name === property)?.hubspot.value;
  const text = value === null || value === undefined ? '' : String(value).trim();
  return text === '' ? null : text;
}

/**
 * An amount with its currency, to the digit: 48250.55 and USD are "USD 48,250.55". What is no number stays as it is.
 * @param currency ISO 4217; null: not known
 */
export function moneyText(amount: unknown, currency: string | null): string {
  const text = String(amount).trim();
  const parts = /^(-?)(\d{1,24})(?:\.(\d{1,10}))?$/.exec(text);
  if (parts === null) return text;
  const [, sign = '', whole = '', decimals = ''] = parts;
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  const cents = decimals === '' ? '' : `.${decimals.padEnd(2, '0')}`;
  return `${currency === null ? '' : `${currency} `}${sign}${grouped}${cents}`;
}
