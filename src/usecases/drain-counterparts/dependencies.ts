import type { HubSpotPort } from '../../ports/hubspot.ts';
import type { RecordDependencies } from '../drain-records/dependencies.ts';

/** What it takes to work off Accounts and Opportunities that no pair knows. */
export type CounterpartDependencies = Pick<
  RecordDependencies,
  | 'budget'
  | 'facts'
  | 'clock'
  | 'log'
  | 'mapping'
  | 'mappingVersion'
  | 'observe'
  | 'band'
  | 'mostClaims'
  | 'leaseMs'
  | 'ledger'
> & {
  hubspot: Pick<HubSpotPort, 'findByUnique' | 'upsertRecords' | 'companiesByDomain'>;
  salesforce: Pick<RecordDependencies['salesforce'], 'findRecords'>;
};
