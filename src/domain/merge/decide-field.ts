import type { FieldRule } from '../mapping/types.ts';
import type { SystemName } from '../record.ts';
import { type DecisionCode, decisionText } from './decision-text.ts';

export { decisionText };

/** Who moved away from the base since both last agreed; `no_base`: they never did, as far as the ledger knows. */
export type Situation = 'no_base' | 'nobody' | 'hubspot' | 'salesforce' | 'both';

/**
 * `fill`: whoever has a value fills the other's blank. `salesforce_first`: Salesforce's value, or HubSpot's where Salesforce is blank.
 * `newest`: the side that was changed last.
 */
type Verdict = {
  action: 'to_salesforce' | 'to_hubspot' | 'keep' | 'fill' | 'salesforce_first' | 'newest';
  code: DecisionCode;
};

/** `conflict`: both sides had changed, and whose value won. */
export type FieldDecision = {
  action: 'to_salesforce' | 'to_hubspot' | 'keep';
  code: DecisionCode;
  conflict?: SystemName;
};

const keep = (code: DecisionCode): Verdict => ({ action: 'keep', code });
const send: Verdict = { action: 'to_salesforce', code: 'hubspot_value_sent' };
const take: Verdict = { action: 'to_hubspot', code: 'salesforce_value_sent' };
const first: Verdict = { action: 'salesforce_first', code: 'salesforce_value_sent' };
const asAgreed = keep('as_last_agreed');
const never = keep('never_written');

/**
 * The truth table for two sides that differ: rule, then situation. `docs/field-rules.md` is generated from it. `nobody` is a difference
 * that stood when both last agreed: a CRM had altered our value, and it is not sent again.
 */
export const truthTable: Readonly<Record<FieldRule, Readonly<Record<Situation, Verdict>>>> = {
  hubspot: {
    no_base: send,
    nobody: asAgreed,
    hubspot: send,
    salesforce: { action: 'to_salesforce', code: 'salesforce_edit_overruled' },
    both: { action: 'to_salesforce', code: 'conflict_hubspot_owns' },
  },
  salesforce: {
    no_base: take,
    nobody: asAgreed,
    hubspot: { action: 'to_hubspot', code: 'hubspot_edit_overruled' },
    salesforce: take,
    both: { action: 'to_hubspot', code: 'conflict_salesforce_owns' },
  },
  newest: {
    no_base: { action: 'fill', code: 'differs_since_link' },
    nobody: asAgreed,
    hubspot: send,
    salesforce: take,
    both: { action: 'newest', code: 'conflict_newest_unknown' },
  },
  fill_blank: {
    no_base: first,
    nobody: asAgreed,
    hubspot: { ...first, code: 'hubspot_edit_overruled' },
    salesforce: first,
    both: { ...first, code: 'conflict_salesforce_owns' },
  },
  never: { no_base: never, nobody: never, hubspot: never, salesforce: never, both: never },
};

export type DirectionQuestion = {
  rule: FieldRule;
  situation: Situation;
  /** Whether a side holds nothing at all in the unit. */
  hubspotBlank: boolean;
  salesforceBlank: boolean;
  /** Who wrote last, where both did: a side, `unknown`, or `unread` as long as the histories were not read. */
  newest: SystemName | 'unknown' | 'unread';
  /** Whose value stays where nobody can tell. */
  fallback: SystemName;
};

/** Decides in which direction the values of a unit (a field, or several that belong together) go. */
export function decideDirection(question: DirectionQuestion): FieldDecision {
  const { rule, situation, hubspotBlank, salesforceBlank } = question;
  const { action, code } = truthTable[rule][situation];
  const isConflict = situation === 'both';
  if (action === 'newest') return decideByTime(question);
  if (action === 'fill') {
    if (salesforceBlank) return { action: 'to_salesforce', code: 'filled_blank' };
    return hubspotBlank ? { action: 'to_hubspot', code: 'filled_blank_in_hubspot' } : { action: 'keep', code };
  }
  if (action === 'salesforce_first' && salesforceBlank) {
    return { action: 'to_salesforce', code: 'filled_blank', ...(isConflict ? { conflict: 'hubspot' } : {}) };
  }
  if (action === 'keep') return { action, code };
  const toSalesforce = action === 'to_salesforce';
  const conflict: SystemName = toSalesforce ? 'hubspot' : 'salesforce';
  return { action: toSalesforce ? action : 'to_hubspot', code, ...(isConflict ? { conflict } : {}) };
}

function decideByTime({ newest, fallback }: DirectionQuestion): FieldDecision {
  if (newest === 'unread') return { action: 'keep', code: 'conflict_histories_unread' };
  const conflict = newest === 'unknown' ? fallback : newest;
  const action = conflict === 'hubspot' ? 'to_salesforce' : 'to_hubspot';
  if (newest === 'unknown') return { action, code: 'conflict_newest_unknown', conflict };
  return { action, code: newest === 'hubspot' ? 'conflict_hubspot_newer' : 'conflict_salesforce_newer', conflict };
}

export type BlankQuestion = {
  /** The value that would be sent is a blank. */
  isBlank: boolean;
  /** The side that it comes from had a value when both last agreed. */
  wasEmptied: boolean;
  /** It is a part of a unit that was changed on its side, and the whole unit goes: an address without a state. */
  isPartOfUnit: boolean;
  /** What an empty value means. */
  empty: 'clear' | 'keep';
  /** The other side wants a value in this field. */
  required: boolean;
};

/**
 * Whether a decided field may be sent, or why not: a blank clears only where its side has been emptied since both agreed. A person's entry
 * is never removed because the other side never had one.
 */
export function blankObstacle(question: BlankQuestion): DecisionCode | null {
  if (!question.isBlank) return null;
  if (question.required) return 'required_not_cleared';
  if (question.empty === 'keep') return 'empty_kept';
  return question.wasEmptied || question.isPartOfUnit ? null : 'blank_never_overrules';
}
