import {
  type HubSpotObject,
  type HubSpotRecord,
  idNames,
  personIdProperty,
  type SalesforceObject,
  type SalesforceReference,
} from '../../domain/record.ts';
import { recordPrefixes, toLongId } from '../../domain/salesforce-ids.ts';
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
    { name: personIdProperty, toldBy: 'property' },
    { name: 'salesforceleadid', toldBy: 'connector' },
    { name: 'salesforcecontactid', toldBy: 'connector' },
  ],
  company: [
    { name: idNames.company.property, toldBy: 'property' },
    { name: 'salesforceaccountid', toldBy: 'connector' },
  ],
  deal: [
    { name: idNames.deal.property, toldBy: 'property' },
    { name: 'hs_salesforceopportunityid', toldBy: 'connector' },
  ],
};

/** What a record of HubSpot is linked with. */
export const counterparts: Readonly<Record<HubSpotObject, readonly SalesforceObject[]>> = {
  contact: ['Lead', 'Contact'],
  company: ['Account'],
  deal: ['Opportunity'],
};

/** The record that an id of Salesforce names, in the long form; null for what is no id of such a record. */
export function referenceOf(object: HubSpotObject, value: string | null | undefined): SalesforceReference | null {
  // The connector keeps the form it was given.
  const id = toLongId(value ?? '');
  const named = counterparts[object].find((name) => id?.startsWith(recordPrefixes[name]) === true);
  return id === null || named === undefined ? null : { object: named, id };
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
