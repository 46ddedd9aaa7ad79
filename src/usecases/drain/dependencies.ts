import type { CompiledMapping, FieldFacts } from '../../domain/mapping/types.ts';
import type { OwnerDirectory } from '../../domain/plan/types.ts';
import type { SalesforceObject } from '../../domain/record.ts';
import type { DealFacts } from '../../domain/records/types.ts';
import type { SyncError } from '../../errors.ts';
import type { BudgetPort, Spend } from '../../ports/budget.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HubSpotPort } from '../../ports/hubspot.ts';
import type { Band } from '../../ports/ledger-claim.ts';
import type { RelationLedger } from '../../ports/ledger-relations.ts';
import type { WorkLedger } from '../../ports/ledger-work.ts';
import type { Log } from '../../ports/log.ts';
import type { SalesforcePort } from '../../ports/salesforce.ts';

/** Facts about both CRMs that change rarely: who owns what, what each field holds, and as whom we write. */
export type OrgFacts = {
  owners: OwnerDirectory;
  /**
   * How people call the owners of HubSpot and the users of Salesforce, by id: the name with the email. HubSpot's owners are in it as users, too
   * (`userKey`). Only to be shown.
   */
  ownerNames: ReadonlyMap<string, string>;
  /** What the org says of a field of this user's describe; undefined: the field is not there or hidden. */
  fieldFacts(object: SalesforceObject, field: string): FieldFacts | undefined;
  /** The Salesforce user that we write as; null: not known. */
  ourUserId: string | null;
  /** What decides about deals; null where the mapping has none on, or where `recordFault` says why it could not be read. */
  deal: DealFacts | null;
  /** Why what deals and companies need could not be read: their records wait, contacts go on. */
  recordFault: SyncError | null;
};

/** What it takes to plan contacts: nothing of it can write, neither to a CRM nor to the ledger. */
export type PlanDependencies = {
  ledger: Pick<RelationLedger, 'knownPairs' | 'relatedTo' | 'recordsOf'>;
  hubspot: Pick<HubSpotPort, 'read' | 'readHistories'>;
  salesforce: Pick<SalesforcePort, 'findPersons' | 'findRecords' | 'readHistories'>;
  /** Cached; the first call asks both CRMs. */
  facts(spend: Spend): Promise<OrgFacts>;
  clock: Clock;
  mapping: CompiledMapping;
};

export type DrainDependencies = PlanDependencies & {
  ledger: WorkLedger;
  hubspot: Pick<HubSpotPort, 'update' | 'archiveRecords' | 'associate'>;
  salesforce: Pick<SalesforcePort, 'writePersons' | 'bulkWritePersons' | 'deleteRecords'>;
  budget: Pick<BudgetPort, 'reserve'>;
  log: Log;
  mappingVersion: number;
  /** True: everything but the writes. */
  observe: boolean;
  /** Which records; absent: whatever is due. */
  band?: Band;
  /** A drain ends after so many claims; absent: when nothing is due. */
  mostClaims?: number;
  /** Most records per claim; 500 fill five HubSpot calls, and still fit into one look for persons. */
  batchSize?: number;
  /** Background work writes more creates than this in one claim by an upload job; absent: 2,000. */
  bulkCreatesAbove?: number;
  leaseMs?: number;
};
