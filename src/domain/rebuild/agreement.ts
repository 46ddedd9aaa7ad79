import { readFacts } from '../lifecycle/facts.ts';
import { stageFactsKey } from '../lifecycle/types.ts';
import { isBlank } from '../mapping/normalise.ts';
import { joinBases } from '../merge/base.ts';
import type { Comparison } from '../merge/compare.ts';
import { compareFields as compareContact } from '../plan/compare.ts';
import { mergeInputOf } from '../plan/merge-input.ts';
import type { Base, PlanInput } from '../plan/types.ts';
import { type FieldValues, type SalesforcePerson, type SalesforceRecord, stageProperty } from '../record.ts';
import { followDeals } from '../records/company-stage.ts';
import { withPseudoFields, withPseudoProperties } from '../records/deal-sides.ts';
import { compareFields as compareRecord, sidesOf } from '../records/merge-record.ts';
import type { CompanyInput, DealInput } from '../records/types.ts';
import { compareDeal } from '../records/update-deal.ts';

/** What both sides of a pair hold, as if they had agreed on it just now, and the names of the fields in which they differ. */
export type Agreement = { base: Base; unequal: readonly string[] };

/** A contact and its person. The stage counts as settled: what Salesforce says of it from now on is news. Pure. */
export function contactAgreement(input: PlanInput, person: SalesforcePerson): Agreement {
  const { comparisons } = compareContact(input, mergeInputOf(input, person, true));
  const stage = {
    hubspot: { [stageProperty]: input.contact.properties[stageProperty] ?? null },
    salesforce: { [stageFactsKey]: readFacts(input.mapping.lifecycle, person, input.deals).signature },
  };
  return agreementOf(comparisons, stage);
}

/** A company and its Account; its deals have moved its stage already. Pure. */
export function companyAgreement(input: CompanyInput, found: SalesforceRecord): Agreement {
  const { comparisons } = compareRecord(input, sidesOf('company', input, found, true), [], ['Name']);
  const { change, agreed } = followDeals({ ...input, base: null });
  if (change === null) return agreementOf(comparisons, agreed);
  const { field, before, source = field, sourceValue = null } = change;
  return agreementOf(comparisons, { hubspot: { [field]: before }, salesforce: { [source]: sourceValue } });
}

/** A deal and its Opportunity, with contacts and roles. Pure. */
export function dealAgreement(given: DealInput, opportunity: SalesforceRecord): Agreement {
  const deal = withPseudoProperties(given, opportunity);
  const found = { ...opportunity, fields: withPseudoFields(deal, opportunity) };
  return agreementOf(compareDeal(deal, found, sidesOf('deal', deal, found, true)).comparisons, null);
}

/**
 * What cannot be carried over yet, such as the role of a contact that has not passed the gate, is agreed on by nobody: it is carried over as soon
 * as it can be.
 */
function agreementOf(comparisons: readonly Comparison[], more: Base | null): Agreement {
  const hubspot: Record<string, FieldValues[string]> = {};
  const salesforce: Record<string, FieldValues[string]> = {};
  for (const { source, field, equal, there, ...held } of comparisons) {
    if (!equal && there.kind !== 'value') continue;
    hubspot[source] = held.hubspot;
    salesforce[field] = held.salesforce;
  }
  const base = joinBases({ hubspot, salesforce }, more) ?? { hubspot: {}, salesforce: {} };
  return { base, unequal: comparisons.flatMap((each) => (isUnequal(each) ? [each.field] : [])) };
}

/** A difference that somebody could carry over: not one that nobody may write, nor what one side alone knows, such as an owner of the fallback. */
function isUnequal({ equal, rule, there, back }: Comparison): boolean {
  if (equal || rule === 'never') return false;
  return [there, back].some((way) => way.kind === 'value' && !isBlank(way.value));
}
