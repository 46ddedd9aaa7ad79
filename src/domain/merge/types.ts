import type { FieldFacts, FightRules } from '../mapping/types.ts';
import type { Base, FieldChange, Freeze, Histories, PairKnowledge, PlanProblem, Reason } from '../plan/types.ts';
import type { FieldValues, HubSpotObject, SalesforceObject, SalesforceReference } from '../record.ts';

/** Two records that are paired, as both were just read, whatever kind they are of. */
export type MergeInput = {
  /** Epoch milliseconds. */
  now: number;
  hubspot: {
    object: HubSpotObject;
    id: string;
    properties: Readonly<Record<string, string | null>>;
    updatedAtMs: number;
  };
  salesforce: {
    object: SalesforceObject;
    id: string;
    /** Our field of the HubSpot record's id. */
    externalId: string | null;
    fields: FieldValues;
    modifiedAtMs: number;
    lastModifiedBy: { id: string; name: string | null } | null;
  };
  pair: Pick<
    PairKnowledge<SalesforceReference>,
    'base' | 'openIntents' | 'agreedAtMs' | 'frozen' | 'recentWrites'
  > | null;
  /** Null in the first plan of a look. */
  histories: Histories | null;
  fights: FightRules;
  /** The Salesforce user that we write as; null: not known. */
  ourUserId: string | null;
  /** False while nothing may go to Salesforce. */
  sendsToSalesforce: boolean;
  fieldFacts(object: SalesforceObject, field: string): FieldFacts | undefined;
};

/** What the two-way merge of all fields comes to. */
export type Merge = {
  /** Changes of the Salesforce record; empty where `problem` keeps it from being written. */
  toSalesforce: readonly FieldChange[];
  /** Changes of the HubSpot record. */
  toHubSpot: readonly FieldChange[];
  /** Only what the stored base does not say yet. */
  agreed: Base | null;
  asks: { properties: readonly string[]; fields: readonly string[] } | null;
  freezes: readonly Freeze[];
  reasons: readonly Reason[];
  /** The Salesforce record must not be written before a human acts. */
  problem: PlanProblem | null;
};
