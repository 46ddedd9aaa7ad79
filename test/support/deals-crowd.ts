import type { HubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import type { SalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import type { MappingChanges } from './mappings.ts';
import { withDeals } from './mappings.ts';

type Crms = { hubspot: HubSpotSandbox; salesforce: SalesforceSandbox };

/** A value that a human typed into a field of a deal or an Opportunity. `record` is its id there and then. */
export type DealEdit = {
  side: 'hubspot' | 'salesforce';
  record: string;
  field: string;
  value: string;
  /** By the clock of the CRMs. */
  atMs: number;
};

/** Both CRMs in the hands of people who sell: what they did that no CRM remembers. */
export type DealCrowd = Crms & {
  random: (below: number) => number;
  edits: DealEdit[];
  /** Contacts that a human ever moved past the gate. */
  passed: Set<string>;
  /** Everybody and every company that a human ever put to a deal, by the deal's id then. */
  contactsOf: Map<string, Set<string>>;
  companiesOf: Map<string, Set<string>>;
  /** HubSpot owners: with a user in Salesforce, with an inactive one, with none. */
  owners: readonly string[];
  /** Salesforce users: with an owner in HubSpot, and one without. */
  users: readonly string[];
  timeZone: string;
  counts: Record<string, number>;
};

/** HubSpot's label of a deal's contact: Role in Salesforce. */
export const roleOfLabel = new Map([
  ['Decision maker', 'Decision Maker'],
  ['Economic buyer', 'Economic Buyer'],
  ['Influencer', 'Influencer'],
]);

export const primaryLabel = 'Primary contact';

/** StageName by deal stage, as the shipped mapping has it. */
export const stageNames: Readonly<Record<string, string>> = {
  appointmentscheduled: 'Qualification',
  qualifiedtobuy: 'Needs Analysis',
  presentationscheduled: 'Value Proposition',
  decisionmakerboughtin: 'Id. Decision Makers',
  contractsent: 'Negotiation/Review',
  closedwon: 'Closed Won',
  closedlost: 'Closed Lost',
};

/** StageNames to which no deal stage leads, with the one that they lead to. */
export const stagesBack: Readonly<Record<string, string>> = {
  Prospecting: 'appointmentscheduled',
  'Perception Analysis': 'decisionmakerboughtin',
  'Proposal/Price Quote': 'contractsent',
};

/** Stages of a contact that open the gate. */
export const opens: ReadonlySet<string> = new Set(['salesqualifiedlead', 'opportunity', 'customer']);

/** Known to HubSpot and not active in Salesforce. */
export const inactiveCurrency = 'GBP';
export const currencies = ['EUR', 'USD', inactiveCurrency] as const;

export const dealCrowdMappings: MappingChanges = {
  ...withDeals,
  'deals.yaml': {
    ...withDeals['deals.yaml'],
    'roles.labels': Object.fromEntries(roleOfLabel),
    'roles.primary_label': primaryLabel,
  },
};

/** Zones of an account west and east of Greenwich, and one that is ahead of both CRMs' midnight. */
const zones = ['America/New_York', 'Europe/Berlin', 'Pacific/Auckland'] as const;

export const zoneFor = (seed: number): string => zones[seed % zones.length] ?? 'UTC';

/** Labels, currencies, owners and the histories that tell who was last: to be called before the service starts. */
export function createDealCrowd(crms: Crms, random: DealCrowd['random'], timeZone: string): DealCrowd {
  const { hubspot, salesforce } = crms;
  for (const label of [...roleOfLabel.keys(), primaryLabel]) {
    hubspot.defineAssociationLabel('deals', 'contacts', { label, name: label.toLowerCase().replace(' ', '_') });
  }
  salesforce.setCurrencies([
    { isoCode: 'EUR', isCorporate: true },
    { isoCode: 'USD', conversionRate: 1.1 },
    { isoCode: inactiveCurrency, conversionRate: 0.8, isActive: false },
  ]);
  salesforce.trackHistory('Opportunity', ['Name', 'Amount', 'StageName', 'CloseDate', 'AccountId']);
  salesforce.trackHistory('Account', ['Name', 'Phone']);
  const both = ['north', 'south', 'sales.person'].map((name) => `${name}@sandbox.example`);
  const known = both.map((email) => hubspot.addOwner(email).id);
  const users = both.map((email) => salesforce.all('User').find(({ Email }) => Email === email)?.Id);
  const active = both.map((email, at) => users[at] ?? salesforce.addUser({ email }).Id);
  salesforce.addUser({ email: 'left@sandbox.example', isActive: false });
  const strangers = ['left', 'marketing'].map((name) => hubspot.addOwner(`${name}@sandbox.example`).id);
  const unknown = salesforce.addUser({ email: 'sales.only@sandbox.example' }).Id;
  return {
    ...crms,
    random,
    edits: [],
    passed: new Set(),
    contactsOf: new Map(),
    companiesOf: new Map(),
    owners: [...known, ...known, ...strangers],
    users: [...active, ...active, unknown],
    timeZone,
    counts: {},
  };
}

export const pick = <Item>({ random }: DealCrowd, list: readonly Item[]): Item | undefined =>
  list[random(Math.max(1, list.length))];

type Kind = 'contacts' | 'companies' | 'deals';

export function living({ hubspot }: Crms, type: Kind): string[] {
  return hubspot.records(type).flatMap(({ id, archived }) => (archived ? [] : [id]));
}

/** The ids in HubSpot's recycle bin. */
export function binned({ hubspot }: Crms, type: Kind): string[] {
  return hubspot.records(type).flatMap(({ id, archived }) => (archived ? [id] : []));
}

/** The record that lives on under this id, itself or the survivor of a merge. */
export const survivorOf = ({ hubspot }: Crms, type: Kind, id: string) => hubspot.getRecord(type, id)?.id ?? id;

const externalIds = { Account: 'HubSpot_Company_Id__c', Opportunity: 'HubSpot_Deal_Id__c' } as const;

/** Living records of Salesforce that carry the id of this company or deal. */
export function carriersOf({ salesforce }: Crms, object: keyof typeof externalIds, id: string) {
  return salesforce.all(object).filter((record) => record[externalIds[object]] === id);
}

/** The living person that carries this contact's id. */
export function personOf({ salesforce }: Crms, contactId: string) {
  for (const object of ['Contact', 'Lead'] as const) {
    const isOurs = (record: { [field: string]: unknown }) =>
      record.HubSpot_Contact_Id__c === contactId && record.IsConverted !== true;
    const record = salesforce.all(object).find(isOurs);
    if (record !== undefined) return { object, record };
  }
  return undefined;
}

export function remember(map: Map<string, Set<string>>, key: string, value: string): void {
  map.set(key, (map.get(key) ?? new Set()).add(value));
}
