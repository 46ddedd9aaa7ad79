import { describe, expect, it } from 'vitest';
import {
  fieldsLike,
  flows,
  type MappedField,
  type Move,
  objectName,
  placeWords,
  returnsOf,
  versionState,
} from '../../../../web/src/pages/mappings/mapping-words.ts';

const field = (hubspot: string, salesforce: string, rule: string): MappedField => ({
  hubspot,
  salesforce,
  salesforceFields: [],
  rule,
  before: rule,
  after: rule,
  says: '',
  flow: 'both',
  transform: null,
  transformBack: null,
  values: [],
  valuesBack: [],
  unit: null,
  notes: [],
  file: 'contacts.yaml',
  line: 1,
});
const fields = [field('jobtitle', 'Title', 'newest'), field('email', 'Email', 'hubspot')];

describe('a mapping in words', () => {
  it.each([
    ['', ['jobtitle', 'email']],
    ['  ', ['jobtitle', 'email']],
    ['TITLE', ['jobtitle']],
    ['hubspot', ['email']],
    ['nothing', []],
  ])('finds by %j the fields %j', (query, found) => {
    expect(fieldsLike(fields, query).map(({ hubspot }) => hubspot)).toEqual(found);
  });

  it.each([
    [{ active: true, proposed: false }, 'Live'],
    [{ active: false, proposed: true }, 'Proposed'],
    [{ active: false, proposed: false }, 'Earlier'],
  ])('a version that is %j is called %s', (version, text) => {
    expect(versionState(version).text).toBe(text);
  });

  it.each([
    [{ file: 'contacts.yaml', line: 14 }, 'contacts.yaml:14'],
    [{ file: 'gate.yaml', line: null }, 'gate.yaml (default)'],
  ])('%j stands at %s', (place, words) => {
    expect(placeWords(place)).toBe(words);
  });

  it('says each way of values in words, too', () => {
    expect(Object.values(flows).map(({ words }) => words)).toEqual([
      'from HubSpot to Salesforce',
      'from Salesforce to HubSpot',
      'both ways',
      'never written',
    ]);
    expect((['contact', 'company', 'deal'] as const).map(objectName)).toEqual(['Contacts', 'Companies', 'Deals']);
  });

  it('draws returns alone as arcs', () => {
    const move: Move = { from: 'a', to: 'b', kind: 'forward', by: 'hubspot', handoff: false, when: '', values: [] };
    expect(returnsOf([move, { ...move, kind: 'recycle' }])).toEqual([{ ...move, kind: 'recycle' }]);
  });
});
