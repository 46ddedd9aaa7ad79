import { sameHeld } from '../mapping/normalise.ts';
import type { FieldFacts, FightRules } from '../mapping/types.ts';
import type { Freeze, FrozenField, Histories, PairKnowledge, PlanProblem, RecentWrite } from '../plan/types.ts';
import type { FieldValue, HubSpotObject } from '../record.ts';
import type { MergeInput } from './types.ts';

const minuteMs = 60_000;

/** A write that is about to be made, and what tells whether it answers somebody who writes the same field. */
type NextWrite = FrozenField & {
  after: FieldValue;
  /** Somebody else has changed the field since we wrote it. */
  isMovedAway: boolean;
  /** The field on the other side that goes with it. */
  counterpart?: FrozenField;
};

/**
 * How often we have written a field lately, where one more write would be one too many; else null. Edits of the other side alone are no
 * fight, however many: the field must have been moved away from what we wrote, or its counterpart have been written as often, as by two
 * automations that answer each other.
 */
export function fightOf(
  next: NextWrite,
  recentWrites: readonly RecentWrite[],
  { rules, now, facts }: { rules: FightRules; now: number; facts: FieldFacts | undefined },
): number | null {
  const writesOf = (target: FrozenField) =>
    recentWrites.filter(
      ({ system, field, atMs }) => system === target.system && field === target.field && atMs > now - rules.withinMs,
    );
  const writes = writesOf(next);
  const repeats = writes.filter(({ after }) => sameHeld(after, next.after, facts)).length;
  const answers = next.counterpart === undefined ? 0 : writesOf(next.counterpart).length;
  const isAnswered = (limit: number) => next.isMovedAway || answers >= limit;
  const isFight =
    (repeats >= rules.repeats && isAnswered(rules.repeats)) ||
    (writes.length >= rules.writes && isAnswered(rules.writes));
  return isFight ? writes.length : null;
}

/** The freeze that ends a fight. Its text names the other writer where the CRMs tell who that is. */
export function freezeOf(
  { system, field }: FrozenField,
  writes: number,
  input: MergeInput & { histories: Histories },
): Freeze {
  const { histories, fights, hubspot } = input;
  const last = histories[system][field]?.[0]?.by;
  const writer = system === 'hubspot' ? last : writerInSalesforce(input, last);
  const minutes = Math.round(fights.withinMs / minuteMs);
  const times = `${writes} ${writes === 1 ? 'time' : 'times'} within ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;
  const text = `${field}: we wrote it ${times}, and ${writer ?? 'an unknown writer'} changed it again. It is frozen for this ${hubspot.object}.`;
  return { system, field, code: 'field_frozen', text };
}

/** @param last who changed this very field last, where the org tracks it; others may have changed the rest of the record since */
function writerInSalesforce({ ourUserId, salesforce }: MergeInput, last: string | undefined): string | undefined {
  const { lastModifiedBy } = salesforce;
  const isOurs = lastModifiedBy !== null && lastModifiedBy.id === ourUserId;
  if (last !== undefined && last !== 'unknown' && !(isOurs && (last === lastModifiedBy.name || last === ourUserId)))
    return last;
  if (isOurs) return 'automation after our own write';
  return lastModifiedBy === null ? undefined : (lastModifiedBy.name ?? `the user ${lastModifiedBy.id}`);
}

/** What is frozen of a pair; null: there is no pair. */
type FrozenPair = Pick<PairKnowledge, 'frozen'> | null;

/** Whether a field is left alone until a person thaws it. */
export function isFrozen({ pair }: { pair: FrozenPair }, { system, field }: FrozenField): boolean {
  return pair?.frozen.some((frozen) => frozen.system === system && frozen.field === field) ?? false;
}

/** What is reported of a pair as long as it has frozen fields. `freezes`: those that this look adds. */
export function fieldFrozen(
  { pair, object }: { pair: FrozenPair; object: HubSpotObject },
  freezes: readonly Freeze[],
): PlanProblem | null {
  const fields = [...new Set([...(pair?.frozen ?? []), ...freezes].map(({ field }) => field))];
  if (fields.length === 0) return null;
  const told = [...(pair?.frozen ?? []), ...freezes].map(({ text }) => text ?? '').join(' ');
  const named = object === 'contact' ? '<contact>' : `--${object} <id>`;
  return {
    code: 'field_frozen',
    message:
      `${fields.join(', ')}: somebody else kept changing what we wrote, so it is left alone for this ${object}. ${told}`.trim(),
    advice: `Find the other writer (a workflow, a flow, another app) and stop it, then run: handoff thaw ${named}.`,
    fields,
    recordIds: [],
  };
}
