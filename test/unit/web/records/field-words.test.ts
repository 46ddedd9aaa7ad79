import { describe, expect, it } from 'vitest';
import type { Side } from '../../../../web/src/pages/records/field-state.ts';
import { changedByWords, lastChange, ruleWords } from '../../../../web/src/pages/records/field-words.ts';

function side(changedAt: string | null, changeOf: Side['changeOf'], changedBy: string | null = null): Side {
  return { name: 'any', value: null, changedAt, changedBy, changeOf };
}

describe('who changed a value, in words', () => {
  it.each([
    { by: 'CRM_UI user 9000001', words: 'user 9000001' },
    { by: 'CRM_UI user Sam Seller (sam@people.example)', words: 'Sam Seller' },
    { by: 'CRM_UI user sam@people.example', words: 'sam@people.example' },
    { by: 'MOBILE_IOS user Sam Seller', words: 'Sam Seller in the app' },
    { by: 'MOBILE_IOS user 5', words: 'a person in the app' },
    { by: 'INTEGRATION 1160452', words: 'an app (1160452)' },
    { by: 'CALCULATED', words: 'a calculation' },
    { by: 'IMPORT 17', words: 'an import' },
    { by: 'Handoff', words: 'Handoff' },
    { by: 'Sales Person', words: 'Sales Person' },
    { by: null, words: null },
  ])('$by: $words', ({ by, words }) => {
    expect(changedByWords(by)).toBe(words);
  });
});

describe('the last change of a field', () => {
  const early = '2026-11-21T10:00:00.000Z';
  const late = '2026-11-22T10:00:00.000Z';

  it('is the newest that is known of the field itself', () => {
    const found = lastChange({ hubspot: side(late, 'field', 'CALCULATED'), salesforce: side(early, 'field') });

    expect(found).toEqual({ system: 'HubSpot', at: late, by: 'a calculation', isRecord: false });
  });

  it('is not taken from the record where a field tells its own', () => {
    const found = lastChange({ hubspot: side(early, 'field'), salesforce: side(late, 'record') });

    expect(found).toMatchObject({ system: 'HubSpot', at: early, isRecord: false });
  });

  it('is that of the record where nothing else is known', () => {
    const found = lastChange({ hubspot: side(null, null), salesforce: side(late, 'record', 'Sales Person') });

    expect(found).toEqual({ system: 'Salesforce', at: late, by: 'Sales Person', isRecord: true });
  });

  it('is not known where neither side tells', () => {
    expect(lastChange({ hubspot: side(null, null), salesforce: side(null, null) })).toBeNull();
  });
});

it('shows a rule that this page does not know as it is', () => {
  expect(ruleWords('somebody')).toEqual({ short: 'somebody', long: 'somebody' });
});
