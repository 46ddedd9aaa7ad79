import { contactIdField } from '../record.ts';
import { type Comparison, compareFields } from './compare.ts';
import { decideUnit, type Step, type UpdateContext } from './decide-unit.ts';
import { fallbackOwner, isQueue, isStandIn, ownerOf, ownerProperty, ownerUnmapped, userUnmapped } from './owner.ts';
import { sameId } from './trace.ts';
import type { Base, FieldChange, Freeze, FrozenField, PersonWrite, Plan, PlanProblem, Reason } from './types.ts';

/** What to write to a found person and to its contact, and on what both sides agree. */
export type UpdateDecision = {
  /** Null where `problem` keeps the record from being written. */
  write: PersonWrite | null;
  contact: readonly FieldChange[];
  agreed: Base | null;
  asks: Plan['asks'];
  freezes: readonly Freeze[];
  reasons: readonly Reason[];
  /** The person must not be written in Salesforce before a human acts. */
  problem: PlanProblem | null;
  /** What a person should know of, although the rest goes on. */
  report: PlanProblem | null;
};

/** Decides each field of a found person by its rule, in both directions; fields of one unit are decided together. */
export function planUpdate(context: UpdateContext): UpdateDecision {
  const { input, person } = context;
  const { comparisons, reasons } = compareFields(input, person);
  const units = [...Map.groupBy(comparisons, ({ unit }) => unit).values()].map((unit) => decideUnit(context, unit));
  const decided = units.flatMap(({ steps }) => steps);
  const steps = decided.map(([, step]) => step);
  const equal = comparisons.filter((comparison) => comparison.equal);
  const settled = decided.flatMap(([comparison, step]) => (step.kind === 'keep' && step.settles ? [comparison] : []));
  const overruled = decided.flatMap(([comparison, step]) =>
    step.kind === 'blocked' && step.overrules === true ? [comparison] : [],
  );
  const changes = [...idChange(context), ...changesOf(steps, 'salesforce')];
  const { object, id } = person;
  const all = { reasons: [...reasons, ...steps.flatMap((step) => step.reasons)], asks: asksOf(units) };
  const problems = steps.flatMap((step) => (step.kind === 'problem' ? [step.problem] : []));
  const [problem] = problems;
  return {
    ...all,
    // Salesforce's record is written whole or not at all; what it says to HubSpot does not wait for that.
    write: changes.length === 0 || problem !== undefined ? null : { operation: 'update', object, id, changes },
    contact: changesOf(steps, 'hubspot'),
    agreed: newlyAgreed(context, [...equal, ...settled], overruled),
    freezes: steps.flatMap((step) => (step.kind === 'blocked' && step.freeze !== undefined ? [step.freeze] : [])),
    problem: problem === undefined ? null : { ...problem, fields: problems.flatMap(({ fields }) => fields) },
    report: reportOf(context, decided),
  };
}

/** The change of a person's id of the contact; none where it holds the right one. */
export function idChange({ input, person }: Pick<UpdateContext, 'input' | 'person'>): FieldChange[] {
  const { id } = input.contact;
  return person.externalId === id ? [] : [{ field: contactIdField, before: person.externalId, after: id, rule: 'id' }];
}

function changesOf(steps: readonly Step[], system: 'hubspot' | 'salesforce'): FieldChange[] {
  return steps.flatMap((step) => (step.kind === 'change' && step.system === system ? [step.change] : []));
}

function asksOf(units: readonly { asks: readonly FrozenField[] }[]): Plan['asks'] {
  const asks = units.flatMap((unit) => unit.asks);
  if (asks.length === 0) return null;
  const namesOf = (side: FrozenField['system']) => [
    ...new Set(asks.flatMap(({ system, field }) => (system === side ? [field] : []))),
  ];
  return { properties: namesOf('hubspot'), fields: namesOf('salesforce') };
}

/** An owner on either side whom nobody maps is a person's to solve; all else goes on. */
function reportOf({ input }: UpdateContext, decided: readonly (readonly [Comparison, Step])[]): PlanProblem | null {
  const kept = decided.find(([{ source }, { kind }]) => source === ownerProperty && kind === 'blocked');
  if (kept === undefined) return null;
  const [{ there, back, salesforce, situation }, { reasons }] = kept;
  const { mapping, owners, contact, ourUserId } = input;
  const ownerId = ownerOf(contact.properties);
  const isWay = (way: Comparison['there']) => way.kind === 'obstacle' && reasons.includes(way.reason);
  if (ownerId !== null && isWay(there)) {
    return fallbackOwner(mapping.contact.owner, owners, contact.properties) === null ? ownerUnmapped(ownerId) : null;
  }
  const userId = String(salesforce ?? '');
  // Whom the person had before both were linked is told among the reasons; that somebody gives it to such a one is a failure.
  if (situation !== 'salesforce' && situation !== 'both') return null;
  if (!isWay(back) || isQueue(userId) || isStandIn(mapping.contact.owner, owners, userId)) return null;
  return ourUserId !== null && sameId(userId, ourUserId) ? null : userUnmapped(userId);
}

/**
 * Only what the stored base does not hold yet, so that an unchanged pair costs no write to the ledger.
 * @param overruled fields of which Salesforce's value alone is settled
 */
function newlyAgreed(
  { input }: UpdateContext,
  settled: readonly Comparison[],
  overruled: readonly Comparison[],
): Base | null {
  const base = input.pair?.base;
  const fresh = settled.filter(
    ({ source, field, hubspot, salesforce }) =>
      base?.hubspot[source] !== hubspot || base.salesforce[field] !== salesforce,
  );
  const seen = overruled.filter(({ field, salesforce }) => base?.salesforce[field] !== salesforce);
  if (fresh.length === 0 && seen.length === 0) return null;
  return {
    hubspot: Object.fromEntries(fresh.map(({ source, hubspot }) => [source, hubspot])),
    salesforce: Object.fromEntries([...fresh, ...seen].map(({ field, salesforce }) => [field, salesforce])),
  };
}
