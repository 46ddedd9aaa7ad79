import { describe, expect, it } from 'vitest';
import type { CompiledMapping } from '../../../src/domain/mapping/types.ts';
import { loadMappings } from '../../../src/mappings/load.ts';
import { changesSince } from '../../../src/usecases/check/schema-changes.ts';
import type { LiveSchemas } from '../../../src/usecases/check/take-snapshot.ts';
import type { DealSchemas } from '../../../src/usecases/record-schemas.ts';
import {
  type Change,
  field,
  fitting,
  options,
  picklist,
  property,
  shippedMappings,
  withFields,
  withoutField,
  withoutProperty,
  withProperties,
} from '../live-schemas.ts';

const loaded = loadMappings(shippedMappings);
if (!loaded.ok) throw new Error('the shipped mappings do not load');
const mapping: CompiledMapping = loaded.mapping;
const nowMs = Date.parse('2026-11-22T12:00:00Z');
const dayMs = 86_400_000;

const deal: DealSchemas = {
  kind: 'deal',
  file: 'deals',
  properties: [],
  fields: { Opportunity: [] },
  homeCurrency: 'EUR',
  pipelines: [{ id: 'default', label: 'Sales', stages: [{ id: 'closedwon', label: 'Won', probability: '1.0' }] }],
  sales: {
    stages: [{ name: 'Closed Won', isActive: true, isClosed: true, isWon: true }],
    recordTypes: [],
    currencies: null,
  },
  roleFields: [],
  labels: null,
};

type DealChange = (schemas: { -readonly [Key in keyof DealSchemas]: DealSchemas[Key] }) => void;

function look(changes: readonly Change[] = [], change: DealChange | null = null): LiveSchemas {
  const contacts = fitting(mapping, (schemas) => {
    withProperties(
      property('hs_lead_status', { type: 'enumeration', options: options('NEW', 'OPEN') }),
      property('jobtitle', { label: 'Job title' }),
    )(schemas);
    withFields(
      'Lead',
      picklist('Status', ['Open', 'Closed']),
      field('Title', { length: 128, label: 'Title' }),
    )(schemas);
    for (const each of changes) each(schemas);
  });
  const changed = { ...deal };
  change?.(changed);
  return { contacts, records: { company: null, deal: changed } };
}

const before = changesSince(null, look(), mapping, nowMs - dayMs);

function codesAfter(changes: readonly Change[], change: DealChange | null = null) {
  const { fresh } = changesSince(before, look(changes, change), mapping, nowMs);
  return fresh.map(({ code, what }) => [code.replace('schema_changed_', ''), what] as const);
}

type Case = { name: string; change?: Change; deals?: DealChange; expected: readonly (readonly [string, RegExp])[] };

const cases: readonly Case[] = [
  { name: 'nothing', expected: [] },
  {
    name: 'a property that was removed',
    change: withoutProperty('jobtitle'),
    expected: [['removed', /HubSpot: contacts\.jobtitle is gone/]],
  },
  {
    name: 'a property under another name',
    change: (all) => {
      withoutProperty('jobtitle')(all);
      withProperties(property('job_title_2', { label: 'Job title' }))(all);
    },
    expected: [['renamed', /"Job title" now belongs to job_title_2/]],
  },
  {
    name: 'a field that was removed or hidden',
    change: withoutField('Lead', 'Title'),
    expected: [['removed', /Salesforce: Lead\.Title/]],
  },
  {
    name: 'a field of another type',
    change: withFields('Lead', field('Title', { type: 'date', length: 0 })),
    expected: [['retyped', /from string to date/]],
  },
  {
    name: 'a field that is shorter',
    change: withFields('Lead', field('Title', { length: 40 })),
    expected: [['shortened', /from 128 to 40/]],
  },
  { name: 'a field that is longer', change: withFields('Lead', field('Title', { length: 255 })), expected: [] },
  {
    name: 'a field that is required now, though no line names it',
    change: withFields('Lead', field('Region__c', { nillable: false })),
    expected: [['required', /Lead\.Region__c is required now/]],
  },
  {
    name: 'a picklist value that was switched off',
    change: withFields('Lead', picklist('Status', ['Open', '-Closed'])),
    expected: [['deactivated', /the value Closed of Lead\.Status/]],
  },
  {
    name: 'a picklist value that was removed, and one that is new',
    change: withFields('Lead', picklist('Status', ['Open', 'Nurture'])),
    expected: [
      ['removed', /value Closed/],
      ['added', /value Nurture/],
    ],
  },
  {
    name: 'an option whose label another value has',
    change: withProperties(
      property('hs_lead_status', {
        type: 'enumeration',
        options: [...options('NEW'), { value: 'OPENED', label: 'OPEN', hidden: false }],
      }),
    ),
    expected: [['renamed', /"OPEN" now belongs to OPENED/]],
  },
  {
    name: 'an option that is new',
    change: withProperties(
      property('hs_lead_status', { type: 'enumeration', options: options('NEW', 'OPEN', 'CONNECTED') }),
    ),
    expected: [['added', /value CONNECTED of contacts\.hs_lead_status/]],
  },
  {
    name: 'a field that nobody maps',
    change: withFields('Lead', field('Other__c')),
    expected: [],
  },
  {
    name: 'a pipeline that was removed, and one that is new',
    deals: (all) => {
      all.pipelines = [{ id: '77', label: 'Renewals', stages: [] }];
    },
    expected: [
      ['removed', /pipelines default \(Sales\)/],
      ['added', /pipelines 77 \(Renewals\)/],
    ],
  },
  {
    name: 'a stage that has another label, and one that is new',
    deals: (all) => {
      const stages = [
        { id: 'closedwon', label: 'Signed', probability: '1.0' },
        { id: '88', label: 'Legal', probability: '0.5' },
      ];
      all.pipelines = [{ id: 'default', label: 'Sales', stages }];
    },
    expected: [
      ['renamed', /it is called Signed now/],
      ['added', /88 \(Legal\) is new \(in Sales\)/],
    ],
  },
  {
    name: 'a StageName that was switched off',
    deals: (all) => {
      all.sales = { ...all.sales, stages: all.sales.stages.map((stage) => ({ ...stage, isActive: false })) };
    },
    expected: [['deactivated', /StageName Closed Won was switched off/]],
  },
];

describe('what has changed in a CRM since the last look', () => {
  it('has nothing to tell at the first look', () => {
    expect([before.changes, before.fresh]).toEqual([[], []]);
    expect(before.snapshot.objects['salesforce.Lead']?.fields.Title).toMatchObject({ length: 128, type: 'string' });
  });

  it.each(cases)('$name', ({ change, deals = null, expected }) => {
    const found = codesAfter(change === undefined ? [] : [change], deals);

    expect(found).toEqual(expected.map(([code, what]) => [code, expect.stringMatching(what)]));
  });

  it('names the line of the mapping, and how to mend it', () => {
    const { fresh } = changesSince(before, look([withoutProperty('jobtitle')]), mapping, nowMs);

    expect(fresh).toMatchObject([{ severity: 'warning', file: expect.stringContaining('contacts.yaml'), atMs: nowMs }]);
    expect(fresh[0]?.line).toBeGreaterThan(0);
    expect(fresh[0]?.fix).toContain('take it out of the mapping');
  });

  it('tells a change once as new, keeps it for a week, and then is silent', () => {
    const changed = look([withoutProperty('jobtitle')]);
    const first = changesSince(before, changed, mapping, nowMs);
    const second = changesSince(first, changed, mapping, nowMs + dayMs);
    const later = changesSince(second, changed, mapping, nowMs + 8 * dayMs);

    expect([first.fresh.length, second.fresh.length, second.changes.length, later.changes.length]).toEqual([
      1, 0, 1, 0,
    ]);
  });

  it('says nothing of what the mapping did not use before', () => {
    const first = changesSince(null, look([withoutProperty('jobtitle')]), mapping, nowMs);

    expect(changesSince(first, look(), mapping, nowMs).fresh).toEqual([]);
  });
});
