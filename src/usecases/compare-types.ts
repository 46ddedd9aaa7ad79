import type { Finding } from '../domain/finding.ts';
import type { CompiledMapping, MappedField } from '../domain/mapping/types.ts';
import type { HubSpotProperty } from '../ports/hubspot.ts';
import type { SalesforceField } from '../ports/salesforce.ts';
import { isWritten, isWrittenBack, type KindSchemas, objectsOf, toFinding } from './live-schemas.ts';

/** Types of HubSpot's properties that always hold what a Salesforce field of the type takes. Types that are not here take any text. */
const takes: Readonly<Record<string, readonly string[]>> = {
  int: ['number'],
  long: ['number'],
  double: ['number'],
  currency: ['number'],
  percent: ['number'],
  boolean: ['bool', 'enumeration'],
  date: ['date', 'datetime'],
  datetime: ['datetime', 'date'],
};

/** The same of HubSpot's properties: types of Salesforce's fields. */
const holds: Readonly<Record<string, readonly string[]>> = {
  number: ['int', 'long', 'double', 'currency', 'percent'],
  bool: ['boolean'],
  date: ['date', 'datetime'],
  datetime: ['datetime', 'date'],
};

/**
 * Fields that are carried as they are, and whose other side cannot take every value. A value map or a transform may make it fit, so that only
 * lines without are looked at. Pure.
 */
export function compareTypes(schemas: KindSchemas, mapping: CompiledMapping): Finding[] {
  return mapping[schemas.kind].fields.flatMap((mapped, index) => {
    if (mapped.isTransformed || mapped.values !== null) return [];
    const property = schemas.properties.find(({ name }) => name === mapped.hubspot);
    return objectsOf(schemas).flatMap(({ object, known }) => {
      const field = known.find(({ name }) => name === mapped.salesforce[object]);
      const misfit = property === undefined || field === undefined ? null : misfitOf(mapped, property, field);
      if (misfit === null) return [];
      return toFinding(mapping.placeOf(schemas.file, ['fields', index]), {
        severity: 'warning',
        code: 'types_differ',
        what: `The HubSpot property ${mapped.hubspot} (${property?.type}) and ${object}.${field?.name} (${field?.type}) hold different kinds of values.`,
        why: `${misfit} may refuse a value of the other side, and the ${schemas.kind} becomes a failure then.`,
        fix: 'Map another pair of fields, give the line a transform or values, or use a rule that leaves that side alone.',
      });
    });
  });
}

/** Which side may refuse what the other one holds. */
function misfitOf(mapped: MappedField, property: HubSpotProperty, field: SalesforceField): string | null {
  const there = takes[field.type];
  // HubSpot's checkbox is a list of the two words.
  if (field.type === 'boolean' && property.type === 'enumeration' && !isCheckbox(property)) {
    return isWritten(mapped) ? 'Salesforce' : isWrittenBack(mapped) ? 'HubSpot' : null;
  }
  if (isWritten(mapped) && there !== undefined && !there.includes(property.type)) return 'Salesforce';
  const back = holds[property.type];
  return isWrittenBack(mapped) && back !== undefined && !back.includes(field.type) ? 'HubSpot' : null;
}

/** One without options says nothing against it. */
function isCheckbox({ options }: HubSpotProperty): boolean {
  return options.every(({ value }) => value === 'true' || value === 'false');
}
