import { currencyTypeFields } from './currencies.ts';
import { defineField, READ_ONLY, reference, text } from './field-kit.ts';
import { ruleFields } from './rule-rows.ts';
import type { FieldDefinition } from './types.ts';

/** Objects that hold settings of the org: users, queues, statuses, permissions. */
export function setupFields(): Record<string, FieldDefinition[]> {
  const id = defineField('Id', 'id', READ_ONLY);
  return {
    User: [
      id,
      text('Username', 80, { isRequired: true }),
      text('LastName', 80, { isRequired: true }),
      text('FirstName', 40),
      text('Name', 121, READ_ONLY),
      defineField('Email', 'email', { length: 128 }),
      text('FederationIdentifier', 512),
      text('UserType', 40, READ_ONLY),
      defineField('IsActive', 'boolean'),
      defineField('TimeZoneSidKey', 'picklist', { length: 40 }),
      defineField('LocaleSidKey', 'picklist', { length: 40 }),
      defineField('SystemModstamp', 'datetime', READ_ONLY),
      defineField('LastModifiedDate', 'datetime', READ_ONLY),
    ],
    Group: [id, text('Name', 40), text('DeveloperName', 80), text('Type', 40), defineField('Email', 'email')],
    Organization: [
      id,
      text('Name', 80),
      defineField('IsSandbox', 'boolean', READ_ONLY),
      text('OrganizationType', 40, READ_ONLY),
      text('InstanceName', 5, READ_ONLY),
      text('NamespacePrefix', 15, READ_ONLY),
      defineField('TimeZoneSidKey', 'picklist', { ...READ_ONLY, length: 40 }),
      defineField('DefaultLocaleSidKey', 'picklist', { ...READ_ONLY, length: 40 }),
    ],
    LeadStatus: [
      id,
      text('MasterLabel', 255, READ_ONLY),
      text('ApiName', 255, READ_ONLY),
      defineField('SortOrder', 'int', READ_ONLY),
      defineField('IsDefault', 'boolean', READ_ONLY),
      defineField('IsConverted', 'boolean', READ_ONLY),
    ],
    RecordType: [
      id,
      text('Name', 80, READ_ONLY),
      text('DeveloperName', 80, READ_ONLY),
      defineField('SobjectType', 'picklist', { ...READ_ONLY, length: 40 }),
      defineField('IsActive', 'boolean', READ_ONLY),
      text('Description', 255, READ_ONLY),
      text('NamespacePrefix', 15, READ_ONLY),
    ],
    CurrencyType: currencyTypeFields(),
    ...ruleFields(),
    PermissionSet: [id, text('Name', 80), text('Label', 80), defineField('IsOwnedByProfile', 'boolean')],
    PermissionSetAssignment: [
      id,
      reference('PermissionSetId', ['PermissionSet'], 'PermissionSet', { isRequired: true }),
      reference('AssigneeId', ['User'], 'Assignee', { isRequired: true }),
    ],
    FieldPermissions: [
      id,
      reference('ParentId', ['PermissionSet'], 'Parent', { isRequired: true }),
      text('SobjectType', 40, { isRequired: true }),
      text('Field', 255, { isRequired: true }),
      defineField('PermissionsRead', 'boolean'),
      defineField('PermissionsEdit', 'boolean'),
    ],
  };
}
