import type { Finding } from '../../domain/finding.ts';
import type { CompiledMapping, MappedField } from '../../domain/mapping/types.ts';
import type { SalesforceObject } from '../../domain/record.ts';
import type { HubSpotProperty } from '../../ports/hubspot.ts';
import type { SalesforceField } from '../../ports/salesforce.ts';
import { defaultsOf } from '../compare-values.ts';
import { type Complaint, isWritten, isWrittenBack, type KindSchemas, objectsOf, toFinding } from '../live-schemas.ts';
import { faultsOfNumber, faultsOfText, faultsOfTime } from './fits-of-values.ts';

/** One line of a file with both of its ends, as far as they are there. */
export type Ends = {
  mapped: MappedField;
  property: HubSpotProperty;
  field: SalesforceField;
  object: SalesforceObject;
  writes: { there: boolean; back: boolean };
};

/**
 * Lines whose ends hold the same kind of values and not the same ones: texts and numbers that are too long, times of day, several values for
 * one, options that the other side does not have. What a value map or a transform decides is told where these are compared. Pure.
 */
export function compareFits(schemas: KindSchemas, mapping: CompiledMapping): Finding[] {
  return [
    ...mapping[schemas.kind].fields.flatMap((mapped, index) =>
      endsOf(schemas, mapped).flatMap((ends) =>
        faultsOf(ends).map((complaint) =>
          toFinding(mapping.placeOf(schemas.file, ['fields', index]), { severity: 'warning', ...complaint }),
        ),
      ),
    ),
    ...longDefaults(schemas, mapping),
  ];
}

function endsOf(schemas: KindSchemas, mapped: MappedField): Ends[] {
  const property = schemas.properties.find(({ name }) => name === mapped.hubspot);
  if (property === undefined) return [];
  const writes = { there: isWritten(mapped), back: isWrittenBack(mapped) };
  return objectsOf(schemas).flatMap(({ object, known }) => {
    const field = known.find(({ name }) => name === mapped.salesforce[object]);
    return field === undefined ? [] : [{ mapped, property, field, object, writes }];
  });
}

function faultsOf(ends: Ends): Complaint[] {
  const { mapped } = ends;
  if (mapped.isTransformed) return [];
  const passes = mapped.values === null || mapped.values.unmapped === 'pass';
  const ofOptions = passes ? strangeOptions(ends) : [];
  if (mapped.values !== null) return [...ofOptions, ...longValues(ends)];
  return [...ofOptions, ...severalForOne(ends), ...faultsOfText(ends), ...faultsOfNumber(ends), ...faultsOfTime(ends)];
}

function isMulti({ type, fieldType }: HubSpotProperty): boolean {
  return type === 'enumeration' && fieldType === 'checkbox';
}

function severalForOne({ property, field, object, writes }: Ends): Complaint[] {
  const [here, there] = [`The HubSpot property ${property.name}`, `${object}.${field.name}`];
  const fix = 'Map another pair of fields, give the line a transform, or use a rule that leaves that side alone.';
  const why = 'A record with several values becomes a failure.';
  if (writes.there && isMulti(property) && field.type === 'picklist')
    return [{ code: 'several_for_one', what: `${here} takes several values, and ${there} one.`, why, fix }];
  const takesOne = property.type === 'enumeration' && !isMulti(property);
  if (writes.back && takesOne && field.type === 'multipicklist')
    return [{ code: 'several_for_one', what: `${there} takes several values, and ${here} one.`, why, fix }];
  return [];
}

/** Options of HubSpot that are sent as they are, and that the picklist does not have. */
function strangeOptions({ mapped, property, field, object, writes }: Ends): Complaint[] {
  const isPicklist = field.type === 'picklist' || field.type === 'multipicklist';
  if (!writes.there || !isPicklist || field.picklistValues.length === 0) return [];
  const active = field.picklistValues.filter((each) => each.active).map(({ value }) => value);
  const strange = property.options.filter(({ value }) => !mapped.values?.entries.has(value) && !active.includes(value));
  if (strange.length === 0) return [];
  const inactive = strange.filter(({ value }) => field.picklistValues.some((each) => each.value === value));
  return [
    {
      code: 'option_outside_picklist',
      what: `${object}.${field.name} has no active value for these options of ${property.name}: ${listed(strange)}.${
        inactive.length === 0 ? '' : ` Switched off there: ${listed(inactive)}.`
      }`,
      why: field.restrictedPicklist
        ? 'Salesforce refuses a record with one of them.'
        : 'Salesforce stores them where nobody can choose them.',
      fix: 'Name each under values, say with unmapped what they mean, or add them in Salesforce.',
    },
  ];
}

/** Values of the map that the field cannot hold. */
function longValues({ mapped, field, object, writes }: Ends): Complaint[] {
  if (!writes.there || mapped.values === null || field.length === 0 || field.picklistValues.length > 0) return [];
  const { entries, unmapped } = mapped.values;
  const values = [...entries.values(), ...(typeof unmapped === 'string' ? [] : [unmapped.default])];
  const long = values.filter((value) => typeof value === 'string' && value.length > field.length);
  if (long.length === 0) return [];
  return [
    {
      code: 'value_too_long',
      what: `${object}.${field.name} holds ${field.length} characters; longer: ${long.map((value) => `"${value}"`).join(', ')}.`,
      why: 'What does not fit is cut, or the record becomes a failure (too_long).',
      fix: 'Use shorter values, or a longer field.',
    },
  ];
}

/** Defaults are sent as they stand in the file. */
function longDefaults(schemas: KindSchemas, mapping: CompiledMapping): Finding[] {
  return defaultsOf(schemas, mapping).flatMap(({ object, name, value, at }) => {
    const field = schemas.fields[object]?.find((each) => each.name === name);
    const length = field?.length ?? 0;
    if (typeof value !== 'string' || length === 0 || value.length <= length) return [];
    return toFinding(at, {
      code: 'value_too_long',
      what: `The default of ${object}.${name} has ${value.length} characters, and the field holds ${length}.`,
      why: `Salesforce would refuse every new ${object} with it.`,
      fix: 'Use a shorter default, or a longer field.',
    });
  });
}

/** As many as a line shows. */
const mostListed = 10;

function listed(options: readonly { value: string }[]): string {
  const names = options.slice(0, mostListed).map(({ value }) => value);
  const more = options.length - names.length;
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
