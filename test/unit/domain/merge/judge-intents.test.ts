import { describe, expect, it } from 'vitest';
import { judgeIntents } from '../../../../src/domain/merge/judge-intents.ts';
import type { FieldChange, OpenIntent } from '../../../../src/domain/plan/types.ts';

const hubspot = { id: '1', values: { salesforce_person_id: '00Q1' } };
const salesforce = { id: '00Q1', values: { Title: 'Chief', HubSpot_Contact_Id__c: '1' } };
const minute = 60_000;
const now = { hubspot, salesforce, now: 1, writes: { hubspot: [], salesforce: [] }, factsOf: () => undefined };

function changesOf(values: Readonly<Record<string, string | null | undefined>>): FieldChange[] {
  return Object.entries(values).map(([field, after = null]) => ({ field, before: null, after, rule: 'newest' }));
}

function intent(system: OpenIntent['system'], values: Record<string, string>): OpenIntent {
  const fields = changesOf(values);
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
    const writes = { hubspot: [], salesforce: [...lost.fields, ...changesOf({ City: 'Rome' })] };
    const [again] = judgeIntents([lost], { ...now, writes });
    const [other] = judgeIntents([intent('salesforce', { Title: 'Chair' })], { ...now, writes });

    expect([again?.verdict, other?.verdict]).toEqual(['repeated', 'open']);
  });

  it('to HubSpot is harmless when the same id is written back again', () => {
    const lost = intent('hubspot', { salesforce_person_id: '00Q1' });
    const writes = { hubspot: lost.fields, salesforce: [] };
    const [verdict] = judgeIntents([lost], { ...now, hubspot: { id: '1', values: {} }, writes });

    expect(verdict?.verdict).toBe('repeated');
  });

  it.each([
    { name: 'all its values are sent again', sent: { jobtitle: 'Boss', city: 'Rome' }, verdict: 'repeated' },
    { name: 'one of its values is not sent again', sent: { jobtitle: 'Boss' }, verdict: 'open' },
    { name: 'another value is sent', sent: { jobtitle: 'Boss', city: 'Pisa' }, verdict: 'open' },
  ])('to HubSpot with many fields is $verdict when $name', ({ sent, verdict }) => {
    const lost = intent('hubspot', { jobtitle: 'Boss', city: 'Rome' });
    const writes = { hubspot: changesOf(sent), salesforce: [] };

    expect(judgeIntents([lost], { ...now, writes })[0]?.verdict).toBe(verdict);
  });

  it.each([
    { name: 'what is not there yet is sent again', sent: { city: 'Rome' }, verdict: 'repeated' },
    { name: 'what is there is about to be changed', sent: { city: 'Rome', jobtitle: 'Chief' }, verdict: 'open' },
  ])('to HubSpot that was overtaken in part is $verdict when $name', ({ sent, verdict }) => {
    const lost = intent('hubspot', { jobtitle: 'Boss', city: 'Rome' });
    const writes = { hubspot: changesOf(sent), salesforce: [] };
    const held = { id: '1', values: { jobtitle: 'Boss' } };

    expect(judgeIntents([lost], { ...now, hubspot: held, writes })[0]?.verdict).toBe(verdict);
  });

  it('to HubSpot was carried out when the contact holds every value, however it is written', () => {
    const held = { id: '1', values: { jobtitle: 'Chief', since: '2026-11-04T10:00:00.000Z' } };
    const lost = intent('hubspot', { jobtitle: 'Chief', since: '2026-11-04T12:00:00+02:00' });
    const factsOf = () => ({ type: 'datetime' as const, maxLength: null, valuesByLabel: new Map() });

    expect(judgeIntents([lost], { ...now, hubspot: held, factsOf })[0]?.verdict).toBe('done');
    expect(judgeIntents([lost], { ...now, hubspot: held })[0]?.verdict).toBe('open');
  });

  it.each([
    { name: 'emptied', after: '' },
    { name: 'set', after: 'lead' },
  ])('a field that was to be $name is repeated by a write in two steps', ({ after }) => {
    const held = { id: '1', values: { lifecyclestage: 'customer' } };
    const writes = { hubspot: [null, 'lead'].flatMap((step) => changesOf({ lifecyclestage: step })), salesforce: [] };
    const lost = intent('hubspot', { lifecyclestage: after });

    expect(judgeIntents([lost], { ...now, hubspot: held, writes })[0]?.verdict).toBe('repeated');
    expect(judgeIntents([lost], { ...now, hubspot: held })[0]?.verdict).toBe('open');
  });

  it('to a company or deal is judged by the same rules', () => {
    const lost: OpenIntent = { ...intent('salesforce', { Name: 'ACME' }), object: 'Account', recordId: '0011' };
    const account = { id: '0011', values: { Name: 'ACME' } };

    expect(judgeIntents([lost], { ...now, salesforce: account })).toEqual([
      { intentId: '7', verdict: 'done', recordId: '0011', opensForMs: 0 },
    ]);
    expect(judgeIntents([lost], { ...now, salesforce: null })[0]?.verdict).toBe('open');
  });

  it('a deletion, which has no fields to be found again, is judged by its age', () => {
    expect(judgeIntents([intent('salesforce', {})], now)[0]?.verdict).toBe('open');
    expect(judgeIntents([intent('salesforce', {})], { ...now, now: 12 * minute })[0]?.verdict).toBe('superseded');
  });

  it('a create whose record is there was carried out, whatever people have made of its values since', () => {
    const id: FieldChange = { field: 'HubSpot_Contact_Id__c', before: null, after: '1', rule: 'id' };
    const create = intent('salesforce', { Title: 'Boss' });
    const made = { ...create, fields: [id, ...create.fields] };

    expect(judgeIntents([made], now)).toMatchObject([{ verdict: 'done', recordId: '00Q1' }]);
    // Of two of them one may still be on its way.
    expect(judgeIntents([made, { ...made, id: '8' }], now)).toMatchObject([{ verdict: 'open' }, { verdict: 'open' }]);
  });
});
