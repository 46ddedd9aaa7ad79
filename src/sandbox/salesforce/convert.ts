import type { Org } from './org.ts';
import { toSfDate } from './time.ts';
import type { FieldValue, RecordError, SfRecord, WriteContext } from './types.ts';
import { insertRecord, stamp, updateRecord } from './write.ts';

export type ConvertOptions = {
  accountId?: string;
  contactId?: string;
  /** A new opportunity of this name; none without it. */
  opportunityName?: string;
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
const ADDRESS_FIELDS = ['Street', 'City', 'State', 'PostalCode', 'Country'];

/** A save that the org refused, as an error for the person who tried. */
export function refusal(errors: readonly RecordError[]): Error {
  return new Error(errors.map(({ statusCode, message }) => `${statusCode}: ${message}`).join('; '));
}

/**
 * Converts a lead as SOAP convertLead does: account and contact (and opportunity) are created, or filled where they are blank; the lead
 * becomes read-only. Custom fields move only where LeadConvertSettings maps them. Source: SOAP API guide, convertLead.
 */
export function convertLead(org: Org, lead: SfRecord, options: ConvertOptions, context: WriteContext): ConvertedIds {
  if (lead.IsConverted === true || lead.IsDeleted === true) throw new Error(`lead ${lead.Id} cannot be converted`);
  const accountId =
    options.accountId ?? save(org, 'Account', { Name: lead.Company ?? null, OwnerId: ownerOf(lead, context) }, context);
  const contactId = convertToContact(org, lead, accountId, options.contactId, context);
  const closeDate = toSfDate(org.now() + DAYS_TO_CLOSE_MS);
  const opportunityId =
    options.opportunityName === undefined
      ? undefined
      : save(
          org,
          'Opportunity',
          { Name: options.opportunityName, StageName: 'Prospecting', CloseDate: closeDate, AccountId: accountId },
          context,
        );
  const converted: SfRecord = {
    ...lead,
    IsConverted: true,
    Status: options.convertedStatus ?? 'Closed - Converted',
    ConvertedDate: toSfDate(org.now()),
    ConvertedAccountId: accountId,
    ConvertedContactId: contactId,
    ConvertedOpportunityId: opportunityId ?? null,
  };
  org.store.put('Lead', stamp(org, 'Lead', converted, context, false));
  return { accountId, contactId, opportunityId };
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
  for (const { outputObject, inputField, outputField } of org.convertMapping) {
    if (outputObject === 'Contact') values[outputField] = lead[inputField] ?? null;
  }
  if (contactId === undefined) return save(org, 'Contact', values, context);
  const existing = org.store.get('Contact', contactId);
  const blanks = Object.entries(values).filter(([name]) => (existing?.[name] ?? null) === null);
  const result = updateRecord(org, 'Contact', contactId, Object.fromEntries(blanks), context);
  if (!result.ok) throw refusal(result.errors);
  return result.id;
}
