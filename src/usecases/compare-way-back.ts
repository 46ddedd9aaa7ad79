import type { Finding } from '../domain/finding.ts';
import type { CompiledMapping, FieldType, MappedField } from '../domain/mapping/types.ts';
import type { HubSpotProperty } from '../ports/hubspot.ts';
import type { SalesforceField } from '../ports/salesforce.ts';
import { isWrittenBack, type KindSchemas, objectsOf, toFinding } from './live-schemas.ts';

/**
 * What the way back may write into HubSpot, against its properties: that they can be written, and that each value that Salesforce may hold
 * becomes an option there. HubSpot refuses the whole record for one value outside the options.
 */
export function compareWayBack(schemas: KindSchemas, mapping: CompiledMapping): Finding[] {
  return mapping[schemas.kind].fields.flatMap((mapped, index) => {
    const property = schemas.properties.find(({ name }) => name === mapped.hubspot);
    if (property === undefined || !isWrittenBack(mapped)) return [];
    const line: Line = { ...schemas, placeOf: mapping.placeOf, mapped, index };
    if (property.readOnly) return [readOnlyProperty(line)];
    const values = valuesOf(schemas, mapped);
    return [...unknownOptions(line, property, values), ...lostValues(line, values)];
  });
}

/** A line of the file, by its number. */
type Line = Pick<KindSchemas, 'kind' | 'file'> &
  Pick<CompiledMapping, 'placeOf'> & { mapped: MappedField; index: number };

function readOnlyProperty({ placeOf, kind, file, mapped: { hubspot }, index }: Line): Finding {
  return toFinding(placeOf(file, ['fields', index, 'hubspot']), {
    code: 'read_only_property',
    what: `The HubSpot property ${hubspot} cannot be written: HubSpot fills it itself.`,
    why: `The rule lets Salesforce's value into it, and HubSpot would refuse the whole ${kind}.`,
    fix: 'Set one_way: true, or use the rule hubspot or never.',
  });
}

/** A value that Salesforce may hold, and what it becomes in HubSpot; null: there is no way. */
type Back = { value: string; option: string | null };

/** The active values of the picklists, each once; and those that the map writes, where the field takes any text. */
function valuesOf(schemas: KindSchemas, mapped: MappedField): Back[] {
  const values = objectsOf(schemas).flatMap(({ object, known }) => {
    const field = known.find(({ name }) => name === mapped.salesforce[object]);
    if (field === undefined) return [];
    const active = field.picklistValues.filter((each) => each.active).map((each) => each.value);
    const written = active.length > 0 ? active : mappedValues(mapped);
    return written.map((value) => ({ value, type: typeOf(field) }));
  });
  const once = values.filter(({ value }, at) => values.findIndex((other) => other.value === value) === at);
  return once.flatMap(({ value, type }): Back[] => {
    const back = mapped.convertBack(value, type);
    if (back.kind === 'value') return back.value === null ? [] : [{ value, option: String(back.value) }];
    return back.code === 'value_unmapped' ? [{ value, option: null }] : [];
  });
}

function mappedValues({ values }: MappedField): string[] {
  return [...(values?.entries.values() ?? [])].filter((value) => value !== null).map(String);
}

function typeOf({ type }: SalesforceField): FieldType {
  if (type === 'multipicklist') return 'multi';
  return type === 'picklist' ? 'picklist' : 'text';
}

function unknownOptions(
  { placeOf, kind, file, mapped, index }: Line,
  { options }: HubSpotProperty,
  values: readonly Back[],
): Finding[] {
  if (options.length === 0) return [];
  const isKnown = (option: string) =>
    option.split(';').every((part) => part === '' || options.some(({ value }) => value === part));
  const unknown = values.flatMap(({ value, option }) =>
    option === null || isKnown(option) ? [] : [{ value, option }],
  );
  const known = options.map(({ value }) => value).join(', ');
  return unknown.map(({ value, option }) =>
    toFinding(placeOf(file, pathOf(mapped, index, value, option)), {
      severity: mapped.values === null ? 'warning' : 'error',
      code: 'unknown_option',
      what: `Salesforce's "${value}" becomes "${option}", which is no option of the HubSpot property ${mapped.hubspot}.`,
      why: `HubSpot would refuse every ${kind} with it.`,
      fix: `Map it to one of: ${known}; or add the option in HubSpot.`,
    }),
  );
}

/** The entry that leads from Salesforce's value to the option. */
function pathOf({ values }: MappedField, index: number, value: string, option: string): (string | number)[] {
  if (values === null) return ['fields', index, 'salesforce'];
  const isReadBackwards = String(values.entries.get(option)) === value;
  return ['fields', index, ...(isReadBackwards ? ['values', option] : ['values_back', value])];
}

/** Values of Salesforce that the map does not lead back from. */
function lostValues(
  { placeOf, file, mapped: { hubspot, values: map }, index }: Line,
  values: readonly Back[],
): Finding[] {
  const lost = values.filter(({ option }) => option === null).map(({ value }) => value);
  // `unmapped: skip` is the decision that others are left alone.
  if (map === null || map.unmapped === 'skip' || lost.length === 0) return [];
  return [
    toFinding(placeOf(file, ['fields', index, 'values']), {
      severity: 'warning',
      code: 'value_without_way_back',
      what: `No entry leads back to ${hubspot} from these values of Salesforce: ${lost.join(', ')}.`,
      why: 'When somebody chooses one of them in Salesforce, HubSpot keeps what it has.',
      fix: 'Name each under values_back, or set one_way: true.',
    }),
  ];
}
