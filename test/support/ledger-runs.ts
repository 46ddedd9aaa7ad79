import { expect } from 'vitest';
import type { Claim, Mark } from '../../src/ports/ledger-claim.ts';
import type { RecordResult } from '../../src/ports/ledger-result.ts';
import type { ClaimedRun, RunPage, RunRequest } from '../../src/ports/ledger-runs.ts';
import { type Bench, kind, record } from './ledger.ts';

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
  /** Holds a run that must be running. */
  pause(runId: string, reason?: string): Promise<void>;
  /** Claims what is due. @returns whose ids, sorted */
  claimedIds(): Promise<readonly string[]>;
};

export const later = { kind: 'later', delayMs: 0, counts: false, code: 'x' } as const;
export const retry = { kind: 'later', delayMs: 0, counts: true, code: 'x' } as const;

/** What a look at a claimed record came to. */
export function settled(from: Claim, id: string, settle: RecordResult['settle'], more: Partial<RecordResult> = {}) {
  return { contactId: id, counter: record(from, id).counter, ...(settle && { settle }), ...more };
}

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
    pause: async (runId, reason) => expect(await bench.ledger.pauseRun(runId, 'ann', reason)).toBe(true),
    claimedIds: async () => (await bench.claim()).records.map(({ recordId }) => recordId).sort(),
    pending: async () => {
      const text = `select record_id as id, run_id as run, priority, wait_code as wait, due_at = 'infinity' as held, lease_token is not null as leased
                    from pending order by record_id`;
      return (await bench.database.pool.query<PendingRow>(text)).rows;
    },
  };
  return steps;
}
