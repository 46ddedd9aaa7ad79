import type {
  BackfillObject,
  OfAnyVersion,
  RunCount,
  RunForecast,
  RunKind,
  RunOptions,
  RunPhase,
  RunState,
} from '../domain/runs/types.ts';
import type { Mark } from './ledger-claim.ts';
import type { SeenRecords } from './ledger-compare.ts';

/** Where a run's listing goes on: what its kind keeps there is its own business. JSON. */
export type RunCursor = Readonly<Record<string, unknown>>;

/** A run as people see it. Times are epoch milliseconds. */
export type RunReport = {
  id: string;
  kind: OfAnyVersion<RunKind>;
  /** What it walks through; null for kinds that walk through more than one thing. */
  object: string | null;
  state: OfAnyVersion<RunState>;
  phase: OfAnyVersion<RunPhase>;
  /** Those that this version knows. */
  options: RunOptions;
  /**
   * What of it this version does not know, such as `kind merge` or `option owner`: another one has begun it. Nobody of this version works on it.
   */
  unknown: readonly string[];
  isDryRun: boolean;
  requestedBy: string | null;
  stoppedReason: string | null;
  mappingVersion: number | null;
  startedAtMs: number;
  endedAtMs: number | null;
  /** When it last came any further. */
  movedAtMs: number | null;
  /** Records that it will list, as far as anybody knows. */
  total: number | null;
  creates: number;
  changes: number;
  createsLimit: number;
  changesLimit: number;
  forecast: RunForecast | null;
  counts: readonly RunCount[];
  /** Records that it marked and that are not worked off yet. */
  backlog: number;
  /** The run that this one puts back. */
  reverts: string | null;
  /** The runs that put this one back, the newest first. */
  revertedBy: readonly string[];
};

export type RunRequest = {
  kind: RunKind;
  object: BackfillObject | null;
  options: RunOptions;
  isDryRun: boolean;
  requestedBy: string;
  mappingVersion: number;
  total: number | null;
  forecast: RunForecast | null;
  limits: { creates: number; changes: number };
};

/** Taken under a lease: nobody else lists it meanwhile. */
export type ClaimedRun = Pick<
  RunReport,
  'id' | 'object' | 'options' | 'isDryRun' | 'startedAtMs' | 'mappingVersion' | 'backlog' | 'total'
> & { kind: RunKind; phase: RunPhase; token: string; cursor: RunCursor | null };

/** What one page of a run's listing came to; stored with its marks in one transaction, so that no page counts twice. */
export type RunPage = {
  /** Where the next page begins. */
  cursor: RunCursor;
  /** There is no next page. */
  isLast: boolean;
  marks: readonly Mark[];
  counts: readonly RunCount[];
  /** A better figure than the one before. */
  total?: number;
  /** What a dry run has planned up to here. */
  forecast?: RunForecast;
  /** Records that the page has seen in a CRM: a comparison finds by them who is missing. */
  seen?: SeenRecords;
  /** Pairs that a revert has still to put back: whoever looks at them next does it. */
  revertPairs?: readonly string[];
};

export type RunFilterQuery = { kind?: RunKind; state?: RunState; before?: string };

export type RunLedger = {
  /**
   * Begins a run. One at a time per kind and object; dry runs stand in nobody's way.
   * @throws SyncError needs-human `run_overlaps` (409), naming the run that is on
   */
  startRun(request: RunRequest): Promise<string>;
  /**
   * Adds ids to a run that was begun with `hasIds`, in the order given; ids that it has already are passed over. Nobody can claim such a run
   * before an empty list has said that these are all.
   * @returns how many were new
   */
  addRunIds(runId: string, ids: readonly string[]): Promise<number>;
  /** The ids behind this position. */
  runIds(runId: string, after: number, limit: number): Promise<readonly { position: number; recordId: string }[]>;
  /** Null: there is no such run. */
  run(runId: string): Promise<RunReport | null>;
  /** The newest first. */
  runs(limit: number, filter?: RunFilterQuery): Promise<readonly RunReport[]>;
  /**
   * Leases a run that is `running` and nobody works on, the one that waited longest first: one that lists, or one that drains and whose backlog
   * is 0. Its `backlog` is counted up to 50,000. Records of objects that are `off` in the mapping of this version,
   * whom nobody looks at, leave its runs first. A run of which anything is unknown to this version is left to those that know it.
   */
  claimRun(
    leaseMs: number,
    only?: { runId?: string; off?: readonly string[]; mappingVersion?: number },
  ): Promise<ClaimedRun | null>;
  /**
   * Stores a page, prolongs the lease. After the last page the run's phase is `draining`.
   * @returns false when the lease has passed to somebody else or the run is not `running` any more: then nothing was stored
   */
  commitPage(run: Pick<ClaimedRun, 'id' | 'token'>, page: RunPage, leaseMs: number): Promise<boolean>;
  /** Gives the run back. `next`: it ends (a run that drains and has no backlog), must be reviewed, or failed for this reason. */
  releaseRun(
    run: Pick<ClaimedRun, 'id' | 'token'>,
    next?: { state: 'ended' | 'review' | 'failed'; reason?: string },
  ): Promise<void>;
  /** How many runs could be claimed now, where records of these objects hold up none. */
  runsDue(off?: readonly string[]): Promise<number>;
  /** Holds a run: its records are not worked off until it goes on. @returns false: no such run is running */
  pauseRun(runId: string, by: string, reason?: string): Promise<boolean>;
  /**
   * Lets a paused run go on, under the active mapping. `again`: a forecast made anew, and what the run may do beyond what it has done.
   * @returns false: no such run is paused
   */
  resumeRun(
    runId: string,
    by: string,
    again?: Pick<RunRequest, 'forecast' | 'limits' | 'mappingVersion'>,
  ): Promise<boolean>;
  /** Ends a run: what it marked and nobody else asked for is forgotten. @returns false: no such run can be cancelled */
  cancelRun(runId: string, by: string): Promise<boolean>;
  /** Adds to a run's counts outside of a page, such as what a revert left. */
  countForRun(runId: string, counts: readonly RunCount[]): Promise<void>;
};

/** Which processes live: who writes the heartbeat, and who asks before it works in-process. */
export type ProcessLedger = {
  /** Says that this process lives. `works`: it has workers. */
  beat(process: { id: string; role: string; works: boolean; mappingVersion: number }): Promise<void>;
  /** It ends. */
  leave(processId: string): Promise<void>;
  /** Whether any process with workers has lived within this time. */
  hasWorkers(withinMs: number): Promise<boolean>;
};
