import type { FieldValues } from '../../domain/record.ts';
import { accountField, contactCompanyProperty } from '../../domain/record.ts';
import { type ContactTies, companyIdOf } from './contact-ties.ts';
import type { Gone } from './find-gone.ts';
import type { PlannedLook } from './look.ts';

/** What a contact and its person agreed on, and that a plan takes one of them from. */
export type EndOfCompany = { companies: readonly string[]; accounts: readonly string[] };

/** The company of which a plan empties the Account, or the Account of which it empties the company. Null: it empties neither. */
export function endOfCompany({ plan, claimed }: PlannedLook): EndOfCompany | null {
  const base = claimed.pair?.base ?? null;
  const isEnded = (name: string) =>
    [...(plan.write?.changes ?? []), ...plan.contact].some(({ field, after }) => field === name && after === null);
  const companies = isEnded(accountField) ? textOf(base?.hubspot, contactCompanyProperty) : [];
  const accounts = isEnded(contactCompanyProperty) ? textOf(base?.salesforce, accountField) : [];
  return companies.length + accounts.length === 0 ? null : { companies, accounts };
}

function textOf(values: FieldValues | undefined, name: string): string[] {
  const value = values?.[name];
  return typeof value === 'string' && value !== '' ? [value] : [];
}

/** How company and Account are tied, without those that are gone. */
export function tiesWithout(
  ties: ContactTies,
  { companies, accounts }: Pick<Gone, 'companies' | 'accounts'>,
): ContactTies {
  if (ties.company === null) return ties;
  const { accountId, companyId } = ties.company;
  return {
    ...ties,
    company: {
      accountId: accounts.has(accountId ?? '') ? null : accountId,
      companyId: companies.has(companyId ?? '') ? null : companyId,
    },
  };
}

/** The company whose own look finds out that it is gone, or that its Account is. */
export function goneCompanyOf(look: PlannedLook, { companies }: Pick<Gone, 'companies'>): string | null {
  const end = endOfCompany(look);
  return end?.companies.find((id) => companies.has(id)) ?? companyIdOf(look);
}
