import type { DrainDependencies } from './drain/dependencies.ts';
import type { DrainResult } from './drain/drain-claims.ts';
import { drainContacts } from './drain/drain-contacts.ts';
import type { CounterpartDependencies } from './drain-counterparts/dependencies.ts';
import { drainCounterparts } from './drain-counterparts/drain-counterparts.ts';
import type { PersonsDependencies } from './drain-persons/dependencies.ts';
import { drainPersons } from './drain-persons/drain-persons.ts';
import type { RecordDependencies } from './drain-records/dependencies.ts';
import { drainRecords } from './drain-records/drain-records.ts';

export type BackgroundDependencies = DrainDependencies &
  RecordDependencies &
  PersonsDependencies &
  CounterpartDependencies;

/** One look for persons, two reads in HubSpot: as many as fill the calls and still let others have their turn soon. */
const backgroundBatch = 200;
/** After so long the job ends and comes round again. */
const defaultRoundMs = 5_000;

/**
 * Works off what may wait for live work, of every kind: a claim of each in turn, until nothing is due or the round is over. What a run marks first
 * is not worked off at the expense of the others.
 * @throws SyncError only when the ledger cannot be reached
 */
export async function drainBackground(
  dependencies: BackgroundDependencies,
  signal: AbortSignal,
  { roundMs = defaultRoundMs }: { roundMs?: number } = {},
): Promise<DrainResult> {
  const { clock } = dependencies;
  const own = { batchSize: backgroundBatch, ...dependencies, band: 'background', mostClaims: 1 } as const;
  const kinds = [
    () => drainPersons(own, signal),
    () => drainContacts(own, signal),
    () => drainCounterparts(own, signal),
    () => drainRecords(own, 'company', signal),
    () => drainRecords(own, 'deal', signal),
  ];
  const untilMs = clock.now() + roundMs;
  let worked = 0;
  for (;;) {
    const round: DrainResult[] = [];
    for (const drain of kinds) if (!signal.aborted) round.push(await drain());
    const now = round.reduce((sum, result) => sum + result.worked, 0);
    worked += now;
    if (signal.aborted || (now > 0 && clock.now() >= untilMs)) return { worked, nextInMs: 0 };
    if (now > 0) continue;
    const waits = round.flatMap(({ nextInMs }) => nextInMs ?? []);
    return { worked, nextInMs: waits.length === 0 ? null : Math.min(...waits) };
  }
}
