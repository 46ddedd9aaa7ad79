import type { Finding } from '../domain/finding.ts';
import { statusField } from '../domain/lifecycle/facts.ts';
import type { CompiledMapping, RecycleRule } from '../domain/mapping/types.ts';
import type { PersonObject } from '../domain/record.ts';
import type { SalesforceField } from '../ports/salesforce.ts';
import { personObjects, type Schemas, toFinding } from './live-schemas.ts';

/** A value of a field that lifecycle.yaml names, and where. `reopen`: it is written, the others are only looked for. */
type Use = {
  object: PersonObject;
  field: string;
  value: string;
  path: readonly (string | number)[];
  isReopen: boolean;
};

/** The fields and values by which lifecycle.yaml and the filter of births read a person, against the org. */
export function compareStatuses(schemas: Schemas, mapping: CompiledMapping): Finding[] {
  const uses = usesOf(mapping);
  return [
    ...unreadableFields(schemas, mapping, uses),
    ...uses.flatMap((use) => unknownValue(schemas, mapping, use)),
    ...unnamedValues(schemas, mapping, uses),
    ...unwritableStatus(schemas, mapping, uses),
  ];
}

function usesOf({ lifecycle }: CompiledMapping): Use[] {
  const { stages, recycles, reopen } = lifecycle;
  return personObjects.flatMap((object) => {
    const status = statusField(lifecycle, object);
    const key = object === 'Lead' ? 'lead_status' : 'contact_status';
    const named = (field: string | null | undefined, values: readonly string[], path: Use['path']): Use[] =>
      field == null ? [] : values.map((value, at) => ({ object, field, value, path: [...path, at], isReopen: false }));
    const ofStages = stages.flatMap(({ salesforce }, index) => {
      const values = (object === 'Lead' ? salesforce?.leadStatuses : salesforce?.contactStatuses) ?? [];
      return named(status, values, ['stages', index, 'salesforce', key]);
    });
    const ofRecycles = recycles.flatMap((rule, index) =>
      named(
        rule.fields[object],
        [...rule.values],
        ['recycle', index, isOfStatus(rule, object, status) ? key : 'values'],
      ),
    );
    const value = reopen[object];
    if (value === null || status === null) return [...ofStages, ...ofRecycles];
    const path = ['reopen', object.toLowerCase()];
    return [...ofStages, ...ofRecycles, { object, field: status, value, path, isReopen: true }];
  });
}

/** Whether the values stand under the key of the status rather than under that of any other field. */
function isOfStatus({ fields }: RecycleRule, object: PersonObject, status: string | null): boolean {
  return fields[object] === status && Object.keys(fields).length === 1;
}

function fieldOf(schemas: Schemas, object: PersonObject, name: string): SalesforceField | undefined {
  return schemas.fields[object].find((field) => field.name === name);
}

/** What is read besides the mapped fields. Salesforce refuses a whole query for one field that it does not show. */
function unreadableFields(schemas: Schemas, mapping: CompiledMapping, uses: readonly Use[]): Finding[] {
  const { contact, placeOf } = mapping;
  return personObjects.flatMap((object) => {
    const mapped = contact.fields.map(({ salesforce }) => salesforce[object]);
    const missing = contact.salesforceFields[object].filter(
      (name) => !mapped.includes(name) && fieldOf(schemas, object, name) === undefined,
    );
    return missing.map((name) => {
      const use = uses.find((each) => each.object === object && each.field === name);
      const filter = placeOf('contacts', ['born_in_salesforce', 'where']);
      return toFinding(use === undefined ? filter : placeOf('lifecycle', use.path), {
        code: 'unknown_field',
        what: `${object} has no field ${name}, or the integration user may not see it.`,
        why: `No ${object} could be read.`,
        fix: 'Correct the API name, or grant the field to the integration user.',
      });
    });
  });
}

/** What was switched off may still stand in old records; what is written must be active. */
function unknownValue(schemas: Schemas, { placeOf }: CompiledMapping, use: Use): Finding[] {
  const { object, field, value, path, isReopen } = use;
  const all = fieldOf(schemas, object, field)?.picklistValues ?? [];
  const active = all.filter((each) => each.active).map((each) => each.value);
  const known = isReopen ? active : all.map((each) => each.value);
  if (all.length === 0 || known.includes(value)) return [];
  return [
    toFinding(placeOf('lifecycle', path), {
      code: 'unknown_picklist_value',
      what: `"${value}" is not ${isReopen ? 'an active value' : 'a value'} of the picklist ${object}.${field}.`,
      why: isReopen ? 'Nobody who was returned could be reopened.' : 'No person can ever have it.',
      fix: `Use one of: ${active.join(', ')}; or add the value in Salesforce.`,
    }),
  ];
}

/** Active values of the status fields that mean nothing here. */
function unnamedValues(schemas: Schemas, mapping: CompiledMapping, uses: readonly Use[]): Finding[] {
  return personObjects.flatMap((object) => {
    const field = statusField(mapping.lifecycle, object);
    const named = uses.filter((use) => use.object === object && use.field === field && !use.isReopen);
    if (field === null || named.length === 0) return [];
    const values = (fieldOf(schemas, object, field)?.picklistValues ?? []).filter(({ active }) => active);
    const unnamed = values.filter(({ value }) => !named.some((use) => use.value === value));
    if (unnamed.length === 0) return [];
    return toFinding(mapping.placeOf('lifecycle', ['stages']), {
      severity: 'warning',
      code: 'status_not_mapped',
      what: `No stage and no recycle names these values of ${object}.${field}: ${unnamed.map(({ value }) => value).join(', ')}.`,
      why: 'A person who has one of them becomes a failure (status_unknown): nobody knows what it means for the lifecycle stage.',
      fix: 'Add each to a stage or to a recycle in lifecycle.yaml.',
    });
  });
}

function unwritableStatus(schemas: Schemas, { placeOf }: CompiledMapping, uses: readonly Use[]): Finding[] {
  return uses.flatMap(({ object, field, path, isReopen }) => {
    if (!isReopen || fieldOf(schemas, object, field)?.updateable !== false) return [];
    return toFinding(placeOf('lifecycle', path), {
      code: 'read_only_field',
      what: `${object}.${field} cannot be written by the integration user.`,
      why: 'Nobody who was returned could be reopened.',
      fix: 'Grant editing of the field, or set this to null.',
    });
  });
}
