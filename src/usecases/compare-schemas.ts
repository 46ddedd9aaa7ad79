import type { Finding } from '../domain/finding.ts';
import type { CompiledMapping, MappedField } from '../domain/mapping/types.ts';
import { contactIdField, type PersonObject, personIdProperty } from '../domain/record.ts';
import type { HubSpotProperty } from '../ports/hubspot.ts';
import type { SalesforceField, SalesforceUser } from '../ports/salesforce.ts';

/** What both CRMs offer, as the credentials see it. */
export type Schemas = {
  properties: readonly HubSpotProperty[];
  fields: Readonly<Record<PersonObject, readonly SalesforceField[]>>;
  users: readonly SalesforceUser[];
};

const objects: readonly PersonObject[] = ['Lead', 'Contact'];
const setupFix = 'Run handoff setup.';

type Complaint = Pick<Finding, 'code' | 'what' | 'why' | 'fix'> & { severity?: Finding['severity'] };

/** `at` is `file:line`, as a mapped field knows it; empty: the finding has no place. */
function toFinding(at: string, { severity = 'error', ...complaint }: Complaint): Finding {
  const [, file = '', line = '0'] = /^(.*):(\d+)$/.exec(at) ?? [];
  return { severity, file, line: Number(line), column: file === '' ? 0 : 1, ...complaint };
}

function checkProperty(schemas: Schemas, name: string, at: string): Finding[] {
  if (schemas.properties.some((property) => property.name === name)) return [];
  const what = `HubSpot contacts have no property ${name}.`;
  const why = 'HubSpot passes over unknown names in silence, so the value would never arrive.';
  return [
    toFinding(at, { code: 'unknown_property', what, why, fix: 'Use the internal name from the property settings.' }),
  ];
}

function checkField(schemas: Schemas, mapped: MappedField, object: PersonObject, at: string): Finding[] {
  const name = mapped.salesforce[object];
  if (name === undefined) return [];
  const field = schemas.fields[object].find((candidate) => candidate.name === name);
  if (field === undefined) {
    const what = `${object} has no field ${name}, or the integration user may not see it.`;
    const fix = 'Correct the API name, or grant the field to the integration user.';
    return [toFinding(at, { code: 'unknown_field', what, why: 'Every write of this object would be refused.', fix })];
  }
  const isWritten = [mapped.rule.before, mapped.rule.after].some((rule) => rule !== 'never' && rule !== 'salesforce');
  if (!isWritten || (field.updateable && field.createable)) return [];
  const what = `${object}.${name} cannot be written by the integration user.`;
  const fix = 'Grant editing of the field, or use the rule salesforce or never.';
  return [toFinding(at, { code: 'read_only_field', what, why: 'Writes of this field would be refused.', fix })];
}

function checkDefaults(schemas: Schemas, mapping: CompiledMapping): Finding[] {
  const { create, defaults } = mapping.contact;
  return Object.entries(defaults[create]).flatMap(([name, value]) => {
    const field = schemas.fields[create].find((candidate) => candidate.name === name);
    if (field === undefined) {
      const what = `${create} has no field ${name}, or the integration user may not see it, and it has a default.`;
      return [
        toFinding('', {
          code: 'unknown_field',
          what,
          why: `No ${create} could be created.`,
          fix: 'Correct the name under defaults in contacts.yaml.',
        }),
      ];
    }
    const known = field.picklistValues.filter(({ active }) => active);
    if (known.length === 0 || known.some((entry) => entry.value === value)) return [];
    const what = `The default of ${create}.${name} is not in the picklist of the org.`;
    const why = field.restrictedPicklist
      ? `No ${create} could be created with it.`
      : 'Salesforce would store it, and reports would not know it.';
    const severity = field.restrictedPicklist ? 'error' : 'warning';
    return [
      toFinding('', {
        severity,
        code: 'unknown_picklist_value',
        what,
        why,
        fix: `Use one of: ${known.map((entry) => entry.value).join(', ')}.`,
      }),
    ];
  });
}

function checkRequired(schemas: Schemas, mapping: CompiledMapping): Finding[] {
  const { create, defaults, fields, required } = mapping.contact;
  const provided = new Set([
    ...Object.keys(defaults[create]),
    ...required[create],
    ...fields.map((mapped) => mapped.salesforce[create]),
    'OwnerId',
  ]);
  return schemas.fields[create]
    .filter((field) => !field.nillable && !field.defaultedOnCreate && field.createable && !provided.has(field.name))
    .map((field) =>
      toFinding('', {
        code: 'required_unmapped',
        what: `Salesforce requires ${create}.${field.name}, and the mapping gives it nothing.`,
        why: `No ${create} could be created.`,
        fix: 'Map a property to it, or give it a value under defaults in contacts.yaml.',
      }),
    );
}

function checkStages(schemas: Schemas, mapping: CompiledMapping): Finding[] {
  const options = schemas.properties.find(({ name }) => name === 'lifecyclestage')?.options ?? [];
  const { stages } = mapping.lifecycle;
  const unknown = stages
    .filter((stage) => !options.some(({ value }) => value === stage.hubspot))
    .map((stage) =>
      toFinding('', {
        severity: mapping.gate.opensAt(stage.hubspot) ? 'error' : 'warning',
        code: 'unknown_stage',
        what: `HubSpot has no lifecycle stage with the internal value ${stage.hubspot} (${stage.name} in lifecycle.yaml).`,
        why: 'No contact can ever be in it.',
        fix: `Use one of: ${options.map(({ value, label }) => `${value} (${label})`).join(', ')}.`,
      }),
    );
  const unnamed = options
    .filter(({ value }) => !stages.some((stage) => stage.hubspot === value))
    .map(({ value, label }) =>
      toFinding('', {
        severity: 'warning',
        code: 'stage_not_mapped',
        what: `HubSpot's lifecycle stage ${label} (${value}) is not in lifecycle.yaml.`,
        why: 'Contacts in it do not pass the gate.',
        fix: 'Add it to lifecycle.yaml.',
      }),
    );
  return [...unknown, ...unnamed];
}

function checkIds(schemas: Schemas): Finding[] {
  const missing = objects
    .filter(
      (object) =>
        !schemas.fields[object].some((field) => field.name === contactIdField && field.externalId && field.unique),
    )
    .map((object) =>
      toFinding('', {
        code: 'id_field_missing',
        what: `${object}.${contactIdField} is missing, hidden, or not a unique external id.`,
        why: 'Without it one contact could become two persons.',
        fix: setupFix,
      }),
    );
  const property = schemas.properties.find(({ name }) => name === personIdProperty);
  if (property?.hasUniqueValue === true) return missing;
  const what = `The HubSpot property ${personIdProperty} is missing, or its values are not unique.`;
  return [
    ...missing,
    toFinding('', {
      code: 'id_property_missing',
      what,
      why: 'The way back to the person would be lost.',
      fix: setupFix,
    }),
  ];
}

function checkFallback(schemas: Schemas, mapping: CompiledMapping): Finding[] {
  const { fallbackEmail } = mapping.contact.owner;
  const why = 'Contacts whose owner nobody maps become failures instead of leads.';
  const fix = 'Set fallback in owners.yaml to the email of an active Salesforce user.';
  if (fallbackEmail === null) {
    return [
      toFinding('', {
        severity: 'warning',
        code: 'no_fallback_owner',
        what: 'owners.yaml names no fallback owner.',
        why,
        fix,
      }),
    ];
  }
  const isActive = schemas.users.some(
    (user) => user.isActive && user.email.toLowerCase() === fallbackEmail.toLowerCase(),
  );
  if (isActive) return [];
  const what = 'The fallback owner in owners.yaml is no active Salesforce user.';
  return [toFinding('', { code: 'fallback_owner_unknown', what, why, fix })];
}

/** Compares a mapping with what both CRMs offer: every name, right and stage that would fail later, as findings. Pure. */
export function compareSchemas(mapping: CompiledMapping, schemas: Schemas): Finding[] {
  const { fields, hubspotProperties } = mapping.contact;
  const places = new Map(fields.map((mapped) => [mapped.hubspot, mapped.at]));
  const read = new Set([...places.keys(), ...hubspotProperties.filter((name) => name !== personIdProperty)]);
  return [
    ...[...read].flatMap((name) => checkProperty(schemas, name, places.get(name) ?? '')),
    ...fields.flatMap((mapped) => objects.flatMap((object) => checkField(schemas, mapped, object, mapped.at))),
    ...checkDefaults(schemas, mapping),
    ...checkRequired(schemas, mapping),
    ...checkStages(schemas, mapping),
    ...checkIds(schemas),
    ...checkFallback(schemas, mapping),
  ];
}
