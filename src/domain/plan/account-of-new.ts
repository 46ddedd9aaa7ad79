import { isBlank } from '../mapping/normalise.ts';
import { reasonOf } from '../merge/convert-field.ts';
import { accountField, contactCompanyProperty, type PersonObject } from '../record.ts';
import type { FieldChange, HubSpotKey, Plan, PlanInput, Reason } from './types.ts';

/** The Account of a Contact that is to be created, or the company that must have one first. */
type Known = { kind: 'known'; changes: readonly FieldChange[]; blanks: Plan['blanks']; reasons: readonly Reason[] };
type AccountOfNew = Known | { kind: 'waits'; waitsFor: readonly HubSpotKey[]; reason: Reason };

const nothing: Known = { kind: 'known', changes: [], blanks: [], reasons: [] };

/**
 * The Account to which a new Contact belongs: that of the contact's primary company. A Contact without one is seen by its owner alone, so
 * the company goes first wherever it will get an Account; where it never will, the Contact is created without.
 */
export function accountOfNew({ company, contact, mapping }: PlanInput, object: PersonObject): AccountOfNew {
  const sourceValue = contact.properties[contactCompanyProperty];
  if (company === null || object !== 'Contact' || sourceValue === undefined) return nothing;
  const { contactRule: rule, isOn, createInSalesforce } = mapping.company;
  if (isBlank(sourceValue)) return { ...nothing, blanks: [{ property: contactCompanyProperty, field: accountField }] };
  if (rule === 'salesforce' || rule === 'never') return nothing;
  if (company.accountId !== null) {
    const source = contactCompanyProperty;
    const change = { field: accountField, before: null, after: company.accountId, rule, source, sourceValue };
    return { ...nothing, changes: [change] };
  }
  if (!isOn || createInSalesforce === 'never') {
    return { ...nothing, reasons: [reasonOf(accountField, 'company_not_paired')] };
  }
  const recordId = String(sourceValue).trim();
  return { kind: 'waits', waitsFor: [{ object: 'company', recordId }], reason: companyComesFirst };
}

const companyComesFirst: Reason = {
  code: 'company_comes_first',
  text: 'The company of the contact is not in Salesforce yet: the Contact is created as soon as its Account is there.',
  field: accountField,
};
