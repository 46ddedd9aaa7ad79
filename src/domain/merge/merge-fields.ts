import type { Base, FieldChange, FrozenField } from '../plan/types.ts';
import type { SystemName } from '../record.ts';
import type { Comparison } from './compare.ts';
import { decideUnit, type Step } from './decide-unit.ts';
import type { Merge, MergeInput } from './types.ts';

/** What became of each field on which the sides differ. */
export type Decided = readonly (readonly [Comparison, Step])[];

/**
 * Decides each field of a pair by its rule, in both directions; fields of one unit are decided together. Does no I/O, reads no clock,
 * never throws on what a record holds.
 *
 * @param comparisons each field once, as `compareMapped`, `compareOwner` and `compareRelation` make them
 * @returns besides the changes what became of each field on which the sides differ (`decided`)
 */
export function mergeFields(input: MergeInput, comparisons: readonly Comparison[]): Merge & { decided: Decided } {
  const units = [...Map.groupBy(comparisons, ({ unit }) => unit).values()].map((unit) => decideUnit(input, unit));
  const decided = units.flatMap(({ steps }) => steps);
  const steps = decided.map(([, step]) => step);
  const equal = comparisons.filter((comparison) => comparison.equal);
  const settled = decided.flatMap(([comparison, step]) => (step.kind === 'keep' && step.settles ? [comparison] : []));
  const seen = decided.flatMap(([comparison, step]) => (isSeenOnly(input, comparison, step) ? [comparison] : []));
  const problems = steps.flatMap((step) => (step.kind === 'problem' ? [step.problem] : []));
  const [problem] = problems;
  return {
    // Salesforce's record is written whole or not at all; what it says to HubSpot does not wait for that.
    toSalesforce: problem === undefined ? changesOf(steps, 'salesforce') : [],
    toHubSpot: changesOf(steps, 'hubspot'),
    agreed: newlyAgreed(input, [...equal, ...settled], seen),
    asks: asksOf(units),
    freezes: steps.flatMap((step) => (step.kind === 'blocked' && step.freeze !== undefined ? [step.freeze] : [])),
    reasons: steps.flatMap((step) => step.reasons),
    problem: problem === undefined ? null : { ...problem, fields: problems.flatMap(({ fields }) => fields) },
    decided,
  };
}

/**
 * What is overruled in Salesforce, and what was never agreed on and cannot be: of these the base keeps what Salesforce holds, so that whoever
 * reads its changes knows that it was seen. Without HubSpot's side it is no agreement: where that is left of another field (a conversion
 * renames some), none may become of it.
 */
function isSeenOnly({ pair }: MergeInput, { situation, source }: Comparison, step: Step): boolean {
  if (step.kind !== 'blocked') return false;
  const isOpen = step.freeze !== undefined || step.asks !== undefined;
  const isAlone = pair?.base?.hubspot[source] === undefined;
  return step.overrules === true || (situation === 'no_base' && !isOpen && isAlone);
}

function changesOf(steps: readonly Step[], system: SystemName): FieldChange[] {
  return steps.flatMap((step) => (step.kind === 'change' && step.system === system ? [step.change] : []));
}

function asksOf(units: readonly { asks: readonly FrozenField[] }[]): Merge['asks'] {
  const asks = units.flatMap((unit) => unit.asks);
  if (asks.length === 0) return null;
  const namesOf = (side: SystemName) => [
    ...new Set(asks.flatMap(({ system, field }) => (system === side ? [field] : []))),
  ];
  return { properties: namesOf('hubspot'), fields: namesOf('salesforce') };
}

/**
 * Only what the stored base does not hold yet, so that an unchanged pair costs no write to the ledger.
 * @param seenOnly fields of which Salesforce's value alone is kept
 */
function newlyAgreed(
  { pair }: MergeInput,
  settled: readonly Comparison[],
  seenOnly: readonly Comparison[],
): Base | null {
  const base = pair?.base;
  const fresh = settled.filter(
    ({ source, field, hubspot, salesforce }) =>
      base?.hubspot[source] !== hubspot || base.salesforce[field] !== salesforce,
  );
  const seen = seenOnly.filter(({ field, salesforce }) => base?.salesforce[field] !== salesforce);
  if (fresh.length === 0 && seen.length === 0) return null;
  return {
    hubspot: Object.fromEntries(fresh.map(({ source, hubspot }) => [source, hubspot])),
    salesforce: Object.fromEntries([...fresh, ...seen].map(({ field, salesforce }) => [field, salesforce])),
  };
}
