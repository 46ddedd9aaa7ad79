import type { OpenStageMove, StageDecision } from '../lifecycle/types.ts';
import type { CompiledMapping, FieldFacts, FieldRule, GateDecision } from '../mapping/types.ts';
import type {
  FieldValue,
  FieldValues,
  HubSpotObject,
  HubSpotRecord,
  OpportunityFact,
  PersonObject,
  PersonReference,
  SalesforceObject,
  SalesforcePerson,
  SalesforceReference,
  SystemName,
} from '../record.ts';
import type { HeldBack, PendingRevert, RevertSummary } from '../revert/types.ts';

/** One field of one record that we mean to change. */
export type FieldChange = {
  /** API name on the side that is written. */
  field: string;
  before: FieldValue;
  after: FieldValue;
  rule: FieldRule | 'id' | 'default' | 'owner' | 'lifecycle' | 'revert';
  /** The field of the other side that it came from, and what that held when the change was planned (for the base). */
  source?: string;
  sourceValue?: FieldValue;
  /** Both sides had changed: whose value won. The other one is `before`. */
  conflict?: SystemName;
};

/** Per side, what it held when both last agreed. Keys: HubSpot property names, and Salesforce field names. */
export type Base = { hubspot: FieldValues; salesforce: FieldValues };

/** An intent whose outcome is not known: the side that holds an intended value holds our value, not a human's. */
export type OpenIntent = {
  id: string;
  system: SystemName;
  object: SalesforceObject | HubSpotObject;
  recordId: string | null;
  fields: readonly FieldChange[];
  openedAtMs: number;
};

/**
 * What became of an intent whose answer was lost. `repeated`: the write of this plan sends the same values; `open`: the vendor may still
 * carry it out for `opensForMs`.
 */
export type IntentVerdict = {
  intentId: string;
  verdict: 'done' | 'repeated' | 'superseded' | 'open';
  /** The record that was written, for `done`. */
  recordId: string | null;
  opensForMs: number;
};

/** What the ledger knows of the contact; of a company or a deal `person` is its Account or Opportunity. */
export type PairKnowledge<Reference extends SalesforceReference = PersonReference> = {
  /** Null as long as nobody has been linked. */
  person: Reference | null;
  handedOverAtMs: number | null;
  base: Base | null;
  openIntents: readonly OpenIntent[];
  /** Salesforce ids of persons that were linked to this contact once: merged, converted, deleted, erased. */
  formerPersonIds: readonly string[];
  /** HubSpot ids that led to this pair once, as far as the ledger knows: HubSpot forgets some of them in a chain of merges. */
  formerContactIds?: readonly string[];
  /** Why the pair has ended: nobody may be created for this contact without a person's decision. Null: it has not. */
  tombstone: Tombstone | null;
  /** When the base was stored last: at that moment both sides agreed. Null without a base. */
  agreedAtMs: number | null;
  /** How often sales has returned this person. */
  recycles: number;
  /** A move of the lifecycle stage that was begun and is not verified yet. */
  stageMove: OpenStageMove | null;
  /** Fields that are left alone until a person thaws them. `text` is what was told when each was frozen. */
  frozen: readonly (FrozenField & { text?: string })[];
  /** What we wrote lately, within `fights.withinMs` at least: by it a fight is seen. */
  recentWrites: readonly RecentWrite[];
  /** A person has asked that a run is put back, and this pair's turn has not come yet. */
  revert?: PendingRevert | null;
  /** Fields that a revert put back: both sides hold their base, and so nobody repairs them. */
  heldBack?: readonly HeldBack[];
};

/** `person_deleted`: in Salesforce, on purpose. `contact_deleted`: in HubSpot. `erased`: for privacy; never comes back. */
export type Tombstone = 'person_deleted' | 'contact_deleted' | 'erased';

/** `field` is the name on the side that is written. */
export type FrozenField = { system: SystemName; field: string };

export type RecentWrite = FrozenField & { after: FieldValue; atMs: number };

/** All live and dead persons that one of the memories leads to, each once per list. */
export type PersonMatches = {
  byExternalId: readonly SalesforcePerson[];
  /** By the ids in the ledger and in HubSpot's `salesforce_person_id`, and the survivors and Contacts these led to. */
  byId: readonly SalesforcePerson[];
  byEmail: readonly SalesforcePerson[];
};

/** Who owns what in both CRMs. Emails and team names in lower case. */
export type OwnerDirectory = {
  usersByEmail: ReadonlyMap<string, { id: string; isActive: boolean }>;
  emailsByOwner: ReadonlyMap<string, string>;
  /** Names of the HubSpot teams of an owner, the primary one first. */
  teamsByOwner: ReadonlyMap<string, readonly string[]>;
  /** HubSpot owners that are not archived. */
  ownersByEmail: ReadonlyMap<string, string>;
  emailsByUser: ReadonlyMap<string, string>;
};

/** Who changed a value, and when. `by`: the user, app or kind of source as the CRM names it. */
export type PastChange = { value: FieldValue; atMs: number; by: string };

/** The past of some fields, newest first; a field that is absent has no known past. Keys: HubSpot properties, Salesforce fields. */
export type Histories = {
  hubspot: Readonly<Record<string, readonly PastChange[]>>;
  salesforce: Readonly<Record<string, readonly PastChange[]>>;
};

export type PlanInput = {
  /** Epoch milliseconds. */
  now: number;
  mapping: CompiledMapping;
  contact: HubSpotRecord;
  pair: PairKnowledge | null;
  persons: PersonMatches;
  owners: OwnerDirectory;
  /** What the org says of a Salesforce field, where describe is known. */
  fieldFacts(object: SalesforceObject, field: string): FieldFacts | undefined;
  /** Null in the first plan of a look; where that one asked for them, a second plan is made with them. */
  histories: Histories | null;
  /** Contacts whose id a found person carries and that HubSpot no longer has: such a person is free. */
  deadContactIds: ReadonlySet<string>;
  /** The Salesforce user that we write as; null: not known. */
  ourUserId: string | null;
  /** What the deals of the contact say of its stage, besides the opportunities in which its person has a role. */
  deals: readonly OpportunityFact[];
  /** The company of the contact and the Account of the person. Null: companies are not synced. */
  company: CompanyTie | null;
  /** The person was born in Salesforce and is to be linked although the contact has not passed the gate; no mapped field is sent. */
  linkBelowGate: boolean;
};

export type HubSpotKey = { object: HubSpotObject; recordId: string };

/** How the primary company of a contact (or a deal) and the Account of its person (or Opportunity) are paired. */
export type CompanyTie = {
  /** The Account of the primary company; null: it has none yet, or there is no company. */
  accountId: string | null;
  /** The HubSpot company of the Account that the Salesforce side names; null: no company stands for it, or it names none. */
  companyId: string | null;
};

export type Reason = {
  code: string;
  /** One sentence; holds names of fields, stages and rules, never a value of a field. */
  text: string;
  field?: string;
};

/** A problem that only a person can solve, or that waits. */
export type PlanProblem = {
  code: string;
  message: string;
  advice: string;
  fields: readonly string[];
  recordIds: readonly string[];
};

export type PersonWrite = {
  operation: 'create' | 'update';
  object: PersonObject;
  /** Null for a create: it is sent as an upsert by external id and can only create. */
  id: string | null;
  /** Never empty; includes `HubSpot_Contact_Id__c` on a create and wherever a found person lacks ours. */
  changes: readonly FieldChange[];
};

type PlanOutcome =
  | 'below_gate'
  | 'paused'
  | 'create'
  | 'link'
  | 'update'
  | 'unchanged'
  /** The pair has ended: its person was deleted, or everything was erased. */
  | 'unlinked'
  /** A record that must be there first is not there yet. */
  | 'waiting'
  | 'needs_person'
  /** A run is put back: nothing else is decided in this look. */
  | 'reverted';

/** A field that is to be frozen, and why. `text` names the other writer where the CRMs tell. */
export type Freeze = FrozenField & { code: string; text: string };

export type Plan = {
  outcome: PlanOutcome;
  gate: GateDecision;
  /** The person that the contact is (to be) paired with; null below the gate and before a create. */
  person: PersonReference | null;
  write: PersonWrite | null;
  /** What to write to the HubSpot contact, besides the stage and `salesforce_person_id`. Carries the reason of a recycle. */
  contact: readonly FieldChange[];
  stage: StageDecision;
  /** Fields whose past would decide something: read it and plan again with `histories`. Null: nothing is wanted. */
  asks: { properties: readonly string[]; fields: readonly string[] } | null;
  freezes: readonly Freeze[];
  /** The tombstone that the pair has from now on. */
  tombstone: Tombstone | null;
  /**
   * The records that must be there before this one can go on: the look is repeated as soon as one of them lands. A contact waits for its
   * company only where it is to be created as a Contact.
   */
  waitsFor: readonly HubSpotKey[];
  /** The contact is to be moved to HubSpot's recycle bin, as its person was deleted and the mapping says so. */
  archivesContact: boolean;
  /**
   * The base of all fields on which both sides agree without a write, or whose difference the rule settles (`newest` without a base:
   * from here on only changes count). Only what the stored base does not say yet. Null: leave the base as it is.
   */
  agreed: Base | null;
  /** For a create: mapped fields for which HubSpot has nothing. Both sides agree on that, too, once the person is there. */
  blanks: readonly { property: string; field: string }[];
  /** True where `salesforce_person_id` does not hold the person's id (for a create: once the id is known). */
  linkBack: boolean;
  /** What became of the writes whose answers were lost, by what both sides hold now. */
  intents: readonly IntentVerdict[];
  /**
   * Why this outcome, first; then fields on which the sides differ and no write follows, with the rule that decided, and what a write
   * overrules or cuts. Below the gate and while paused: the gate's sentence.
   */
  reasons: readonly Reason[];
  /**
   * What a person must see to: reported as the failure of the look. With `needs_person` no field is written before; with any other outcome
   * what the plan holds is carried out all the same.
   */
  problem: PlanProblem | null;
  /** What it puts back of a run; absent: an ordinary plan. */
  revert?: RevertSummary;
};
