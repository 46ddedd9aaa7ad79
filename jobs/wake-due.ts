import type { JobContext, RecordCounts } from '../src/queue/define-job.ts';

/** Which job works off what. */
const jobOf: Readonly<Record<keyof RecordCounts, string>> = {
  contacts: 'contacts.sync',
  companies: 'companies.sync',
  deals: 'deals.sync',
  persons: 'persons.sync',
  counterparts: 'counterparts.sync',
};

/** Wakes the job of every kind of which there is something to do. */
export async function wakeDue(counts: RecordCounts, wake: JobContext['wake']): Promise<void> {
  for (const kind of ['contacts', 'companies', 'deals', 'persons', 'counterparts'] as const) {
    if (counts[kind] > 0) await wake(jobOf[kind]);
  }
}
