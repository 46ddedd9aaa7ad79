import type { Mark } from '../../src/ports/ledger-claim.ts';
import type { ClaimedRun, RunPage, RunRequest } from '../../src/ports/ledger-runs.ts';
import { type Bench, kind } from './ledger.ts';

/** A row of `pending`, as far as runs are about it. */
type PendingRow = {
  id: string;
  run: string | null;
  priority: number;
  wait: string | null;
  held: boolean;
  leased: boolean;
};

/** The steps of whoever lists for a run, and of those who look on. */
export type RunSteps = {
  /** Begins a backfill of contacts. @returns its id */
  begin(more?: Partial<RunRequest>): Promise<string>;
  /** Takes a run that must be there to be taken. */
  take(runId?: string): Promise<ClaimedRun>;
  /** Begins a run and stores one page with these records. @returns the run, still leased */
  listed(ids: readonly string[], more?: Partial<RunRequest>): Promise<ClaimedRun>;
  pending(): Promise<readonly PendingRow[]>;
};

const request: RunRequest = {
  kind: 'backfill',
  object: 'contacts',
  options: {},
  isDryRun: false,
  requestedBy: 'revops',
  mappingVersion: 1,
  total: null,
  forecast: null,
  limits: { creates: 100, changes: 100 },
};

export function pageOf(runId: string, ids: readonly string[], more: Partial<RunPage> = {}): RunPage {
  const marks = ids.map((recordId): Mark => ({ ...kind, recordId, priority: 4, source: 'backfill', runId }));
  const counts = [{ kind: 'listed', code: 'marked', count: ids.length, samples: ids }] as const;
  return { cursor: { after: ids.at(-1) ?? null }, isLast: false, marks, counts, ...more };
}

export function runStepsOf(bench: Bench): RunSteps {
  const steps: RunSteps = {
    begin: (more = {}) => bench.ledger.startRun({ ...request, mappingVersion: bench.version, ...more }),
    take: async (runId) => {
      const run = await bench.ledger.claimRun(60_000, runId === undefined ? {} : { runId });
      if (run === null) throw new Error('no run to take');
      return run;
    },
    listed: async (ids, more) => {
      const run = await steps.take(await steps.begin(more));
      if (!(await bench.ledger.commitPage(run, pageOf(run.id, ids), 60_000))) throw new Error('page was not stored');
      return run;
    },
    pending: async () => {
      const text = `select record_id as id, run_id as run, priority, wait_code as wait, due_at = 'infinity' as held, lease_token is not null as leased
                    from pending order by record_id`;
      return (await bench.database.pool.query<PendingRow>(text)).rows;
    },
  };
  return steps;
}
