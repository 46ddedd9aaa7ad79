import { RequestFault, recordError } from './fault.ts';
import { ID_PREFIXES, normaliseId } from './ids.ts';
import { isInRange, isNumeric, numberText, toStoredNumber } from './numbers.ts';
import type { Org } from './org.ts';
import { MASTER_RECORD_TYPE } from './record-types.ts';
import { parseSfDateTime } from './time.ts';
import type { FieldDefinition, FieldValue, RecordError, WriteContext } from './types.ts';

export type Patch = Record<string, FieldValue>;

const EMAIL = /^[^\s@<>(),;:\\"[\]]+@[^\s@<>(),;:\\"[\]]+\.[^\s@.<>(),;:\\"[\]]+$/;
const INVALID_EMAIL_EDGE = /\.\.|\.@|@\.|^\./;

/**
 * What a request body says about a record, checked field by field: known, visible, writable, of the right type, short enough. Keys are
 * compared without case; `attributes` and the id are left out.
 */
export function readPatch(
  org: Org,
  type: string,
  input: Record<string, unknown>,
  isCreate: boolean,
  context: WriteContext,
): { patch: Patch; errors: RecordError[] } {
  const patch: Patch = {};
  const errors: RecordError[] = [];
  const readOnly: string[] = [];
  for (const [key, value] of Object.entries(input)) {
    const lower = key.toLowerCase();
    if (lower === 'attributes' || lower === 'id') continue;
    const field = org.schema.field(type, key);
    if (field === undefined || (!context.isHuman && !org.schema.canRead(type, field))) {
      const message = `No such column '${key}' on sobject of type ${type}`;
      return { patch, errors: [recordError('INVALID_FIELD', message)] };
    }
    const isWritable = isCreate ? field.isCreateable : field.isUpdateable;
    if (!isWritable || (!context.isHuman && !org.schema.canEdit(type, field))) readOnly.push(field.name);
    else readValue(field, value, patch, errors);
  }
  if (readOnly.length > 0) errors.unshift(notWritable(readOnly));
  return { patch, errors };
}

function notWritable(fields: string[]): RecordError {
  const message = `Unable to create/update fields: ${fields.join(', ')}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`;
  return recordError('INVALID_FIELD_FOR_INSERT_UPDATE', message, fields);
}

function readValue(field: FieldDefinition, raw: unknown, patch: Patch, errors: RecordError[]): void {
  if (isNumeric(field)) {
    readNumber(field, raw, patch, errors);
    return;
  }
  const value = toFieldValue(field, raw);
  const error = typeof value === 'string' ? checkText(field, value) : undefined;
  if (error !== undefined) errors.push(error);
  else patch[field.name] = typeof value === 'string' ? toStored(field, value) : value;
}

/** The platform takes a number as a number or as a text that holds one; what holds none makes the request unreadable. */
function readNumber(field: FieldDefinition, raw: unknown, patch: Patch, errors: RecordError[]): void {
  if (raw === null || raw === undefined) {
    patch[field.name] = null;
    return;
  }
  const literal = numberText(raw);
  if (literal === undefined) throw unreadable(field.type, raw);
  if (isInRange(field, literal)) patch[field.name] = toStoredNumber(literal);
  else errors.push(outOfRange(field, literal));
}

function outOfRange(field: FieldDefinition, literal: string): RecordError {
  const message = `${field.label}: value outside of valid range on numeric field: ${literal}`;
  return recordError('NUMBER_OUTSIDE_VALID_RANGE', message, [field.name]);
}

function toStored(field: FieldDefinition, value: string): string | null {
  if (field.name === 'RecordTypeId' && normaliseId(value) === MASTER_RECORD_TYPE) return null;
  if (field.type === 'reference') return normaliseId(value) ?? value;
  return field.type === 'datetime' ? (parseSfDateTime(value) ?? value) : value;
}

/** A JSON value as the field stores it. A value of the wrong JSON type makes the whole request unreadable (JSON_PARSER_ERROR). */
function toFieldValue(field: FieldDefinition, raw: unknown): FieldValue {
  if (raw === null || raw === undefined) return null;
  if (field.type === 'boolean') {
    if (typeof raw === 'boolean') return raw;
    throw unreadable('boolean', raw);
  }
  if (typeof raw !== 'string') throw unreadable('string', raw);
  // Blank text is stored as null, and the platform trims what surrounds a text.
  const text = field.type === 'textarea' ? raw.trimEnd() : raw.trim();
  return text === '' ? null : text;
}

function unreadable(expected: string, raw: unknown): RequestFault {
  const token = Array.isArray(raw) ? 'START_ARRAY' : `VALUE_${typeof raw === 'object' ? 'OBJECT' : typeof raw}`;
  const shown = typeof raw === 'string' ? `value ${raw} or request may be missing a required field` : 'value';
  const message = `Cannot deserialize instance of ${expected} from ${token.toUpperCase()} ${shown}`;
  return new RequestFault(400, 'JSON_PARSER_ERROR', message);
}

function checkText(field: FieldDefinition, value: string): RecordError | undefined {
  switch (field.type) {
    case 'email':
      if (value.length > field.length) return tooLong(field, value);
      if (EMAIL.test(value) && !INVALID_EMAIL_EDGE.test(value)) return undefined;
      return recordError('INVALID_EMAIL_ADDRESS', `${field.label}: invalid email address: ${value}`, [field.name]);
    case 'reference':
      return checkReferenceForm(field, value);
    case 'datetime':
      if (parseSfDateTime(value) === undefined) throw unreadable(field.type, value);
      return undefined;
    case 'date':
      if (!isDate(value)) throw unreadable(field.type, value);
      return undefined;
    case 'picklist':
      return checkPicklist(field, value);
    default:
      return value.length > field.length ? tooLong(field, value) : undefined;
  }
}

/** A day of the calendar and nothing more: a time behind it is refused (public reports of that answer); 30 February is none. */
function isDate(value: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const at = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(value);
}

function tooLong(field: FieldDefinition, value: string): RecordError {
  const message = `${field.label}: data value too large: ${value} (max length=${field.length})`;
  return recordError('STRING_TOO_LONG', message, [field.name]);
}

function checkPicklist(field: FieldDefinition, value: string): RecordError | undefined {
  if (value.length > field.length) return tooLong(field, value);
  const active = field.picklist?.filter((item) => item.active) ?? [];
  if (field.name === 'CurrencyIsoCode') {
    if (active.some((item) => item.value === value)) return undefined;
    return recordError('INVALID_CURRENCY_ISO', `Invalid currency ISO code: ${value}`, [field.name]);
  }
  const isKnown = active.some((item) => item.value.toLowerCase() === value.toLowerCase());
  if (isKnown || field.isRestricted !== true) return undefined;
  const message = `${field.label}: bad value for restricted picklist field: ${value}`;
  return recordError('INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', message, [field.name]);
}

function checkReferenceForm(field: FieldDefinition, value: string): RecordError | undefined {
  const id = normaliseId(value);
  const fits = id !== undefined && field.referenceTo?.some((type) => id.startsWith(ID_PREFIXES[type] ?? ' '));
  if (fits) return undefined;
  return recordError('MALFORMED_ID', `${field.label}: id value of incorrect type: ${value}`, [field.name]);
}
