import type { CompanyMapping, DealMapping } from '../mapping/record-types.ts';
import type { FieldFacts, FightRules } from '../mapping/types.ts';
import type {
  Base,
  CompanyTie,
  FieldChange,
  Freeze,
  Histories,
  HubSpotKey,
  IntentVerdict,
  OwnerDirectory,
  PairKnowledge,
  PlanProblem,
  Reason,
  Tombstone,
} from '../plan/types.ts';
import type {
  Association,
  CounterpartObject,
  CounterpartReference,
  HubSpotObject,
  HubSpotRecord,
  PersonReference,
  SalesforceObject,
  SalesforceRecord,
} from '../record.ts';
import type { RevertSummary } from '../revert/types.ts';

/** All live and dead records in Salesforce that one of the memories leads to. */
export type RecordMatches = {
  byExternalId: readonly SalesforceRecord[];
  /** By the ids in the ledger and in HubSpot's id property, and the survivors these led to. */
  byId: readonly SalesforceRecord[];
  /** Living Accounts whose Website contains one of the domains; of an Opportunity: empty. */
  byDomain: readonly SalesforceRecord[];
};

/** What the ledger and the org say around a record. */
type Common = {
  /** Epoch milliseconds. */
  now: number;
  record: HubSpotRecord;
  pair: PairKnowledge<CounterpartReference> | null;
  matches: RecordMatches;
  owners: OwnerDirectory;
  fieldFacts(object: SalesforceObject, field: string): FieldFacts | undefined;
  histories: Histories | null;
  fights: FightRules;
  ourUserId: string | null;
  /** HubSpot records whose id a found record carries and that HubSpot no longer has: such a record is free. */
  deadRecordIds: ReadonlySet<string>;
};

/** A contact of a company or deal, as the ledger knows it. */
export type RelatedContact = {
  contactId: string;
  /** It has passed the gate, or was handed over. */
  passedGate: boolean;
  /** Null: it is not in Salesforce yet. */
  person: PersonReference | null;
};

export type CompanyInput = Common & {
  mapping: CompanyMapping;
  /** Contacts whose primary company this is and that have passed the gate. */
  people: readonly RelatedContact[];
  /** Accounts of these people's Contacts that no company stands for: sales put them there. */
  accountsOfPeople: readonly string[];
  /** A deal of theirs is in Salesforce, or waits for nothing but the Account. */
  isWanted: boolean;
  /** An Account was found to have its domain: it is linked if it is the one, whoever has passed the gate. */
  isNamed: boolean;
  /** What its deals came to. */
  deals: readonly DealState[];
  /** HubSpot values of the lifecycle stages in order, and which one an open and a won deal stand for; null: none. */
  stages: { order: readonly string[]; open: string | null; won: string | null };
};

/** What an opportunity has come to, by IsClosed and IsWon, or by the probability of the deal's stage. */
export type DealState = 'open' | 'won' | 'lost';

/** What of both CRMs decides about deals, besides the deal. */
export type DealFacts = {
  /** The time zone of the HubSpot account: in it a close date is a day. */
  timeZone: string;
  /** The HubSpot account's currency: that of deals without one. */
  homeCurrency: string;
  /** Codes that HubSpot knows. */
  hubspotCurrencies: ReadonlySet<string>;
  /** Active codes of a multi-currency org; null: the org has one currency. */
  orgCurrencies: ReadonlySet<string> | null;
  /** HubSpot's pipelines: id -> its stages. `isClosed`, `isWon` by probability 0 and 1. */
  pipelines: ReadonlyMap<
    string,
    { label: string; stages: ReadonlyMap<string, { label: string; isClosed: boolean; isWon: boolean }> }
  >;
  /** Salesforce's stages by StageName. */
  stages: ReadonlyMap<string, { isActive: boolean; isClosed: boolean; isWon: boolean }>;
  /** Record types of Opportunity: developer name -> id; only those that our user may use. */
  recordTypes: ReadonlyMap<string, string>;
};

export type DealInput = Common & {
  mapping: DealMapping;
  facts: DealFacts;
  /** Contacts of the deal, with their labels; companies too. */
  associations: readonly Association[];
  /** What the ledger knows of the deal's contacts, and of the Contacts in the Opportunity's roles, by HubSpot id. */
  contacts: ReadonlyMap<string, RelatedContact>;
  /** HubSpot contact by the id of the Contact in a role; absent: no pair stands for it. */
  contactOfPerson: ReadonlyMap<string, string>;
  /** The primary company of the deal and the Account of the Opportunity. */
  company: CompanyTie & {
    /** The deal's primary company; null: it has none. */
    id: string | null;
    /** It is paired, or can still become so. `refused`: its own look says that a person must act. */
    state: 'none' | 'paired' | 'coming' | 'refused';
    /** It is linked, and somebody of theirs has passed the gate. */
    handedOver: boolean;
  };
};

export type RecordWrite = {
  operation: 'create' | 'update';
  object: CounterpartObject;
  /** Null for a create: an upsert by external id that can only create. */
  id: string | null;
  /** Never empty. `roles/<contact>` and `roles/primary` are contact roles, all others fields. */
  changes: readonly FieldChange[];
};

export type RecordOutcome =
  /** Nothing is to be done as long as nothing changes: no person of theirs has passed the gate, or the mapping says never. */
  'not_wanted' | 'waiting' | 'create' | 'link' | 'update' | 'unchanged' | 'unlinked' | 'needs_person' | 'reverted';

/** What brings a company and its Account, or a deal and its Opportunity, into agreement. */
export type RecordPlan = {
  outcome: RecordOutcome;
  counterpart: CounterpartReference | null;
  write: RecordWrite | null;
  /**
   * What to write to HubSpot, besides the id property. `contacts/<id>`, `contacts/primary` and the primary company
   * (`hs_primary_associated_company`) are associations, all others properties.
   */
  changes: readonly FieldChange[];
  /** Somebody of theirs has passed the gate, now or before: fields may go to Salesforce. False: both only learn of each other. */
  handsOver: boolean;
  /** True where HubSpot's id property does not hold the counterpart's id. */
  linkBack: boolean;
  /** Whose landing brings this record further: records of HubSpot, and of Salesforce which no pair stands for yet. */
  waitsFor: readonly { object: HubSpotObject | SalesforceObject; recordId: string }[];
  /** Related records that should be looked at because of this one: the company that a deal waits for. */
  wants: readonly HubSpotKey[];
  asks: { properties: readonly string[]; fields: readonly string[] } | null;
  freezes: readonly Freeze[];
  tombstone: Tombstone | null;
  /** The HubSpot record is to be moved to the recycle bin, as its counterpart was deleted and the mapping says so. */
  archives: boolean;
  agreed: Base | null;
  blanks: readonly { property: string; field: string }[];
  intents: readonly IntentVerdict[];
  /** Why this outcome, first; then what is worth saying of fields. Sentences without values. */
  reasons: readonly Reason[];
  problem: PlanProblem | null;
  /** Of a deal: what it has come to once this plan is carried out; null: not known, or a company. */
  dealState: DealState | null;
  /** What it puts back of a run; absent: an ordinary plan. */
  revert?: RevertSummary;
};
