import { stageOf } from './effective-stage.ts';
import { noStageDecision, type StageInput, type StageOutcome } from './types.ts';

/**
 * Decides the lifecycle stage of one contact from both sides and from what they agreed on last. Does no I/O, reads no clock, never throws
 * on what a record holds.
 */
export function decideStage(input: StageInput): StageOutcome {
  const hubspot = stageOf(input.contact);
  const decision = { ...noStageDecision, standing: { hubspot, salesforce: null, cause: null } };
  return { decision, statusChange: null, contactChanges: [], reasons: [], problem: null };
}
