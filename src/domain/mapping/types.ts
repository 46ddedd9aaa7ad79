import type { Place } from '../finding.ts';
import type { FieldValue, FieldValues, PersonObject, SalesforceObject, SystemName } from '../record.ts';
import type { CompanyMapping, DealMapping } from './record-types.ts';

/**
 * Who owns a field: that side (`hubspot`, `salesforce`), whoever wrote last (`newest`), Salesforce wherever it has a value
 * (`fill_blank`), or nobody: compared and shown, never written (`never`).
 */
export type FieldRule = 'hubspot' | 'salesforce' | 'newest' | 'fill_blank' | 'never';

/** The outcome of turning one HubSpot value into what Salesforce shall hold. */
export type Conversion =
  | { kind: 'value'; value: FieldValue; note?: 'truncated' | 'unmapped_default' }
  /** Nothing is to be written for this field, and why. */
  | { kind: 'skip'; code: string }
  /** The record must not be written before a person acts. */
  | { kind: 'fault'; code: string; message: string; advice: string };

/** What the values of a property become: named ones by entry, others by `unmapped`. */
export type ValueMap = {
  entries: ReadonlyMap<string, FieldValue>;
  /** Others make the record a failure, leave the field alone, are sent as they are, or become one value. */
  unmapped: 'fail' | 'skip' | 'pass' | { default: FieldValue };
};

/** One line of `contacts.yaml`, `companies.yaml` or `deals.yaml`, compiled. */
export type MappedField = {
  /** The HubSpot property; unique within the mapping. */
  hubspot: string;
  /** The Salesforce field per object; a record whose object has none is passed over. */
  salesforce: Readonly<Partial<Record<SalesforceObject, string>>>;
  /** `before` holds until the contact has been handed over, the handoff itself included; `after` from then on. */
  rule: { before: FieldRule; after: FieldRule };
  /** What an empty HubSpot value means once the field had been filled: clear it in Salesforce, or keep what is there. */
  empty: 'clear' | 'keep';
  /** Fields with the same unit are decided together, as the parts of an address. Absent: the field stands alone. */
  unit?: string;
  /** What may be written, and for which values; null: any value, as it is. */
  values: ValueMap | null;
  /** A hash of all by which its value is decided: another one in a later version means that existing pairs may differ. Absent: it is no line of a file. */
  definition?: string;
  /** Whether an expression computes the value before the value map sees it. */
  isTransformed: boolean;
  /** False: Salesforce's values never become HubSpot's (`one_way`, or a transform without a `transform_back`). */
  hasWayBack: boolean;
  /** Whose value stays where `newest` cannot tell who wrote last. */
  fallback: SystemName;
  /** Turns the HubSpot record into the value for Salesforce: transform, value map, length. Pure. */
  convert(properties: Readonly<Record<string, string | null>>, context: ConversionContext): Conversion;
  /**
   * Turns Salesforce's value into the text that HubSpot shall hold (null: emptied): the value map backwards, dates and numbers as HubSpot
   * writes them. Skips with `no_way_back` where there is none, and with `value_unmapped` where the map knows no way. Pure.
   *
   * @param fields all that was read of the Salesforce record, for values that depend on others (the stage on the pipeline)
   */
  convertBack(value: FieldValue, type: FieldType | undefined, fields?: FieldValues): Conversion;
};

/**
 * As what a value is compared and carried, by Salesforce's describe (`type` of a field; others are compared as texts).
 * `multi`: a multi-select, its values separated by semicolons in any order.
 */
export type FieldType = 'text' | 'email' | 'phone' | 'number' | 'boolean' | 'date' | 'datetime' | 'picklist' | 'multi';

/** What the org says of one field. */
export type FieldFacts = {
  type: FieldType;
  /** Longest text; null: no limit known. */
  maxLength: number | null;
  /** Picklist values by label, where the two differ. */
  valuesByLabel: ReadonlyMap<string, string>;
  /** Of a number: how many digits it has in all, and how many of them are decimals. Absent: not known. */
  precision?: number;
  scale?: number;
  /** Calculated, or our user may not write it. Absent: it can be written. */
  isReadOnly?: boolean;
};

/** What conversion may need besides the record. Longest values by Salesforce field where the org's describe is known. */
export type ConversionContext = {
  object: SalesforceObject;
  maxLength(field: string): number | undefined;
};

/** How HubSpot owners become Salesforce users. */
export type OwnerMapping = {
  rule: { before: FieldRule; after: FieldRule };
  /** Email of the Salesforce user who gets what nobody maps. */
  fallbackEmail: string | null;
  /** HubSpot owner email -> Salesforce user email, where the two differ. Lower case. */
  emails: ReadonlyMap<string, string>;
  /** Email of the fallback user by name of the HubSpot team (lower case) that the owner belongs to; goes before `fallbackEmail`. */
  fallbackByTeam: ReadonlyMap<string, string>;
};

/** The answer of the gate for one contact. */
export type GateDecision = {
  passes: boolean;
  /** Stable code such as `stage_below_gate`, `excluded_domain`, `not_in_pilot`, `condition_not_met`, `passes`. */
  code: string;
  /** One sentence for revops; holds stages and rule names, never a personal value. */
  text: string;
  /** What is still lacking, one line each; empty when it passes. */
  lacking: readonly string[];
};

/** One thing that the gate asks of a contact. */
export type GateCondition = {
  /** The code that the decision has where this alone is not met. */
  code: string;
  met: boolean;
  /** What is needed, in words; holds stages and names of properties, never a personal value. */
  needs: string;
  /** HubSpot properties that it looks at. */
  properties: readonly string[];
};

export type Gate = {
  decide(properties: Readonly<Record<string, string | null>>): GateDecision;
  /** All that it asks, one by one; for people who want to know what is missing. */
  conditions(properties: Readonly<Record<string, string | null>>): GateCondition[];
  /** True for a lifecycle stage that could open the gate: events about it overtake other work. */
  opensAt(stage: string): boolean;
  /** What happens to a contact that was handed over and falls back below the gate. */
  below: 'pause' | 'continue';
};

export type LifecycleStage = {
  name: string;
  /** The internal value of `lifecyclestage` (a number for custom stages). */
  hubspot: string;
  label: string;
  owner: 'marketing' | 'sdr' | 'sales' | 'success' | 'nobody';
  /** What a person in this stage is in Salesforce: any of these makes it so. Null: Salesforce says nothing of the stage. */
  salesforce: StageFacts | null;
};

/** What in Salesforce stands for a stage. */
export type StageFacts = {
  /** Values of `Lead.Status`. */
  leadStatuses: readonly string[];
  /** Values of the field that `contact_status_field` names. */
  contactStatuses: readonly string[];
  /** The person is a Contact: a converted Lead, or a Contact from the start. */
  converted: boolean;
  /** `lost`: all opportunities of the Contact are closed, and none is won. */
  opportunity: 'open' | 'won' | 'lost' | null;
};

/** How sales returns a person: a field that holds one of these values sends the contact back. */
export type RecycleRule = {
  /** The field per object, such as `Status` on Lead. */
  fields: Readonly<Partial<Record<PersonObject, string>>>;
  values: ReadonlySet<string>;
  /** HubSpot value of the stage it goes back to. */
  to: string;
  /** What is written to HubSpot as the reason. */
  reason: string;
};

/** `lifecycle.yaml`, compiled. */
export type LifecycleMapping = {
  /** In the order of the funnel. */
  stages: readonly LifecycleStage[];
  contactStatusField: string | null;
  /** In the order of the file. */
  recycles: readonly RecycleRule[];
  /** All opportunities of a person are lost: where its contact goes back to; null: the stage stays. */
  recycleLost: Pick<RecycleRule, 'to' | 'reason'> | null;
  /** HubSpot property that receives the reason of a recycle; null: none. */
  reasonProperty: string | null;
  /** What the person's status becomes when the contact qualifies again; null: it is left as it is. */
  reopen: Readonly<Record<PersonObject, string | null>>;
  /** A human moved the stage backward in HubSpot after the handoff: put it back, let it be, or wait for a person. */
  movedBack: 'restore' | 'accept' | 'ask';
};

/** What becomes of a pair when something ends or appears on one side. */
export type EventRules = {
  /** `delete`: the person goes to Salesforce's recycle bin too. */
  deletedInHubSpot: 'unlink' | 'delete';
  erasedInHubSpot: 'unlink' | 'delete';
  /** `delete`: the contact goes to HubSpot's recycle bin too. */
  deletedInSalesforce: 'unlink' | 'delete';
  /** A person that was deleted is there again. */
  restoredInSalesforce: 'relink' | 'ask';
  mergedInSalesforce: 'follow' | 'ask';
  /** Several persons in Salesforce have an email of the contact: wait for a person, or take the one changed last. */
  sameEmail: 'ask' | 'newest';
};

/** Persons that Salesforce has and the ledger knows nothing of. */
export type BornInSalesforce = {
  do: 'ignore' | 'link' | 'create';
  /** HubSpot value of the stage of a contact that is created. */
  stage: string | null;
  /**
   * Which persons. Asked with what was read of the person by Salesforce field names; the fields that it looks at are among
   * `salesforceFields`. Null answer: the filter cannot be evaluated.
   */
  isWanted(fields: FieldValues, object: PersonObject): boolean | null;
};

/** From when on a field is frozen that somebody else keeps changing back. */
export type FightRules = {
  withinMs: number;
  /** Most writes of the same value to one field within that time. */
  repeats: number;
  /** Most writes of any value to one field within that time. */
  writes: number;
};

export type MappingFile = 'contacts' | 'gate' | 'lifecycle' | 'owners' | 'companies' | 'deals';

/** Everything under `mappings/`, read, checked and compiled once. */
export type CompiledMapping = {
  /** SHA-256 of the files' contents: the identity of a mapping version. */
  hash: string;
  contact: {
    fields: readonly MappedField[];
    owner: OwnerMapping;
    /** The object that is created when nobody is found. */
    create: PersonObject;
    /** Values for fields that are blank at the create, such as Company or LastName. */
    defaults: Readonly<Record<PersonObject, FieldValues>>;
    /** Salesforce fields that must have a value before a create is tried. */
    required: Readonly<Record<PersonObject, readonly string[]>>;
    /** `Sforce-Auto-Assign`: false, or the id of an assignment rule. */
    assignmentRule: false | string;
    /** `Sforce-Duplicate-Rule-Header` allowSave: only overrides rules whose action is Allow + Alert. */
    allowDuplicates: boolean;
    /** Every HubSpot property to read: mapped ones, those that gate and transforms use, ids and emails. */
    hubspotProperties: readonly string[];
    /** Where each property that the files themselves name is named first: as a field, in a transform, or by the gate. */
    namedAt: ReadonlyMap<string, Place>;
    /** Every mapped Salesforce field to read, per object, `OwnerId` included where owners are mapped. */
    salesforceFields: Readonly<Record<PersonObject, readonly string[]>>;
  };
  company: CompanyMapping;
  deal: DealMapping;
  gate: Gate;
  lifecycle: LifecycleMapping;
  events: EventRules;
  born: BornInSalesforce;
  fights: FightRules;
  /** A run that is about to go beyond these stops until `handoff approve <run>`. */
  limits: { createsPerRun: number; changesPerRun: number };
  /** Where a value stands in a file, or the nearest thing above it: for messages about it that come later. */
  placeOf(file: MappingFile, path: readonly (string | number)[]): Place;
};
