import type { Deals } from '../deals.ts';
import { contactsOfDeal, type Row, rolesOf } from '../records.ts';
import { hubspotTimeZone, type Stage, type TimelineEntry } from '../stage.ts';
import { type Check, type Crms, isWriteToSalesforce } from './findings.ts';

/** A living company or deal of HubSpot, and what there is of it in Salesforce. */
export type SyncedRecord = {
  kind: 'companies' | 'deals';
  id: string;
  properties: Readonly<Record<string, string>>;
  /** Whether one of its contacts has ever opened the gate. */
  opened: boolean;
  /** The Accounts or Opportunities that carry its id. */
  counterparts: readonly Row[];
  /** The newest first. */
  timeline: readonly TimelineEntry[];
};

/** What a kind is called in Salesforce, and where each side keeps the other's id. */
export const kinds = {
  companies: {
    object: 'Account',
    history: 'AccountHistory',
    idField: 'HubSpot_Company_Id__c',
    link: 'salesforce_account_id',
  },
  deals: {
    object: 'Opportunity',
    history: 'OpportunityFieldHistory',
    idField: 'HubSpot_Deal_Id__c',
    link: 'salesforce_opportunity_id',
  },
} as const;

type TimelineStage = Crms & { service: Pick<Stage['service'], 'timeline'> };

/** Reads all companies and deals of both CRMs, and what the ledger holds of each. */
export async function takeRecords(
  stage: TimelineStage,
  opened: (contactId: string) => boolean,
): Promise<SyncedRecord[]> {
  const of = async (kind: SyncedRecord['kind']) => {
    const { object, idField } = kinds[kind];
    const living = stage.hubspot.records(kind).filter(({ archived }) => !archived);
    const rows = stage.salesforce.all(object);
    return await Promise.all(
      living.map(async ({ id, properties }) => ({
        kind,
        id,
        properties,
        opened: contactsOf(stage, kind, id).some(opened),
        counterparts: rows.filter((row) => row[idField] === id),
        timeline: await stage.service.timeline(id, kind),
      })),
    );
  };
  return [...(await of('companies')), ...(await of('deals'))];
}

function contactsOf({ hubspot }: Crms, kind: SyncedRecord['kind'], id: string): string[] {
  return hubspot.getAssociations({ type: kind, id }, 'contacts').map(({ toId }) => toId);
}

type Looked = { records: readonly SyncedRecord[]; stage: Crms; deals: Pick<Deals, 'dora' | 'milo' | 'won'> };

/** Promise 1, of companies and deals: whose people never opened the gate has nothing in Salesforce. */
export function noRecordsBelowTheGate({ records, stage, deals }: Looked): Check {
  const below = records.filter(({ opened }) => !opened);
  const present = below.filter(({ counterparts }) => counterparts.length > 0);
  const names = below.flatMap(({ properties }) => properties.domain ?? properties.dealname ?? []);
  const sent = stage.salesforce.requests.filter(
    ({ body = '' }) => isWriteToSalesforce(body) && names.some((name) => body.includes(name)),
  );
  const evidence = `${count(below, 'companies')} and ${count(below, 'deals')} of theirs, ${present.length} of them in Salesforce; ${sent.length} writes to Salesforce named one`;
  const isMilos = below.some(({ kind, id }) => kind === 'deals' && id === deals.milo.deal);
  return { held: isMilos && present.length === 0 && sent.length === 0, evidence };
}

/** Promise 2, of companies, deals and roles: one Account, one Opportunity, one role each, linked on both sides. */
export function recordsExactlyOnce({ records, stage }: Looked): Check {
  const past = records.filter(({ opened }) => opened);
  const once = past.filter(isLinkedOnce);
  const rows = (['companies', 'deals'] as const).flatMap((kind) => stage.salesforce.all(kinds[kind].object));
  const deals = past.filter(({ kind }) => kind === 'deals');
  const roles = deals.flatMap(({ counterparts }) => counterparts.flatMap(({ Id }) => rolesOf(stage, Id)));
  const unequal = deals.filter((deal) => !hasRolesOfItsContacts(stage, deal));
  const evidence = `${count(past, 'companies')} and ${count(past, 'deals')} passed with their people, ${once.length} of them with exactly one counterpart and linked back, of ${rows.length} Accounts and Opportunities; ${roles.length} contact roles, ${unequal.length} deals with others than their contacts`;
  const everything = past.length > 0 && once.length === past.length && rows.length === past.length;
  return { held: everything && roles.length > 0 && unequal.length === 0, evidence };
}

function isLinkedOnce({ kind, properties, counterparts }: SyncedRecord): boolean {
  return counterparts.length === 1 && properties[kinds[kind].link] === counterparts[0]?.Id;
}

/** Promise 5: what sales closed Dora's deal with is what HubSpot has, digit by digit. */
export function isWonToTheDigit({ records, deals: { dora, won } }: Looked): boolean {
  const deal = records.find(({ kind, id }) => kind === 'deals' && id === dora.deal)?.properties ?? {};
  return deal.dealstage === 'closedwon' && deal.amount === won.amount && dayOf(deal.closedate ?? '') === won.day;
}

/** The day of a moment where the HubSpot account is. */
export function dayOf(moment: string): string {
  if (moment === '') return '';
  return new Intl.DateTimeFormat('en-CA', { timeZone: hubspotTimeZone }).format(new Date(moment));
}

/** One role per contact of the deal who is a Contact, and no other role. */
function hasRolesOfItsContacts(stage: Crms, { id, counterparts }: SyncedRecord): boolean {
  const contacts = contactsOfDeal(stage, id);
  const wanted = stage.salesforce
    .all('Contact')
    .filter(({ HubSpot_Contact_Id__c }) => contacts.includes(String(HubSpot_Contact_Id__c)))
    .map(({ Id }) => Id);
  const held = counterparts.flatMap(({ Id }) => rolesOf(stage, Id)).map(({ ContactId }) => String(ContactId));
  return JSON.stringify(wanted.toSorted()) === JSON.stringify(held.toSorted());
}

function count(records: readonly SyncedRecord[], kind: SyncedRecord['kind']): string {
  const number = records.filter((record) => record.kind === kind).length;
  return number === 1 ? `1 ${kind === 'deals' ? 'deal' : 'company'}` : `${number} ${kind}`;
}
