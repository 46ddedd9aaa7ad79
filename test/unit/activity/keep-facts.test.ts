import { describe, expect, it } from 'vitest';
import { keepDetails, keepTarget } from '../../../src/domain/activity/keep-facts.ts';

describe('what the audit log keeps of an action', () => {
  it.each([
    ['switches and numbers', { dryRun: false, marked: 4 }],
    ['words of ours', { object: 'contacts', code: 'value_unmapped', created: 'keep', policy: 'rules' }],
    ['names of fields', { field: 'HubSpot_Contact_Id__c' }],
    ['names of fields of other objects', { field: 'Account.Name' }],
    ['ids of both CRMs', { recordId: '00Q5g00000AbCdE', list: '12', id: '7', record: '4711' }],
    ['stages by their internal values', { stage: '1390287' }],
    ['dates and spans', { since: '2026-11-01', until: '7d' }],
    ['moments', { from: '2026-11-01T08:00:00.000Z', to: '2026-11-01T08:00+01:00' }],
    ['names of tokens', { actor: 'revops-dash' }],
  ])('%s stay as they are', (_what, details) => {
    expect(keepDetails(details)).toEqual(details);
  });

  it.each(['field', 'code', 'object', 'stage', 'list', 'recordId', 'record', 'run', 'since', 'to', 'actor', 'other'])(
    'of an email or a person’s name given as %s only that something was given',
    (name) => {
      for (const text of ['jane.doe@example.com', 'Jane Doe', '+43 1 234', 'x'.repeat(101)])
        expect(keepDetails({ [name]: text })).toEqual({ [name]: true });
    },
  );

  it('of anything else nothing', () => {
    expect(keepDetails({ a: null, b: undefined, c: ['Jane'], d: { e: 'Jane' } })).toEqual({});
  });

  it.each([
    ['4711', true],
    ['jane.doe@example.com', false],
    ['Jane Doe 555', false],
    ['Jane', false],
    ['', false],
  ])('%j as the id of what it is about: %s', (id, isKept) => {
    const target = { kind: 'contact', id };

    expect(keepTarget(target)).toEqual(isKept ? target : null);
  });
});
