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
};
const minute = 60_000;

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
    expect(judgeIntents([given], { contact, person, now: at, write: null, linkBack: false })).toEqual([
      { intentId: '7', verdict, recordId: verdict === 'done' ? expect.any(String) : null, opensForMs },
    ]);
  });

  it('is harmless when the write that follows sends the same values', () => {
    const lost = intent('salesforce', { Title: 'Boss' });
    const changes = [...lost.fields, { field: 'City', before: null, after: 'Rome', rule: 'newest' as const }];
    const write = { operation: 'update' as const, object: 'Lead' as const, id: '00Q1', changes };
    const [again] = judgeIntents([lost], { contact, person, now: 1, write, linkBack: false });
    const [other] = judgeIntents([intent('salesforce', { Title: 'Chair' })], {
      contact,
      person,
      now: 1,
      write,
      linkBack: false,
    });

    expect([again?.verdict, other?.verdict]).toEqual(['repeated', 'open']);
  });

  it('to HubSpot is harmless when the same id is written back again', () => {
    const unlinked = { ...contact, properties: {} };
    const lost = intent('hubspot', { salesforce_person_id: '00Q1' });
    const [verdict] = judgeIntents([lost], { contact: unlinked, person, now: 1, write: null, linkBack: true });

    expect(verdict?.verdict).toBe('repeated');
  });
});
