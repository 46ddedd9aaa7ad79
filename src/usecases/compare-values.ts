import type { Finding, Place } from '../domain/finding.ts';
import type { CompiledMapping, MappedField, ValueMap } from '../domain/mapping/types.ts';
import type { FieldValue, FieldValues, SalesforceObject } from '../domain/record.ts';
import type { SalesFacts, SalesforceField } from '../ports/salesforce.ts';
import { isWritten, type KindSchemas, objectsOf } from './live-schemas.ts';

/** A value that may be written, where the mapping says so, and how people would name its entry. */
type Written = { value: FieldValue; at: Place; from: string };

/** The values that may be written to one field. */
type WrittenField = { object: SalesforceObject; name: string; written: readonly Written[] };

/**
 * The values that the mapping may write, against the picklists of the org; and the options of HubSpot, against the value maps.
 * A value outside a restricted picklist would be refused: an error. Other picklists store it, and only reports miss it: a warning.
 */
export function compareValues(schemas: KindSchemas, mapping: CompiledMapping): Finding[] {
  const { fields } = mapping[schemas.kind];
  return [
    ...fields.flatMap((mapped, index) => unmappedOptions(schemas, mapping, mapped, index)),
    ...writtenFields(schemas, mapping).flatMap((field) => outsidePicklist(schemas, field)),
  ];
}

/**
 * The same against the picklists of one record type: what none of its object has is told by `compareValues`. StageName is left to those who
 * know pipelines.
 */
export function compareValuesOfType(
  schemas: KindSchemas,
  mapping: CompiledMapping,
  { developerName, picklists }: Pick<SalesFacts['recordTypes'][number], 'developerName' | 'picklists'>,
): Finding[] {
  return writtenFields(schemas, mapping).flatMap(({ object, name, written }) => {
    const field = fieldOf(schemas, object, name);
    const offered = picklists?.get(name);
    if (field === undefined || offered === undefined) return [];
    const active = activeValues(field);
    const lacksSome = (value: FieldValue) =>
      partsOf(field, value).some((part) => active.includes(part) && !offered.includes(part));
    return firstOfEach(written.filter(({ value }) => lacksSome(value))).map(({ value, at, from }) => ({
      ...at,
      severity: field.restrictedPicklist ? 'error' : 'warning',
      code: 'value_outside_record_type',
      what: `The record type ${developerName} does not offer "${value}" (${from}) in the picklist ${object}.${name}.`,
      why: field.restrictedPicklist
        ? `Salesforce would refuse every ${object} of that record type with it.`
        : 'Salesforce would store it where nobody can choose it.',
      fix: `Use one of: ${offered.join(', ')}; or add the value to the record type in Salesforce.`,
    }));
  });
}

function writtenFields(schemas: KindSchemas, mapping: CompiledMapping): WrittenField[] {
  const mapped = mapping[schemas.kind].fields.flatMap((each, index) =>
    objectsOf(schemas).flatMap(({ object }) => {
      const name = each.salesforce[object];
      if (name === undefined || each.values === null || !isWritten(each)) return [];
      return [{ object, name, written: writtenBy(mapping, schemas, each.values, index) }];
    }),
  );
  const defaults = defaultsOf(schemas, mapping).map(({ object, name, value, at }) => {
    return { object, name, written: [{ value, at, from: 'the default' }] };
  });
  return [...mapped, ...defaults];
}

function fieldOf({ fields }: KindSchemas, object: SalesforceObject, name: string): SalesforceField | undefined {
  return fields[object]?.find((candidate) => candidate.name === name);
}

function activeValues({ picklistValues }: SalesforceField): string[] {
  return picklistValues.filter(({ active }) => active).map(({ value }) => value);
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
function outsidePicklist(schemas: KindSchemas, { object, name, written }: WrittenField): Finding[] {
  const field = fieldOf(schemas, object, name);
  const known = field === undefined ? [] : activeValues(field);
  if (field === undefined || known.length === 0) return [];
  const unknown = written.filter(({ value }) => partsOf(field, value).some((part) => !known.includes(part)));
  return firstOfEach(unknown).map(({ value, at }) => ({
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

function firstOfEach(written: readonly Written[]): Written[] {
  return written.filter(({ value }, index) => written.findIndex((other) => other.value === value) === index);
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
