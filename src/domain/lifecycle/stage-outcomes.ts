import type { PlanProblem, Reason } from '../plan/types.ts';
import { stageProperty } from '../record.ts';
import { type StageCause, stageCauses } from './causes.ts';
import type { PersonFacts } from './facts.ts';
import { oldReturnPart, writeSignature } from './signature.ts';
import { isOldReturn, type StageLook } from './stage-look.ts';
import { labelOf } from './stage-order.ts';
import { standingOf } from './standing.ts';
import { stagesSeen } from './transitions.ts';
import { noStageDecision, type StageMove, type StageOutcome, type StageSeen } from './types.ts';

/** The stage is moved, and what it leads to is agreed on once HubSpot holds it. */
export function moving(look: StageLook, move: StageMove): StageOutcome {
  const { facts } = look;
  const standing = standingOf({ ...look, hubspot: move.to });
  // The stage from which it is restored was not reached: the move itself tells of it.
  const seen = move.kind === 'restored' ? [] : seenBy(look);
  const decision = { ...noStageDecision, move, seen, standing, agreed: { hubspot: move.to, facts: facts.signature } };
  const reasons = [{ code: move.code, text: move.text, field: stageProperty }, ...causeReasons(standing.cause)];
  return { decision, statusChange: null, contactChanges: [], reasons, problem: statusProblem(facts), freezes: [] };
}

/** The stage stays as HubSpot has it. `code`: how the present stage was come to, where it is not simply `reached`. */
export function staying(look: StageLook, code?: StageSeen['code']): StageOutcome {
  const { hubspot, facts } = look;
  const standing = standingOf(look);
  const seen = seenBy(look).map((each) => (each.stage === hubspot && code !== undefined ? { ...each, code } : each));
  const decision = { ...noStageDecision, seen, standing, agreed: newlyAgreed(look) };
  const reasons = causeReasons(standing.cause);
  return { decision, statusChange: null, contactChanges: [], reasons, problem: statusProblem(facts), freezes: [] };
}

/** Only what the stored base does not say yet, so that an unchanged pair costs no write to the ledger. */
function newlyAgreed(look: StageLook): { hubspot: string | null; facts: string } | null {
  const { hubspot, facts, agreed } = look;
  const known = agreed.facts === undefined ? undefined : writeSignature(agreed.facts);
  const now = isOldReturn(look) ? writeSignature(new Map([...facts.parts, [oldReturnPart, 'yes']])) : facts.signature;
  return agreed.hubspot === hubspot && known === now ? null : { hubspot, facts: now };
}

function seenBy({ input, lifecycle, agreed }: StageLook): readonly StageSeen[] {
  return stagesSeen(input.contact, lifecycle.stages, agreed.hubspot, input.now);
}

/** Nothing is agreed on: the move backward stays one until it is undone, or overtaken by Salesforce. */
export function asking(look: StageLook, before: string): StageOutcome {
  const { hubspot, lifecycle } = look;
  const standing = { ...standingOf(look), cause: 'stage_moved_back' as const };
  const message = `The stage was moved backward in HubSpot, from ${labelOf(lifecycle.stages, before)} to ${labelOf(lifecycle.stages, hubspot)}, after the handoff.`;
  const problem = problemOf('stage_moved_back', message, stageProperty);
  const reasons = causeReasons(standing.cause);
  return {
    decision: { ...noStageDecision, standing },
    statusChange: null,
    contactChanges: [],
    reasons,
    problem,
    freezes: [],
  };
}

/** Where it lies in the funnel is not known, so nothing may be moved. */
export function unknownStage(look: StageLook): StageOutcome {
  const standing = { ...standingOf(look), cause: 'stage_unknown' as const };
  const problem = problemOf('stage_unknown', stageCauses.stage_unknown.text, stageProperty);
  const decision = { ...noStageDecision, seen: seenBy(look), standing };
  return {
    decision,
    statusChange: null,
    contactChanges: [],
    reasons: causeReasons(standing.cause),
    problem,
    freezes: [],
  };
}

function statusProblem({ unknownStatus }: PersonFacts): PlanProblem | null {
  if (unknownStatus === null) return null;
  return problemOf(
    'status_unknown',
    `The value of ${unknownStatus} in Salesforce is not in lifecycle.yaml.`,
    unknownStatus,
  );
}

function problemOf(code: StageCause, message: string, field: string): PlanProblem {
  return { code, message, advice: stageCauses[code].advice, fields: [field], recordIds: [] };
}

/** The cause of a disagreement as a reason. */
export function causeReasons(cause: string | null): Reason[] {
  const known = Object.entries(stageCauses).find(([code]) => code === cause);
  return known === undefined ? [] : [{ code: known[0], text: known[1].text, field: stageProperty }];
}
