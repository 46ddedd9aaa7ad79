import type { CompiledMapping, FieldRule, GateDecision } from '../mapping/types.ts';
import type {
  FieldValue,
  FieldValues,
  HubSpotRecord,
  PersonObject,
  PersonReference,
  SalesforcePerson,
  SystemName,
} from '../record.ts';

/** One field of one record that we mean to change. */
export type FieldChange = {
  /** API name on the side that is written. */
  field: string;
  before: FieldValue;
  after: FieldValue;
  rule: FieldRule | 'id' | 'default' | 'owner';
  /** The HubSpot property it came from, and what that held when the change was planned (for the base). */
  source?: string;
  sourceValue?: FieldValue;
};

/** Per side, what it held when both last agreed. Keys: HubSpot property names, and Salesforce field names. */
export type Base = { hubspot: FieldValues; salesforce: FieldValues };

/** An intent whose outcome is not known: the side that holds an intended value holds our value, not a human's. */
export type OpenIntent = {
  id: string;
  system: SystemName;
  /** `contact` in HubSpot. */
  object: PersonObject | 'contact';
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

/** What the ledger knows of the contact. */
export type PairKnowledge = {
  /** Null as long as nobody has been linked. */
  person: PersonReference | null;
  handedOverAtMs: number | null;
  base: Base | null;
  openIntents: readonly OpenIntent[];
  /** Salesforce ids of persons that were linked to this contact once: merged, converted, deleted, erased. */
  formerPersonIds: readonly string[];
  /** HubSpot ids that led to this pair once, as far as the ledger knows: HubSpot forgets some of them in a chain of merges. */
  formerContactIds?: readonly string[];
  /** The person was deleted or unlinked on purpose: nobody may be created for this contact without a person's decision. */
  tombstone: boolean;
};

/** All live and dead persons that one of the memories leads to, each once per list. */
export type PersonMatches = {
  byExternalId: readonly SalesforcePerson[];
  /** By the ids in the ledger and in HubSpot's `salesforce_person_id`, and the survivors and Contacts these led to. */
  byId: readonly SalesforcePerson[];
  byEmail: readonly SalesforcePerson[];
};

/** Salesforce user ids by email (lower case), and owner emails (lower case) by HubSpot owner id. */
export type OwnerDirectory = {
  usersByEmail: ReadonlyMap<string, { id: string; isActive: boolean }>;
  emailsByOwner: ReadonlyMap<string, string>;
};

export type PlanInput = {
  /** Epoch milliseconds. */
  now: number;
  mapping: CompiledMapping;
  contact: HubSpotRecord;
  pair: PairKnowledge | null;
  persons: PersonMatches;
  owners: OwnerDirectory;
  /** Longest values by object and Salesforce field, where describe is known. */
  maxLength(object: PersonObject, field: string): number | undefined;
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

type PlanOutcome = 'below_gate' | 'paused' | 'create' | 'link' | 'update' | 'unchanged' | 'needs_person';

export type Plan = {
  outcome: PlanOutcome;
  gate: GateDecision;
  /** The person that the contact is (to be) paired with; null below the gate and before a create. */
  person: PersonReference | null;
  write: PersonWrite | null;
  /**
   * The base of all fields on which both sides agree without a write, or whose difference the rule settles (`newest` without a base:
   * from here on only changes count). Only what the stored base does not say yet. Null: leave the base as it is.
   */
  agreed: Base | null;
  /** True where `salesforce_person_id` does not hold the person's id (for a create: once the id is known). */
  linkBack: boolean;
  /** What became of the writes whose answers were lost, by what both sides hold now. */
  intents: readonly IntentVerdict[];
  /**
   * Why this outcome, first; then fields on which the sides differ and no write follows, with the rule that decided, and what a write
   * overrules or cuts. Below the gate and while paused: the gate's sentence.
   */
  reasons: readonly Reason[];
  problem: PlanProblem | null;
};
