import type { Finding, Place } from '../domain/finding.ts';
import { enteredPrefix } from '../domain/lifecycle/transitions.ts';
import type { CompiledMapping, MappedField } from '../domain/mapping/types.ts';
import { contactIdField, type PersonObject, personIdProperty } from '../domain/record.ts';
import { compareConversion } from './check/compare-conversion.ts';
import { compareFits } from './check/compare-fits.ts';
import { compareLifecycle } from './compare-lifecycle.ts';
import { compareTypes } from './compare-types.ts';
import { compareValues } from './compare-values.ts';
import { compareWayBack } from './compare-way-back.ts';
import { contactSchemas, isIdField, isWritten, personObjects, type Schemas, toFinding } from './live-schemas.ts';

const setupFix = 'Run handoff setup.';
/** For what Handoff itself needs in a CRM: no line of a mapping is wrong. */
const nowhere: Place = { file: '', line: 0, column: 0 };

function checkProperty(schemas: Schemas, name: string, at: Place): Finding[] {
  if (schemas.properties.some((property) => property.name === name)) return [];
  const what = `HubSpot contacts have no property ${name}.`;
  const why = 'HubSpot passes over unknown names in silence, so the value would never arrive.';
  return [
    toFinding(at, { code: 'unknown_property', what, why, fix: 'Use the internal name from the property settings.' }),
  ];
}

function checkField(schemas: Schemas, mapped: MappedField, object: PersonObject, at: Place): Finding[] {
  const name = mapped.salesforce[object];
  if (name === undefined) return [];
  const field = schemas.fields[object].find((candidate) => candidate.name === name);
  if (field === undefined) {
    const what = `${object} has no field ${name}, or the integration user may not see it.`;
    const fix = 'Correct the API name, or grant the field to the integration user.';
    return [toFinding(at, { code: 'unknown_field', what, why: 'Every write of this object would be refused.', fix })];
  }
  if (!isWritten(mapped) || (field.updateable && field.createable)) return [];
  const what = `${object}.${name} cannot be written by the integration user.`;
  const fix = 'Grant editing of the field, or use the rule salesforce or never.';
  return [toFinding(at, { code: 'read_only_field', what, why: 'Writes of this field would be refused.', fix })];
}

function checkFields(schemas: Schemas, { contact, placeOf }: CompiledMapping): Finding[] {
  return contact.fields.flatMap((mapped, index) =>
    personObjects.flatMap((object) =>
      // Two names stand under the object's own key, one name under `salesforce` itself.
      checkField(schemas, mapped, object, placeOf('contacts', ['fields', index, 'salesforce', object.toLowerCase()])),
    ),
  );
}

function checkDefaults(schemas: Schemas, { contact, placeOf }: CompiledMapping): Finding[] {
  const { create, defaults } = contact;
  return Object.keys(defaults[create])
    .filter((name) => !schemas.fields[create].some((field) => field.name === name))
    .map((name) =>
      toFinding(placeOf('contacts', ['defaults', create.toLowerCase(), name]), {
        code: 'unknown_field',
        what: `${create} has no field ${name}, or the integration user may not see it, and it has a default.`,
        why: `No ${create} could be created.`,
        fix: 'Correct the name under defaults in contacts.yaml.',
      }),
    );
}

function checkRequired(schemas: Schemas, { contact, placeOf }: CompiledMapping): Finding[] {
  const { create, defaults, fields, required } = contact;
  const provided = new Set([
    ...Object.keys(defaults[create]),
    ...required[create],
    ...fields.map((mapped) => mapped.salesforce[create]),
    'OwnerId',
  ]);
  return schemas.fields[create]
    .filter((field) => !field.nillable && !field.defaultedOnCreate && field.createable && !provided.has(field.name))
    .map((field) =>
      toFinding(placeOf('contacts', ['defaults', create.toLowerCase()]), {
        code: 'required_unmapped',
        what: `Salesforce requires ${create}.${field.name}, and the mapping gives it nothing.`,
        why: `No ${create} could be created.`,
        fix: 'Map a property to it, or give it a value under defaults in contacts.yaml.',
      }),
    );
}

function checkIds(schemas: Schemas): Finding[] {
  const missing = personObjects
    .filter((object) => !schemas.fields[object].some((field) => field.name === contactIdField && isIdField(field)))
    .map((object) =>
      toFinding(nowhere, {
        code: 'id_field_missing',
        what: `${object}.${contactIdField} is missing, hidden, or not a unique external id that ignores case.`,
        why: 'Without it one contact could become two persons.',
        fix: setupFix,
      }),
    );
  const property = schemas.properties.find(({ name }) => name === personIdProperty);
  if (property?.hasUniqueValue === true) return missing;
  const what = `The HubSpot property ${personIdProperty} is missing, or its values are not unique.`;
  const why = 'The way back to the person would be lost.';
  return [...missing, toFinding(nowhere, { code: 'id_property_missing', what, why, fix: setupFix })];
}

function checkFallbacks(schemas: Schemas, { contact, placeOf }: CompiledMapping): Finding[] {
  const { fallbackEmail, fallbackByTeam } = contact.owner;
  const why = 'Contacts whose owner nobody maps become failures instead of leads.';
  const fix = 'Set it in owners.yaml to the email of an active Salesforce user.';
  const isActive = (email: string) => schemas.users.some((user) => user.isActive && user.email.toLowerCase() === email);
  const unknown = (what: string, at: Place) => toFinding(at, { code: 'fallback_owner_unknown', what, why, fix });
  const teams = [...fallbackByTeam]
    .filter(([, email]) => !isActive(email))
    .map(([team]) =>
      unknown(
        `The fallback owner of the team ${team} is no active Salesforce user.`,
        placeOf('owners', ['fallback_by_team', team]),
      ),
    );
  const at = placeOf('owners', ['fallback']);
  if (fallbackEmail === null) {
    const what = 'owners.yaml names no fallback owner.';
    return [...teams, toFinding(at, { severity: 'warning', code: 'no_fallback_owner', what, why, fix })];
  }
  if (isActive(fallbackEmail.toLowerCase())) return teams;
  return [...teams, unknown('The fallback owner in owners.yaml is no active Salesforce user.', at)];
}

/** Properties that another check tells about, and the dates of stages, which HubSpot makes with each stage. */
function hasOwnCheck({ lifecycle }: CompiledMapping, name: string): boolean {
  const isReason = lifecycle.recycles.length > 0 && name === lifecycle.reasonProperty;
  return name === personIdProperty || isReason || name.startsWith(enteredPrefix);
}

/**
 * Compares a mapping with what both CRMs offer: every name, right, stage and value that would fail later, as findings at the line that
 * says so. Pure.
 */
export function compareSchemas(mapping: CompiledMapping, schemas: Schemas): Finding[] {
  const { hubspotProperties, namedAt } = mapping.contact;
  const read = hubspotProperties.filter((name) => !hasOwnCheck(mapping, name));
  return [
    ...read.flatMap((name) => checkProperty(schemas, name, namedAt.get(name) ?? nowhere)),
    ...checkFields(schemas, mapping),
    ...checkDefaults(schemas, mapping),
    ...compareTypes(contactSchemas(schemas), mapping),
    ...compareFits(contactSchemas(schemas), mapping),
    ...compareValues(contactSchemas(schemas), mapping),
    ...checkRequired(schemas, mapping),
    ...compareConversion(schemas.fields.Contact, mapping),
    ...compareWayBack(contactSchemas(schemas), mapping),
    ...compareLifecycle(schemas, mapping),
    ...checkIds(schemas),
    ...checkFallbacks(schemas, mapping),
  ];
}
