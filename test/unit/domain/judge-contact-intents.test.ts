import { describe, expect, it } from 'vitest';
import { judgeContactIntents } from '../../../src/domain/plan/judge-intents.ts';
import { plan } from '../../../src/domain/plan/plan.ts';
import type { OpenIntent } from '../../../src/domain/plan/types.ts';
import { leadId, paired } from './given.ts';

function lost(system: OpenIntent['system'], field: string, after: string): OpenIntent {
  const object = system === 'hubspot' ? 'contact' : 'Lead';
  return {
    id: '7',
    system,
    object,
    recordId: null,
    fields: [{ field, before: null, after, rule: 'id' }],
    openedAtMs: 0,
  };
}

function judged(
  intent: OpenIntent,
  properties: Record<string, string | null>,
  next: Partial<ReturnType<typeof plan>> = {},
) {
  const base = paired(properties, {});
  const given = { ...base, now: 1, pair: base.pair === null ? null : { ...base.pair, openIntents: [intent] } };
  const decided = { write: null, contact: [], linkBack: false, stage: plan(given).stage, ...next };
  return judgeContactIntents(given, given.persons.byId[0] ?? null, decided)[0]?.verdict;
}

describe("a contact's write whose answer was lost", () => {
  it('was carried out when the person carries the id of the contact', () => {
    expect(judged(lost('salesforce', 'HubSpot_Contact_Id__c', '101'), {})).toBe('done');
    expect(judged(lost('salesforce', 'HubSpot_Contact_Id__c', '102'), {})).toBe('open');
  });

  it('is repeated when the id of the person is written to the contact again', () => {
    const intent = lost('hubspot', 'salesforce_person_id', leadId);

    expect(judged(intent, { salesforce_person_id: null }, { linkBack: true })).toBe('repeated');
    expect(judged(intent, { salesforce_person_id: null })).toBe('open');
    expect(judged(lost('hubspot', 'salesforce_person_id', 'other'), {}, { linkBack: true })).toBe('open');
  });

  it.each(['', 'lead'])(
    'is repeated when the stage that it was to set ("%s") is a step of the move that goes on',
    (after) => {
      const move = { from: 'customer', to: 'lead', kind: 'recycle' as const, mustClear: true, code: 'c', text: 't' };
      const intent = lost('hubspot', 'lifecyclestage', after);
      const { stage } = plan(paired({}, {}));

      expect(judged(intent, { lifecyclestage: 'customer' }, { stage: { ...stage, move } })).toBe('repeated');
      expect(judged(intent, { lifecyclestage: 'customer' }, { stage: { ...stage, move: null } })).toBe('open');
      const inOneStep = { ...stage, move: { ...move, mustClear: false } };
      expect(judged(intent, { lifecyclestage: 'customer' }, { stage: inOneStep })).toBe(
        after === '' ? 'open' : 'repeated',
      );
    },
  );
});
