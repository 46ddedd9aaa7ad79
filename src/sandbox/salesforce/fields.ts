import {
  address,
  defineField,
  INDUSTRIES,
  LEAD_SOURCES,
  longText,
  OWNER,
  READ_ONLY,
  reference,
  system,
  text,
  toPicklist,
} from './field-kit.ts';
import { salesFields } from './sales-fields.ts';
import { setupFields } from './setup-fields.ts';
import type { FieldDefinition } from './types.ts';

const LEAD_STATUSES = ['Open - Not Contacted', 'Working - Contacted', 'Closed - Converted', 'Closed - Not Converted'];

const ACCOUNT_TYPES = ['Prospect', 'Customer - Direct', 'Customer - Channel', 'Technology Partner', 'Other'];

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
    longText('Description'),
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
    defineField('Industry', 'picklist', { picklist: toPicklist(INDUSTRIES) }),
    defineField('Rating', 'picklist', { picklist: toPicklist(['Hot', 'Warm', 'Cold']) }),
    defineField('AnnualRevenue', 'currency', { scale: 0 }),
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
    reference('AccountId', ['Account'], 'Account', { childRelationship: 'Contacts' }),
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
    reference('ParentId', ['Account'], 'Parent', { childRelationship: 'ChildAccounts' }),
    ...address('Billing'),
    ...address('Shipping'),
    defineField('Phone', 'phone'),
    defineField('Website', 'url'),
    defineField('Type', 'picklist', { picklist: toPicklist(ACCOUNT_TYPES) }),
    defineField('Industry', 'picklist', { picklist: toPicklist(INDUSTRIES) }),
    defineField('AnnualRevenue', 'currency', { scale: 0 }),
    defineField('NumberOfEmployees', 'int'),
    text('AccountNumber', 40),
    text('Site', 80),
    defineField('Fax', 'phone'),
    defineField('Rating', 'picklist', { picklist: toPicklist(['Hot', 'Warm', 'Cold']) }),
    longText('Description'),
    OWNER,
  ];
}

/** The standard fields of every object the sandbox knows. Lengths from the Object Reference and from describe results in public code. */
export function standardFields(): Record<string, FieldDefinition[]> {
  return {
    Lead: leadFields(),
    Contact: contactFields(),
    Account: accountFields(),
    ...salesFields(),
    ...setupFields(),
  };
}
