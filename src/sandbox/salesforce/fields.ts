import type { FieldDefinition, FieldType, PicklistValue } from './types.ts';

type FieldOptions = Partial<Omit<FieldDefinition, 'name' | 'type'>>;

const DEFAULT_LENGTHS: Partial<Record<FieldType, number>> = {
  id: 18,
  reference: 18,
  email: 80,
  phone: 40,
  url: 255,
  picklist: 255,
  string: 255,
  textarea: 255,
};

/** A field with the usual properties; `options` says what is different. */
export function defineField(name: string, type: FieldType, options: FieldOptions = {}): FieldDefinition {
  return {
    name,
    type,
    label: toLabel(name),
    length: DEFAULT_LENGTHS[type] ?? 0,
    isRequired: false,
    isCreateable: true,
    isUpdateable: true,
    isUnique: false,
    isExternalId: false,
    isCaseSensitive: false,
    isCustom: name.endsWith('__c'),
    hasDefault: type === 'boolean',
    access: 'all',
    ...options,
  };
}

/** `LastName` reads "Last Name", `OwnerId` "Owner ID", as the error messages of the platform say it. */
function toLabel(name: string): string {
  return name
    .replace(/__c$/, '')
    .replaceAll('_', ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/\bId\b/g, 'ID');
}

export function toPicklist(values: readonly string[], defaultValue?: string): PicklistValue[] {
  return values.map((value) => ({ value, label: value, active: true, defaultValue: value === defaultValue }));
}

const READ_ONLY: FieldOptions = { isCreateable: false, isUpdateable: false };

function text(name: string, length: number, options: FieldOptions = {}): FieldDefinition {
  return defineField(name, 'string', { length, ...options });
}

function reference(name: string, referenceTo: string[], relationshipName: string, options: FieldOptions = {}) {
  return defineField(name, 'reference', { referenceTo, relationshipName, ...options });
}

function address(prefix: string): FieldDefinition[] {
  return [
    defineField(`${prefix}Street`, 'textarea', { length: 255 }),
    text(`${prefix}City`, 40),
    text(`${prefix}State`, 80),
    text(`${prefix}PostalCode`, 20),
    text(`${prefix}Country`, 80),
  ];
}

function system(type: string): FieldDefinition[] {
  const merges = type === 'Opportunity' ? [] : [reference('MasterRecordId', [type], 'MasterRecord', READ_ONLY)];
  return [
    defineField('Id', 'id', READ_ONLY),
    defineField('IsDeleted', 'boolean', READ_ONLY),
    ...merges,
    defineField('CreatedDate', 'datetime', READ_ONLY),
    reference('CreatedById', ['User'], 'CreatedBy', READ_ONLY),
    defineField('LastModifiedDate', 'datetime', READ_ONLY),
    reference('LastModifiedById', ['User'], 'LastModifiedBy', READ_ONLY),
    defineField('SystemModstamp', 'datetime', READ_ONLY),
  ];
}

const OWNER = reference('OwnerId', ['User'], 'Owner', { hasDefault: true });
const LEAD_SOURCES = ['Web', 'Phone Inquiry', 'Partner Referral', 'Purchased List', 'Other', 'HubSpot'];
const LEAD_STATUSES = ['Open - Not Contacted', 'Working - Contacted', 'Closed - Converted', 'Closed - Not Converted'];
const STAGES = ['Prospecting', 'Qualification', 'Proposal/Price Quote', 'Closed Won', 'Closed Lost'];

function personFields(): FieldDefinition[] {
  return [
    text('LastName', 80, { isRequired: true }),
    text('FirstName', 40),
    defineField('Salutation', 'picklist', { picklist: toPicklist(['Mr.', 'Ms.', 'Mrs.', 'Dr.', 'Prof.']), length: 40 }),
    text('Name', 121, READ_ONLY),
    text('Title', 128),
    defineField('Phone', 'phone'),
    defineField('MobilePhone', 'phone'),
    defineField('Email', 'email'),
    defineField('LeadSource', 'picklist', { picklist: toPicklist(LEAD_SOURCES), length: 255 }),
    defineField('Description', 'textarea', { length: 32_000 }),
    defineField('HasOptedOutOfEmail', 'boolean'),
  ];
}

function leadFields(): FieldDefinition[] {
  return [
    ...system('Lead'),
    ...personFields(),
    text('Company', 255, { isRequired: true }),
    ...address(''),
    defineField('Website', 'url'),
    defineField('Status', 'picklist', {
      picklist: toPicklist(LEAD_STATUSES, LEAD_STATUSES[0]),
      hasDefault: true,
      length: 255,
    }),
    defineField('Industry', 'picklist', { picklist: toPicklist(['Banking', 'Technology', 'Retail', 'Other']) }),
    defineField('Rating', 'picklist', { picklist: toPicklist(['Hot', 'Warm', 'Cold']) }),
    defineField('AnnualRevenue', 'currency'),
    defineField('NumberOfEmployees', 'int'),
    { ...OWNER, referenceTo: ['Group', 'User'] },
    defineField('IsConverted', 'boolean', READ_ONLY),
    defineField('ConvertedDate', 'date', READ_ONLY),
    reference('ConvertedAccountId', ['Account'], 'ConvertedAccount', READ_ONLY),
    reference('ConvertedContactId', ['Contact'], 'ConvertedContact', READ_ONLY),
    reference('ConvertedOpportunityId', ['Opportunity'], 'ConvertedOpportunity', READ_ONLY),
  ];
}

function contactFields(): FieldDefinition[] {
  return [
    ...system('Contact'),
    ...personFields(),
    reference('AccountId', ['Account'], 'Account'),
    ...address('Mailing'),
    ...address('Other'),
    text('Department', 80),
    OWNER,
  ];
}

function accountFields(): FieldDefinition[] {
  return [
    ...system('Account'),
    text('Name', 255, { isRequired: true }),
    reference('ParentId', ['Account'], 'Parent'),
    ...address('Billing'),
    ...address('Shipping'),
    defineField('Phone', 'phone'),
    defineField('Website', 'url'),
    defineField('Type', 'picklist', { picklist: toPicklist(['Prospect', 'Customer - Direct', 'Other']) }),
    defineField('Industry', 'picklist', { picklist: toPicklist(['Banking', 'Technology', 'Retail', 'Other']) }),
    defineField('AnnualRevenue', 'currency'),
    defineField('NumberOfEmployees', 'int'),
    defineField('Description', 'textarea', { length: 32_000 }),
    OWNER,
  ];
}

function opportunityFields(): FieldDefinition[] {
  return [
    ...system('Opportunity'),
    text('Name', 120, { isRequired: true }),
    reference('AccountId', ['Account'], 'Account'),
    defineField('StageName', 'picklist', { picklist: toPicklist(STAGES), isRequired: true }),
    defineField('CloseDate', 'date', { isRequired: true }),
    defineField('Amount', 'currency'),
    defineField('Probability', 'double'),
    defineField('Type', 'picklist', { picklist: toPicklist(['New Business', 'Existing Business']) }),
    defineField('LeadSource', 'picklist', { picklist: toPicklist(LEAD_SOURCES) }),
    defineField('Description', 'textarea', { length: 32_000 }),
    defineField('IsClosed', 'boolean', READ_ONLY),
    defineField('IsWon', 'boolean', READ_ONLY),
    OWNER,
  ];
}

function setupFields(): Record<string, FieldDefinition[]> {
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
    ],
    LeadStatus: [
      id,
      text('MasterLabel', 255, READ_ONLY),
      text('ApiName', 255, READ_ONLY),
      defineField('SortOrder', 'int', READ_ONLY),
      defineField('IsDefault', 'boolean', READ_ONLY),
      defineField('IsConverted', 'boolean', READ_ONLY),
    ],
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

/** The standard fields of every object the sandbox knows. Lengths from the Object Reference and from describe results in public code. */
export function standardFields(): Record<string, FieldDefinition[]> {
  return {
    Lead: leadFields(),
    Contact: contactFields(),
    Account: accountFields(),
    Opportunity: opportunityFields(),
    ...setupFields(),
  };
}
