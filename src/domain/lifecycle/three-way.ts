import type { LifecycleStage } from '../mapping/types.ts';
import type { FieldChange } from '../plan/types.ts';
import type { Recycle } from './facts.ts';
import { haveChanged, partDiffers, stagePart } from './signature.ts';
import { isReturnedAnew, reopening, type StageLook } from './stage-look.ts';
import { forwardMove, recycleMove, restoreMove } from './stage-moves.ts';
import { isFurther, stageNamed } from './stage-order.ts';
import { asking, moving, staying, unknownStage } from './stage-outcomes.ts';
import type { StageOutcome } from './types.ts';

/**
 * The three-way decision for a contact that was handed over, with no move under way: what Salesforce says goes first where it has changed
 * since the stage was settled last, then what was done in HubSpot. `docs/lifecycle.md` tells the rules with examples.
 */
export function decideThreeWay(look: StageLook): StageOutcome {
  const { hubspot, lifecycle, facts } = look;
  if (hubspot !== null && stageNamed(lifecycle.stages, hubspot) === undefined) return unknownStage(look);
  const anew = facts.recycles.find((recycle) => isReturnedAnew(look, recycle));
  if (anew !== undefined && !look.qualifiesNow) return returned(look, anew);
  const reopened = reopening(look);
  const outcome = decideOpenPerson({ ...look, facts: reopened?.facts ?? facts });
  if (reopened === null) return outcome;
  const text = 'The contact has qualified again: the status of the person that sales had returned is reopened.';
  const reason = { code: 'stage_reopened', text, field: reopened.change.field };
  return { ...outcome, statusChange: reopened.change, reasons: [reason, ...outcome.reasons] };
}

function decideOpenPerson(look: StageLook): StageOutcome {
  const named = furtherStage(look);
  if (named === null) return followHubSpot(look);
  const { hubspot, lifecycle, facts } = look;
  return moving(look, forwardMove(lifecycle.stages, hubspot, { ...facts, stage: named }));
}

/** The reason of a recycle, for the property that the mapping names; nothing where it says so already. */
export function recycleReason({ lifecycle, input }: StageLook, { reason }: Recycle): readonly FieldChange[] {
  const field = lifecycle.reasonProperty;
  const before = field === null ? null : (input.contact.properties[field] ?? null);
  if (field === null || before === reason) return [];
  return [{ field, before, after: reason, rule: 'lifecycle' }];
}

function returned(look: StageLook, recycle: Recycle): StageOutcome {
  const { hubspot, lifecycle } = look;
  const goesBack = hubspot === null || isFurther(lifecycle.stages, hubspot, recycle.to);
  const outcome = goesBack ? moving(look, recycleMove(lifecycle.stages, hubspot, recycle)) : staying(look);
  return { ...outcome, contactChanges: recycleReason(look, recycle) };
}

/** The stage that the facts name, where they have changed and it lies further than HubSpot's. */
function furtherStage({ facts, agreed, hubspot, lifecycle, qualifiesNow }: StageLook): LifecycleStage | null {
  const { stage, recycle, parts } = facts;
  if (stage === null || !isFurther(lifecycle.stages, stage.hubspot, hubspot)) return null;
  if (qualifiesNow) return stage;
  // Nothing was ever settled: what a person says who works with sales counts; of one who was returned nothing is known to be new.
  if (agreed.facts === undefined) return recycle === null ? stage : null;
  // A person who still says "returned" goes on by what is new beside it alone, such as an opportunity.
  if (recycle !== null) return partDiffers(agreed.facts, stagePart, parts.get(stagePart)) ? stage : null;
  return haveChanged(agreed.facts, parts) ? stage : null;
}

/** Salesforce gives no reason to move: what was done in HubSpot since counts. */
function followHubSpot(look: StageLook): StageOutcome {
  const { hubspot, agreed, facts, lifecycle } = look;
  const before = agreed.hubspot;
  if (before === undefined || before === hubspot) return staying(look);
  const wentBack = before !== null && (hubspot === null || isFurther(lifecycle.stages, before, hubspot));
  if (!wentBack) return staying(look);
  // Whom sales has returned is marketing's again: there is nothing to defend.
  if (facts.recycle !== null || lifecycle.movedBack === 'accept') return staying(look, 'moved_back');
  if (lifecycle.movedBack === 'restore' && stageNamed(lifecycle.stages, before) !== undefined) {
    return moving(look, restoreMove(lifecycle.stages, hubspot, before));
  }
  return lifecycle.movedBack === 'ask' ? asking(look, before) : staying(look, 'moved_back');
}
