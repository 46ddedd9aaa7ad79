import type { Finding } from '../domain/finding.ts';
import type { Expression } from '../domain/mapping/expression.ts';
import { bothRules, namesByObject } from './field-entry.ts';
import type { FieldEntry } from './schema.ts';
import { type Complaint, findingAtPath, type YamlSource } from './yaml-source.ts';

/** What the shape of `fields` cannot say, in any file: each name once, rules that can be kept. */
export function checkFields(
  source: YamlSource,
  fields: readonly FieldEntry[],
  transforms: readonly (Expression | null)[],
): Finding[] {
  return fields.flatMap((entry, index) =>
    [
      propertyTwice(fields, index),
      fieldTwice(fields, index),
      noField(entry),
      transformOverOthers(entry, transforms[index] ?? null),
      unitOfTwoRules(fields, entry),
      unmappedWithoutValues(entry),
    ].flatMap((complaint) =>
      complaint === null ? [] : findingAtPath(source, ['fields', index, complaint.key], complaint),
    ),
  );
}

/** A complaint about one key of a field. */
export type FieldComplaint = Complaint & { key: string };

function propertyTwice(fields: readonly FieldEntry[], index: number): FieldComplaint | null {
  const name = fields[index]?.hubspot;
  if (fields.findIndex(({ hubspot }) => hubspot === name) === index) return null;
  return {
    key: 'hubspot',
    code: 'property_twice',
    what: `The HubSpot property ${name} is mapped a second time.`,
    why: 'Two entries for one property could contradict each other.',
    fix: 'Remove one of the two, or let a transform read the property, such as contact.<property>.',
  };
}

function fieldTwice(fields: readonly FieldEntry[], index: number): FieldComplaint | null {
  const mine = namesOf(fields[index]);
  const earlier = fields.slice(0, index).flatMap(namesOf);
  const twice = mine.find((name) => earlier.includes(name));
  if (twice === undefined) return null;
  const name = fields[index]?.salesforce;
  return {
    key: 'salesforce',
    code: 'field_twice',
    what: `The Salesforce field ${typeof name === 'string' ? name : twice} is mapped a second time.`,
    why: 'Two properties would overwrite each other in it.',
    fix: 'Map one of the two to another field, or join them with a transform.',
  };
}

/** `Lead.City` and the like; names do not differ by case in Salesforce. */
function namesOf(entry: FieldEntry | undefined): string[] {
  if (entry === undefined) return [];
  return Object.entries(namesByObject(entry.salesforce)).map(([object, name]) => `${object}.${name.toLowerCase()}`);
}

function noField(entry: FieldEntry): FieldComplaint | null {
  if (Object.keys(namesByObject(entry.salesforce)).length > 0) return null;
  return {
    key: 'salesforce',
    code: 'no_field',
    what: `${entry.hubspot} leads to no Salesforce field.`,
    why: 'The entry would do nothing.',
    fix: 'Name a field: salesforce: Title, or { lead: City, contact: MailingCity }.',
  };
}

function transformOverOthers(entry: FieldEntry, transform: Expression | null): FieldComplaint | null {
  const others = (transform?.reads ?? []).filter((name) => name !== entry.hubspot);
  if (others.length === 0 || !Object.values(bothRules(entry.rule)).includes('newest')) return null;
  return {
    key: 'transform',
    code: 'transform_reads_others',
    what: `A field with the rule newest is computed from ${others.join(', ')} besides ${entry.hubspot}.`,
    why: 'Which side is newer is told by one property; a value made of several has no such moment.',
    fix: 'Use the rule hubspot or fill_blank for this field, or read only `value`.',
  };
}

function unitOfTwoRules(fields: readonly FieldEntry[], entry: FieldEntry): FieldComplaint | null {
  if (entry.unit === undefined) return null;
  const first = fields.find(({ unit }) => unit === entry.unit);
  const [mine, theirs] = [bothRules(entry.rule), bothRules((first ?? entry).rule)];
  if (mine.before === theirs.before && mine.after === theirs.after) return null;
  return {
    key: 'rule',
    code: 'unit_of_two_rules',
    what: `The fields of the unit ${entry.unit} have different rules.`,
    why: 'They are decided together and need one rule.',
    fix: 'Give them the same rule, or take this field out of the unit.',
  };
}

function unmappedWithoutValues(entry: FieldEntry): FieldComplaint | null {
  if (entry.unmapped === undefined || entry.values !== undefined) return null;
  return {
    key: 'unmapped',
    severity: 'warning',
    code: 'unmapped_without_values',
    what: `${entry.hubspot} says what an unmapped value means, but has no values.`,
    why: 'Without a value map every value is sent as it is.',
    fix: 'Add values, or remove unmapped.',
  };
}
