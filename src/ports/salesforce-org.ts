import type { SalesforceObject } from '../domain/record.ts';

/** What the org says about opportunities and money. */
export type SalesFacts = {
  /** Of `OpportunityStage`, by ApiName. */
  stages: readonly { name: string; isActive: boolean; isClosed: boolean; isWon: boolean }[];
  /** Active record types of Opportunity. */
  recordTypes: readonly {
    id: string;
    developerName: string;
    /** Our user may use it. */
    isAvailable: boolean;
    /** What each of its picklists offers, StageName among them, by field; null: nobody asked, or the org does not tell. */
    picklists: ReadonlyMap<string, readonly string[]> | null;
  }[];
  /** Codes of a multi-currency org; null: it has one currency. */
  currencies: readonly { code: string; isActive: boolean }[] | null;
};

export type SalesforceUser = { id: string; name: string; email: string; isActive: boolean };

export type SalesforceField = {
  name: string;
  label: string;
  type: string;
  length: number;
  nillable: boolean;
  defaultedOnCreate: boolean;
  createable: boolean;
  updateable: boolean;
  externalId: boolean;
  unique: boolean;
  restrictedPicklist: boolean;
  picklistValues: readonly { value: string; label: string; active: boolean }[];
  /** Of a number: how many digits it has in all, and how many of them are decimals. Absent: not a number. */
  precision?: number;
  scale?: number;
  /** Of a unique field: whether it tells upper from lower case. Absent: not told. */
  caseSensitive?: boolean;
};

/** What our user may do with an object, by its describe. */
export type ObjectRights = { queryable: boolean; createable: boolean; updateable: boolean; deletable: boolean };

/** `action`: what an active duplicate rule does to a create; null: our user may not see it. An alert can be passed over, a block never. */
export type ActiveDuplicateRule = {
  object: SalesforceObject;
  name: string;
  action: 'block' | 'alert' | 'report' | null;
};

export type AssignmentRule = { id: string; object: string; isActive: boolean };

/** Calls of the last 24 hours against the org's limit. */
export type SalesforceUsage = { usedToday: number; dailyLimit: number };
