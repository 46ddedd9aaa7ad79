import { describe, expect, it } from 'vitest';
import { createGate, type GateSpec } from '../../../src/domain/gate/gate.ts';
import { compileExpression } from '../../../src/domain/mapping/expression.ts';
import { mapping } from './given.ts';

function expression(source: string) {
  const compiled = compileExpression(source, 'condition');
  if (!compiled.ok) throw new Error(compiled.fault.message);
  return compiled.expression;
}

function gate(spec: Partial<GateSpec> = {}) {
  return createGate({
    stages: mapping.lifecycle.stages,
    opensAt: new Set(['salesqualifiedlead', 'opportunity', 'customer']),
    requires: ['email'],
    condition: null,
    exclude: { domains: new Set(), stages: new Set(['other']), expression: null },
    pilot: null,
    below: 'pause',
    ...spec,
  });
}

const sql = { lifecyclestage: 'salesqualifiedlead', email: 'Ada@Example.com' };

describe('gate: who may exist in Salesforce (promise 1)', () => {
  it.each([
    { stage: null, code: 'stage_missing', because: 'a suspect belongs to marketing' },
    { stage: 'subscriber', code: 'stage_below_gate', because: 'marketing owns subscribers' },
    { stage: 'lead', code: 'stage_below_gate', because: 'marketing owns leads' },
    { stage: 'marketingqualifiedlead', code: 'stage_below_gate', because: 'the handoff is the step to SQL' },
    { stage: 'salesqualifiedlead', code: 'passes', because: 'sales has taken it on' },
    { stage: 'opportunity', code: 'passes', because: 'it is past SQL' },
    { stage: 'customer', code: 'passes', because: 'it is past SQL' },
    { stage: 'evangelist', code: 'stage_below_gate', because: 'the contract says so' },
    { stage: 'other', code: 'excluded_stage', because: 'employees stay out' },
    { stage: '51439524', code: 'stage_unknown', because: 'nobody said what this stage means' },
    { stage: 'SalesQualifiedLead', code: 'stage_unknown', because: 'internal values have a case' },
  ])('$stage: $code, because $because', ({ stage, code }) => {
    const decision = gate().decide({ ...sql, lifecyclestage: stage });

    expect(decision.code).toBe(code);
    expect(decision.passes).toBe(code === 'passes');
    expect(decision.lacking.length === 0).toBe(decision.passes);
  });

  it.each([
    {
      name: 'an excluded domain',
      spec: { exclude: { domains: new Set(['example.com']), stages: new Set<string>(), expression: null } },
      code: 'excluded_domain',
    },
    {
      name: 'an exclusion that holds',
      spec: {
        exclude: {
          domains: new Set<string>(),
          stages: new Set<string>(),
          expression: expression("contact.type == 'COMPETITOR'"),
        },
      },
      code: 'excluded',
    },
    {
      name: 'a condition that is not met',
      spec: { condition: { expression: expression("contact.country != ''"), text: 'the country is known' } },
      code: 'condition_not_met',
    },
    {
      name: 'a pilot without the contact',
      spec: { pilot: { emails: new Set(['other@example.com']), domains: new Set<string>(), expression: null } },
      code: 'not_in_pilot',
    },
    {
      name: 'a pilot that names the email',
      spec: { pilot: { emails: new Set(['ada@example.com']), domains: new Set<string>(), expression: null } },
      code: 'passes',
    },
    {
      name: 'a pilot that names the domain',
      spec: { pilot: { emails: new Set<string>(), domains: new Set(['example.com']), expression: null } },
      code: 'passes',
    },
    {
      name: 'a pilot whose expression holds',
      spec: {
        pilot: {
          emails: new Set<string>(),
          domains: new Set<string>(),
          expression: expression("contact.type == 'COMPETITOR'"),
        },
      },
      code: 'passes',
    },
    { name: 'a required property without a value', spec: { requires: ['phone'] }, code: 'property_missing' },
    {
      name: 'an expression that cannot be evaluated',
      spec: { condition: { expression: expression('1 / size(contact.country) > 0'), text: '' } },
      code: 'gate_fault',
    },
  ])('$name: $code', ({ spec, code }) => {
    expect(gate(spec).decide({ ...sql, type: 'COMPETITOR' }).code).toBe(code);
  });

  it('tells everything that is lacking, the stage first', () => {
    const decision = gate({ requires: ['email', 'phone'] }).decide({ lifecyclestage: 'lead' });

    expect(decision.code).toBe('stage_below_gate');
    expect(decision.lacking).toStrictEqual([
      'one of the stages SQL, Opportunity, Customer',
      'a value in email',
      'a value in phone',
    ]);
  });

  it('an expression that cannot be evaluated matters only to a contact whom nothing else keeps out', () => {
    const faulty = gate({ condition: { expression: expression('1 / size(contact.country) > 0'), text: '' } });

    expect(faulty.decide({ ...sql, lifecyclestage: 'lead' }).code).toBe('stage_below_gate');
  });

  it('a secondary email in an excluded domain keeps the contact out', () => {
    const spec = { exclude: { domains: new Set(['example.org']), stages: new Set<string>(), expression: null } };

    expect(gate(spec).decide({ ...sql, hs_additional_emails: 'x@a.com;ada@EXAMPLE.org' }).code).toBe('excluded_domain');
  });

  it('never quotes a value of the contact', () => {
    const decision = gate().decide({ lifecyclestage: 'secret', email: 'ada@example.com' });

    expect(`${decision.text} ${decision.lacking.join()}`).not.toMatch(/secret|ada@/);
  });

  it('knows which stages could open it', () => {
    expect(gate().opensAt('customer')).toBe(true);
    expect(gate().opensAt('lead')).toBe(false);
  });
});
