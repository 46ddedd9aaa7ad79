import { describe, expect, it } from 'vitest';
import { createGate, type GateSpec } from '../../../src/domain/gate/gate.ts';
import { compileExpression } from '../../../src/domain/mapping/expression.ts';
import { mapping } from './given.ts';

function expression(source: string) {
  const compiled = compileExpression(source, 'condition');
  if (!compiled.ok) throw new Error(compiled.fault.message);
  return compiled.expression;
}

const everything: GateSpec = {
  stages: mapping.lifecycle.stages,
  opensAt: new Set(['salesqualifiedlead', 'opportunity', 'customer']),
  requires: ['email', 'country'],
  condition: { expression: expression("contact.hs_legal_basis != ''"), text: 'consent was given' },
  exclude: {
    domains: new Set(['handoff.example']),
    stages: new Set(['other']),
    expression: expression("contact.type == 'COMPETITOR'"),
  },
  pilot: { emails: new Set(), domains: new Set(['pilot.example']), expression: null },
  below: 'pause',
};

const passing = {
  lifecyclestage: 'salesqualifiedlead',
  email: 'ada@pilot.example',
  country: 'Austria',
  hs_legal_basis: 'consent',
  type: 'PROSPECT',
};

describe('gate: what it asks of a contact, one by one', () => {
  it('asks for all that the mapping names, in words that hold no value of the contact', () => {
    const asked = createGate(everything).conditions(passing);

    expect(asked.map(({ needs }) => needs)).toEqual([
      'The lifecycle stage is SQL, Opportunity or Customer',
      'The lifecycle stage is not Other',
      'No email address is in an excluded domain',
      'The exclusion in gate.yaml does not hold',
      'There is a value in email',
      'There is a value in country',
      'consent was given',
      'The contact belongs to the pilot in gate.yaml',
    ]);
    expect(asked.every(({ met }) => met)).toBe(true);
  });

  it.each([
    { what: 'a stage below', held: { lifecyclestage: 'lead' }, unmet: ['stage_below_gate'] },
    { what: 'an excluded stage', held: { lifecyclestage: 'other' }, unmet: ['stage_below_gate', 'excluded_stage'] },
    { what: 'an excluded domain', held: { email: 'a@handoff.example' }, unmet: ['excluded_domain', 'not_in_pilot'] },
    { what: 'an exclusion that holds', held: { type: 'COMPETITOR' }, unmet: ['excluded'] },
    { what: 'a missing property', held: { country: ' ' }, unmet: ['property_missing'] },
    { what: 'a condition', held: { hs_legal_basis: null }, unmet: ['condition_not_met'] },
    { what: 'nobody of the pilot', held: { email: 'a@elsewhere.example' }, unmet: ['not_in_pilot'] },
  ])('$what: $unmet', ({ held, unmet }) => {
    const contact = { ...passing, ...held };
    const gate = createGate(everything);

    const asked = gate.conditions(contact);

    expect(asked.filter(({ met }) => !met).map(({ code }) => code)).toEqual(unmet);
    expect(gate.decide(contact).passes).toBe(false);
  });

  it('names the properties that it looks at', () => {
    const asked = createGate({ ...everything, exclude: { ...everything.exclude, expression: null } });

    expect(asked.conditions(passing).map(({ properties }) => properties)).toEqual([
      ['lifecyclestage'],
      ['lifecyclestage'],
      ['email', 'hs_additional_emails'],
      ['email'],
      ['country'],
      ['hs_legal_basis'],
      ['email', 'hs_additional_emails'],
    ]);
  });

  it('leaves out what the mapping does not ask', () => {
    const bare = {
      ...everything,
      requires: [],
      condition: null,
      exclude: { domains: new Set<string>(), stages: new Set<string>(), expression: null },
      pilot: null,
    };

    expect(
      createGate(bare)
        .conditions({})
        .map(({ code, met }) => ({ code, met })),
    ).toEqual([{ code: 'stage_below_gate', met: false }]);
  });
});
