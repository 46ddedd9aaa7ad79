import { recordEvent } from './history.ts';
import { rolesOf } from './opportunities.ts';
import type { Org } from './org.ts';
import { save as saveRow } from './save.ts';
import { toSfDate } from './time.ts';
import type { FieldValue, RecordError, SfRecord, WriteContext } from './types.ts';
import { insertRecord, updateRecord } from './write.ts';

export type ConvertOptions = {
  accountId?: string;
  contactId?: string;
  /** An existing opportunity that the person joins. */
  opportunityId?: string;
  /** A new opportunity of this name; none without it. */
  opportunityName?: string;
  /** More of the new opportunity than its name: the person goes on to fill it in. */
  opportunityValues?: Record<string, FieldValue>;
  convertedStatus?: string;
};

export type ConvertedIds = { accountId: string; contactId: string; opportunityId: string | undefined };

const DAYS_TO_CLOSE_MS = 90 * 86_400_000;
const PERSON_FIELDS = [
  'FirstName',
  'Salutation',
  'Title',
  'Email',
  'Phone',
  'MobilePhone',
  'LeadSource',
  'Description',
];
/** Source: help, "Lead Conversion Field Mapping". */
const ACCOUNT_FIELDS = ['Website', 'Phone', 'Industry', 'AnnualRevenue', 'NumberOfEmployees', 'Rating'];
const ADDRESS_FIELDS = ['Street', 'City', 'State', 'PostalCode', 'Country'];

/** A save that the org refused, as an error for the person who tried. */
export function refusal(errors: readonly RecordError[]): Error {
  return new Error(errors.map(({ statusCode, message }) => `${statusCode}: ${message}`).join('; '));
}

/**
 * Converts a lead as SOAP convertLead does: account and contact (and opportunity) are created, or filled where they are blank; the lead
 * becomes read-only; the contact gets a role on the opportunity, the primary one where there is none yet, without a Role. Custom fields move only where LeadConvertSettings maps them. Source: SOAP API guide, convertLead.
 */
export function convertLead(org: Org, lead: SfRecord, options: ConvertOptions, context: WriteContext): ConvertedIds {
  if (lead.IsConverted === true || lead.IsDeleted === true) throw new Error(`lead ${lead.Id} cannot be converted`);
  const accountId = convertToAccount(org, lead, options.accountId, context);
  const contactId = convertToContact(org, lead, accountId, options.contactId, context);
  const opportunityId = joinOpportunity(org, lead, { accountId, contactId }, options, context);
  const converted: SfRecord = {
    ...lead,
    IsConverted: true,
    Status: options.convertedStatus ?? 'Closed - Converted',
    ConvertedDate: toSfDate(org.now()),
    ConvertedAccountId: accountId,
    ConvertedContactId: contactId,
    ConvertedOpportunityId: opportunityId ?? null,
  };
  saveRow(org, 'Lead', converted, lead, context);
  recordEvent(org, 'Lead', converted, 'leadConverted', context.userId);
  return { accountId, contactId, opportunityId };
}

function joinOpportunity(
  org: Org,
  lead: SfRecord,
  { accountId, contactId }: { accountId: string; contactId: string },
  options: ConvertOptions,
  context: WriteContext,
): string | undefined {
  const { opportunityId: existing, opportunityName: Name } = options;
  if (existing === undefined && Name === undefined) return undefined;
  const CloseDate = toSfDate(org.now() + DAYS_TO_CLOSE_MS);
  const fresh = { Name: Name ?? null, StageName: 'Prospecting', CloseDate, AccountId: accountId };
  const owned = { ...fresh, LeadSource: lead.LeadSource ?? null, OwnerId: ownerOf(lead, context) };
  const mapped = mappedFields(org, lead, 'Opportunity');
  const OpportunityId =
    existing ?? save(org, 'Opportunity', { ...owned, ...mapped, ...options.opportunityValues }, context);
  const roles = rolesOf(org, 'OpportunityId', OpportunityId);
  const IsPrimary = !roles.some((role) => role.IsPrimary === true);
  if (!roles.some((role) => role.ContactId === contactId && role.IsDeleted !== true)) {
    save(org, 'OpportunityContactRole', { OpportunityId, ContactId: contactId, IsPrimary }, context);
  }
  return OpportunityId;
}

function ownerOf(lead: SfRecord, context: WriteContext): FieldValue {
  return typeof lead.OwnerId === 'string' && lead.OwnerId.startsWith('005') ? lead.OwnerId : context.userId;
}

function save(org: Org, type: string, values: Record<string, FieldValue>, context: WriteContext): string {
  const result = insertRecord(org, type, values, context);
  if (!result.ok) throw refusal(result.errors);
  return result.id;
}

function convertToContact(
  org: Org,
  lead: SfRecord,
  accountId: string,
  contactId: string | undefined,
  context: WriteContext,
): string {
  const values: Record<string, FieldValue> = { LastName: lead.LastName ?? null, AccountId: accountId };
  values.OwnerId = ownerOf(lead, context);
  for (const name of PERSON_FIELDS) values[name] = lead[name] ?? null;
  for (const name of ADDRESS_FIELDS) values[`Mailing${name}`] = lead[name] ?? null;
  Object.assign(values, mappedFields(org, lead, 'Contact'));
  return contactId === undefined
    ? save(org, 'Contact', values, context)
    : fillBlanks(org, 'Contact', contactId, values, context);
}

/** The custom fields of a lead that LeadConvertSettings maps to this object. */
function mappedFields(org: Org, lead: SfRecord, object: string): Record<string, FieldValue> {
  const pairs = org.convertMapping.filter(({ outputObject }) => outputObject === object);
  return Object.fromEntries(pairs.map(({ inputField, outputField }) => [outputField, lead[inputField] ?? null]));
}

function convertToAccount(org: Org, lead: SfRecord, accountId: string | undefined, context: WriteContext): string {
  const values: Record<string, FieldValue> = { Name: lead.Company ?? null, OwnerId: ownerOf(lead, context) };
  for (const name of ACCOUNT_FIELDS) values[name] = lead[name] ?? null;
  for (const name of ADDRESS_FIELDS) values[`Billing${name}`] = lead[name] ?? null;
  Object.assign(values, mappedFields(org, lead, 'Account'));
  return accountId === undefined
    ? save(org, 'Account', values, context)
    : fillBlanks(org, 'Account', accountId, values, context);
}

/** An existing record takes over only what it does not hold yet. */
function fillBlanks(
  org: Org,
  type: string,
  id: string,
  values: Record<string, FieldValue>,
  context: WriteContext,
): string {
  const existing = org.store.get(type, id);
  const blanks = Object.entries(values).filter(
    ([name, value]) => value !== null && (existing?.[name] ?? null) === null,
  );
  const result = updateRecord(org, type, id, Object.fromEntries(blanks), context);
  if (!result.ok) throw refusal(result.errors);
  return result.id;
}
