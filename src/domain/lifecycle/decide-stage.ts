import { stageOf } from './effective-stage.ts';
import { decideUnderMove, placeOfMove } from './open-move.ts';
import { conclusion, writeSignature } from './signature.ts';
import { agreedOf, toLook } from './stage-look.ts';
import { stopFight } from './stop-fight.ts';
import { decideThreeWay } from './three-way.ts';
import { stagesSeen } from './transitions.ts';
import { noStageDecision, type StageDecision, type StageInput, type StageOutcome } from './types.ts';

/**
 * Decides the lifecycle stage of one contact from both sides and from what they agreed on last. Before the handoff HubSpot decides and
 * nothing is moved; after it the facts in Salesforce do. Does no I/O, reads no clock, never throws on what a record holds.
 *
 * @param input `gatePasses` asked with `effectiveStage`
 * @see docs/lifecycle.md
 */
export function decideStage(input: StageInput): StageOutcome {
  const { person, pair, handedOver, linking, gatePasses } = input;
  const open = pair?.stageMove ?? null;
  const isReconciled = handedOver || (linking && gatePasses);
  if (person === null || !isReconciled) return withoutFacts(input);
  const look = toLook(input, person);
  const outcome = open === null ? decideThreeWay(look) : decideUnderMove(look, open);
  return stopFight(outcome, input, look.hubspot);
}

/** Salesforce says nothing: HubSpot decides. A move that was begun is finished all the same, as the stage may be empty. */
function withoutFacts(input: StageInput): StageOutcome {
  const { contact, mapping, linking, gatePasses, now } = input;
  const hubspot = stageOf(contact);
  const under = underMove(input, hubspot);
  const previous = under.open === 'verified' ? hubspot : agreedOf(input).hubspot;
  const seen = under.move === null ? stagesSeen(contact, mapping.lifecycle.stages, previous, now) : [];
  const standing = { hubspot: under.move?.to ?? hubspot, salesforce: null, cause: null };
  // The person of a first handoff is made for this stage: what it says is news only where it says another.
  const isMade = linking && gatePasses && hubspot !== null;
  const agreed = isMade ? { hubspot, facts: writeSignature(conclusion(hubspot)) } : null;
  const decision = { ...noStageDecision, seen, standing, agreed, ...under };
  return { decision, statusChange: null, contactChanges: [], reasons: [], problem: null, freezes: [] };
}

function underMove({ pair }: StageInput, hubspot: string | null): Pick<StageDecision, 'move' | 'open'> {
  const begun = pair?.stageMove ?? null;
  if (begun === null) return { move: null, open: 'none' };
  const place = placeOfMove(begun, hubspot);
  if (place === 'arrived') return { move: null, open: 'verified' };
  if (place === 'elsewhere') return { move: null, open: 'conflict' };
  const { step: _, openedAtMs: __, ...move } = begun;
  return { move, open: place === 'emptied' || !begun.mustClear ? 'resume_setting' : 'resume_clearing' };
}
