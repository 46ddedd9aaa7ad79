import type { RunLedger } from '../ports/ledger-runs.ts';
import type { DrainDependencies } from './drain/dependencies.ts';
import type { DrainResult } from './drain/drain-claims.ts';
import { drainContacts } from './drain/drain-contacts.ts';
import type { CounterpartDependencies } from './drain-counterparts/dependencies.ts';
import { drainCounterparts } from './drain-counterparts/drain-counterparts.ts';
import type { PersonsDependencies } from './drain-persons/dependencies.ts';
import { drainPersons } from './drain-persons/drain-persons.ts';
import type { RecordDependencies } from './drain-records/dependencies.ts';
import { drainRecords } from './drain-records/drain-records.ts';

export type BackgroundDependencies = {
  ledger: Pick<RunLedger, 'runs'>;
} & DrainDependencies &
  RecordDependencies &
  PersonsDependencies &
  CounterpartDependencies;

/** One look for persons, two reads in HubSpot: as many as fill the calls and still let others have their turn soon. */
const backgroundBatch = 200;
/** After so long the job ends and comes round again. */
const defaultRoundMs = 5_000;

/** A backfill that creates very many is worth an upload job of Salesforce: then a claim is as large as one is worth. */
const backlogOfJobs = 2_500;
const batchOfJob = 5_000;
/** To read, find and plan so many takes long, before the first step that renews the lease. */
const leaseOfJobMs = 180_000;

export type BackgroundOptions = {
  roundMs?: number;
  /** Asked before each claim: ends when it may begin. */
  giveWay?(): Promise<void>;
};

/**
 * Works off what may wait for live work, of every kind: a claim of each in turn, until nothing is due or the round is over. What a run marks first
 * is not worked off at the expense of the others.
 * @throws SyncError only when the ledger cannot be reached
 */
export async function drainBackground(
  dependencies: BackgroundDependencies,
  signal: AbortSignal,
  { roundMs = defaultRoundMs, giveWay }: BackgroundOptions = {},
): Promise<DrainResult> {
  const { clock } = dependencies;
  const own = { batchSize: backgroundBatch, ...dependencies, band: 'background', mostClaims: 1 } as const;
  const kinds = [
    () => drainPersons(own, signal),
    async () => await drainContacts({ ...own, ...(await largeBatch(dependencies)) }, signal),
    () => drainCounterparts(own, signal),
    () => drainRecords(own, 'company', signal),
    () => drainRecords(own, 'deal', signal),
  ];
  const untilMs = clock.now() + roundMs;
  let worked = 0;
  for (;;) {
    const round: DrainResult[] = [];
    for (const drain of kinds) {
      await giveWay?.();
      if (!signal.aborted) round.push(await drain());
    }
    const now = round.reduce((sum, result) => sum + result.worked, 0);
    worked += now;
    if (signal.aborted || (now > 0 && clock.now() >= untilMs)) return { worked, nextInMs: 0 };
    if (now > 0) continue;
    const waits = round.flatMap(({ nextInMs }) => nextInMs ?? []);
    return { worked, nextInMs: waits.length === 0 ? null : Math.min(...waits) };
  }
}

/** Looked at where the ledger counts no further: a long backlog of contacts whose run creates enough of them. */
async function largeBatch({ ledger }: BackgroundDependencies): Promise<{ batchSize?: number; leaseMs?: number }> {
  const { due } = await ledger.due('hubspot', 'contact', 'background');
  if (due < mostCounted) return {};
  const runs = await ledger.runs(mostRuns, { kind: 'backfill', state: 'running' });
  const isWorthIt = runs.some(
    ({ backlog, object, forecast }) =>
      object === 'contacts' && backlog >= backlogOfJobs && (forecast?.creates ?? 0) >= batchOfJob,
  );
  return isWorthIt ? { batchSize: batchOfJob, leaseMs: leaseOfJobMs } : {};
}

/** As far as the ledger counts what is due. */
const mostCounted = 1_000;
const mostRuns = 10;
