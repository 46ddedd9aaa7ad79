import type { HubSpotPort } from '../../ports/hubspot.ts';
import type { RelationLedger } from '../../ports/ledger-relations.ts';
import type { WorkLedger } from '../../ports/ledger-work.ts';
import type { SalesforcePort } from '../../ports/salesforce.ts';
import type { DrainDependencies, PlanDependencies } from '../drain/dependencies.ts';

/** What it takes to plan companies and deals: nothing of it can write. */
export type RecordPlanDependencies = Pick<PlanDependencies, 'facts' | 'clock' | 'mapping'> & {
  ledger: RelationLedger;
  hubspot: Pick<HubSpotPort, 'read' | 'readHistories' | 'associations'>;
  salesforce: Pick<SalesforcePort, 'findRecords' | 'findPersons' | 'readHistories' | 'accountsWithChildren'>;
};

/** What it takes to work off companies and deals. */
export type RecordDependencies = Pick<
  DrainDependencies,
  | 'budget'
  | 'facts'
  | 'clock'
  | 'log'
  | 'mapping'
  | 'mappingVersion'
  | 'observe'
  | 'band'
  | 'mostClaims'
  | 'batchSize'
  | 'leaseMs'
> & {
  ledger: WorkLedger & RelationLedger;
  hubspot: Pick<
    HubSpotPort,
    'read' | 'update' | 'readHistories' | 'archiveRecords' | 'associations' | 'associate' | 'upsertRecords'
  >;
  salesforce: Pick<
    SalesforcePort,
    'findRecords' | 'findPersons' | 'writeRecords' | 'readHistories' | 'deleteRecords' | 'accountsWithChildren'
  >;
};
