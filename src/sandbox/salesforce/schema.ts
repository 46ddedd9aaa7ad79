import { defineField, toPicklist } from './field-kit.ts';
import { standardFields } from './fields.ts';
import type { FieldDefinition } from './types.ts';

export type ObjectSchema = {
  name: string;
  fields: FieldDefinition[];
  /** By lower-case API name: Salesforce compares names without case. */
  byName: Map<string, FieldDefinition>;
};

export type Schema = {
  object(name: string): ObjectSchema | undefined;
  objects(): ObjectSchema[];
  field(type: string, name: string): FieldDefinition | undefined;
  addField(type: string, field: FieldDefinition): void;
  removeField(type: string, name: string): void;
  /** Takes the integration user's right to read an object, or gives it back. Roles are seen by who sees their opportunity. */
  setHidden(type: string, isHidden: boolean): void;
  isHidden(type: string): boolean;
  /** Rights of the integration user; a human sees all. */
  canRead(type: string, field: FieldDefinition): boolean;
  canEdit(type: string, field: FieldDefinition): boolean;
  /** Replaces what assigned permission sets grant: keys `Lead.HubSpot_Contact_Id__c`, lower-case. */
  setGrants(readable: ReadonlySet<string>, editable: ReadonlySet<string>): void;
};

/** The external id fields of the product as CONTRACT.md names them. */
const HANDOFF_FIELDS: readonly (readonly [type: string, name: string])[] = [
  ['Lead', 'HubSpot_Contact_Id__c'],
  ['Contact', 'HubSpot_Contact_Id__c'],
  ['Account', 'HubSpot_Company_Id__c'],
  ['Opportunity', 'HubSpot_Deal_Id__c'],
];

const HANDOFF_ID_LENGTH = 32;

/** Objects that are seen by who sees another one. */
const SEEN_WITH: Readonly<Record<string, string>> = {
  OpportunityContactRole: 'Opportunity',
  OpportunityHistory: 'Opportunity',
  OpportunityFieldHistory: 'Opportunity',
  AccountHistory: 'Account',
};

/** A unique external id field, visible to everyone. */
function externalIdField(name: string): FieldDefinition {
  return defineField(name, 'string', { length: HANDOFF_ID_LENGTH, isUnique: true, isExternalId: true });
}

/** The schema of a fresh org, optionally with the fields that `handoff setup` would create. */
export function createSchema(withHandoffFields: boolean): Schema {
  const objects = new Map<string, ObjectSchema>();
  let readable: ReadonlySet<string> = new Set();
  let editable: ReadonlySet<string> = new Set();
  for (const [name, fields] of Object.entries(standardFields())) {
    objects.set(name.toLowerCase(), {
      name,
      fields,
      byName: new Map(fields.map((field) => [field.name.toLowerCase(), field])),
    });
  }
  // Multiple currencies are off in a fresh org, and then there is no such object.
  const hidden = new Set<string>(['CurrencyType']);
  const object = (name: string) => objects.get(name.toLowerCase());
  const schema: Schema = {
    object,
    objects: () => [...objects.values()],
    field: (type, name) => object(type)?.byName.get(name.toLowerCase()),
    addField(type, field) {
      const owner = object(type);
      if (owner === undefined) throw new Error(`no object ${type}`);
      schema.removeField(type, field.name);
      owner.fields.push(field);
      owner.byName.set(field.name.toLowerCase(), field);
    },
    removeField(type, name) {
      const owner = object(type);
      const field = owner?.byName.get(name.toLowerCase());
      if (owner === undefined || field === undefined) return;
      owner.fields.splice(owner.fields.indexOf(field), 1);
      owner.byName.delete(name.toLowerCase());
    },
    setHidden(type, isHidden) {
      if (isHidden) hidden.add(type);
      else hidden.delete(type);
    },
    isHidden: (type) => hidden.has(SEEN_WITH[type] ?? type),
    canRead: (type, field) =>
      field.access === 'all' ||
      (field.access === 'permission-sets' && readable.has(`${type}.${field.name}`.toLowerCase())),
    canEdit: (type, field) =>
      field.access === 'all' ||
      (field.access === 'permission-sets' && editable.has(`${type}.${field.name}`.toLowerCase())),
    setGrants(newReadable, newEditable) {
      readable = newReadable;
      editable = newEditable;
    },
  };
  if (withHandoffFields) for (const [type, name] of HANDOFF_FIELDS) schema.addField(type, externalIdField(name));
  return schema;
}

/** Replaces a picklist's values; `restricted` refuses all others. */
export function setPicklist(
  field: FieldDefinition,
  values: readonly string[],
  options: { restricted?: boolean; defaultValue?: string } = {},
): void {
  field.picklist = toPicklist(values, options.defaultValue);
  field.isRestricted = options.restricted ?? false;
}
