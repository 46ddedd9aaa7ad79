import type { Finding, Place } from '../domain/finding.ts';
import type { CompiledMapping, MappedField } from '../domain/mapping/types.ts';
import { type CounterpartObject, idNames } from '../domain/record.ts';
import { currencyField } from '../domain/records/money-fields.ts';
import type { HubSpotProperty } from '../ports/hubspot.ts';
import type { SalesforceField } from '../ports/salesforce.ts';
import { compareFits } from './check/compare-fits.ts';
import { compareTypes } from './compare-types.ts';
import { compareValues, defaultsOf } from './compare-values.ts';
import { compareWayBack } from './compare-way-back.ts';
import { fieldLines } from './field-lines.ts';
import { isIdField, isWritten, type KindSchemas, toFinding } from './live-schemas.ts';

type RecordSchemas = KindSchemas & { kind: keyof typeof idNames };

/** What is compared of a company or deal: its mapping, and what both CRMs have. */
type Compared = {
  schemas: RecordSchemas;
  mapping: CompiledMapping;
  object: CounterpartObject;
  properties: ReadonlyMap<string, HubSpotProperty>;
  fields: ReadonlyMap<string, SalesforceField>;
};

const nowhere: Place = { file: '', line: 0, column: 0 };

/** The names of either side that the file itself gives, and those that stand for a setting of it, against both schemas. Pure. */
export function compareRecords(schemas: RecordSchemas, mapping: CompiledMapping): Finding[] {
  const { object } = idNames[schemas.kind];
  const compared: Compared = {
    schemas,
    mapping,
    object,
    properties: new Map(schemas.properties.map((property) => [property.name, property])),
    fields: new Map((schemas.fields[object] ?? []).map((field) => [field.name, field])),
  };
  return [
    ...unknownProperties(compared),
    ...mapping[schemas.kind].fields.flatMap((mapped, index) => checkField(compared, mapped, index)),
    ...checkSettings(compared),
    ...unknownDefaults(compared),
    ...compareTypes(schemas, mapping),
    ...compareFits(schemas, mapping),
    ...compareValues(schemas, mapping),
    ...compareWayBack(schemas, mapping),
    ...unmappedRequired(compared),
    ...checkIds(compared),
  ];
}

function unknownProperties({ schemas: { kind }, mapping, properties }: Compared): Finding[] {
  const { hubspotProperties, namedAt } = mapping[kind];
  return hubspotProperties
    .filter((name) => name !== idNames[kind].property && !properties.has(name))
    .map((name) =>
      toFinding(namedAt.get(name) ?? nowhere, {
        code: 'unknown_property',
        what: `HubSpot ${kind === 'company' ? 'companies' : 'deals'} have no property ${name}.`,
        why: 'HubSpot passes over unknown names in silence, so the value would never arrive.',
        fix: 'Use the internal name from the property settings.',
      }),
    );
}

function checkField({ schemas: { file }, mapping, object, fields }: Compared, mapped: MappedField, index: number) {
  const name = mapped.salesforce[object];
  if (name === undefined) return [];
  const at = mapping.placeOf(file, ['fields', index, 'salesforce']);
  const field = fields.get(name);
  if (field === undefined) return [unknownField(object, name, at)];
  return isWritten(mapped) && !(field.updateable && field.createable) ? [readOnlyField(object, name, at)] : [];
}

/** Fields behind settings: stage and pipeline, close date, amount, Account, owner. A currency field exists in some orgs only. */
function checkSettings({ schemas: { kind, file }, mapping, object, fields }: Compared): Finding[] {
  const own = new Set(mapping[kind].fields.map(({ salesforce }) => salesforce[object]));
  const lines = fieldLines(mapping, kind).filter(({ hubspot }) => !hubspot.includes('/'));
  return lines.flatMap(({ salesforce, rule }) => {
    const name = salesforce[object];
    if (name === undefined || name === currencyField || own.has(name)) return [];
    const isPipeline = kind === 'deal' && name === mapping.deal.pipelines.field;
    const at = isPipeline ? mapping.placeOf(file, ['pipelines', 'field']) : nowhere;
    const field = fields.get(name);
    if (field === undefined) return [unknownField(object, name, at)];
    const isRead = rule.after === 'salesforce' || rule.after === 'never';
    return isRead || (field.updateable && field.createable) ? [] : [readOnlyField(object, name, at)];
  });
}

function unknownField(object: string, name: string, at: Place): Finding {
  return toFinding(at, {
    code: 'unknown_field',
    what: `${object} has no field ${name}, or the integration user may not see it.`,
    why: 'Every write of this object would be refused.',
    fix: 'Correct the API name, or grant the field to the integration user.',
  });
}

function readOnlyField(object: string, name: string, at: Place): Finding {
  return toFinding(at, {
    code: 'read_only_field',
    what: `${object}.${name} cannot be written by the integration user.`,
    why: 'Writes of this field would be refused.',
    fix: 'Grant editing of the field, or use the rule salesforce or never.',
  });
}

function unknownDefaults({ schemas, mapping, fields }: Compared): Finding[] {
  return defaultsOf(schemas, mapping)
    .filter(({ name }) => !fields.has(name))
    .map(({ object, name, at }) =>
      toFinding(at, {
        code: 'unknown_field',
        what: `${object} has no field ${name}, or the integration user may not see it, and it has a default.`,
        why: `No ${object} could be created.`,
        fix: `Correct the name under defaults in ${schemas.file}.yaml.`,
      }),
    );
}

function unmappedRequired({ schemas: { kind, file }, mapping, object, fields }: Compared): Finding[] {
  const { defaults, required, createInSalesforce } = mapping[kind];
  if (createInSalesforce === 'never') return [];
  const written = mapping[kind].fields.filter(isWritten).map(({ salesforce }) => salesforce[object]);
  const settings = fieldLines(mapping, kind).filter((line) => !mapping[kind].fields.some((mapped) => mapped === line));
  const provided = new Set([
    ...Object.keys(defaults),
    ...required,
    ...written,
    ...settings.map(({ salesforce }) => salesforce[object]),
  ]);
  return [...fields.values()]
    .filter((field) => !field.nillable && !field.defaultedOnCreate && field.createable && !provided.has(field.name))
    .map(({ name }) =>
      toFinding(mapping.placeOf(file, ['defaults']), {
        code: 'required_unmapped',
        what: `Salesforce requires ${object}.${name}, and the mapping gives it nothing.`,
        why: `No ${object} could be created.`,
        fix: `Map a property to it, or give it a value under defaults in ${file}.yaml.`,
      }),
    );
}

function checkIds({ schemas: { kind }, object, properties, fields }: Compared): Finding[] {
  const names = idNames[kind];
  const field = fields.get(names.field);
  const isThere = field !== undefined && isIdField(field);
  const fix = 'Run handoff setup.';
  const missing = toFinding(nowhere, {
    code: 'id_field_missing',
    what: `${object}.${names.field} is missing, hidden, or not a unique external id that ignores case.`,
    why: `Without it one ${kind} could become two records.`,
    fix,
  });
  const lost = toFinding(nowhere, {
    code: 'id_property_missing',
    what: `The HubSpot property ${names.property} of a ${kind} is missing, or its values are not unique.`,
    why: `The way back to the ${object} would be lost, and one ${object} could become two records.`,
    fix,
  });
  const isIdProperty = properties.get(names.property)?.hasUniqueValue === true;
  return [...(isThere ? [] : [missing]), ...(isIdProperty ? [] : [lost])];
}
