import { describe, expect, it } from 'vitest';
import type { FieldRule } from '../../../src/domain/mapping/types.ts';
import { decideField, decisionText, type Situation, truthTable } from '../../../src/domain/plan/decide-field.ts';

const situations: readonly Situation[] = ['no_base', 'nobody', 'hubspot', 'salesforce', 'both'];

function decide(rule: FieldRule, situation: Situation, values: Partial<Parameters<typeof decideField>[0]> = {}) {
  const usual = { salesforceBlank: false, hubspotBlank: false, empty: 'clear' as const, required: false };
  return decideField({ rule, situation, ...usual, ...values });
}

describe('truth table: both sides have a value and differ', () => {
  it.each([
    { rule: 'hubspot', actions: ['write', 'keep', 'write', 'write', 'write'] },
    { rule: 'salesforce', actions: ['keep', 'keep', 'keep', 'keep', 'keep'] },
    { rule: 'newest', actions: ['keep', 'keep', 'write', 'keep', 'keep'] },
    { rule: 'fill_blank', actions: ['keep', 'keep', 'keep', 'keep', 'keep'] },
    { rule: 'never', actions: ['keep', 'keep', 'keep', 'keep', 'keep'] },
  ] as const)('$rule: $actions', ({ rule, actions }) => {
    expect(situations.map((situation) => decide(rule, situation).action)).toStrictEqual(actions);
  });
});

describe('truth table: Salesforce is blank', () => {
  it.each([
    { rule: 'hubspot', actions: ['write', 'keep', 'write', 'write', 'write'] },
    { rule: 'salesforce', actions: ['keep', 'keep', 'keep', 'keep', 'keep'] },
    { rule: 'newest', actions: ['write', 'keep', 'write', 'keep', 'keep'] },
    { rule: 'fill_blank', actions: ['write', 'keep', 'write', 'write', 'write'] },
    { rule: 'never', actions: ['keep', 'keep', 'keep', 'keep', 'keep'] },
  ] as const)('$rule: $actions', ({ rule, actions }) => {
    const decisions = situations.map((situation) => decide(rule, situation, { salesforceBlank: true }).action);

    expect(decisions).toStrictEqual(actions);
  });
});

describe('truth table: HubSpot is blank', () => {
  it.each([
    { rule: 'hubspot', actions: ['keep', 'keep', 'write', 'keep', 'write'] },
    { rule: 'salesforce', actions: ['keep', 'keep', 'keep', 'keep', 'keep'] },
    { rule: 'newest', actions: ['keep', 'keep', 'write', 'keep', 'keep'] },
    { rule: 'fill_blank', actions: ['keep', 'keep', 'keep', 'keep', 'keep'] },
    { rule: 'never', actions: ['keep', 'keep', 'keep', 'keep', 'keep'] },
  ] as const)('$rule: $actions', ({ rule, actions }) => {
    const decisions = situations.map((situation) => decide(rule, situation, { hubspotBlank: true }).action);

    expect(decisions).toStrictEqual(actions);
  });

  it.each([
    { values: { empty: 'keep' }, code: 'empty_kept' },
    { values: { required: true }, code: 'required_not_cleared' },
  ] as const)('an emptied property clears nothing: $code', ({ values, code }) => {
    const decision = decide('hubspot', 'hubspot', { hubspotBlank: true, ...values });

    expect(decision).toStrictEqual({ action: 'keep', code });
  });
});

it('says every decision in words', () => {
  for (const rule of ['hubspot', 'salesforce', 'newest', 'fill_blank', 'never'] as const) {
    for (const situation of situations) {
      const blanks = [true, false].flatMap((salesforceBlank) =>
        [true, false].map((hubspotBlank) => decide(rule, situation, { salesforceBlank, hubspotBlank }).code),
      );
      for (const code of [...blanks, truthTable[rule][situation].code]) expect(decisionText).toHaveProperty(code);
    }
  }
});
