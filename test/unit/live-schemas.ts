import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Finding } from '../../src/domain/finding.ts';
import type { CompiledMapping } from '../../src/domain/mapping/types.ts';
import { contactIdField, type PersonObject, personIdProperty } from '../../src/domain/record.ts';
import { loadMappings } from '../../src/mappings/load.ts';
import type { HubSpotProperty } from '../../src/ports/hubspot.ts';
import type { SalesforceField } from '../../src/ports/salesforce.ts';
import { compareSchemas } from '../../src/usecases/compare-schemas.ts';
import type { Schemas } from '../../src/usecases/live-schemas.ts';

export const shippedMappings = join(import.meta.dirname, '../../mappings');

export function property(name: string, more: Partial<HubSpotProperty> = {}): HubSpotProperty {
  const text = { type: 'string', fieldType: 'text', options: [], hasUniqueValue: false, readOnly: false };
  return { name, label: name, ...text, ...more };
}

export function field(name: string, more: Partial<SalesforceField> = {}): SalesforceField {
  const open = { nillable: true, defaultedOnCreate: false, createable: true, updateable: true };
  const plain = { type: 'string', length: 80, externalId: false, unique: false };
  return { name, label: name, ...plain, ...open, restrictedPicklist: false, picklistValues: [], ...more };
}

/** A picklist of active values; those that begin with a minus are switched off. */
export function picklist(
  name: string,
  values: readonly string[],
  more: Partial<SalesforceField> = {},
): SalesforceField {
  const picklistValues = values.map((written) => {
    const value = written.replace(/^-/, '');
    return { value, label: value, active: value === written };
  });
  return field(name, { type: 'picklist', picklistValues, ...more });
}

export function options(...values: string[]): HubSpotProperty['options'] {
  return values.map((value) => ({ value, label: value, hidden: false }));
}

export type Change = (schemas: { -readonly [Key in keyof Schemas]: Schemas[Key] }) => void;

/** Two CRMs that have exactly what the mapping asks for. */
export function fitting(mapping: CompiledMapping, change: Change = () => undefined): Schemas {
  const names = new Set([
    ...mapping.contact.fields.map(({ hubspot }) => hubspot),
    ...mapping.contact.hubspotProperties,
  ]);
  const stages = options(...mapping.lifecycle.stages.map(({ hubspot }) => hubspot));
  const schemas = {
    properties: [...names].map((name) =>
      property(name, {
        ...(name === 'lifecyclestage' ? { options: stages } : {}),
        ...(name === personIdProperty ? { hasUniqueValue: true } : {}),
      }),
    ),
    fields: { Lead: fieldsOf(mapping, 'Lead'), Contact: fieldsOf(mapping, 'Contact') },
    users: [{ id: '005000000000001AAA', name: 'Desk', email: 'desk@example.com', isActive: true }],
  };
  change(schemas);
  return schemas;
}

function fieldsOf({ contact }: CompiledMapping, object: PersonObject): SalesforceField[] {
  const names = new Set([...contact.salesforceFields[object], ...Object.keys(contact.defaults[object])]);
  return [...[...names].map((name) => field(name)), field(contactIdField, { externalId: true, unique: true })];
}

/** The schemas with some fields of an object exchanged or added. */
export function withFields(object: PersonObject, ...fields: SalesforceField[]): Change {
  return (schemas) => {
    const others = schemas.fields[object].filter(({ name }) => !fields.some((each) => each.name === name));
    schemas.fields = { ...schemas.fields, [object]: [...others, ...fields] };
  };
}

/** The schemas without a field of an object. */
export function withoutField(object: PersonObject, name: string): Change {
  return (schemas) => {
    schemas.fields = { ...schemas.fields, [object]: schemas.fields[object].filter((one) => one.name !== name) };
  };
}

/** The schemas with some HubSpot properties exchanged or added. */
export function withProperties(...properties: HubSpotProperty[]): Change {
  return (schemas) => {
    const others = schemas.properties.filter(({ name }) => !properties.some((each) => each.name === name));
    schemas.properties = [...others, ...properties];
  };
}

/** The schemas without a HubSpot property. */
export function withoutProperty(name: string): Change {
  return (schemas) => {
    schemas.properties = schemas.properties.filter((one) => one.name !== name);
  };
}

/** The text that a finding points at: the rest of its line. */
export function pointedAt(dir: string, { file, line, column }: Pick<Finding, 'file' | 'line' | 'column'>): string {
  const text = readFileSync(join(dir, basename(file)), 'utf8').split('\n')[line - 1] ?? '';
  return text.slice(column - 1);
}

/**
 * What `handoff check` says of the shipped mappings with some files replaced, where both CRMs have what they ask for but for the changes;
 * each finding with the text it points at. That no fallback owner is named is left out.
 */
export function compareWith(files: Readonly<Record<string, string>>, ...changes: Change[]) {
  const dir = mkdtempSync(join(tmpdir(), 'handoff-schemas-'));
  try {
    cpSync(shippedMappings, dir, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
    const own = loadMappings(dir);
    if (!own.ok) throw new Error(own.findings.map(({ what }) => what).join('; '));
    const schemas = fitting(own.mapping, (all) => {
      for (const change of changes) change(all);
    });
    return compareSchemas(own.mapping, schemas)
      .filter(({ code }) => code !== 'no_fallback_owner')
      .map((finding) => ({ ...finding, at: finding.file === '' ? '' : pointedAt(dir, finding) }));
  } finally {
    rmSync(dir, { recursive: true });
  }
}
