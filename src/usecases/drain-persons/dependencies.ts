import type { HubSpotPort } from '../../ports/hubspot.ts';
import type { SweepLedger } from '../../ports/ledger-sweep.ts';
import type { DrainDependencies } from '../drain/dependencies.ts';

/** What it takes to work off persons that no pair knows. */
export type PersonsDependencies = Pick<
  DrainDependencies,
  'budget' | 'facts' | 'clock' | 'log' | 'mapping' | 'mappingVersion' | 'observe' | 'band' | 'mostClaims' | 'leaseMs'
> & {
  ledger: DrainDependencies['ledger'] & Pick<SweepLedger, 'knownPersons'>;
  hubspot: Pick<HubSpotPort, 'contactIdsByEmail' | 'findByUnique' | 'upsertRecords'>;
  salesforce: Pick<DrainDependencies['salesforce'], 'findPersons'>;
};
