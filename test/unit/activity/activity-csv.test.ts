import { describe, expect, it } from 'vitest';
import { csvHeader, toCsvLines } from '../../../src/http/activity-csv.ts';

const change = { field: 'phone', before: null, after: true, rule: 'newest', conflict: null, erased: false };
const entry = {
  id: 'w1',
  atMs: Date.parse('2026-11-22T12:00:00Z'),
  kind: 'write',
  actor: 'sync',
  code: 'update',
  text: 'Update.',
  outcome: 'done',
  system: 'hubspot',
  object: 'contact',
  recordId: '101',
  pair: { kind: 'contact', recordId: '101' },
  runId: '7',
  changes: [],
} as const;

/** A line by the names of its columns. */
const lines = (changes: readonly (typeof change | object)[]) =>
  toCsvLines({ ...entry, changes: changes.map((each) => ({ ...change, ...each })) }).map((line) => {
    expect(line).toHaveLength(csvHeader.length);
    return Object.fromEntries(csvHeader.map((name, index) => [name, line[index]]));
  });

describe('an entry as lines of the export', () => {
  it('is one line where no field changed', () => {
    expect(lines([])).toMatchObject([
      { 'Time (UTC)': '2026-11-22T12:00:00.000Z', Kind: 'Record written', Field: '', Entry: 'w1' },
    ]);
  });

  it('is a line per changed field', () => {
    expect(lines([{}, { field: 'email', conflict: 'salesforce' }])).toMatchObject([
      { Field: 'phone', System: 'HubSpot', 'HubSpot record': 'contact 101', Run: '7', 'Both had changed, kept': '' },
      { Field: 'email', 'Both had changed, kept': 'Salesforce' },
    ]);
  });

  it.each([
    { after: null, told: '' },
    { after: undefined, told: '' },
    { after: 0, told: '0' },
    { after: false, told: 'false' },
    { after: '', told: '' },
    { after: { a: 1 }, told: '{"a":1}' },
  ])('tells the value $after as "$told"', ({ after, told }) => {
    expect(lines([{ after }])).toMatchObject([{ After: told }]);
  });

  it('says of an erased value that it was erased, not that it was empty', () => {
    expect(lines([{ before: null, after: null, erased: true }])).toMatchObject([
      { Before: '(erased)', After: '(erased)' },
    ]);
  });
});
