import { describe, expect, it } from 'vitest';
import { judgeIntents } from '../../../src/domain/plan/judge-intents.ts';
import type { OpenIntent } from '../../../src/domain/plan/types.ts';
import type { HubSpotRecord, SalesforcePerson } from '../../../src/domain/record.ts';

const contact: HubSpotRecord = { id: '1', properties: { salesforce_person_id: '00Q1' }, mergedIds: [], updatedAtMs: 0 };
const person: SalesforcePerson = {
  object: 'Lead',
  id: '00Q1',
  fields: { Title: 'Chief' },
  externalId: '1',
  email: null,
  isDeleted: false,
  masterRecordId: null,
  isConverted: false,
  convertedContactId: null,
  modifiedAtMs: 0,
  lastModifiedBy: null,
  opportunities: [],
};
const minute = 60_000;
const now = {
  contact,
  person,
  now: 1,
  write: null,
  changes: [],
  move: null,
  linkBack: false,
  factsOf: () => undefined,
};

function intent(system: OpenIntent['system'], values: Record<string, string>): OpenIntent {
  const fields = Object.entries(values).map(([field, after]) => ({
    field,
    before: null,
    after,
    rule: 'newest' as const,
  }));
  return { id: '7', system, object: system === 'hubspot' ? 'contact' : 'Lead', recordId: null, fields, openedAtMs: 0 };
}

describe('a write whose answer was lost', () => {
  it.each([
    {
      name: 'was carried out when Salesforce holds all its values',
      given: intent('salesforce', { Title: 'Chief ', HubSpot_Contact_Id__c: '1' }),
      at: 1,
      verdict: 'done',
      opensForMs: 0,
    },
    {
      name: 'was carried out when HubSpot holds its value',
      given: intent('hubspot', { salesforce_person_id: '00Q1' }),
      at: 1,
      verdict: 'done',
      opensForMs: 0,
    },
    {
      name: 'stays open while the vendor may still carry it out',
      given: intent('salesforce', { Title: 'Boss' }),
      at: 2 * minute,
      verdict: 'open',
      opensForMs: 10 * minute,
    },
    {
      name: 'counts as overtaken once nobody can carry it out any more',
      given: intent('salesforce', { Title: 'Boss' }),
      at: 12 * minute,
      verdict: 'superseded',
      opensForMs: 0,
    },
    {
      name: 'is not taken for carried out by a field that was not read',
      given: intent('salesforce', { City: 'Rome' }),
      at: 12 * minute,
      verdict: 'superseded',
      opensForMs: 0,
    },
    {
      name: 'is not taken for carried out by half of its values',
      given: intent('salesforce', { Title: 'Chief', HubSpot_Contact_Id__c: '2' }),
      at: 12 * minute,
      verdict: 'superseded',
      opensForMs: 0,
    },
  ])('$name', ({ given, at, verdict, opensForMs }) => {
    expect(judgeIntents([given], { ...now, now: at })).toEqual([
      { intentId: '7', verdict, recordId: verdict === 'done' ? expect.any(String) : null, opensForMs },
    ]);
  });

  it('is harmless when the write that follows sends the same values', () => {
    const lost = intent('salesforce', { Title: 'Boss' });
    const changes = [...lost.fields, { field: 'City', before: null, after: 'Rome', rule: 'newest' as const }];
    const write = { operation: 'update' as const, object: 'Lead' as const, id: '00Q1', changes };
    const [again] = judgeIntents([lost], { ...now, write });
    const [other] = judgeIntents([intent('salesforce', { Title: 'Chair' })], { ...now, write });

    expect([again?.verdict, other?.verdict]).toEqual(['repeated', 'open']);
  });

  it('to HubSpot is harmless when the same id is written back again', () => {
    const unlinked = { ...contact, properties: {} };
    const lost = intent('hubspot', { salesforce_person_id: '00Q1' });
    const [verdict] = judgeIntents([lost], { ...now, contact: unlinked, linkBack: true });

    expect(verdict?.verdict).toBe('repeated');
  });

  it.each([
    { name: 'all its values are sent again', sent: { jobtitle: 'Boss', city: 'Rome' }, verdict: 'repeated' },
    { name: 'one of its values is not sent again', sent: { jobtitle: 'Boss' }, verdict: 'open' },
    { name: 'another value is sent', sent: { jobtitle: 'Boss', city: 'Pisa' }, verdict: 'open' },
  ])('to HubSpot with many fields is $verdict when $name', ({ sent, verdict }) => {
    const lost = intent('hubspot', { jobtitle: 'Boss', city: 'Rome' });
    const changes = Object.entries(sent).map(([field, after]) => ({
      field,
      before: null,
      after,
      rule: 'newest' as const,
    }));

    expect(judgeIntents([lost], { ...now, changes })[0]?.verdict).toBe(verdict);
  });

  it.each([
    { name: 'what is not there yet is sent again', sent: { city: 'Rome' }, verdict: 'repeated' },
    { name: 'what is there is about to be changed', sent: { city: 'Rome', jobtitle: 'Chief' }, verdict: 'open' },
  ])('to HubSpot that was overtaken in part is $verdict when $name', ({ sent, verdict }) => {
    const lost = intent('hubspot', { jobtitle: 'Boss', city: 'Rome' });
    const changes = Object.entries(sent).map(([field, after]) => ({
      field,
      before: null,
      after,
      rule: 'newest' as const,
    }));
    const held = { ...contact, properties: { jobtitle: 'Boss' } };

    expect(judgeIntents([lost], { ...now, contact: held, changes })[0]?.verdict).toBe(verdict);
  });

  it('to HubSpot was carried out when the contact holds every value, however it is written', () => {
    const held = { ...contact, properties: { jobtitle: 'Chief', since: '2026-11-04T10:00:00.000Z' } };
    const lost = intent('hubspot', { jobtitle: 'Chief', since: '2026-11-04T12:00:00+02:00' });
    const factsOf = () => ({ type: 'datetime' as const, maxLength: null, valuesByLabel: new Map() });

    expect(judgeIntents([lost], { ...now, contact: held, factsOf })[0]?.verdict).toBe('done');
    expect(judgeIntents([lost], { ...now, contact: held })[0]?.verdict).toBe('open');
  });

  it.each([
    { name: 'emptied', after: '' },
    { name: 'set', after: 'lead' },
  ])('a stage that was to be $name is repeated by the move that goes on', ({ after }) => {
    const move = { from: 'customer', to: 'lead', kind: 'recycle' as const, mustClear: true, code: 'c', text: 't' };
    const held = { ...contact, properties: { lifecyclestage: 'customer' } };
    const lost = intent('hubspot', { lifecyclestage: after });

    expect(judgeIntents([lost], { ...now, contact: held, move })[0]?.verdict).toBe('repeated');
    expect(judgeIntents([lost], { ...now, contact: held })[0]?.verdict).toBe('open');
  });

  it('a deletion, which has no fields to be found again, is judged by its age', () => {
    expect(judgeIntents([intent('salesforce', {})], now)[0]?.verdict).toBe('open');
    expect(judgeIntents([intent('salesforce', {})], { ...now, now: 12 * minute })[0]?.verdict).toBe('superseded');
  });
});
