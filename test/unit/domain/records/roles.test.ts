import { describe, expect, it } from 'vitest';
import type { Association, ContactRole, FieldValue } from '../../../../src/domain/record.ts';
import { planDeal } from '../../../../src/domain/records/plan-deal.ts';
import type { DealInput } from '../../../../src/domain/records/types.ts';
import {
  agreeingFields,
  associated,
  codes,
  contactOf,
  deal,
  dealMapping,
  opportunityId,
  pairWith,
  personIdOf,
  salesforceRecord,
  sent,
  sentBack,
} from './given.ts';

const role = (contactId: string, name: string | null = null, isPrimary = false): ContactRole => ({
  id: `00K${contactId}`,
  contactId: personIdOf(contactId),
  role: name,
  isPrimary,
});

type Base = Record<string, [FieldValue, FieldValue]>;

/** A paired deal and Opportunity that differ in their people alone. `agreed`: by contact, what both sides held. */
function people(
  associations: readonly Association[],
  roles: readonly ContactRole[],
  agreed: Base = {},
  values: Partial<DealInput> = {},
): DealInput {
  const held = Object.entries(agreed);
  const base = {
    hubspot: Object.fromEntries(held.map(([id, [hubspot]]) => [`contacts/${id}`, hubspot])),
    salesforce: Object.fromEntries(held.map(([id, [, salesforce]]) => [`roles/${id}`, salesforce])),
  };
  const contacts = new Map(['1', '2', '3'].map((id) => [id, contactOf(id)]));
  const found = salesforceRecord('Opportunity', opportunityId, agreeingFields, { externalId: '701', roles });
  const pair = pairWith({ object: 'Opportunity', id: opportunityId }, { base });
  const { matches: _none, ...others } = values;
  const id = { salesforce_opportunity_id: opportunityId };
  return deal({ pair, associations, contacts, ...others, matches: { byId: [found] } }, id);
}

describe('contacts of a deal and roles of its Opportunity', () => {
  it.each([
    ['a new contact becomes a role', [associated('1'), associated('2')], [role('1')], { 'roles/2': '*' }, {}],
    [
      'its label becomes the role',
      [associated('1'), associated('2', ['Budget holder'])],
      [role('1')],
      { 'roles/2': 'Economic Buyer' },
      {},
    ],
    [
      'of several labels the one that is a role counts',
      [associated('1', ['Golfer', 'Decision maker'])],
      [role('1')],
      { 'roles/1': 'Decision Maker' },
      {},
    ],
    ['a new role becomes a contact', [associated('1')], [role('1'), role('2')], {}, { 'contacts/2': '*' }],
    [
      'a role becomes its label, and labels that are no role stay',
      [associated('1', ['Golfer'])],
      [role('1', 'Decision Maker')],
      {},
      { 'contacts/1': 'Decision maker;Golfer' },
    ],
    ['a role that no label stands for is none', [associated('1')], [role('1', 'Evaluator')], {}, {}],
    ['a contact that was taken away loses its role', [], [role('1')], { 'roles/1': null }, {}],
    ['a role that was deleted is not made again', [associated('1')], [], {}, { 'contacts/1': null }],
  ])('%s', (_case, associations, roles, there, back) => {
    const labels = associations[0]?.labels.includes('Golfer') ? 'Golfer' : '*';
    const plan = planDeal(people(associations, roles, { '1': [labels, '*'] }));

    expect(sent(plan)).toStrictEqual(there);
    expect(sentBack(plan)).toStrictEqual(back);
    expect(plan.problem).toBeNull();
  });

  it('the rule decides who was taken away by whom', () => {
    const mapping = { ...dealMapping, roles: { ...dealMapping.roles, rule: 'hubspot' } as const };
    const plan = planDeal(people([associated('1')], [], { '1': ['*', '*'] }, { mapping }));

    expect(sent(plan)).toStrictEqual({ 'roles/1': '*' });
  });

  it('nobody is removed where both never agreed', () => {
    const plan = planDeal(people([associated('1')], [role('2')]));

    expect(sent(plan)).toStrictEqual({ 'roles/1': '*' });
    expect(sentBack(plan)).toStrictEqual({ 'contacts/2': '*' });
  });

  it.each([
    ['below the gate', 'below', 'role_below_gate'],
    ['a Lead', 'Lead', 'role_waits_for_conversion'],
    ['not in Salesforce', 'nobody', 'role_waits_for_person'],
  ] as const)('somebody who is %s has no role yet, and is waited for', (_case, shape, code) => {
    const contacts = new Map([
      ['1', contactOf('1')],
      ['2', contactOf('2', shape)],
    ]);
    const plan = planDeal(people([associated('1'), associated('2')], [role('1')], { '1': ['*', '*'] }, { contacts }));

    expect(plan).toMatchObject({ write: null, changes: [], waitsFor: [{ object: 'contact', recordId: '2' }] });
    expect(plan.reasons.find((reason) => reason.code === code)?.text).toContain('contact 2');
  });

  it('a Contact that no pair stands for keeps its role, is told and waited for', () => {
    const stranger = { ...role('9'), contactId: '003000000000999AAA' };
    const plan = planDeal(people([associated('1')], [role('1'), stranger], { '1': ['*', '*'] }));

    expect(plan).toMatchObject({
      write: null,
      changes: [],
      waitsFor: [{ object: 'Contact', recordId: '003000000000999AAA' }],
    });
    expect(codes(plan)).toContain('role_not_paired');
  });

  it('a role of somebody who fell back below the gate stays', () => {
    const contacts = new Map([['1', { ...contactOf('1'), passedGate: false }]]);
    const plan = planDeal(people([associated('1')], [role('1')], { '1': ['*', '*'] }, { contacts }));

    expect(plan).toMatchObject({ outcome: 'unchanged', waitsFor: [] });
  });
});

describe('the primary contact', () => {
  const main = 'Main contact';
  const both = { '1': ['*', '*'], '2': ['*', '*'], primary: ['1', '1'] } satisfies Base;

  it('goes both ways by its label', () => {
    const there = planDeal(
      people([associated('1'), associated('2', [main])], [role('1', null, true), role('2')], both),
    );
    const back = planDeal(people([associated('1', [main]), associated('2')], [role('1'), role('2', null, true)], both));

    expect(sent(there)).toStrictEqual({ 'roles/primary': '2' });
    expect(sentBack(back)).toStrictEqual({ 'contacts/primary': '2' });
  });

  it('is never taken from everybody', () => {
    const there = planDeal(people([associated('1'), associated('2')], [role('1', null, true), role('2')], both));
    const back = planDeal(people([associated('1', [main]), associated('2')], [role('1'), role('2')], both));

    expect([there.write, there.changes, back.write, back.changes]).toStrictEqual([null, [], null, []]);
  });

  it('is not guessed where several have the label', () => {
    const labelled = [associated('1', [main]), associated('2', [main])];
    const plan = planDeal(people(labelled, [role('1', null, true), role('2')], both));

    expect([plan.write, plan.changes]).toStrictEqual([null, []]);
    expect(codes(plan)).toContain('primary_ambiguous');
  });

  it('is not taken from a Contact that no pair stands for', () => {
    const stranger = { ...role('9', null, true), contactId: '003000000000999AAA' };
    const plan = planDeal(people([associated('1', [main])], [role('1'), stranger], { '1': ['*', '*'] }));

    expect(plan).toMatchObject({ write: null, changes: [] });
  });

  it('is the labelled one of a new Opportunity, or nobody', () => {
    const contacts = new Map([
      ['1', contactOf('1')],
      ['2', contactOf('2')],
    ]);
    const labelled = planDeal(deal({ contacts, associations: [associated('1'), associated('2', [main])] }));
    const plain = planDeal(deal({ contacts, associations: [associated('1'), associated('2')] }));

    expect(sent(labelled)).toMatchObject({ 'roles/primary': '2' });
    expect(sent(plain)).not.toHaveProperty('roles/primary');
  });

  it('is the first who gets a role where no label stands for it, and is left to Salesforce then', () => {
    const mapping = { ...dealMapping, roles: { ...dealMapping.roles, primaryLabel: null } };
    const contacts = new Map([
      ['1', contactOf('1', 'Lead')],
      ['2', contactOf('2')],
    ]);
    const created = planDeal(deal({ mapping, contacts, associations: [associated('1'), associated('2')] }));
    const later = planDeal(
      people([associated('1'), associated('2')], [role('1'), role('2', null, true)], both, { mapping }),
    );

    expect(sent(created)).toMatchObject({ 'roles/primary': '2' });
    expect(later.changes).toStrictEqual([]);
  });
});
