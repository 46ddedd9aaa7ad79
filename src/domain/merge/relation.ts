import { isBlank } from '../mapping/normalise.ts';
import type { FieldRule } from '../mapping/types.ts';
import type { CompanyTie, Reason } from '../plan/types.ts';
import { accountField } from '../record.ts';
import { agreementOf, type Comparison, heldOf, isEqual } from './compare.ts';
import { obstacle, valueWay } from './convert-field.ts';
import type { MergeInput } from './types.ts';

/**
 * Compares the primary company of a contact or deal with the Account of its person or Opportunity. A side that names a record which is
 * paired with nobody is not carried over, so neither side is ever emptied or changed because of one. As long as both have not agreed on
 * anything, Salesforce's Account stands where it has one, and HubSpot's company fills it in where it has none. A side that is empty beside
 * a record which nobody stands for (any more) has been emptied by no human: what both agreed on has ended with the other record.
 *
 * @param property `associatedcompanyid`, `hs_primary_associated_company`
 * @param rule from the first agreement on
 */
export function compareRelation(
  input: MergeInput,
  property: string,
  { accountId, companyId }: CompanyTie,
  rule: FieldRule,
): Comparison | Reason {
  const held = heldOf(input, property, accountField);
  if ('text' in held) return held;
  const isKnown = (value: Comparison['hubspot'], counterpart: string | null) => isBlank(value) || counterpart !== null;
  const there = isKnown(held.hubspot, accountId) ? valueWay(isBlank(held.hubspot) ? null : accountId) : companyUnpaired;
  const back = isKnown(held.salesforce, companyId)
    ? valueWay(isBlank(held.salesforce) ? null : companyId)
    : accountUnpaired;
  const hasEnded =
    isBlank(held.hubspot) !== isBlank(held.salesforce) && (isBlank(held.hubspot) ? companyId : accountId) === null;
  const agreed = agreementOf(hasEnded ? withoutBase(input) : input, held, undefined);
  const ruleNow = agreed.base === null && sendsThere.has(rule) ? 'fill_blank' : rule;
  return {
    ...held,
    ...agreed,
    rule: ruleNow,
    writtenAs: ruleNow,
    empty: 'clear',
    required: false,
    unit: accountField,
    fallback: 'salesforce',
    there,
    back,
    equal: isEqual(held, there, back, undefined),
  };
}

function withoutBase(input: MergeInput): MergeInput {
  return input.pair === null ? input : { ...input, pair: { ...input.pair, base: null } };
}

/** Rules by which HubSpot's value may go to Salesforce. */
const sendsThere: ReadonlySet<FieldRule> = new Set(['hubspot', 'newest', 'fill_blank']);

const companyUnpaired = obstacle(accountField, 'company_not_paired');
const accountUnpaired = obstacle(accountField, 'account_not_paired');
