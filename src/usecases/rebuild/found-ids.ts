import type { HubSpotObject, HubSpotRecord, SalesforceObject, SalesforceReference } from '../../domain/record.ts';
import type { FoundId, ToldBy } from '../../ports/ledger-rebuild.ts';

/** A property of HubSpot that holds the id of a record in Salesforce. */
export type IdProperty = { name: string; toldBy: ToldBy };

/**
 * Ours, and those of HubSpot's own connector. Read from portals that have it: HubSpot documents none of them
 * (https://community.hubspot.com: `salesforceleadid`, `salesforcecontactid`, `salesforceaccountid`, `hs_salesforceopportunityid`).
 * A contact's `salesforceaccountid` names the Account of its company and says nothing of the contact.
 */
export const idProperties: Readonly<Record<HubSpotObject, readonly IdProperty[]>> = {
  contact: [
    { name: 'salesforce_person_id', toldBy: 'property' },
    { name: 'salesforceleadid', toldBy: 'connector' },
    { name: 'salesforcecontactid', toldBy: 'connector' },
  ],
  company: [
    { name: 'salesforce_account_id', toldBy: 'property' },
    { name: 'salesforceaccountid', toldBy: 'connector' },
  ],
  deal: [
    { name: 'salesforce_opportunity_id', toldBy: 'property' },
    { name: 'hs_salesforceopportunityid', toldBy: 'connector' },
  ],
};

/** By the first three characters of an id. @see https://help.salesforce.com/s/articleView?id=000385203 */
const prefixes: Readonly<Record<string, SalesforceObject>> = {
  '00Q': 'Lead',
  '003': 'Contact',
  '001': 'Account',
  '006': 'Opportunity',
};

const objects: Readonly<Record<HubSpotObject, ReadonlySet<SalesforceObject>>> = {
  contact: new Set(['Lead', 'Contact']),
  company: new Set(['Account']),
  deal: new Set(['Opportunity']),
};

/** The record that an id of Salesforce names, in the long form; null for what is no id of such a record. */
export function referenceOf(object: HubSpotObject, value: string | null | undefined): SalesforceReference | null {
  const id = (value ?? '').trim();
  if (!/^[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?$/.test(id)) return null;
  const named = prefixes[id.slice(0, 3)];
  return named === undefined || !objects[object].has(named) ? null : { object: named, id: toLongForm(id) };
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/** The connector keeps the form it was given. Each of the last three characters tells which of five letters are capitals. */
function toLongForm(id: string): string {
  if (id.length === 18) return id;
  const suffix = [0, 5, 10].map((start) => {
    const bits = [...id.slice(start, start + 5)].reduce((sum, char, at) => sum + (/[A-Z]/.test(char) ? 2 ** at : 0), 0);
    return alphabet[bits] ?? 'A';
  });
  return `${id}${suffix.join('')}`;
}

/** The ids of Salesforce that a page of HubSpot records names in this property. */
export function idsInHubSpot(
  object: HubSpotObject,
  records: readonly HubSpotRecord[],
  { name, toldBy }: IdProperty,
): FoundId[] {
  return records.flatMap(({ id, properties }) => {
    const counterpart = referenceOf(object, properties[name]);
    return counterpart === null ? [] : [{ recordId: id, counterpart, toldBy }];
  });
}

/** The ids of HubSpot that a page of Salesforce records carries. */
export function idsInSalesforce(
  rows: readonly { object: SalesforceObject; id: string; externalId: string | null }[],
): FoundId[] {
  return rows.flatMap(({ object, id, externalId }) => {
    const recordId = externalId?.trim() ?? '';
    return recordId === '' ? [] : [{ recordId, counterpart: { object, id }, toldBy: 'external_id' }];
  });
}
