import type { StageOutcome } from '../lifecycle/types.ts';
import type { GateDecision } from '../mapping/types.ts';
import { fieldFrozen } from '../merge/fights.ts';
import { stageProperty } from '../record.ts';
import type { UpdateDecision } from './plan-update.ts';
import type { Freeze, Plan, PlanInput, PlanProblem } from './types.ts';

/** What a person should know of although the rest goes on. One failure is reported at a time; the reasons tell all. */
export function problemOf(input: PlanInput, stage: StageOutcome, update: UpdateDecision): PlanProblem | null {
  return (
    update.problem ??
    fieldFrozen({ pair: input.pair, object: 'contact' }, freezesOf(input, update, stage)) ??
    stage.problem ??
    update.report
  );
}

/** Who moves the stage back is read before it is frozen. */
export function asksOf({ histories }: PlanInput, { asks }: UpdateDecision, { freezes }: StageOutcome): Plan['asks'] {
  if (freezes.length === 0 || histories !== null) return asks;
  return { properties: [...(asks?.properties ?? []), stageProperty], fields: asks?.fields ?? [] };
}

/** All that is to be frozen, the stage with the name of who moved it last. */
export function freezesOf({ histories }: PlanInput, update: UpdateDecision, stage: StageOutcome): Freeze[] {
  const by = histories?.hubspot[stageProperty]?.[0]?.by;
  const named = by === undefined ? '' : ` It was changed last by ${by}.`;
  return [...update.freezes, ...stage.freezes.map((freeze) => ({ ...freeze, text: `${freeze.text}${named}` }))];
}

/** An expression of the gate cannot be evaluated for this contact. */
export function gateFault({ code, text }: GateDecision): PlanProblem {
  const advice =
    'Correct the values of the contact, or make the expression in gate.yaml handle them: number(text, otherwise).';
  return { code, message: text, advice, fields: [], recordIds: [] };
}
