import { describe, expect, it } from 'vitest';
import type { CompiledMapping } from '../../src/domain/mapping/types.ts';
import { contactIdField, personIdProperty } from '../../src/domain/record.ts';
import { loadMappings } from '../../src/mappings/load.ts';
import type { SalesforceField } from '../../src/ports/salesforce.ts';
import { compareSchemas } from '../../src/usecases/compare-schemas.ts';
import {
  type Change,
  compareWith,
  field,
  fitting,
  options,
  picklist,
  pointedAt,
  property,
  shippedMappings,
  withFields,
  withoutField,
  withoutProperty,
  withProperties,
} from './live-schemas.ts';

const loaded = loadMappings(shippedMappings);
if (!loaded.ok) throw new Error('the mapping that comes with the project holds faults');
const mapping: CompiledMapping = {
  ...loaded.mapping,
  contact: { ...loaded.mapping.contact, owner: { ...loaded.mapping.contact.owner, fallbackEmail: 'desk@example.com' } },
};

/** What is said of the shipped mapping, with a fallback owner, where both CRMs fit but for the change. */
function compareShipped(change: Change = () => undefined) {
  return compareSchemas(mapping, fitting(mapping, change));
}

/** HubSpot with these lifecycle stages, in this order. */
function withStages(values: readonly string[]): Change {
  return withProperties(property('lifecyclestage', { options: options(...values) }));
}

const stages = mapping.lifecycle.stages.map(({ hubspot }) => hubspot);

describe('handoff check: the mapping against both live schemas', () => {
  it('finds nothing where both CRMs have what the mapping asks for', () => {
    expect(compareShipped()).toEqual([]);
  });

  it('names file and line of a mapped property that is not in HubSpot', () => {
    const [finding, ...others] = compareShipped(withoutProperty('jobtitle'));

    expect(others).toEqual([]);
    expect(finding).toMatchObject({ severity: 'error', code: 'unknown_property' });
    expect(finding?.file).toContain('contacts.yaml');
    expect(finding?.line).toBeGreaterThan(0);
  });

  it.each<{ because: string; code: string; change: Change }>([
    {
      because: 'a field is hidden or not there',
      code: 'unknown_field',
      change: withoutField('Lead', 'Title'),
    },
    {
      because: 'a field may not be written',
      code: 'read_only_field',
      change: withFields('Lead', field('Title', { updateable: false })),
    },
    {
      because: 'the org requires a field that nobody fills',
      code: 'required_unmapped',
      change: withFields('Lead', field('Region__c', { nillable: false })),
    },
    {
      because: 'our id field is not unique',
      code: 'id_field_missing',
      change: withFields('Lead', field(contactIdField, { externalId: true })),
    },
    {
      because: 'our HubSpot property is missing',
      code: 'id_property_missing',
      change: withoutProperty(personIdProperty),
    },
    {
      because: 'the fallback owner is inactive',
      code: 'fallback_owner_unknown',
      change: (schemas) => {
        schemas.users = schemas.users.map((user) => ({ ...user, isActive: false }));
      },
    },
  ])('says $code when $because', ({ code, change }) => {
    const found = compareShipped(change);

    expect(found.map((finding) => [finding.severity, finding.code])).toEqual([['error', code]]);
  });

  it('warns of a stage in HubSpot that lifecycle.yaml does not know', () => {
    const found = compareShipped(withStages([...stages, '51439524']));

    expect(found.map(({ severity, code }) => [severity, code])).toEqual([['warning', 'stage_not_mapped']]);
  });
});

const valueMap = `
defaults: { lead: { LastName: x, Company: x } }
fields:
  - hubspot: industry
    salesforce: { lead: Industry }
    rule: hubspot
    values:
      BANKING: Banking
      1: Technologie
      SOFTWARE: Technologie
      UNKNOWN: null
`;

/** What is said of the values of a contacts.yaml when Lead.Industry knows Banking, Technology and an inactive value. */
function compare(contacts: string, more: Partial<SalesforceField> = {}, known: readonly string[] = []) {
  const industry = picklist('Industry', ['Banking', 'Technology', '-Old'], more);
  const change = [withProperties(property('industry', { options: options(...known) })), withFields('Lead', industry)];
  return compareWith({ 'contacts.yaml': contacts }, ...change);
}

describe('handoff check: the values that the mapping may write', () => {
  it.each([
    { picklist: 'a restricted one', more: { restrictedPicklist: true }, severity: 'error' },
    { picklist: 'one that takes any value', more: {}, severity: 'warning' },
  ])('says once that a value is not in the picklist, at its first entry, for $picklist', ({ more, severity }) => {
    const found = compare(valueMap, more);

    expect(found).toMatchObject([{ severity, code: 'unknown_picklist_value', at: 'Technologie' }]);
    expect(found[0]?.what).toContain('1, SOFTWARE');
    expect(found[0]?.fix).toContain('Banking, Technology');
  });

  it('holds the default for unmapped values and the default of a create to the picklist, each at its own line', () => {
    const map = valueMap
      .replaceAll('Technologie', 'Technology')
      .replace('Company: x }', 'Company: x, Industry: Other }');
    const contacts = `${map}    unmapped: { default: Old }\n`;

    const found = compare(contacts, { restrictedPicklist: true });

    expect(found.map(({ code, at }) => [code, at])).toEqual([
      ['unknown_picklist_value', 'Old }'],
      ['unknown_picklist_value', 'Other } }'],
    ]);
  });

  it.each([
    { because: 'the field is never written', given: valueMap.replace('rule: hubspot', 'rule: never'), more: {} },
    { because: 'the field is no picklist', given: valueMap, more: { type: 'string', picklistValues: [] } },
    {
      because: 'each part of a multi-select value is in the list',
      given: valueMap.replaceAll('Technologie', 'Banking;Technology'),
      more: { type: 'multipicklist', restrictedPicklist: true },
    },
  ])('says nothing where $because', ({ given, more }) => {
    expect(compare(given, more)).toEqual([]);
  });

  it('warns of the options of HubSpot that would become failures', () => {
    const contacts = valueMap.replaceAll('Technologie', 'Technology');

    const found = compare(contacts, {}, ['BANKING', '1', 'RETAIL', 'MINING']);

    expect(found).toMatchObject([{ severity: 'warning', code: 'option_not_mapped', at: 'BANKING: Banking' }]);
    expect(found[0]?.what).toContain('RETAIL, MINING');
  });

  it.each([
    { because: 'unmapped values are skipped', change: (text: string) => `${text}    unmapped: skip\n` },
    { because: 'a transform comes first', change: (text: string) => `${text}    transform: upper(value)\n` },
  ])('says nothing of unnamed options where $because', ({ change }) => {
    expect(compare(change(valueMap.replaceAll('Technologie', 'Technology')), {}, ['retail'])).toEqual([]);
  });
});

describe('handoff check: where a finding points', () => {
  it.each([
    { what: 'a field of Salesforce', change: withoutField('Lead', 'City'), at: /^City, contact/ },
    { what: 'a default', change: withoutField('Lead', 'Company'), at: /^"\[not provided\]"/ },
    {
      what: 'a stage',
      change: withStages(stages.filter((stage) => stage !== 'salesqualifiedlead')),
      at: /^name: sales/,
    },
    { what: 'a property of the gate', change: withoutProperty('email'), at: /^email, salesforce/ },
  ])('points at $what', ({ change, at }) => {
    const places = compareShipped(change).map((finding) => pointedAt(shippedMappings, finding));

    expect(places.filter((place) => at.test(place))).toHaveLength(1);
  });

  it('points at the fallback owner in owners.yaml', () => {
    const found = compareSchemas(loaded.mapping, fitting(mapping)).map((finding) =>
      pointedAt(shippedMappings, finding),
    );

    expect(found).toEqual(['null']);
  });

  it('has no place for what Handoff itself needs in a CRM', () => {
    expect(compareShipped(withoutProperty(personIdProperty))).toMatchObject([{ file: '', line: 0, column: 0 }]);
  });
});
