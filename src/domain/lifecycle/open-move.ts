import { conclusion, type FactParts, recyclePart } from './signature.ts';
import type { StageLook } from './stage-look.ts';
import { putBackMove } from './stage-moves.ts';
import { moving } from './stage-outcomes.ts';
import { decideThreeWay, recycleReason } from './three-way.ts';
import type { OpenStageMove, StageOutcome } from './types.ts';

/** Where a move that the ledger holds as open stands, by what HubSpot holds. */
export type MovePlace = 'arrived' | 'at_start' | 'emptied' | 'elsewhere';

/**
 * @param hubspot the stage that HubSpot holds. Back at the start after the clearing, it was set by somebody else; a move that need not clear
 * may simply not have been sent.
 */
export function placeOfMove({ from, to, mustClear, step }: OpenStageMove, hubspot: string | null): MovePlace {
  if (hubspot === to) return 'arrived';
  if (hubspot === from && (step === 'clearing' || !mustClear)) return 'at_start';
  return hubspot === null && mustClear ? 'emptied' : 'elsewhere';
}

/** The decision under a move that was begun and is not verified. */
export function decideUnderMove(look: StageLook, open: OpenStageMove): StageOutcome {
  const place = placeOfMove(open, look.hubspot);
  if (place === 'arrived') return arrived(look, open);
  if (place === 'elsewhere') return withOpen(decideThreeWay(look), 'conflict');
  const wanted = decideThreeWay({ ...look, hubspot: open.from });
  if (wanted.decision.move?.to === open.to) return carriedOn(wanted, open, place);
  // Salesforce says something else by now: the move ends, and what is wanted instead begins.
  return place === 'at_start' ? withOpen(wanted, 'conflict') : withOpen(redirected(look, open, wanted), 'conflict');
}

/** What has changed in Salesforce since the move was begun is decided after it, so that it is not lost. */
function arrived(look: StageLook, open: OpenStageMove): StageOutcome {
  const { hubspot, facts } = look;
  const outcome = decideThreeWay({ ...look, agreed: { hubspot, facts: factsOfMove(look, open) } });
  const agreed = outcome.decision.agreed ?? { hubspot, facts: facts.signature };
  const recycle = facts.recycles.find(({ to }) => to === open.to) ?? facts.recycle;
  const wasReturned = open.kind === 'recycle' && outcome.decision.move === null && recycle !== null;
  const contactChanges = wasReturned ? recycleReason(look, recycle) : outcome.contactChanges;
  return { ...outcome, decision: { ...outcome.decision, open: 'verified', agreed }, contactChanges };
}

/** What Salesforce said when the move was begun, as far as the move tells. */
function factsOfMove({ agreed }: StageLook, { kind, to }: OpenStageMove): FactParts | undefined {
  if (kind === 'restored') return agreed.facts;
  if (kind === 'recycle') return new Map([[recyclePart, to]]);
  return conclusion(to, agreed.facts?.get(recyclePart));
}

function carriedOn(wanted: StageOutcome, open: OpenStageMove, place: MovePlace): StageOutcome {
  const { step: _, openedAtMs: __, ...move } = open;
  const isCleared = place === 'emptied' || !open.mustClear;
  const resumed = isCleared ? 'resume_setting' : 'resume_clearing';
  return { ...wanted, decision: { ...wanted.decision, move, open: resumed, seen: [] } };
}

/** The stage is empty, so whatever is wanted is set without a clearing; where nothing is, what was emptied is put back. */
function redirected(look: StageLook, open: OpenStageMove, wanted: StageOutcome): StageOutcome {
  const { move } = wanted.decision;
  if (move !== null) {
    const next = { ...move, from: null, mustClear: false };
    return { ...wanted, decision: { ...wanted.decision, move: next, seen: [] } };
  }
  if (open.from === null) return wanted;
  const back = moving(look, putBackMove(look.lifecycle.stages, open.from));
  return { ...back, statusChange: wanted.statusChange, problem: wanted.problem };
}

function withOpen(outcome: StageOutcome, open: 'conflict'): StageOutcome {
  return { ...outcome, decision: { ...outcome.decision, open } };
}
