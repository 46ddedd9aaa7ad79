import { recordError } from './fault.ts';
import { defineField } from './field-kit.ts';
import type { Org } from './org.ts';
import { fieldPermissionsOf, refreshGrants } from './permissions.ts';
import type { FieldType, RecordError, SfRecord } from './types.ts';
import { childrenOf, childText, type XmlElement, type XmlValue } from './xml.ts';

/** One metadata type: how a component is saved, and how it reads (undefined: there is none of this name). */
export type MetadataType = {
  exists(org: Org, fullName: string): boolean;
  save(org: Org, fullName: string, component: XmlElement): RecordError[];
  read(org: Org, fullName: string): Record<string, XmlValue> | undefined;
};

const FIELD_TYPES: Readonly<Record<string, FieldType>> = {
  Text: 'string',
  LongTextArea: 'textarea',
  TextArea: 'textarea',
  Checkbox: 'boolean',
  Number: 'double',
  Currency: 'currency',
  Percent: 'percent',
  DateTime: 'datetime',
  Date: 'date',
  Email: 'email',
  Phone: 'phone',
  Url: 'url',
};

function splitField(fullName: string): [type: string, name: string] {
  const [type = '', name = ''] = fullName.split('.');
  return [type, name];
}

function isTrue(component: XmlElement, name: string): boolean {
  return childText(component, name) === 'true';
}

/** Digits of a number field; the platform wants both said. */
function readDigits(component: XmlElement, type: FieldType): { precision?: number; scale?: number } {
  if (type !== 'double' && type !== 'currency' && type !== 'percent') return {};
  return {
    precision: Number(childText(component, 'precision') ?? 18),
    scale: Number(childText(component, 'scale') ?? 0),
  };
}

/**
 * CustomField: `Lead.Some_Field__c`. A field made here has no field-level security: nobody sees it, its maker included, until a permission set
 * grants it (practice reported in cumulusci issue 70; trap T15).
 */
const customField: MetadataType = {
  exists(org, fullName) {
    const [type, name] = splitField(fullName);
    return org.schema.field(type, name) !== undefined;
  },
  save(org, fullName, component) {
    const [type, name] = splitField(fullName);
    const object = org.schema.object(type);
    if (object === undefined)
      return [recordError('INVALID_CROSS_REFERENCE_KEY', `Entity Enumeration Or ID: bad value: ${type}`)];
    if (!/^[A-Za-z]\w*__c$/.test(name))
      return [recordError('FIELD_INTEGRITY_EXCEPTION', `Invalid custom field name: ${name}`)];
    const before = org.schema.field(type, name);
    const kind = childText(component, 'type') ?? 'Text';
    const fieldType = FIELD_TYPES[kind];
    if (fieldType === undefined)
      return [recordError('FIELD_INTEGRITY_EXCEPTION', `The sandbox knows no field type ${kind}`)];
    const length = Number(childText(component, 'length') ?? 0);
    if (kind === 'Text' && !(length > 0 && length <= 255)) {
      return [recordError('FIELD_INTEGRITY_EXCEPTION', "Must specify 'length' for a CustomField of type Text")];
    }
    const label = childText(component, 'label');
    if (label === undefined)
      return [recordError('FIELD_INTEGRITY_EXCEPTION', "Must specify 'label' for a CustomField")];
    const field = defineField(name, fieldType, {
      label,
      ...readDigits(component, fieldType),
      isUnique: isTrue(component, 'unique'),
      isExternalId: isTrue(component, 'externalId'),
      isCaseSensitive: isTrue(component, 'caseSensitive'),
      isRequired: isTrue(component, 'required'),
      access: before?.access ?? 'permission-sets',
    });
    org.schema.addField(object.name, length > 0 ? { ...field, length } : field);
    if (field.isExternalId || field.isUnique) org.store.addIndex(object.name, name);
    return [];
  },
  read(org, fullName) {
    const [type, name] = splitField(fullName);
    const field = org.schema.field(type, name);
    if (field === undefined) return undefined;
    const kind = Object.entries(FIELD_TYPES).find(([, fieldType]) => fieldType === field.type)?.[0] ?? 'Text';
    const flags = { externalId: field.isExternalId, unique: field.isUnique, caseSensitive: field.isCaseSensitive };
    return { fullName, ...flags, label: field.label, length: field.length, required: field.isRequired, type: kind };
  },
};

function findPermissionSet(org: Org, name: string): SfRecord | undefined {
  return [...org.store.all('PermissionSet')].find((row) => row.Name === name && row.IsDeleted !== true);
}

/** PermissionSet: its field permissions are replaced as a whole, as the Metadata API does from version 40.0 on. */
const permissionSet: MetadataType = {
  exists: (org, fullName) => findPermissionSet(org, fullName) !== undefined,
  save(org, fullName, component) {
    const grants = childrenOf(component, 'fieldPermissions');
    const errors = grants.flatMap((grant) => checkGrant(org, childText(grant, 'field') ?? ''));
    if (errors.length > 0) return errors;
    const before = findPermissionSet(org, fullName);
    const id = before?.Id ?? org.store.nextId('PermissionSet');
    const label = childText(component, 'label') ?? fullName;
    org.store.put('PermissionSet', { Id: id, Name: fullName, Label: label, IsOwnedByProfile: false });
    for (const row of fieldPermissionsOf(org, id)) org.store.put('FieldPermissions', { ...row, IsDeleted: true });
    for (const grant of grants) {
      const field = childText(grant, 'field') ?? '';
      org.store.put('FieldPermissions', {
        Id: org.store.nextId('FieldPermissions'),
        ParentId: id,
        SobjectType: splitField(field)[0],
        Field: field,
        PermissionsRead: isTrue(grant, 'readable') || isTrue(grant, 'editable'),
        PermissionsEdit: isTrue(grant, 'editable'),
      });
    }
    refreshGrants(org);
    return [];
  },
  read(org, fullName) {
    const found = findPermissionSet(org, fullName);
    if (found === undefined) return undefined;
    const fieldPermissions = fieldPermissionsOf(org, found.Id).map((row) => ({
      editable: row.PermissionsEdit === true,
      field: String(row.Field),
      readable: row.PermissionsRead === true,
    }));
    return { fullName, fieldPermissions, hasActivationRequired: false, label: String(found.Label) };
  },
};

function checkGrant(org: Org, fullName: string): RecordError[] {
  const [type, name] = splitField(fullName);
  const field = org.schema.field(type, name);
  if (field === undefined) {
    return [recordError('INVALID_CROSS_REFERENCE_KEY', `In field: field - no CustomField named ${fullName} found`)];
  }
  return field.isRequired
    ? [recordError('FIELD_INTEGRITY_EXCEPTION', `You cannot deploy to a required field: ${fullName}`)]
    : [];
}

/** LeadConvertSettings: one set per org, replaced as a whole; a save that leaves a mapping out drops it. */
const leadConvertSettings: MetadataType = {
  exists: () => true,
  save(org, _fullName, component) {
    const mapping = childrenOf(component, 'objectMapping').flatMap((object) =>
      childrenOf(object, 'mappingFields').map((pair) => ({
        outputObject: childText(object, 'outputObject') ?? '',
        inputField: childText(pair, 'inputField') ?? '',
        outputField: childText(pair, 'outputField') ?? '',
      })),
    );
    const wrong = mapping.find(
      ({ outputObject, inputField, outputField }) =>
        org.schema.field('Lead', inputField) === undefined || org.schema.field(outputObject, outputField) === undefined,
    );
    if (wrong !== undefined) {
      const message = `Invalid field mapping: Lead.${wrong.inputField} to ${wrong.outputObject}.${wrong.outputField}`;
      return [recordError('INVALID_CROSS_REFERENCE_KEY', message)];
    }
    org.convertMapping = mapping;
    return [];
  },
  read(org, fullName) {
    const objects = [...new Set(org.convertMapping.map(({ outputObject }) => outputObject))];
    const objectMapping = objects.map((outputObject) => ({
      inputObject: 'Lead',
      mappingFields: org.convertMapping
        .filter((pair) => pair.outputObject === outputObject)
        .map(({ inputField, outputField }) => ({ inputField, outputField })),
      outputObject,
    }));
    return { fullName, allowOwnerChange: true, objectMapping, opportunityCreationOptions: 'VisibleOptional' };
  },
};

/** The metadata types that `handoff setup` needs. */
export const METADATA_TYPES: Readonly<Record<string, MetadataType>> = {
  CustomField: customField,
  PermissionSet: permissionSet,
  LeadConvertSettings: leadConvertSettings,
};
