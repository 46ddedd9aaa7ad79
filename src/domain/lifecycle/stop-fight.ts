import { fightOf } from '../merge/fights.ts';
import type { Freeze } from '../plan/types.ts';
import { stageProperty } from '../record.ts';
import { causeReasons } from './stage-outcomes.ts';
import type { StageInput, StageMove, StageOutcome } from './types.ts';

const field = { system: 'hubspot', field: stageProperty } as const;

/**
 * The same outcome without a new move, where the stage is frozen or is to be frozen, because somebody else keeps moving it away from where
 * we put it. A stage that was emptied for a move is filled all the same.
 *
 * @param hubspot the stage that HubSpot holds now
 */
export function stopFight(outcome: StageOutcome, input: StageInput, hubspot: string | null): StageOutcome {
  const { decision } = outcome;
  const isUnderWay = decision.open === 'resume_clearing' || decision.open === 'resume_setting';
  const isEmptied = decision.open === 'conflict' && hubspot === null;
  if (decision.move === null || isUnderWay || isEmptied) return outcome;
  if (isFrozen(input)) return withoutMove(outcome, hubspot);
  const freeze = freezeOf(input, decision.move, hubspot);
  return freeze === null ? outcome : { ...withoutMove(outcome, hubspot), freezes: [freeze] };
}

function isFrozen({ pair }: StageInput): boolean {
  return pair?.frozen.some((each) => each.system === field.system && each.field === field.field) ?? false;
}

/** The clearings are half of a move and do not count. */
function freezeOf({ pair, mapping, now }: StageInput, { to }: StageMove, hubspot: string | null): Freeze | null {
  const moves = (pair?.recentWrites ?? []).filter(({ after }) => after !== null && after !== '');
  const ours = moves.filter(({ system, field: name }) => system === field.system && name === field.field);
  const last = ours.toSorted((one, other) => other.atMs - one.atMs)[0];
  // Sales alone may return and take up a person as often as it likes.
  const isMovedAway = last !== undefined && last.after !== hubspot;
  const next = { ...field, after: to, isMovedAway };
  const count = fightOf(next, moves, { rules: mapping.fights, now, facts: undefined });
  if (count === null) return null;
  const text = `${stageProperty}: we moved it ${count} times lately, and somebody else moved it away again. It is frozen for this contact.`;
  return { ...field, code: 'field_frozen', text };
}

function withoutMove(outcome: StageOutcome, hubspot: string | null): StageOutcome {
  const { decision } = outcome;
  const cause = 'field_frozen';
  const reasons = [...outcome.reasons.filter(({ code }) => code !== decision.move?.code), ...causeReasons(cause)];
  const held = { ...decision, move: null, agreed: null, standing: { ...decision.standing, hubspot, cause } };
  return { ...outcome, decision: held, contactChanges: [], reasons };
}
