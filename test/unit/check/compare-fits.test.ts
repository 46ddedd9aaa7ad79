import { describe, expect, it } from 'vitest';
import type { HubSpotProperty } from '../../../src/ports/hubspot.ts';
import type { SalesforceField } from '../../../src/ports/salesforce.ts';
import { compareWith, field, options, picklist, property, withFields, withProperties } from '../live-schemas.ts';

type Case = {
  name: string;
  line?: string;
  property: Partial<HubSpotProperty>;
  field: SalesforceField;
  expected: readonly string[];
};

/** A file with one line of its own, the rest as little as there can be. */
const contacts = (line: string) => `create: lead
fields:
  - { hubspot: email, salesforce: Email, rule: hubspot }
  - { hubspot: lastname, salesforce: LastName, rule: newest }
  - { hubspot: company, salesforce: { lead: Company }, rule: newest }
  - ${line}
`;

const oneLine = '{ hubspot: thing, salesforce: { lead: Thing__c }, rule: newest }';
const oneWay = '{ hubspot: thing, salesforce: { lead: Thing__c }, rule: hubspot }';
const back = '{ hubspot: thing, salesforce: { lead: Thing__c }, rule: salesforce }';
const of = (type: string, more: Partial<SalesforceField> = {}) => field('Thing__c', { type, length: 0, ...more });
const number = { type: 'number', fieldType: 'number' };
const list = (...values: string[]) => ({ type: 'enumeration', fieldType: 'select', options: options(...values) });
const checkboxes = (...values: string[]) => ({ ...list(...values), fieldType: 'checkbox' });

const cases: readonly Case[] = [
  { name: 'a text and a text', property: {}, field: of('string', { length: 80 }), expected: [] },
  {
    name: 'a text of several lines and a single line',
    property: { fieldType: 'textarea' },
    field: of('string', { length: 255 }),
    expected: ['text_shortened'],
  },
  {
    name: 'a text of several lines and a long text area',
    property: { fieldType: 'textarea' },
    field: of('textarea', { length: 32_000 }),
    expected: [],
  },
  {
    name: 'a text area that holds more than HubSpot takes back',
    property: { fieldType: 'textarea' },
    field: of('textarea', { length: 131_072 }),
    expected: ['text_too_long_back'],
  },
  {
    name: 'the same where nothing comes back',
    line: oneWay,
    property: { fieldType: 'textarea' },
    field: of('textarea', { length: 131_072 }),
    expected: [],
  },
  {
    name: 'options that are longer than the field',
    line: oneWay,
    property: list('a', 'a very long option'),
    field: of('string', { length: 10 }),
    expected: ['value_too_long'],
  },
  {
    name: 'a value map that writes more than the field holds',
    line: "{ hubspot: thing, salesforce: { lead: Thing__c }, rule: hubspot, values: { a: 'far too long' } }",
    property: list('a'),
    field: of('string', { length: 5 }),
    expected: ['value_too_long'],
  },
  {
    name: 'a number of any size and one of three digits',
    line: oneWay,
    property: number,
    field: of('double', { precision: 3, scale: 0 }),
    expected: ['number_too_big'],
  },
  {
    name: 'a number that is rounded and comes back',
    property: number,
    field: of('double', { precision: 18, scale: 0 }),
    expected: ['decimals_lost'],
  },
  {
    name: 'a number with decimals on both sides',
    property: number,
    field: of('double', { precision: 18, scale: 2 }),
    expected: [],
  },
  { name: 'a number and a text', property: number, field: of('string', { length: 80 }), expected: ['types_differ'] },
  { name: 'a moment and a day', property: { type: 'datetime' }, field: of('date'), expected: ['time_of_day_lost'] },
  {
    name: 'a day and a moment, one way',
    line: oneWay,
    property: { type: 'date' },
    field: of('datetime'),
    expected: [],
  },
  { name: 'a day and a day', property: { type: 'date' }, field: of('date'), expected: [] },
  { name: 'a text and a date', property: {}, field: of('date'), expected: ['types_differ'] },
  { name: 'true and false', property: list('true', 'false'), field: of('boolean'), expected: [] },
  { name: 'yes and no for a checkbox', property: list('yes', 'no'), field: of('boolean'), expected: ['types_differ'] },
  {
    name: 'options that the picklist has',
    property: list('a', 'b'),
    field: picklist('Thing__c', ['a', 'b']),
    expected: [],
  },
  {
    name: 'an option that the picklist lacks, and one that is switched off there',
    property: list('a', 'b', 'c'),
    field: picklist('Thing__c', ['a', '-b']),
    expected: ['option_outside_picklist'],
  },
  {
    name: 'the same where only Salesforce writes',
    line: back,
    property: list('a', 'b', 'c'),
    field: picklist('Thing__c', ['a']),
    expected: [],
  },
  {
    name: 'options that a value map lets pass',
    line: '{ hubspot: thing, salesforce: { lead: Thing__c }, rule: hubspot, values: { a: A }, unmapped: pass }',
    property: list('a', 'b'),
    field: picklist('Thing__c', ['A']),
    expected: ['option_outside_picklist'],
  },
  {
    name: 'several values for one',
    line: oneWay,
    property: checkboxes('a', 'b'),
    field: picklist('Thing__c', ['a', 'b']),
    expected: ['several_for_one'],
  },
  {
    name: 'several values that come back to one',
    line: back,
    property: list('a', 'b'),
    field: picklist('Thing__c', ['a', 'b'], { type: 'multipicklist' }),
    expected: ['several_for_one'],
  },
];

describe('whether both ends of a line hold the same values', () => {
  it.each(cases)('$name: $expected', ({ line = oneLine, property: more, field: there, expected }) => {
    const findings = compareWith(
      { 'contacts.yaml': contacts(line) },
      withProperties(property('thing', more)),
      withFields('Lead', there),
    );

    expect(findings.map(({ code }) => code)).toEqual(expected);
    for (const { severity, at, what, why, fix } of findings) {
      expect([severity, at]).toEqual(['warning', expect.stringContaining('thing')]);
      expect(Math.min(what.length, why.length, fix.length)).toBeGreaterThan(0);
    }
  });

  it('a default that is longer than its field is an error, for nothing cuts it', () => {
    const file = `${contacts(oneLine)}defaults: { lead: { Rating__c: 'Much too long' } }\n`;

    const findings = compareWith(
      { 'contacts.yaml': file },
      withProperties(property('thing')),
      withFields('Lead', of('string', { length: 80 }), field('Rating__c', { length: 5 })),
    );

    expect(findings).toMatchObject([
      { severity: 'error', code: 'value_too_long', at: expect.stringMatching(/^Much|^'Much/) },
    ]);
  });

  it('an id field that tells upper from lower case could hold one contact twice', () => {
    const findings = compareWith(
      { 'contacts.yaml': contacts(oneLine) },
      withProperties(property('thing')),
      withFields(
        'Lead',
        of('string', { length: 80 }),
        field('HubSpot_Contact_Id__c', { externalId: true, unique: true, caseSensitive: true }),
      ),
    );

    expect(findings).toMatchObject([{ severity: 'error', code: 'id_field_missing' }]);
  });

  it('a field of the org that a Contact requires stops whoever converts a Lead', () => {
    const findings = compareWith(
      { 'contacts.yaml': contacts(oneLine) },
      withProperties(property('thing')),
      withFields('Lead', of('string', { length: 80 })),
      withFields('Contact', field('Region__c', { nillable: false })),
    );

    expect(findings).toMatchObject([
      { severity: 'warning', code: 'required_on_conversion', what: expect.stringContaining('Contact.Region__c') },
    ]);
  });
});
