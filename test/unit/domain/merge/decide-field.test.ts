import { describe, expect, it } from 'vitest';
import type { FieldRule } from '../../../../src/domain/mapping/types.ts';
import {
  blankObstacle,
  type DirectionQuestion,
  decideDirection,
  type Situation,
  truthTable,
} from '../../../../src/domain/merge/decide-field.ts';
import { decisionText } from '../../../../src/domain/merge/decision-text.ts';

const rules: readonly FieldRule[] = ['hubspot', 'salesforce', 'newest', 'fill_blank', 'never'];
const situations: readonly Situation[] = ['no_base', 'nobody', 'hubspot', 'salesforce', 'both'];

function decide(rule: FieldRule, situation: Situation, values: Partial<DirectionQuestion> = {}) {
  const usual = {
    hubspotBlank: false,
    salesforceBlank: false,
    newest: 'unknown' as const,
    fallback: 'salesforce' as const,
  };
  return decideDirection({ rule, situation, ...usual, ...values });
}

const names = { to_salesforce: 'there', to_hubspot: 'back', keep: 'keep' };

describe('truth table, by who changed: never agreed, nobody, HubSpot, Salesforce, both', () => {
  it.each([
    { rule: 'hubspot', blank: 'nobody', goes: ['there', 'keep', 'there', 'there', 'there'] },
    { rule: 'hubspot', blank: 'hubspot', goes: ['there', 'keep', 'there', 'there', 'there'] },
    { rule: 'hubspot', blank: 'salesforce', goes: ['there', 'keep', 'there', 'there', 'there'] },
    { rule: 'salesforce', blank: 'nobody', goes: ['back', 'keep', 'back', 'back', 'back'] },
    { rule: 'salesforce', blank: 'hubspot', goes: ['back', 'keep', 'back', 'back', 'back'] },
    { rule: 'salesforce', blank: 'salesforce', goes: ['back', 'keep', 'back', 'back', 'back'] },
    { rule: 'newest', blank: 'nobody', goes: ['keep', 'keep', 'there', 'back', 'back'] },
    { rule: 'newest', blank: 'hubspot', goes: ['back', 'keep', 'there', 'back', 'back'] },
    { rule: 'newest', blank: 'salesforce', goes: ['there', 'keep', 'there', 'back', 'back'] },
    { rule: 'fill_blank', blank: 'nobody', goes: ['back', 'keep', 'back', 'back', 'back'] },
    { rule: 'fill_blank', blank: 'hubspot', goes: ['back', 'keep', 'back', 'back', 'back'] },
    { rule: 'fill_blank', blank: 'salesforce', goes: ['there', 'keep', 'there', 'there', 'there'] },
    { rule: 'never', blank: 'nobody', goes: ['keep', 'keep', 'keep', 'keep', 'keep'] },
    { rule: 'never', blank: 'hubspot', goes: ['keep', 'keep', 'keep', 'keep', 'keep'] },
    { rule: 'never', blank: 'salesforce', goes: ['keep', 'keep', 'keep', 'keep', 'keep'] },
  ] as const)('$rule, blank: $blank -> $goes', ({ rule, blank, goes }) => {
    const blanks = { hubspotBlank: blank === 'hubspot', salesforceBlank: blank === 'salesforce' };

    expect(situations.map((situation) => names[decide(rule, situation, blanks).action])).toStrictEqual(goes);
  });

  it.each([
    { rule: 'hubspot', code: 'conflict_hubspot_owns', conflict: 'hubspot' },
    { rule: 'salesforce', code: 'conflict_salesforce_owns', conflict: 'salesforce' },
    { rule: 'newest', code: 'conflict_newest_unknown', conflict: 'salesforce' },
    { rule: 'fill_blank', code: 'conflict_salesforce_owns', conflict: 'salesforce' },
  ] as const)('$rule: a conflict is won by $conflict ($code)', ({ rule, code, conflict }) => {
    expect(decide(rule, 'both')).toMatchObject({ code, conflict });
    for (const situation of ['no_base', 'nobody', 'hubspot', 'salesforce'] as const)
      expect(decide(rule, situation)).not.toHaveProperty('conflict');
  });

  it.each([
    { rule: 'hubspot', situation: 'salesforce', code: 'salesforce_edit_overruled' },
    { rule: 'salesforce', situation: 'hubspot', code: 'hubspot_edit_overruled' },
    { rule: 'fill_blank', situation: 'hubspot', code: 'hubspot_edit_overruled' },
  ] as const)('$rule: an edit of the other side is overruled, and that is told', ({ rule, situation, code }) => {
    expect(decide(rule, situation).code).toBe(code);
  });
});

describe('newest, both sides changed', () => {
  it.each([
    { newest: 'hubspot', fallback: 'salesforce', action: 'to_salesforce', code: 'conflict_hubspot_newer' },
    { newest: 'salesforce', fallback: 'hubspot', action: 'to_hubspot', code: 'conflict_salesforce_newer' },
    { newest: 'unknown', fallback: 'hubspot', action: 'to_salesforce', code: 'conflict_newest_unknown' },
    { newest: 'unknown', fallback: 'salesforce', action: 'to_hubspot', code: 'conflict_newest_unknown' },
    { newest: 'unread', fallback: 'hubspot', action: 'keep', code: 'conflict_histories_unread' },
  ] as const)('$newest was last, fallback $fallback: $action', ({ action, code, ...times }) => {
    expect(decide('newest', 'both', times)).toMatchObject({ action, code });
  });
});

describe('a blank', () => {
  const usual = { isBlank: true, wasEmptied: true, isPartOfUnit: false, empty: 'clear' as const, required: false };

  it.each([
    { name: 'clears where its side has been emptied', values: {}, code: null },
    {
      name: 'never clears where its side never had a value',
      values: { wasEmptied: false },
      code: 'blank_never_overrules',
    },
    { name: 'goes with the rest of its unit', values: { wasEmptied: false, isPartOfUnit: true }, code: null },
    { name: 'clears no required field', values: { required: true }, code: 'required_not_cleared' },
    { name: 'clears nothing where the mapping keeps', values: { empty: 'keep' as const }, code: 'empty_kept' },
    { name: 'is not what a value is', values: { isBlank: false, required: true }, code: null },
  ])('$name', ({ values, code }) => {
    expect(blankObstacle({ ...usual, ...values })).toBe(code);
  });
});

it('says every decision in words', () => {
  for (const rule of rules)
    for (const situation of situations) expect(decisionText).toHaveProperty(truthTable[rule][situation].code);
  for (const text of Object.values(decisionText)) expect(text).toMatch(/^[A-Z].*[.?]$/);
});
