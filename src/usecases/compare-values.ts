import type { Finding, Place } from '../domain/finding.ts';
import type { CompiledMapping, MappedField, ValueMap } from '../domain/mapping/types.ts';
import type { FieldValue, FieldValues, SalesforceObject } from '../domain/record.ts';
import type { SalesforceField } from '../ports/salesforce.ts';
import { isWritten, type KindSchemas, objectsOf } from './live-schemas.ts';

/** A value that may be written, where the mapping says so, and how people would name its entry. */
type Written = { value: FieldValue; at: Place; from: string };

/**
 * The values that the mapping may write, against the picklists of the org; and the options of HubSpot, against the value maps.
 * A value outside a restricted picklist would be refused: an error. Other picklists store it, and only reports miss it: a warning.
 */
export function compareValues(schemas: KindSchemas, mapping: CompiledMapping): Finding[] {
  const fields = mapping[schemas.kind].fields.flatMap((mapped, index) => [
    ...unmappedOptions(schemas, mapping, mapped, index),
    ...objectsOf(schemas).flatMap(({ object, known }) => {
      const name = mapped.salesforce[object];
      if (name === undefined || mapped.values === null || !isWritten(mapped)) return [];
      return outsidePicklist(known, object, name, writtenBy(mapping, schemas, mapped.values, index));
    }),
  ]);
  return [...fields, ...outsideDefaults(schemas, mapping)];
}

function outsideDefaults(schemas: KindSchemas, mapping: CompiledMapping): Finding[] {
  return defaultsOf(schemas, mapping).flatMap(({ object, name, value, at }) =>
    outsidePicklist(schemas.fields[object] ?? [], object, name, [{ value, at, from: 'the default' }]),
  );
}

/** What a new record gets where HubSpot has nothing, and the lines that say so. */
export function defaultsOf({ kind, file }: KindSchemas, mapping: CompiledMapping) {
  const { contact, company, deal } = mapping;
  const given = {
    contact: { object: contact.create, values: contact.defaults[contact.create], path: [contact.create.toLowerCase()] },
    company: { object: 'Account', values: company.defaults, path: [] },
    deal: { object: 'Opportunity', values: deal.defaults, path: [] },
  } as const satisfies Record<KindSchemas['kind'], { object: SalesforceObject; values: FieldValues; path: string[] }>;
  const { object, values, path } = given[kind];
  return Object.entries<FieldValue>(values).map(([name, value]) => {
    return { object, name, value, at: mapping.placeOf(file, ['defaults', ...path, name]) };
  });
}

function writtenBy(
  mapping: CompiledMapping,
  { file }: KindSchemas,
  { entries, unmapped }: ValueMap,
  index: number,
): Written[] {
  const named = [...entries].map(([from, value]) => ({
    value,
    at: mapping.placeOf(file, ['fields', index, 'values', from]),
    from,
  }));
  if (typeof unmapped === 'string') return named;
  const at = mapping.placeOf(file, ['fields', index, 'unmapped', 'default']);
  return [...named, { value: unmapped.default, at, from: 'unmapped values' }];
}

/** One finding per unknown value, at the first entry that leads to it. */
function outsidePicklist(
  fields: readonly SalesforceField[],
  object: SalesforceObject,
  name: string,
  written: readonly Written[],
): Finding[] {
  const field = fields.find((candidate) => candidate.name === name);
  const known = (field?.picklistValues ?? []).filter(({ active }) => active).map(({ value }) => value);
  if (field === undefined || known.length === 0) return [];
  const unknown = written.filter(({ value }) => partsOf(field, value).some((part) => !known.includes(part)));
  const firsts = unknown.filter(({ value }, index) => unknown.findIndex((other) => other.value === value) === index);
  return firsts.map(({ value, at }) => ({
    ...at,
    severity: field.restrictedPicklist ? 'error' : 'warning',
    code: 'unknown_picklist_value',
    what: `"${value}" (${namesOf(unknown, value)}) is not an active value of the picklist ${object}.${name}.`,
    why: field.restrictedPicklist
      ? `Salesforce would refuse every ${object} with it.`
      : 'Salesforce would store it, and reports would not know it.',
    fix: `Use one of: ${known.join(', ')}; or add the value in Salesforce.`,
  }));
}

function namesOf(written: readonly Written[], value: FieldValue): string {
  return written.flatMap((each) => (each.value === value ? each.from : [])).join(', ');
}

/** A multi-select picklist holds several values, joined by semicolons. An empty value is in no list. */
function partsOf({ type }: SalesforceField, value: FieldValue): string[] {
  if (value === null || value === '') return [];
  return type === 'multipicklist' ? String(value).split(';') : [String(value)];
}

/** Options of HubSpot that would make a record a failure. A transform may change a value before it is looked up. */
function unmappedOptions(
  schemas: KindSchemas,
  mapping: CompiledMapping,
  mapped: MappedField,
  index: number,
): Finding[] {
  const { hubspot, values, isTransformed } = mapped;
  if (values?.unmapped !== 'fail' || isTransformed || !isWritten(mapped)) return [];
  const options = schemas.properties.find(({ name }) => name === hubspot)?.options ?? [];
  const missing = options.filter(({ value }) => !values.entries.has(value));
  if (missing.length === 0) return [];
  return [
    {
      ...mapping.placeOf(schemas.file, ['fields', index, 'values']),
      severity: 'warning',
      code: 'option_not_mapped',
      what: `The value map of ${hubspot} does not name these options: ${missing.map(({ value }) => value).join(', ')}.`,
      why: `A ${schemas.kind} that holds one of them becomes a failure.`,
      fix: 'Add them under values, or say with unmapped what they mean.',
    },
  ];
}
