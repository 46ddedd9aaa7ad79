import { isBlank } from '../mapping/normalise.ts';
import { contactIdField, type FieldValue, type SalesforcePerson } from '../record.ts';
import { type Comparison, compareFields } from './compare.ts';
import { reasonFor } from './convert-field.ts';
import { decideField, decisionText, type FieldDecision, type Situation } from './decide-field.ts';
import type { WriteDecision } from './plan-create.ts';
import type { Base, FieldChange, PlanInput, PlanProblem, Reason } from './types.ts';

/** What to write to a found person, and on what both sides agree. */
export type UpdateDecision = WriteDecision & { agreed: Base | null };

/** Decides each field of a found person by its rule; fields of one unit are decided together. */
export function planUpdate(input: PlanInput, person: SalesforcePerson): UpdateDecision {
  const { comparisons, reasons } = compareFields(input, person);
  const changes: FieldChange[] = idChange(input, person);
  const problems: PlanProblem[] = [];
  const settled: Comparison[] = comparisons.filter(({ equal }) => equal);
  for (const unit of Map.groupBy(comparisons, ({ unit }) => unit).values()) {
    for (const [comparison, decision] of decideUnit(unit)) {
      if (comparison.problem !== null && decision.action === 'write') problems.push(comparison.problem);
      else if (decision.action === 'write') changes.push(changeOf(comparison));
      else if (settles(comparison, decision)) settled.push(comparison);
      reasons.push(...reasonsFor(comparison, decision));
    }
  }
  const agreed = newlyAgreed(input, settled);
  const [problem] = problems;
  if (problem !== undefined) {
    const fields = problems.flatMap((each) => each.fields);
    return { kind: 'problem', problem: { ...problem, fields }, reasons, agreed: null };
  }
  const { object, id } = person;
  const write = changes.length === 0 ? null : { operation: 'update' as const, object, id, changes };
  return { kind: 'write', write, reasons, agreed };
}

function idChange({ contact }: PlanInput, person: SalesforcePerson): FieldChange[] {
  if (person.externalId === contact.id) return [];
  return [{ field: contactIdField, before: person.externalId, after: contact.id, rule: 'id' }];
}

function decideUnit(unit: readonly Comparison[]): [Comparison, FieldDecision][] {
  const differing = unit.filter(({ equal }) => !equal);
  const situation = situationOfUnit(differing);
  const salesforceBlank = unit.every(({ salesforce }) => isBlank(salesforce));
  return differing.map((comparison) => {
    const { rule, empty, required, desired, problem } = comparison;
    const hubspotBlank = problem === null && isBlank(desired);
    return [comparison, decideField({ rule, situation, salesforceBlank, hubspotBlank, empty, required })];
  });
}

/** Fields on which both sides agree by now do not count, however they came to. */
function situationOfUnit(differing: readonly Comparison[]): Situation {
  const situations = new Set(differing.map(({ situation }) => situation));
  if (situations.has('no_base')) return 'no_base';
  if (situations.has('both') || (situations.has('hubspot') && situations.has('salesforce'))) return 'both';
  if (situations.has('hubspot')) return 'hubspot';
  return situations.has('salesforce') ? 'salesforce' : 'nobody';
}

function changeOf({ field, salesforce, desired, writtenAs, source, hubspot }: Comparison): FieldChange {
  const after: FieldValue = desired === undefined || isBlank(desired) ? null : desired;
  return { field, before: salesforce, after, rule: writtenAs, source, sourceValue: hubspot };
}

/** Without a base, `newest` has nothing to compare with: what was found at the link is settled for the unit, and later changes count. */
function settles({ problem }: Comparison, { code }: FieldDecision): boolean {
  return code === 'differs_since_link' && problem === null;
}

function reasonsFor({ field, note }: Comparison, { action, code }: FieldDecision): Reason[] {
  const reasons = note === null ? [] : [note];
  if (action === 'write' && code !== 'salesforce_edit_overruled') return reasons;
  return [...reasons, reasonFor(field, code, decisionText[code] ?? '')];
}

/** Only what the stored base does not hold yet, so that an unchanged pair costs no write to the ledger. */
function newlyAgreed({ pair }: PlanInput, settled: readonly Comparison[]): Base | null {
  const fresh = settled.filter(
    ({ source, field, hubspot, salesforce }) =>
      pair?.base?.hubspot[source] !== hubspot || pair.base.salesforce[field] !== salesforce,
  );
  if (fresh.length === 0) return null;
  return {
    hubspot: Object.fromEntries(fresh.map(({ source, hubspot }) => [source, hubspot])),
    salesforce: Object.fromEntries(fresh.map(({ field, salesforce }) => [field, salesforce])),
  };
}
