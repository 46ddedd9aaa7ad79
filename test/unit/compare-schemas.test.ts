import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CompiledMapping } from '../../src/domain/mapping/types.ts';
import { contactIdField, type PersonObject, personIdProperty } from '../../src/domain/record.ts';
import { loadMappings } from '../../src/mappings/load.ts';
import type { HubSpotProperty } from '../../src/ports/hubspot.ts';
import type { SalesforceField } from '../../src/ports/salesforce.ts';
import { compareSchemas } from '../../src/usecases/compare-schemas.ts';
import type { Schemas } from '../../src/usecases/live-schemas.ts';

const loaded = loadMappings(join(import.meta.dirname, '../../mappings'));
if (!loaded.ok) throw new Error('the mapping that comes with the project holds faults');
const mapping: CompiledMapping = {
  ...loaded.mapping,
  contact: { ...loaded.mapping.contact, owner: { ...loaded.mapping.contact.owner, fallbackEmail: 'desk@example.com' } },
};

function property(name: string, more: Partial<HubSpotProperty> = {}): HubSpotProperty {
  const text = { type: 'string', fieldType: 'text', options: [], hasUniqueValue: false, readOnly: false };
  return { name, label: name, ...text, ...more };
}

function field(name: string, more: Partial<SalesforceField> = {}): SalesforceField {
  const open = { nillable: true, defaultedOnCreate: false, createable: true, updateable: true };
  const plain = { type: 'string', length: 80, externalId: false, unique: false };
  return { name, label: name, ...plain, ...open, restrictedPicklist: false, picklistValues: [], ...more };
}

function fieldsOf(object: PersonObject): SalesforceField[] {
  const names = mapping.contact.salesforceFields[object].filter((name) => name !== contactIdField);
  return [...names.map((name) => field(name)), field(contactIdField, { externalId: true, unique: true })];
}

/** Two CRMs that have exactly what the mapping asks for. */
function fitting(
  change: (schemas: { -readonly [Key in keyof Schemas]: Schemas[Key] }) => void = () => undefined,
): Schemas {
  const names = new Set([
    ...mapping.contact.fields.map(({ hubspot }) => hubspot),
    ...mapping.contact.hubspotProperties,
  ]);
  const options = mapping.lifecycle.stages.map(({ hubspot, label }) => ({ value: hubspot, label, hidden: false }));
  const schemas = {
    properties: [...names].map((name) =>
      property(name, {
        ...(name === 'lifecyclestage' ? { options } : {}),
        ...(name === personIdProperty ? { hasUniqueValue: true } : {}),
      }),
    ),
    fields: { Lead: fieldsOf('Lead'), Contact: fieldsOf('Contact') },
    users: [{ id: '005000000000001AAA', email: 'desk@example.com', isActive: true }],
  };
  change(schemas);
  return schemas;
}

function withLead(name: string, more: Partial<SalesforceField>): Schemas {
  return fitting((schemas) => {
    const Lead = [...schemas.fields.Lead.filter((one) => one.name !== name), field(name, more)];
    schemas.fields = { ...schemas.fields, Lead };
  });
}

function withoutLeadField(name: string): Schemas {
  return fitting((schemas) => {
    schemas.fields = { ...schemas.fields, Lead: schemas.fields.Lead.filter((one) => one.name !== name) };
  });
}

function withoutStage(value: string): Schemas {
  return fitting((schemas) => {
    schemas.properties = schemas.properties.map((one) =>
      one.name === 'lifecyclestage' ? { ...one, options: one.options.filter((option) => option.value !== value) } : one,
    );
  });
}

function without(name: string): Schemas {
  return fitting((schemas) => {
    schemas.properties = schemas.properties.filter((one) => one.name !== name);
  });
}

describe('handoff check: the mapping against both live schemas', () => {
  it('finds nothing where both CRMs have what the mapping asks for', () => {
    expect(compareSchemas(mapping, fitting())).toEqual([]);
  });

  it('names file and line of a mapped property that is not in HubSpot', () => {
    const [finding, ...others] = compareSchemas(mapping, without('jobtitle'));

    expect(others).toEqual([]);
    expect(finding).toMatchObject({ severity: 'error', code: 'unknown_property' });
    expect(finding?.file).toContain('contacts.yaml');
    expect(finding?.line).toBeGreaterThan(0);
  });

  it.each([
    {
      because: 'a field is hidden or not there',
      code: 'unknown_field',
      schemas: () => withoutLeadField('Title'),
    },
    {
      because: 'a field may not be written',
      code: 'read_only_field',
      schemas: () => withLead('Title', { updateable: false }),
    },
    {
      because: 'the org requires a field that nobody fills',
      code: 'required_unmapped',
      schemas: () => withLead('Region__c', { nillable: false }),
    },
    {
      because: 'our id field is not unique',
      code: 'id_field_missing',
      schemas: () => withLead(contactIdField, { externalId: true }),
    },
    {
      because: 'our HubSpot property is missing',
      code: 'id_property_missing',
      schemas: () => without(personIdProperty),
    },
    {
      because: 'the fallback owner is inactive',
      code: 'fallback_owner_unknown',
      schemas: () =>
        fitting((schemas) => {
          schemas.users = schemas.users.map((user) => ({ ...user, isActive: false }));
        }),
    },
  ])('says $code when $because', ({ code, schemas }) => {
    const found = compareSchemas(mapping, schemas());

    expect(found.map((finding) => [finding.severity, finding.code])).toEqual([['error', code]]);
  });

  it('warns of a stage in HubSpot that lifecycle.yaml does not know', () => {
    const schemas = fitting((all) => {
      all.properties = all.properties.map((one) =>
        one.name === 'lifecyclestage'
          ? { ...one, options: [...one.options, { value: '51439524', label: 'Partner', hidden: false }] }
          : one,
      );
    });

    expect(compareSchemas(mapping, schemas).map(({ severity, code }) => [severity, code])).toEqual([
      ['warning', 'stage_not_mapped'],
    ]);
  });
});

/** The text that a finding points at: the rest of its line. */
function pointedAt(dir: string, { file, line, column }: { file: string; line: number; column: number }): string {
  const text = readFileSync(join(dir, basename(file)), 'utf8').split('\n')[line - 1] ?? '';
  return text.slice(column - 1);
}

const valueMap = `
defaults: { lead: { LastName: x, Company: x } }
fields:
  - hubspot: industry
    salesforce: { lead: Industry }
    rule: newest
    values:
      BANKING: Banking
      1: Technologie
      SOFTWARE: Technologie
      UNKNOWN: null
`;

/** What is said of the values of a contacts.yaml, and where it points, when Lead.Industry knows Banking, Technology and an inactive value. */
function compare(contacts: string, more: Partial<SalesforceField> = {}, options: readonly string[] = []) {
  const dir = mkdtempSync(join(tmpdir(), 'handoff-values-'));
  try {
    cpSync(join(import.meta.dirname, '../../mappings'), dir, { recursive: true });
    writeFileSync(join(dir, 'contacts.yaml'), contacts);
    const own = loadMappings(dir);
    if (!own.ok) throw new Error(own.findings.map(({ what }) => what).join('; '));
    const industry = property('industry', {
      options: options.map((value) => ({ value, label: value, hidden: false })),
    });
    const picklistValues = [
      ...['Banking', 'Technology'].map((value) => ({ value, label: value, active: true })),
      { value: 'Old', label: 'Old', active: false },
    ];
    const schemas = fitting((all) => {
      all.properties = [...all.properties, industry];
      const Lead = [...all.fields.Lead, field('Industry', { type: 'picklist', picklistValues, ...more })];
      all.fields = { ...all.fields, Lead };
    });
    return compareSchemas(own.mapping, schemas)
      .filter(({ code }) => code !== 'no_fallback_owner')
      .map((finding) => ({ ...finding, at: pointedAt(dir, finding) }));
  } finally {
    rmSync(dir, { recursive: true });
  }
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
    { because: 'the field is never written', given: valueMap.replace('newest', 'never'), more: {} },
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
  const shipped = join(import.meta.dirname, '../../mappings');

  it.each([
    { what: 'a field of Salesforce', schemas: () => withoutLeadField('City'), at: /^City, contact/ },
    { what: 'a default', schemas: () => withoutLeadField('Company'), at: /^"\[not provided\]"/ },
    { what: 'a stage', schemas: () => withoutStage('salesqualifiedlead'), at: /label: SQL/ },
    { what: 'a property of the gate', schemas: () => without('email'), at: /^email, salesforce/ },
  ])('points at $what', ({ schemas, at }) => {
    const places = compareSchemas(mapping, schemas()).map((finding) => pointedAt(shipped, finding));

    expect(places.filter((place) => at.test(place))).toHaveLength(1);
  });

  it('points at the fallback owner in owners.yaml', () => {
    const found = compareSchemas(loaded.mapping, fitting()).map((finding) => pointedAt(shipped, finding));

    expect(found).toEqual(['null']);
  });

  it('has no place for what Handoff itself needs in a CRM', () => {
    expect(compareSchemas(mapping, without(personIdProperty))).toMatchObject([{ file: '', line: 0, column: 0 }]);
  });
});
