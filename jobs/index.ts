import type { JobDefinition } from '../src/queue/define-job.ts';
import { watchAlerts } from './alerts-watch.ts';
import { syncBackground } from './background-sync.ts';
import { syncCompanies } from './companies-sync.ts';
import { sweepContacts } from './contacts-sweep.ts';
import { syncContacts } from './contacts-sync.ts';
import { syncCounterparts } from './counterparts-sync.ts';
import { compareCrms } from './crms-compare.ts';
import { syncDeals } from './deals-sync.ts';
import { maintainLedger } from './ledger-maintain.ts';
import { tickPending } from './pending-tick.ts';
import { syncPersons } from './persons-sync.ts';
import { advanceRuns } from './runs-advance.ts';
import { pollSalesforce } from './salesforce-poll.ts';
import { checkSchemas } from './schemas-check.ts';

/** Every job of the service. */
export const jobs: readonly JobDefinition[] = [
  syncContacts,
  syncCompanies,
  syncDeals,
  syncPersons,
  syncCounterparts,
  syncBackground,
  advanceRuns,
  pollSalesforce,
  sweepContacts,
  tickPending,
  maintainLedger,
  checkSchemas,
  compareCrms,
  watchAlerts,
];
