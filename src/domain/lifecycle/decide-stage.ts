import { stageProperty } from '../record.ts';
import { stageOf } from './effective-stage.ts';
import { readFacts } from './facts.ts';
import { decideUnderMove, placeOfMove } from './open-move.ts';
import { conclusion, lostPart, writeSignature } from './signature.ts';
import { agreedOf, toLook } from './stage-look.ts';
import { forwardMove } from './stage-moves.ts';
import { isFurther } from './stage-order.ts';
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
  if (person === null || !isReconciled) return stopFight(withoutFacts(input), input, stageOf(input.contact));
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
  const made = linking && gatePasses && hubspot !== null ? madeFor(input, hubspot) : null;
  const move = under.move ?? made?.move ?? null;
  const standing = { hubspot: move?.to ?? hubspot, salesforce: null, cause: null };
  const decision = { ...noStageDecision, seen, standing, agreed: made?.agreed ?? null, ...under, move };
  const reasons =
    under.move === null && move !== null ? [{ code: move.code, text: move.text, field: stageProperty }] : [];
  return { decision, statusChange: null, contactChanges: [], reasons, problem: null, freezes: [] };
}

/**
 * The person of a first handoff is made for the stage of the contact: what it says is news only where it says another. It has no
 * opportunities yet, but the deals of the contact may make it more than that; that they were lost before is no news.
 */
function madeFor({ mapping, deals }: StageInput, hubspot: string): Pick<StageDecision, 'agreed' | 'move'> {
  const { stages } = mapping.lifecycle;
  const facts = readFacts(mapping.lifecycle, { object: 'Lead', fields: {}, opportunities: [] }, deals);
  const { stage, isLost } = facts;
  const isAhead = stage !== null && isFurther(stages, stage.hubspot, hubspot);
  const move = isAhead ? forwardMove(stages, hubspot, { ...facts, stage }) : null;
  const reached = move?.to ?? hubspot;
  const known = conclusion(reached);
  const parts = isLost ? new Map([...known, [lostPart, 'yes']]) : known;
  return { move, agreed: { hubspot: reached, facts: writeSignature(parts) } };
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
