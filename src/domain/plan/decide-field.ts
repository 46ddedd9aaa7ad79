import type { FieldRule } from '../mapping/types.ts';

/** Who moved away from the base since both last agreed; `no_base`: they never did, as far as the ledger knows. */
export type Situation = 'no_base' | 'nobody' | 'hubspot' | 'salesforce' | 'both';

/** `write` sends HubSpot's value; `fill` sends it only where Salesforce is blank; `keep` leaves Salesforce as it is. */
type Verdict = { action: 'write' | 'fill' | 'keep'; code: string };

export type FieldDecision = { action: 'write' | 'keep'; code: string };

const write: Verdict = { action: 'write', code: 'hubspot_value_sent' };
const restore: Verdict = { action: 'write', code: 'salesforce_edit_overruled' };
const fill: Verdict = { action: 'fill', code: 'salesforce_has_value' };
const asAgreed: Verdict = { action: 'keep', code: 'as_last_agreed' };
const salesforceOwns: Verdict = { action: 'keep', code: 'salesforce_owns' };
const never: Verdict = { action: 'keep', code: 'never_written' };

/**
 * The truth table for two sides that differ, HubSpot -> Salesforce: rule, then situation. `docs/field-rules.md` is generated from it.
 * `nobody` is a difference that stood when both last agreed: the CRM had altered our value, and it is not sent again.
 */
export const truthTable: Readonly<Record<FieldRule, Readonly<Record<Situation, Verdict>>>> = {
  hubspot: { no_base: write, nobody: asAgreed, hubspot: write, salesforce: restore, both: restore },
  salesforce: {
    no_base: salesforceOwns,
    nobody: asAgreed,
    hubspot: salesforceOwns,
    salesforce: salesforceOwns,
    both: salesforceOwns,
  },
  newest: {
    no_base: { action: 'fill', code: 'differs_since_link' },
    nobody: asAgreed,
    hubspot: write,
    salesforce: { action: 'keep', code: 'salesforce_newer' },
    both: { action: 'keep', code: 'conflict_newest_unknown' },
  },
  fill_blank: { no_base: fill, nobody: asAgreed, hubspot: fill, salesforce: fill, both: fill },
  never: { no_base: never, nobody: never, hubspot: never, salesforce: never, both: never },
};

/** Each code in words; what follows the field's name in a reason. */
export const decisionText: Readonly<Record<string, string>> = {
  hubspot_value_sent: "HubSpot's value is sent.",
  salesforce_edit_overruled:
    "HubSpot owns the field: its value is restored, and Salesforce's edit stays in the audit log.",
  filled_blank: "Salesforce was blank: HubSpot's value fills it.",
  salesforce_has_value: 'Salesforce has a value of its own, and the rule only fills blanks.',
  as_last_agreed: 'The sides differ as they did when they last agreed; nothing is sent again.',
  salesforce_owns: "Salesforce owns the field: HubSpot's value is not sent.",
  never_written: 'The field is compared and shown, never written.',
  differs_since_link:
    "Both sides had a value when they were linked: Salesforce's stays, and later edits count from here.",
  salesforce_newer: 'Only Salesforce has changed since both agreed: its value stays.',
  conflict_newest_unknown: "Both sides have changed since they agreed: Salesforce's value stays.",
  empty_kept: 'HubSpot is empty, and the mapping keeps what Salesforce has.',
  blank_never_overrules: 'HubSpot is empty and has not been emptied since both agreed: what Salesforce has stays.',
  required_not_cleared: 'HubSpot was emptied, but Salesforce requires a value: what it has stays.',
};

export type FieldQuestion = {
  rule: FieldRule;
  situation: Situation;
  salesforceBlank: boolean;
  hubspotBlank: boolean;
  /** What an empty HubSpot value means. */
  empty: 'clear' | 'keep';
  /** Salesforce wants a value in this field. */
  required: boolean;
};

/**
 * Decides one field on which the sides differ. A blank of HubSpot's clears only where HubSpot has been emptied since both agreed: a
 * person's entry in Salesforce is never removed because HubSpot never had one.
 */
export function decideField(question: FieldQuestion): FieldDecision {
  const { rule, situation, salesforceBlank, hubspotBlank } = question;
  const verdict = truthTable[rule][situation];
  if (verdict.action === 'keep') return { action: 'keep', code: verdict.code };
  if (verdict.action === 'fill') {
    return salesforceBlank ? { action: 'write', code: 'filled_blank' } : { action: 'keep', code: verdict.code };
  }
  if (!hubspotBlank) return { action: 'write', code: verdict.code };
  if (question.required) return { action: 'keep', code: 'required_not_cleared' };
  if (question.empty === 'keep') return { action: 'keep', code: 'empty_kept' };
  if (situation !== 'hubspot' && situation !== 'both') return { action: 'keep', code: 'blank_never_overrules' };
  return { action: 'write', code: verdict.code };
}
