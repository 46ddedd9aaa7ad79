import { stageProperty } from '../record.ts';
import type { StageCause } from './causes.ts';
import { causeReasons } from './stage-outcomes.ts';
import type { StageOutcome } from './types.ts';

/**
 * The same outcome without a new move: for a stage that is frozen, or is to be frozen. A stage that was emptied for a move is filled all the
 * same.
 *
 * @param hubspot the stage that HubSpot holds now
 */
export function holdStage(
  outcome: StageOutcome,
  hubspot: string | null,
  cause: StageCause = 'field_frozen',
): StageOutcome {
  const { decision } = outcome;
  const isUnderWay = decision.open === 'resume_clearing' || decision.open === 'resume_setting';
  const isEmptied = decision.open === 'conflict' && hubspot === null;
  if (decision.move === null || isUnderWay || isEmptied) return outcome;
  const standing = { ...decision.standing, hubspot, cause };
  const reasons = [
    ...outcome.reasons.filter(({ code }) => code !== decision.move?.code),
    ...causeReasons(cause).map((reason) => ({ ...reason, field: stageProperty })),
  ];
  return { ...outcome, decision: { ...decision, move: null, agreed: null, standing }, contactChanges: [], reasons };
}
