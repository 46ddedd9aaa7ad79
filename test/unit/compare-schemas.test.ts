import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CompiledMapping } from '../../src/domain/mapping/types.ts';
import { contactIdField, type PersonObject, personIdProperty } from '../../src/domain/record.ts';
import { loadMappings } from '../../src/mappings/load.ts';
import type { HubSpotProperty } from '../../src/ports/hubspot.ts';
import type { SalesforceField } from '../../src/ports/salesforce.ts';
import { compareSchemas, type Schemas } from '../../src/usecases/compare-schemas.ts';

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

function without(name: string): Schemas {
  return fitting((schemas) => {
    schemas.properties = schemas.properties.filter((one) => one.name !== name);
  });
}

const status = (value: string) => ({ value, label: value, active: true });

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
      schemas: () =>
        fitting((schemas) => {
          schemas.fields = { ...schemas.fields, Lead: schemas.fields.Lead.filter(({ name }) => name !== 'Title') };
        }),
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
      because: 'a default is not in a restricted picklist',
      code: 'unknown_picklist_value',
      schemas: () => withLead('Status', { restrictedPicklist: true, picklistValues: [status('New')] }),
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
