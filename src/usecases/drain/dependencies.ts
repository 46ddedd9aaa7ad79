import type { CompiledMapping } from '../../domain/mapping/types.ts';
import type { OwnerDirectory } from '../../domain/plan/types.ts';
import type { PersonObject } from '../../domain/record.ts';
import type { BudgetPort, Spend } from '../../ports/budget.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HubSpotPort } from '../../ports/hubspot.ts';
import type { WorkLedger } from '../../ports/ledger.ts';
import type { Log } from '../../ports/log.ts';
import type { SalesforcePort } from '../../ports/salesforce.ts';

/** Facts about both CRMs that change rarely: who owns what, and how long a value may be. */
export type OrgFacts = {
  owners: OwnerDirectory;
  maxLength(object: PersonObject, field: string): number | undefined;
};

export type DrainDependencies = {
  ledger: WorkLedger;
  hubspot: Pick<HubSpotPort, 'read' | 'update'>;
  salesforce: Pick<SalesforcePort, 'findPersons' | 'writePersons'>;
  budget: Pick<BudgetPort, 'reserve'>;
  /** Cached; the first call asks both CRMs. */
  facts(spend: Spend): Promise<OrgFacts>;
  clock: Clock;
  log: Log;
  mapping: CompiledMapping;
  mappingVersion: number;
  /** True: everything but the writes. */
  observe: boolean;
  /** Most records per claim; 200 fills one Salesforce call and two HubSpot calls. */
  batchSize?: number;
  leaseMs?: number;
};
