import { describe, expect, it } from 'vitest';
import { shownValue, stageSentence } from '../../../../web/src/pages/records/value-words.ts';

const words = {
  owners: { '76000001': 'Sam Seller (sam@example.com)', '005A': 'Jane Doe (jane@example.com)' },
  stages: { lead: 'Lead', salesqualifiedlead: 'Sales Qualified Lead' },
};

describe('a value that stands for something', () => {
  it.each([
    ['hubspot_owner_id', '76000001', { text: 'Sam Seller (sam@example.com)', id: '76000001' }],
    ['OwnerId', '005A', { text: 'Jane Doe (jane@example.com)', id: '005A' }],
    ['lifecyclestage', 'salesqualifiedlead', { text: 'Sales Qualified Lead', id: null }],
    ['lifecyclestage', 'no_stage_of_ours', null],
    ['OwnerId', '005Z', null],
    ['OwnerId', null, null],
    ['OwnerId', 'constructor', null],
    ['phone', '76000001', null],
    ['jobtitle', 'lead', null],
    [null, '005A', null],
  ])('%s %j', (field, value, shown) => {
    expect(shownValue(field, value, words)).toEqual(shown);
  });
});

describe('a sentence that ends with stages', () => {
  it.each([
    ['Stage: lead.', 'Stage: Lead.'],
    [
      'Salesforce is ahead. Stage: lead to salesqualifiedlead.',
      'Salesforce is ahead. Stage: Lead to Sales Qualified Lead.',
    ],
    ['Stage: odd_one to lead.', 'Stage: odd_one to Lead.'],
    ['The lead was new. Stage: 12345.', 'The lead was new. Stage: 12345.'],
    ['The stage was lead to nobody.', 'The stage was lead to nobody.'],
  ])('%s', (text, told) => {
    expect(stageSentence(text, words)).toBe(told);
  });
});
