import type { z } from 'zod';
import type { Log } from '../ports/log.ts';
import type { QueuePort } from '../ports/queue.ts';

/** What one drain did, and when to come back (null: nothing waits). */
type DrainResult = { worked: number; nextInMs: number | null };

/** How many records, by who works them off; `persons` and `counterparts` are those that no pair knows. */
export type RecordCounts = Readonly<Record<'contacts' | 'companies' | 'deals' | 'persons' | 'counterparts', number>>;

/** What is due now: live work by kind, all that may wait for it, and runs that can go on. */
export type DueRecords = RecordCounts & { background: number; runs: number };

/** What jobs may call. */
export type JobApp = {
  /** Works through the contacts that are due for live work until nothing is due or `stop` is raised. `onFull` is called when more is due than a batch holds. */
  drainContacts(stop: AbortSignal, onFull: () => void): Promise<DrainResult>;
  sweepContacts(stop: AbortSignal): Promise<void>;
  /** Work through the due companies, and the due deals. */
  drainCompanies(stop: AbortSignal): Promise<DrainResult>;
  drainDeals(stop: AbortSignal): Promise<DrainResult>;
  /** Works through the due persons that no pair knows. */
  drainPersons(stop: AbortSignal): Promise<DrainResult>;
  /** The same for Accounts and Opportunities. */
  drainCounterparts(stop: AbortSignal): Promise<DrainResult>;
  /** Works off what may wait for live work, of every kind, for some seconds. */
  drainBackground(stop: AbortSignal): Promise<DrainResult>;
  /** Brings runs on by some pages. `nextInMs`: when to come back; null: no run is on. */
  advanceRuns(stop: AbortSignal): Promise<{ pages: number; ended: number; nextInMs: number | null }>;
  /** Marks what changed in Salesforce. */
  pollSalesforce(stop: AbortSignal): Promise<RecordCounts>;
  /** How many records are due now, and when the next one of any kind will be that is not. */
  dueRecords(): Promise<DueRecords & { nextInMs: number | null }>;
  maintainLedger(): Promise<void>;
  /** Begins the daily comparison of both CRMs where its time has come. @returns whether it has begun */
  compareWhenDue(): Promise<boolean>;
  /** Compares the mapping with both CRMs, where nobody has within a day. */
  checkSchemas(): Promise<void>;
  /** Looks what is wrong, and tells people what has begun and what is over. */
  watchAlerts(): Promise<void>;
};

export type JobContext = {
  app: JobApp;
  wake: QueuePort['wake'];
  /** Raised when the service stops: hand back what is active. */
  stop: AbortSignal;
  log: Log;
};

/** How often the schedules come round, in milliseconds. */
export type ScheduleTimes = { sweepEveryMs: number; pollEveryMs: number };

/** One job: its name, its payload, its options, its handler. */
export type JobDefinition = {
  /** `noun.verb`. The queue outlives the build: never rename. */
  name: string;
  /** How many may run at once over all processes. Wake-ups collapse per slot: one active and one waiting. */
  slots: number;
  /** Set for jobs that run by themselves; also the id of the schedule is the name. */
  everyMs: ((times: ScheduleTimes) => number) | null;
  payloadFor(slot: number): unknown;
  /** Parses the payload and runs. @throws z.ZodError when the payload is not ours */
  run(payload: unknown, context: JobContext): Promise<void>;
};

/** Joins a name, a payload schema and a handler, so that producer and worker share one definition. */
export function defineJob<Payload extends { slot: number }>(job: {
  name: string;
  payload: z.ZodType<Payload>;
  slots?: number;
  everyMs?: (times: ScheduleTimes) => number;
  run(payload: Payload, context: JobContext): Promise<void>;
}): JobDefinition {
  return {
    name: job.name,
    slots: job.slots ?? 1,
    everyMs: job.everyMs ?? null,
    payloadFor: (slot) => job.payload.parse({ slot }),
    run: async (payload, context) => await job.run(job.payload.parse(payload), context),
  };
}
