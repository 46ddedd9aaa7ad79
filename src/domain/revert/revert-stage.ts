import { stageOf } from '../lifecycle/effective-stage.ts';
import { type PersonFacts, readFacts } from '../lifecycle/facts.ts';
import { placeOfMove } from '../lifecycle/open-move.ts';
import { haveChanged, oldReturnPart, writeSignature } from '../lifecycle/signature.ts';
import { agreedOf, toLook } from '../lifecycle/stage-look.ts';
import { isFurther, labelOf } from '../lifecycle/stage-order.ts';
import { standingOf } from '../lifecycle/standing.ts';
import { noStageDecision, type StageDecision, type StageInput, type StageMove } from '../lifecycle/types.ts';
import { isBlank } from '../mapping/normalise.ts';
import type { FieldChange } from '../plan/types.ts';
import { type FieldValue, type FieldValues, type SalesforcePerson, stageProperty } from '../record.ts';
import type { LeftReason, RevertTarget } from './types.ts';

/** By this code a move of the stage is known to be a revert's. */
const revertedStageCode = 'stage_reverted';

export type StageRevert = {
  decision: StageDecision;
  /** A stage that was empty before: emptied by a plain write. */
  change: FieldChange | null;
  /** Null: the run did not touch the stage. */
  fate: 'put' | LeftReason | null;
  /** The stage was changed since both agreed, in either CRM. */
  isMoved: boolean;
};

/** What the run wrote to the person, and what it will hold once that is put back. */
type Fields = { asTheRunLeft: FieldValues; after: FieldValues };

/**
 * Puts the lifecycle stage of a contact back, where it still is what the run made it: HubSpot refuses a step backward, so it is emptied first.
 * What both sides say of the stage afterwards is agreed on: neither an old fact in Salesforce moves it again, nor an old return.
 */
export function revertStage(input: StageInput, target: RevertTarget | undefined, fields: Fields): StageRevert {
  const current = stageOf(input.contact);
  const step = target === undefined ? untouched : stepOf(input, target, current);
  const reached = step.fate === 'put' ? step.to : current;
  const agreement = agreementAfter(
    input,
    { current, reached, isOurs: step.fate !== null && step.fate !== 'changed_since' },
    fields,
  );
  const { move, open } = step;
  const decision = { ...noStageDecision, move, open, standing: agreement.standing, agreed: agreement.agreed };
  return { decision, change: step.change, fate: step.fate, isMoved: agreement.isMoved };
}

type Step = Pick<StageRevert, 'change' | 'fate'> & Pick<StageDecision, 'move' | 'open'> & { to: string | null };

const untouched: Step = { change: null, fate: null, move: null, open: 'none', to: null };

function stepOf(input: StageInput, target: RevertTarget, current: string | null): Step {
  const open = input.pair?.stageMove ?? null;
  const to = isBlank(target.before) ? null : String(target.before).trim();
  if (target.isErased) return { ...untouched, fate: 'erased' };
  if (open?.code === revertedStageCode) return resumed(open, current, to);
  const place = open === null ? null : placeOfMove(open, current);
  const ended = place === null ? 'none' : place === 'arrived' ? 'verified' : 'conflict';
  const left = (fate: LeftReason): Step => ({ ...untouched, fate, open: ended });
  if (current === to) return left('already_back');
  // Emptied by a move of the run's that was cut off.
  const isRuns = current === textOf(target.after) || place === 'emptied';
  if (!isRuns) return left('changed_since');
  if (to === null) {
    const change: FieldChange = { field: stageProperty, before: current, after: null, rule: 'revert' };
    return { ...untouched, fate: 'put', change, open: ended };
  }
  return { ...untouched, fate: 'put', to, open: ended, move: moveBack(input, current, to) };
}

function textOf(value: FieldValue): string | null {
  return isBlank(value) ? null : String(value).trim();
}

function moveBack({ mapping }: StageInput, from: string | null, to: string): StageMove {
  const { stages } = mapping.lifecycle;
  const text = `A run is put back: the stage goes from ${labelOf(stages, from)} back to ${labelOf(stages, to)}.`;
  // Only along the funnel HubSpot takes a stage at once.
  const mustClear = from !== null && !isFurther(stages, to, from);
  return { from, to, kind: 'restored', mustClear, code: revertedStageCode, text };
}

/** A move that a look of the revert has begun. */
function resumed(
  open: NonNullable<NonNullable<StageInput['pair']>['stageMove']>,
  current: string | null,
  to: string | null,
): Step {
  const place = placeOfMove(open, current);
  if (place === 'arrived') return { ...untouched, fate: 'put', to, open: 'verified' };
  if (place === 'elsewhere') return { ...untouched, fate: 'changed_since', open: 'conflict' };
  const { step: _, openedAtMs: __, ...move } = open;
  const isCleared = place === 'emptied' || !open.mustClear;
  return { ...untouched, fate: 'put', to: open.to, move, open: isCleared ? 'resume_setting' : 'resume_clearing' };
}

type Reached = { current: string | null; reached: string | null; isOurs: boolean };

/** What both sides will agree on; nothing, where somebody has changed one of them and nobody has looked yet. */
function agreementAfter(
  input: StageInput,
  { current, reached, isOurs }: Reached,
  fields: Fields,
): Pick<StageDecision, 'agreed' | 'standing'> & { isMoved: boolean } {
  const { person } = input;
  const before = agreedOf(input);
  const alone = { hubspot: reached, salesforce: null, cause: null };
  if (person === null || before.facts === undefined) return { agreed: null, standing: alone, isMoved: false };
  const facts = factsOf(input, person, fields.after);
  const standing = standingOf({ ...toLook(input, person), hubspot: reached, facts });
  const left = factsOf(input, person, fields.asTheRunLeft);
  const isMoved =
    (!isOurs && before.hubspot !== undefined && before.hubspot !== current) || haveChanged(before.facts, left.parts);
  if (isMoved) return { agreed: null, standing, isMoved };
  const signature =
    facts.recycle === null ? facts.signature : writeSignature(new Map([...facts.parts, [oldReturnPart, 'yes']]));
  const isKnown = before.hubspot === reached && writeSignature(before.facts) === signature;
  return { agreed: isKnown ? null : { hubspot: reached, facts: signature }, standing, isMoved };
}

function factsOf({ mapping, deals }: StageInput, person: SalesforcePerson, fields: FieldValues): PersonFacts {
  return readFacts(mapping.lifecycle, { ...person, fields: { ...person.fields, ...fields } }, deals);
}
