import type { PropertyDefinition } from './default-properties.ts';
import type { ObjectType } from './model.ts';
import type { Portal } from './portal.ts';
import type { ValueFault } from './refusal.ts';

/** Longest text value (properties guide). */
const MAX_TEXT = 65_536;
const EMAIL = /^[^\s@,;<>()]+@[^\s@,;<>()]+\.[^\s@,;<>().]{2,}$/;
const NUMBER = /^-?(\d+(\.\d*)?|\.\d+)$/;
const DAY_MS = 86_400_000;

type Checked = { values: Record<string, string>; faults: ValueFault[] };

function fault(name: string, code: string, message: string): ValueFault {
  return { name, code, message };
}

/** `date` and `datetime` come as ISO text or epoch milliseconds and are kept as ISO (properties guide). */
function checkTime(definition: PropertyDefinition, value: string): string | ValueFault {
  const at = /^-?\d+$/.test(value) ? Number(value) : Date.parse(value);
  if (Number.isNaN(at)) return fault(definition.name, 'INVALID_DATE', `${value} was not a valid date.`);
  if (definition.type === 'datetime') return new Date(at).toISOString();
  if (at % DAY_MS !== 0) return fault(definition.name, 'INVALID_DATE', `${at} is not at midnight UTC.`);
  return new Date(at).toISOString().slice(0, 10);
}

function checkOption(portal: Portal, definition: PropertyDefinition, value: string): string | ValueFault {
  if (definition.referencedObjectType === 'OWNER') {
    if (portal.owners.some((owner) => owner.id === value)) return value;
    return fault(definition.name, 'INVALID_OWNER_ID', `${value} is not a valid owner id.`);
  }
  // Pipelines and stages are held against each other with the record (`findStageFaults`).
  if (definition.externalOptions) return value;
  const isMulti = definition.fieldType === 'checkbox';
  const allowed = definition.options.map((option) => option.value);
  const parts = isMulti ? value.split(';').filter((part) => part !== '') : [value];
  const unknown = parts.find((part) => !allowed.includes(part));
  if (unknown === undefined) return value;
  const message = `${unknown} was not one of the allowed options: [${allowed.join(', ')}]`;
  return fault(definition.name, 'INVALID_OPTION', message);
}

function checkText(
  portal: Portal,
  definition: PropertyDefinition,
  type: ObjectType,
  value: string,
): string | ValueFault {
  if (value.length > MAX_TEXT)
    return fault(definition.name, 'INVALID_LENGTH', `The value is longer than ${MAX_TEXT} characters.`);
  if (type !== 'contacts' || definition.name !== 'email') return value;
  // HubSpot keeps emails in lower case.
  const email = value.trim().toLowerCase();
  if (!EMAIL.test(email)) return fault('email', 'INVALID_EMAIL', `Email address ${value} is invalid`);
  if (portal.blockedEmails.has(email)) return fault('email', 'INVALID_EMAIL', 'email has been GDPR blacklisted');
  return email;
}

function checkValue(
  portal: Portal,
  type: ObjectType,
  definition: PropertyDefinition,
  value: string,
): string | ValueFault {
  switch (definition.type) {
    case 'enumeration':
      return checkOption(portal, definition, value);
    case 'bool':
      if (value === 'true' || value === 'false') return value;
      return fault(definition.name, 'INVALID_OPTION', `${value} was not one of the allowed options: [true, false]`);
    case 'number':
      return NUMBER.test(value) ? value : fault(definition.name, 'INVALID_FLOAT', `${value} was not a valid number.`);
    case 'date':
    case 'datetime':
      return checkTime(definition, value);
    default:
      return checkText(portal, definition, type, value);
  }
}

/**
 * Looks at the values of a write the way HubSpot does before it stores any of them (error-handling page, properties guide).
 *
 * @param properties name to value as it came in; `''` clears and passes every check
 * @returns the values as they would be stored, and every refused one
 */
export function checkValues(portal: Portal, type: ObjectType, properties: Readonly<Record<string, string>>): Checked {
  const values: Record<string, string> = {};
  const faults: ValueFault[] = [];
  for (const [name, value] of Object.entries(properties)) {
    const definition = portal.properties.get(type, name);
    if (definition === undefined) {
      faults.push(fault(name, 'PROPERTY_DOESNT_EXIST', `Property "${name}" does not exist`));
    } else if (definition.readOnlyValue) {
      faults.push(fault(name, 'READ_ONLY_VALUE', `"${name}" is a read only property; its value cannot be set.`));
    } else {
      const checked = value === '' ? '' : checkValue(portal, type, definition, value);
      if (typeof checked === 'string') values[name] = checked;
      else faults.push(checked);
    }
  }
  return { values, faults };
}
