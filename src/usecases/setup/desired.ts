import { contactIdField, type PersonObject, personIdProperty } from '../../domain/record.ts';
import type { FieldGrant, PermissionSetDefinition, TextFieldDefinition } from '../../ports/salesforce-setup.ts';

const idLength = 32;

/** The name of the permission set that belongs to us and to nobody else. */
const permissionSetName = 'Handoff_Sync';

export type DesiredField = TextFieldDefinition & { description: string };

function idField(object: PersonObject): DesiredField {
  return {
    object,
    name: contactIdField,
    label: 'HubSpot Contact Id',
    description: 'The id of the HubSpot contact. Written by Handoff; do not edit.',
    type: 'Text',
    length: idLength,
    externalId: true,
    unique: true,
    caseSensitive: false,
  };
}

/** The external id fields: text 32, external id, unique, case-insensitive (CONTRACT.md, "Ids in the CRMs"). */
export const desiredFields: readonly DesiredField[] = [idField('Lead'), idField('Contact')];

/** `Lead.HubSpot_Contact_Id__c` */
export function fullName(field: { object: string; name: string }): string {
  return `${field.object}.${field.name}`;
}

/** A field made by the Metadata API is invisible, to its maker too, until a permission set grants it. */
export const desiredPermissionSet: PermissionSetDefinition & { grants: readonly FieldGrant[] } = {
  name: permissionSetName,
  label: 'Handoff Sync',
  description: 'Lets the integration user of Handoff read and write the fields that Handoff created.',
  grants: desiredFields.map((field) => ({ field: fullName(field), readable: true, editable: true })),
};

/** On conversion our id moves from the Lead to the Contact it becomes. */
export const desiredConversion = { output: 'Contact', field: { input: contactIdField, output: contactIdField } };

/** A text property of HubSpot contacts. */
export type DesiredProperty = { name: string; label: string; description: string; unique: boolean };

/** Holds the Lead's or Contact's id; unique, which cannot be changed later. */
export const idProperty: DesiredProperty = {
  name: personIdProperty,
  label: 'Salesforce person id',
  description:
    'The id of the Salesforce Lead or Contact that this contact was handed over to. Written by Handoff; do not edit.',
  unique: true,
};

/** Holds why sales returned the person: the default of `reason_property` in lifecycle.yaml. Many contacts have the same reason. */
export const reasonProperty: DesiredProperty = {
  name: 'salesforce_recycle_reason',
  label: 'Salesforce recycle reason',
  description: 'Why sales returned this contact to marketing. Written by Handoff when it moves the stage back.',
  unique: false,
};
