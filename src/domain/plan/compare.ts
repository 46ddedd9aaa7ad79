import type { FieldRule, MappedField } from '../mapping/types.ts';
import { type Comparison, compareMapped } from '../merge/compare.ts';
import { compareOwner } from '../merge/owner.ts';
import { compareRelation } from '../merge/relation.ts';
import type { MergeInput } from '../merge/types.ts';
import { contactCompanyProperty } from '../record.ts';
import type { PlanInput, Reason } from './types.ts';

/** Compares all mapped fields of a person. Those that one side did not answer are left out, with a reason. */
export function compareFields(input: PlanInput, sides: MergeInput): { comparisons: Comparison[]; reasons: Reason[] } {
  const comparisons: Comparison[] = [];
  const reasons: Reason[] = [];
  const { fields, owner } = input.mapping.contact;
  const compared = fields.map((mapped) => compareField(input, sides, mapped));
  const others = [compareOwner(sides, owner, input.owners, ruleNow(input, owner.rule)), compareCompany(input, sides)];
  for (const result of [...compared, ...others]) {
    if (result === null) continue;
    if ('text' in result) reasons.push(result);
    else comparisons.push(result);
  }
  return { comparisons, reasons };
}

function compareField(input: PlanInput, sides: MergeInput, mapped: MappedField): Comparison | Reason | null {
  const { contact } = input.mapping;
  const object = sides.salesforce.object === 'Contact' ? 'Contact' : 'Lead';
  const field = mapped.salesforce[object] ?? '';
  const leadField = object === 'Contact' ? mapped.salesforce.Lead : undefined;
  return compareMapped(sides, mapped, {
    rule: ruleNow(input, mapped.rule),
    required: contact.required[object].includes(field),
    standIn: contact.defaults[object][field] ?? null,
    ...(leadField === undefined ? {} : { leadField }),
  });
}

/** A Lead names its company by a text: only a Contact belongs to an Account. */
function compareCompany({ company, mapping }: PlanInput, sides: MergeInput): Comparison | Reason | null {
  if (company === null || sides.salesforce.object !== 'Contact') return null;
  return compareRelation(sides, contactCompanyProperty, company, mapping.company.contactRule);
}

function ruleNow({ pair }: PlanInput, rule: { before: FieldRule; after: FieldRule }): FieldRule {
  return pair?.handedOverAtMs == null ? rule.before : rule.after;
}
