import type { JobApp } from '../../src/queue/define-job.ts';

const idle = async () => ({ worked: 0, nextInMs: null });
const nothing = { contacts: 0, companies: 0, deals: 0, persons: 0, counterparts: 0 };

/** What jobs may call, where there is nothing to do. */
export const idleApp: JobApp = {
  drainContacts: idle,
  drainCompanies: idle,
  drainDeals: idle,
  drainPersons: idle,
  drainCounterparts: idle,
  drainBackground: idle,
  advanceRuns: async () => ({ pages: 0, ended: 0, nextInMs: null }),
  sweepContacts: async () => undefined,
  pollSalesforce: async () => nothing,
  dueRecords: async () => ({ ...nothing, background: 0, runs: 0, nextInMs: null }),
  maintainLedger: async () => undefined,
  compareWhenDue: async () => false,
  checkSchemas: async () => undefined,
  watchAlerts: async () => undefined,
};
