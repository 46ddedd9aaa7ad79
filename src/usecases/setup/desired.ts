import {
  contactIdField,
  type HubSpotObject,
  idNames,
  personIdProperty,
  type SalesforceObject,
} from '../../domain/record.ts';
import type { HubSpotType } from '../../ports/hubspot.ts';
import type { FieldGrant, PermissionSetDefinition, TextFieldDefinition } from '../../ports/salesforce-setup.ts';

const idLength = 32;

/** The name of the permission set that belongs to us and to nobody else. */
export const permissionSetName = 'Handoff_Sync';

export type DesiredField = TextFieldDefinition & { description: string };

/** A text property of HubSpot. `step`: what setup calls it. */
export type DesiredProperty = {
  step: string;
  type: HubSpotType;
  name: string;
  label: string;
  description: string;
  unique: boolean;
  why: string;
};

/** Which kinds the mapping has on, besides contacts. */
export type SetupScope = { company: boolean; deal: boolean };

/** All that the sync needs for what is on. Nothing of a kind that is off is looked at. */
export type Desired = {
  fields: readonly DesiredField[];
  permissionSet: PermissionSetDefinition & { grants: readonly FieldGrant[] };
  properties: readonly DesiredProperty[];
};

function idField(object: SalesforceObject, name: string, kind: HubSpotObject): DesiredField {
  const label = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
  return {
    object,
    name,
    label: `HubSpot ${label} Id`,
    description: `The id of the HubSpot ${kind}. Written by Handoff; do not edit.`,
    type: 'Text',
    length: idLength,
    externalId: true,
    unique: true,
    caseSensitive: false,
  };
}

/** Holds the Lead's or Contact's id; unique, which cannot be changed later. */
export const idProperty: DesiredProperty = {
  step: 'property',
  type: 'contacts',
  name: personIdProperty,
  label: 'Salesforce person id',
  description:
    'The id of the Salesforce Lead or Contact that this contact was handed over to. Written by Handoff; do not edit.',
  unique: true,
  why: 'leads from the contact to its person, also after the ledger is lost',
};

/** Holds why sales returned the person: the default of `reason_property` in lifecycle.yaml. Many contacts have the same reason. */
export const reasonProperty: DesiredProperty = {
  step: 'reason-property',
  type: 'contacts',
  name: 'salesforce_recycle_reason',
  label: 'Salesforce recycle reason',
  description: 'Why sales returned this contact to marketing. Written by Handoff when it moves the stage back.',
  unique: false,
  why: 'shows marketing why sales returned a contact',
};

/** Besides leading to the counterpart, it is what a company or deal is created by: HubSpot tells no two of them apart otherwise. */
function counterpartProperty(kind: 'company' | 'deal', type: HubSpotType): DesiredProperty {
  const { object, property } = idNames[kind];
  return {
    step: `${kind}-property`,
    type,
    name: property,
    label: `Salesforce ${object.toLowerCase()} id`,
    description: `The id of the Salesforce ${object} of this ${kind}. Written by Handoff; do not edit.`,
    unique: true,
    why: `leads from the ${kind} to its ${object}, and lets no crash and no repeat create a second ${kind}`,
  };
}

/**
 * What the sync needs in both CRMs. External id fields: text 32, external id, unique, case-insensitive (CONTRACT.md, "Ids in the CRMs").
 * The permission set grants them alone: a field made by the Metadata API is invisible, to its maker too, until a permission set grants it.
 */
export function desiredFor({ company, deal }: SetupScope): Desired {
  const fields = [idField('Lead', contactIdField, 'contact'), idField('Contact', contactIdField, 'contact')];
  if (company) fields.push(idField(idNames.company.object, idNames.company.field, 'company'));
  if (deal) fields.push(idField(idNames.deal.object, idNames.deal.field, 'deal'));
  return {
    fields,
    permissionSet: {
      name: permissionSetName,
      label: 'Handoff Sync',
      description: 'Lets the integration user of Handoff read and write the fields that Handoff created.',
      grants: fields.map((field) => ({ field: fullName(field), readable: true, editable: true })),
    },
    properties: [
      idProperty,
      reasonProperty,
      ...(company ? [counterpartProperty('company', 'companies')] : []),
      ...(deal ? [counterpartProperty('deal', 'deals')] : []),
    ],
  };
}

/** `Lead.HubSpot_Contact_Id__c` */
export function fullName(field: { object: string; name: string }): string {
  return `${field.object}.${field.name}`;
}

/** On conversion our id moves from the Lead to the Contact it becomes. */
export const desiredConversion = { output: 'Contact', field: { input: contactIdField, output: contactIdField } };
