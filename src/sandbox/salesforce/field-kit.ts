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
    isFilterable: true,
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

/** What only the platform writes. */
export const READ_ONLY: FieldOptions = { isCreateable: false, isUpdateable: false };

export function text(name: string, length: number, options: FieldOptions = {}): FieldDefinition {
  return defineField(name, 'string', { length, ...options });
}

export function reference(name: string, referenceTo: string[], relationshipName: string, options: FieldOptions = {}) {
  return defineField(name, 'reference', { referenceTo, relationshipName, ...options });
}

export function address(prefix: string): FieldDefinition[] {
  return [
    defineField(`${prefix}Street`, 'textarea', { length: 255 }),
    text(`${prefix}City`, 40),
    text(`${prefix}State`, 80),
    text(`${prefix}PostalCode`, 20),
    text(`${prefix}Country`, 80),
  ];
}

const MERGEABLE = new Set(['Lead', 'Contact', 'Account']);

/** Id, audit fields and, where the object can be merged, the id of the record that was kept. */
export function system(type: string): FieldDefinition[] {
  const merges = !MERGEABLE.has(type) ? [] : [reference('MasterRecordId', [type], 'MasterRecord', READ_ONLY)];
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

/** A long text area: the SOQL guide allows no filter on it. */
export function longText(name: string): FieldDefinition {
  return defineField(name, 'textarea', { length: 32_000, isFilterable: false });
}

export const OWNER = reference('OwnerId', ['User'], 'Owner', { hasDefault: true });
/** The industries of a new org, of Leads and Accounts (Setup > Object Manager > Account > Industry). */
export const INDUSTRIES = [
  'Agriculture',
  'Apparel',
  'Banking',
  'Biotechnology',
  'Chemicals',
  'Communications',
  'Construction',
  'Consulting',
  'Education',
  'Electronics',
  'Energy',
  'Engineering',
  'Entertainment',
  'Environmental',
  'Finance',
  'Food & Beverage',
  'Government',
  'Healthcare',
  'Hospitality',
  'Insurance',
  'Machinery',
  'Manufacturing',
  'Media',
  'Not For Profit',
  'Recreation',
  'Retail',
  'Shipping',
  'Technology',
  'Telecommunications',
  'Transportation',
  'Utilities',
  'Other',
];

export const LEAD_SOURCES = ['Web', 'Phone Inquiry', 'Partner Referral', 'Purchased List', 'Other', 'HubSpot'];
