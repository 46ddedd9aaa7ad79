import { isBlank } from '../mapping/normalise.ts';
import type { FieldChange, Freeze, FrozenField, PlanProblem, Reason } from '../plan/types.ts';
import type { SystemName } from '../record.ts';
import type { Comparison } from './compare.ts';
import { reasonFor, reasonOf } from './convert-field.ts';
import { blankObstacle, decideDirection, type FieldDecision, type Situation } from './decide-field.ts';
import type { DecisionCode } from './decision-text.ts';
import { fightOf, freezeOf, isFrozen } from './fights.ts';
import { changedWithin, lastOf, toTheSecond, whoIsNewer } from './newest.ts';
import type { MergeInput } from './types.ts';

/** What becomes of one field on which the sides differ. */
export type Step =
  | { kind: 'change'; system: SystemName; change: FieldChange; reasons: readonly Reason[] }
  | { kind: 'keep'; settles: boolean; reasons: readonly Reason[] }
  /**
   * It cannot be sent, and neither can the rest of its unit. `overrules`: HubSpot's value won against Salesforce's, which is no change any
   * more: by the time it may be sent, nobody could tell again who was first.
   */
  | { kind: 'blocked'; reasons: readonly Reason[]; overrules?: boolean; freeze?: Freeze; asks?: FrozenField }
  | { kind: 'problem'; problem: PlanProblem; reasons: readonly Reason[] };

export type UnitDecision = { steps: readonly (readonly [Comparison, Step])[]; asks: readonly FrozenField[] };

/** Codes of sends that are worth a reason: somebody's edit did not last. */
const overruling: ReadonlySet<DecisionCode> = new Set([
  'salesforce_edit_overruled',
  'hubspot_edit_overruled',
  'conflict_hubspot_owns',
  'conflict_salesforce_owns',
  'conflict_hubspot_newer',
  'conflict_salesforce_newer',
  'conflict_newest_unknown',
]);

/** Decides the fields of one unit together: all that differ go in one direction, or none does. */
export function decideUnit(input: MergeInput, unit: readonly Comparison[]): UnitDecision {
  const differing = unit.filter(({ equal }) => !equal);
  const situation = situationOfUnit(differing);
  const newest = situation === 'both' ? newestOf(input, differing) : 'unknown';
  const blanks = {
    hubspotBlank: unit.every(({ hubspot }) => isBlank(hubspot)),
    salesforceBlank: unit.every(({ salesforce }) => isBlank(salesforce)),
  };
  const steps = differing.map((comparison): [Comparison, Step] => {
    const { rule, fallback } = comparison;
    const decision = decideDirection({ rule, situation, ...blanks, newest, fallback });
    return [comparison, stepOf(input, comparison, { decision, situation, unit })];
  });
  const isUnread = steps.some(([{ rule }]) => rule === 'newest') && newest === 'unread';
  const asks = [...(isUnread ? wantedHistories(differing) : []), ...steps.flatMap(([, step]) => asksOf(step))];
  return { steps: together(steps), asks };
}

/** Fields on which both sides agree by now do not count, however they came to. */
function situationOfUnit(differing: readonly Comparison[]): Situation {
  const situations = new Set(differing.map(({ situation }) => situation));
  if (situations.has('no_base')) return 'no_base';
  if (situations.has('both') || (situations.has('hubspot') && situations.has('salesforce'))) return 'both';
  if (situations.has('hubspot')) return 'hubspot';
  return situations.has('salesforce') ? 'salesforce' : 'nobody';
}

function movedIn(side: SystemName, differing: readonly Comparison[]): Comparison[] {
  return differing.filter(({ situation }) => situation === side || situation === 'both');
}

function newestOf(input: MergeInput, differing: readonly Comparison[]): SystemName | 'unknown' | 'unread' {
  const { histories } = input;
  if (histories === null) return 'unread';
  const agreedAtMs = input.pair?.agreedAtMs ?? null;
  const hubspot = movedIn('hubspot', differing).map(({ source }) =>
    changedWithin(histories.hubspot[source], agreedAtMs, input.hubspot.updatedAtMs),
  );
  const salesforce = movedIn('salesforce', differing).map(({ field }) =>
    toTheSecond(changedWithin(histories.salesforce[field], agreedAtMs, input.salesforce.modifiedAtMs)),
  );
  return whoIsNewer(lastOf(hubspot), lastOf(salesforce));
}

function wantedHistories(differing: readonly Comparison[]): FrozenField[] {
  return [
    ...movedIn('hubspot', differing).map(({ source }) => ({ system: 'hubspot' as const, field: source })),
    ...movedIn('salesforce', differing).map(({ field }) => ({ system: 'salesforce' as const, field })),
  ];
}

type Decided = { decision: FieldDecision; situation: Situation; unit: readonly Comparison[] };

function stepOf(input: MergeInput, comparison: Comparison, decided: Decided): Step {
  const { field, situation } = comparison;
  const { decision } = decided;
  const keep = (code: DecisionCode, settles = false): Step => ({
    kind: 'keep',
    settles,
    reasons: [...notesOf(comparison), reasonOf(field, code)],
  });
  if (decision.action === 'keep') return keep(decision.code, decision.code === 'differs_since_link');
  // A part of a unit that a CRM altered and that nobody has touched since.
  if (situation === 'nobody') return keep('as_last_agreed');
  const toSalesforce = decision.action === 'to_salesforce';
  if (toSalesforce && !input.sendsToSalesforce)
    return {
      kind: 'blocked',
      reasons: [reasonOf(field, 'salesforce_paused')],
      overrules: decision.conflict === 'hubspot',
    };
  const way = toSalesforce ? comparison.there : comparison.back;
  if (way.kind === 'obstacle') return { kind: 'blocked', reasons: [way.reason] };
  if (way.kind === 'problem') return { kind: 'problem', problem: way.problem, reasons: [] };
  const question = blankQuestion(comparison, decided, isBlank(way.value));
  const obstacle = blankObstacle(question);
  // What stays of an overruled address is settled: it is not to flow back into the one that overruled it.
  if (obstacle !== null) return keep(obstacle, question.isPartOfUnit && decided.unit.length > 1);
  return changeOf(input, comparison, decision);
}

function blankQuestion(comparison: Comparison, { decision, situation, unit }: Decided, blank: boolean) {
  const toSalesforce = decision.action === 'to_salesforce';
  const source: SystemName = toSalesforce ? 'hubspot' : 'salesforce';
  const differing = unit.filter(({ equal }) => !equal);
  return {
    isBlank: blank,
    wasEmptied: comparison.situation === source || comparison.situation === 'both',
    // Somebody has changed the unit on that side: all of it goes, an address without a state as well.
    isPartOfUnit: situation !== 'no_base' && movedIn(source, differing).length > 0,
    empty: comparison.empty,
    required: toSalesforce && comparison.required,
  };
}

function changeOf(input: MergeInput, comparison: Comparison, decision: FieldDecision): Step {
  const change = decision.action === 'to_salesforce' ? changeThere(comparison) : changeBack(comparison);
  const system: SystemName = decision.action === 'to_salesforce' ? 'salesforce' : 'hubspot';
  const stopped = stopFight(input, { system, field: change.field }, change, comparison);
  if (stopped !== null) return stopped;
  const { conflict, code } = decision;
  const reasons = [...notesOf(comparison), ...(overruling.has(code) ? [reasonOf(comparison.field, code)] : [])];
  return { kind: 'change', system, change: conflict === undefined ? change : { ...change, conflict }, reasons };
}

function changeThere({ field, salesforce, there, writtenAs, source, hubspot }: Comparison): FieldChange {
  const after = there.kind !== 'value' || isBlank(there.value) ? null : there.value;
  return { field, before: salesforce, after, rule: writtenAs, source, sourceValue: hubspot };
}

function changeBack({ field, salesforce, back, writtenAs, source, hubspot }: Comparison): FieldChange {
  const after = back.kind !== 'value' || isBlank(back.value) ? null : back.value;
  return { field: source, before: hubspot, after, rule: writtenAs, source: field, sourceValue: salesforce };
}

function stopFight(
  input: MergeInput,
  target: FrozenField,
  { after }: FieldChange,
  { field, source, situation, facts }: Comparison,
): Step | null {
  if (isFrozen(input, target)) return { kind: 'blocked', reasons: [reasonOf(field, 'field_frozen')] };
  const rules = input.fights;
  // Without a base nobody knows who moved.
  const isMovedAway = situation === target.system || situation === 'both' || situation === 'no_base';
  const counterpart: FrozenField =
    target.system === 'salesforce' ? { system: 'hubspot', field: source } : { system: 'salesforce', field };
  const next = { ...target, after, isMovedAway, counterpart };
  const writes = fightOf(next, input.pair?.recentWrites ?? [], { rules, now: input.now, facts });
  if (writes === null) return null;
  const { histories } = input;
  if (histories === null) return { kind: 'blocked', reasons: [reasonOf(field, 'fight_suspected')], asks: target };
  const freeze = freezeOf(target, writes, { ...input, histories });
  return { kind: 'blocked', reasons: [reasonFor(field, freeze.code, freeze.text)], freeze };
}

function asksOf(step: Step): FrozenField[] {
  return step.kind === 'blocked' && step.asks !== undefined ? [step.asks] : [];
}

/** A unit of which one field cannot be sent is not sent at all: half an address is nobody's. */
function together(steps: readonly (readonly [Comparison, Step])[]): (readonly [Comparison, Step])[] {
  if (!steps.some(([, { kind }]) => kind === 'blocked')) return [...steps];
  return steps.map(([comparison, step]) => {
    if (step.kind !== 'change' && step.kind !== 'problem') return [comparison, step];
    return [comparison, { kind: 'blocked', reasons: [reasonOf(comparison.field, 'unit_incomplete')] }];
  });
}

function notesOf({ there }: Comparison): Reason[] {
  return there.kind === 'value' && there.note !== null ? [there.note] : [];
}
