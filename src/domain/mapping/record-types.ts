import type { Place } from '../finding.ts';
import type { FieldValues, SystemName } from '../record.ts';
import type { FieldRule, MappedField, OwnerMapping } from './types.ts';

/** What companies and deals have in common with contacts: the two-way merge of their fields. */
export type RecordMapping = {
  /** False: there is no file, or it says so. Nothing of this kind is read or written then. */
  isOn: boolean;
  fields: readonly MappedField[];
  owner: OwnerMapping;
  /** Values for Salesforce fields that are blank at a create. */
  defaults: FieldValues;
  /** Salesforce fields without which nothing is created; they are never cleared. */
  required: readonly string[];
  hubspotProperties: readonly string[];
  namedAt: ReadonlyMap<string, Place>;
  salesforceFields: readonly string[];
  events: {
    deletedInHubSpot: 'unlink' | 'delete';
    deletedInSalesforce: 'unlink' | 'delete';
    restoredInSalesforce: 'relink' | 'ask';
    /** Of an Opportunity: never met. */
    mergedInSalesforce: 'follow' | 'ask';
  };
};

/** `companies.yaml`, compiled. */
export type CompanyMapping = RecordMapping & {
  /** `with_person`: as soon as a contact of theirs has passed the gate. */
  createInSalesforce: 'with_person' | 'never';
  /** `with_person`: an Account becomes a company as soon as one of its Contacts is linked. */
  createInHubSpot: 'with_person' | 'never';
  /** Whether companies and Accounts that nobody linked are matched by domain. */
  matchByDomain: boolean;
  /** Domains that say nothing of a company, lower case, besides those of the well-known mail providers. */
  ignoredDomains: ReadonlySet<string>;
  /** Who decides the account of a contact and the primary company of its HubSpot contact. */
  contactRule: FieldRule;
  /** The stage of a company follows its deals forward, as that of its contacts does. */
  stageFollowsDeals: boolean;
};

/** One pipeline and what it is in Salesforce. */
export type PipelineMapping = {
  /** The pipeline's id in HubSpot. */
  hubspot: string;
  /** What the field of `PipelinesMapping` holds for it; null: the pipeline is not told apart there. */
  salesforce: string | null;
  /** HubSpot stage id -> StageName. */
  stages: ReadonlyMap<string, string>;
  /** StageName -> HubSpot stage id: the way back, complete for every StageName above and for those that are only mapped back. */
  stagesBack: ReadonlyMap<string, string>;
};

export type PipelinesMapping = {
  /** `RecordTypeId`: the values are developer names of record types; another field: its values; null: Salesforce has one process. */
  field: string | null;
  list: readonly PipelineMapping[];
  /** Pipelines and stages that are left alone on purpose: a deal there is not synced. HubSpot ids. */
  ignoredPipelines: ReadonlySet<string>;
  ignoredStages: ReadonlySet<string>;
  /** The same of Salesforce: values of the field, and StageNames. */
  ignoredValues: ReadonlySet<string>;
  ignoredStageNames: ReadonlySet<string>;
  /** One rule for pipeline, stage and close date: they are one unit. */
  rule: FieldRule;
  fallback: SystemName;
};

/** Contacts of a deal and roles of an Opportunity. */
export type RolesMapping = {
  rule: FieldRule;
  fallback: SystemName;
  /** Label in HubSpot -> Role in Salesforce; a label that is not here is no role. */
  roles: ReadonlyMap<string, string>;
  /** Role -> label. */
  labels: ReadonlyMap<string, string>;
  /** The label that stands for the primary role; null: the primary role is left to Salesforce, and set only at a create. */
  primaryLabel: string | null;
};

/** `deals.yaml`, compiled. Stage, pipeline, close date, amount and currency are not among `fields`. */
export type DealMapping = RecordMapping & {
  /** `passed_gate`: as soon as one of its contacts has passed the gate. */
  createInSalesforce: 'passed_gate' | 'never';
  /** `linked`: as soon as its Account or one of its roles is linked. */
  createInHubSpot: 'linked' | 'never';
  pipelines: PipelinesMapping;
  /** Who decides amount and currency, which go together. */
  amountRule: { rule: FieldRule; fallback: SystemName };
  /** The currency of an org that has only one; null: it is the home currency of the HubSpot account. */
  orgCurrency: string | null;
  /** A deal without a close date: days from the day it is created in Salesforce, or null: it is a failure. */
  closeDateDays: number | null;
  /** Who decides the account of an Opportunity and the primary company of its deal. */
  accountRule: FieldRule;
  roles: RolesMapping;
};
