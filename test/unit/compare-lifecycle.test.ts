import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type Change,
  compareWith,
  field,
  options,
  picklist,
  property,
  shippedMappings,
  withFields,
  withoutField,
  withoutProperty,
  withProperties,
} from './live-schemas.ts';

const statuses = ['Open - Not Contacted', 'Working - Contacted', 'Closed - Converted', 'Closed - Not Converted'];
const stages = ['subscriber', 'lead', 'marketingqualifiedlead', 'salesqualifiedlead', 'opportunity', 'customer'];

/** A shipped file with pieces of its text exchanged. */
function shipped(name: string, ...exchanges: readonly (readonly [string, string])[]): string {
  return exchanges.reduce(
    (text, [from, to]) => {
      if (!text.includes(from)) throw new Error(`${name} does not hold "${from}"`);
      return text.replace(from, to);
    },
    readFileSync(join(shippedMappings, name), 'utf8'),
  );
}

const lifecycle = (...exchanges: readonly (readonly [string, string])[]) => ({
  'lifecycle.yaml': shipped('lifecycle.yaml', ...exchanges),
});

const contactStatus = lifecycle(
  ['contact_status_field: null', 'contact_status_field: Status__c'],
  ['      converted: true', '      converted: true\n      contact_status: [Working]'],
  ['  contact: null', '  contact: Working'],
);

type Found = ReturnType<typeof compareWith>[number];

/** Whether a finding is the expected one, in all that is expected of it. */
function says(found: Found, expected: Case['finding']): boolean {
  return (Object.keys(expected) as (keyof Found)[]).every((key) => {
    const [actual, wanted] = [String(found[key]), expected[key]];
    return wanted instanceof RegExp ? wanted.test(actual) : actual === wanted;
  });
}

type Case = {
  because: string;
  files?: Record<string, string>;
  change: Change;
  finding: Partial<Record<keyof Found, string | RegExp>>;
};

describe('handoff check: lifecycle.yaml against both live schemas', () => {
  it('finds nothing in the standard org and portal', () => {
    const change = withFields('Lead', picklist('Status', statuses));

    expect(compareWith({}, change)).toEqual([]);
  });

  it.each<Case>([
    {
      because: 'a stage names a status that the org does not have',
      change: withFields('Lead', picklist('Status', statuses.toSpliced(1, 1))),
      finding: { severity: 'error', code: 'unknown_picklist_value', at: 'Working - Contacted, Closed - Converted]' },
    },
    {
      because: 'a recycle names a status that the org does not have',
      change: withFields('Lead', picklist('Status', statuses.slice(0, 3))),
      finding: { severity: 'error', code: 'unknown_picklist_value', at: 'Closed - Not Converted]' },
    },
    {
      because: 'returned leads would be reopened with a status that was switched off',
      change: withFields('Lead', picklist('Status', [`-${statuses[0]}`, ...statuses.slice(1)])),
      finding: { severity: 'error', code: 'unknown_picklist_value', at: 'Open - Not Contacted', what: /active value/ },
    },
    {
      because: 'the org has a status that means nothing',
      change: withFields('Lead', picklist('Status', [...statuses, 'Unreachable', '-Old'])),
      finding: { severity: 'warning', code: 'status_not_mapped', what: /Lead\.Status: Unreachable\./ },
    },
    {
      because: 'the Lead Status may not be written',
      change: withFields('Lead', picklist('Status', statuses, { updateable: false })),
      finding: { severity: 'error', code: 'read_only_field', at: 'Open - Not Contacted', why: /reopened/ },
    },
    {
      because: 'the field for the status of Contacts is hidden',
      files: contactStatus,
      change: withoutField('Contact', 'Status__c'),
      finding: { severity: 'error', code: 'unknown_field', at: 'Working]' },
    },
    {
      because: 'the field for the status of Contacts has other values',
      files: contactStatus,
      change: withFields('Contact', picklist('Status__c', ['Working', 'Cold'])),
      finding: { severity: 'warning', code: 'status_not_mapped', what: /Contact\.Status__c: Cold\./ },
    },
    {
      because: 'a recycle reads a field that is not there',
      files: lifecycle([
        '  - lead_status: [Closed - Not Converted]',
        '  - { field: { lead: Rejected__c }, values: ["true"], to: lead, reason: rejected }\n  - lead_status: [Closed - Not Converted]',
      ]),
      change: withoutField('Lead', 'Rejected__c'),
      finding: { severity: 'error', code: 'unknown_field', at: /^"true"/ },
    },
    {
      because: 'the filter of births reads a field that only Leads have',
      files: {
        'contacts.yaml': shipped('contacts.yaml', ['  where: null', "  where: person.Rating == 'Hot'"]),
      },
      change: withoutField('Contact', 'Rating'),
      finding: { severity: 'error', code: 'unknown_field', at: "person.Rating == 'Hot'" },
    },
    {
      because: 'HubSpot orders the stages otherwise',
      change: withProperties(
        property('lifecyclestage', {
          options: options(
            ...stages.slice(0, 3),
            'opportunity',
            'salesqualifiedlead',
            'customer',
            'evangelist',
            'other',
          ),
        }),
      ),
      finding: { severity: 'error', code: 'stage_order', at: /^\{ name: opportunity/ },
    },
    {
      because: 'HubSpot lacks the stage that a recycle leads to',
      change: withProperties(
        property('lifecyclestage', {
          options: options(...stages.filter((stage) => stage !== 'lead'), 'evangelist', 'other'),
        }),
      ),
      finding: { severity: 'error', code: 'unknown_stage', what: /internal value lead / },
    },
    {
      because: 'the property for reasons is missing',
      change: withoutProperty('salesforce_recycle_reason'),
      finding: { severity: 'error', code: 'reason_property_missing', fix: 'Run handoff setup.' },
    },
    {
      because: 'a property for reasons of your own is missing',
      files: lifecycle(['reason_property: salesforce_recycle_reason', 'reason_property: returned_because']),
      change: withoutProperty('returned_because'),
      finding: { severity: 'error', code: 'reason_property_missing', fix: /single-line text/, at: 'returned_because' },
    },
    {
      because: 'the property for reasons cannot be written',
      change: withProperties(property('salesforce_recycle_reason', { readOnly: true })),
      finding: { severity: 'error', code: 'reason_property_unfit', at: 'salesforce_recycle_reason' },
    },
  ])('says $finding.code where $because', ({ files = {}, change, finding }) => {
    expect(compareWith(files, change).filter((each) => says(each, finding))).toHaveLength(1);
  });

  it('does not ask for the property of reasons where nobody is returned, nor for the dates that HubSpot keeps', () => {
    const text = shipped('lifecycle.yaml').replace(/^recycle:[\s\S]*?\n\n/m, '');

    const found = compareWith(
      { 'lifecycle.yaml': text },
      withoutProperty('salesforce_recycle_reason'),
      withoutProperty('hs_v2_date_entered_lead'),
    );

    expect(found).toEqual([]);
  });

  it('names the team whose fallback owner is nobody', () => {
    const owners = shipped('owners.yaml', ['fallback_by_team: {}', 'fallback_by_team: { DACH: nobody@example.com }']);

    const found = compareWith({ 'owners.yaml': owners });

    expect(found).toMatchObject([{ severity: 'error', code: 'fallback_owner_unknown' }]);
    expect(found[0]?.what).toContain('team dach');
  });
});

const industry = (more: string) => ({
  'contacts.yaml': `
defaults: { lead: { LastName: x, Company: x } }
fields:
  - { hubspot: email, salesforce: Email, rule: hubspot }
  - hubspot: industry
    salesforce: { lead: Industry }
    rule: newest
${more}`,
});
const oneToOne = '    values: { BANKING: Banking, SOFTWARE: Technology }\n';
const org = withFields('Lead', picklist('Industry', ['Banking', 'Technology']));
const portal = withProperties(property('industry', { options: options('BANKING', 'SOFTWARE') }));

describe('handoff check: the way back into HubSpot', () => {
  it('finds nothing where every value leads to an option', () => {
    expect(compareWith(industry(oneToOne), org, portal)).toEqual([]);
  });

  it.each<Case>([
    {
      because: 'HubSpot fills the property itself',
      files: industry(''),
      change: withProperties(property('industry', { readOnly: true })),
      finding: { severity: 'error', code: 'read_only_property', at: 'industry' },
    },
    {
      because: 'an entry read backwards leads to no option',
      files: industry(oneToOne),
      change: withProperties(property('industry', { options: options('BANKING') })),
      finding: { severity: 'error', code: 'unknown_option', at: /^Technology/ },
    },
    {
      because: 'values_back leads to no option',
      files: industry(`${oneToOne}    values_back: { Technology: HARDWARE }\n`),
      change: portal,
      finding: { severity: 'error', code: 'unknown_option', at: /^HARDWARE/, what: /"HARDWARE"/ },
    },
    {
      because: 'a picklist without a value map has a value that is no option',
      files: industry(''),
      change: withProperties(property('industry', { options: options('Banking') })),
      finding: { severity: 'warning', code: 'unknown_option', at: /lead: Industry/ },
    },
    {
      because: 'the map does not lead back from a value',
      files: industry(oneToOne),
      change: withFields('Lead', picklist('Industry', ['Banking', 'Technology', 'Retail', '-Old'])),
      finding: { severity: 'warning', code: 'value_without_way_back', what: /: Retail\./ },
    },
  ])('says $finding.code where $because', ({ files = {}, change, finding }) => {
    expect(compareWith(files, org, portal, change).filter((each) => says(each, finding))).toHaveLength(1);
  });

  it.each([
    { because: 'the field is one-way', more: '    one_way: true\n' },
    { because: 'HubSpot owns the field', more: '    rule: hubspot\n' },
  ])('says nothing of a property that cannot be written where $because', ({ more }) => {
    const files = industry(more);
    const text = (files['contacts.yaml'] ?? '').replace(/ {4}rule: newest\n(?= {4}rule)/, '');

    expect(
      compareWith({ 'contacts.yaml': text }, org, withProperties(property('industry', { readOnly: true }))),
    ).toEqual([]);
  });

  it('takes the values of a multi-select one by one', () => {
    const values = picklist('Industry', ['Banking', 'Technology'], { type: 'multipicklist' });

    expect(compareWith(industry(oneToOne), withFields('Lead', values), portal)).toEqual([]);
  });

  it('does not mind a field of its own', () => {
    expect(compareWith({}, withFields('Lead', field('Other__c')))).toEqual([]);
  });
});
