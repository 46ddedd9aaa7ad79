import type { RunReport } from '../../ports/ledger-runs.ts';

/** How far a run has come. Counts of records. */
export type RunProgress = {
  /** Listed and, where it was to be, worked off. */
  done: number;
  /** Null: nobody knows yet. */
  total: number | null;
  /** Of a dry run: what would be. */
  created: number;
  changed: number;
  /** What nothing was to be done with, by why. */
  skipped: Readonly<Record<string, number>>;
  failed: number;
  ratePerSecond: number;
  /** Null: not known, or it does not go on. */
  secondsLeft: number | null;
};

/** Outcomes of looks that write, or that lead to another look; all others are reasons to leave a record as it is. */
const acting: ReadonlySet<string> = new Set([
  'create',
  'link',
  'update',
  'marked',
  'merged',
  'failed',
  'needs_person',
  'reverted',
]);
const failing: ReadonlySet<string> = new Set(['failed', 'needs_person']);

/** Kinds that read all there is: what they list is what was read, and how much of it is ahead nobody knows. */
const reading: ReadonlySet<string> = new Set(['comparison', 'rebuild']);

/** How far a run has come, by what the ledger counts. Pure. @param nowMs by the ledger's clock or one near it */
export function progressOf(run: RunReport, nowMs: number): RunProgress {
  const listed = sumOf(run, 'listed');
  const found = listed > 0 ? listed : sumOf(run, 'outcome') + run.backlog;
  const done = Math.max(0, found - run.backlog);
  const isOver = run.state === 'ended' || run.state === 'cancelled' || run.state === 'failed';
  const ahead = reading.has(run.kind) ? null : run.total;
  const total = run.phase === 'draining' || isOver ? found : ahead === null ? null : Math.max(ahead, found);
  const untilMs = run.endedAtMs ?? (run.state === 'running' ? nowMs : (run.movedAtMs ?? nowMs));
  const seconds = Math.max(0.001, (untilMs - run.startedAtMs) / 1_000);
  const ratePerSecond = Math.round((done / seconds) * 100) / 100;
  const dry = run.isDryRun ? run.forecast : null;
  return {
    done,
    total,
    created: dry?.creates ?? run.creates,
    changed: dry?.changes ?? run.changes,
    skipped: skippedOf(run),
    failed: run.counts.reduce(
      (sum, { kind, code, count }) => (kind === 'outcome' && failing.has(code) ? sum + count : sum),
      0,
    ),
    ratePerSecond,
    secondsLeft: secondsLeft(run, { total, done, ratePerSecond }, isOver),
  };
}

function secondsLeft(
  { state }: RunReport,
  { total, done, ratePerSecond }: Pick<RunProgress, 'total' | 'done' | 'ratePerSecond'>,
  isOver: boolean,
): number | null {
  if (isOver) return 0;
  if (state !== 'running' || total === null || ratePerSecond === 0) return null;
  return Math.ceil((total - done) / ratePerSecond);
}

function skippedOf({ kind: of, counts }: RunReport): Record<string, number> {
  const skipped: Record<string, number> = {};
  const isLeft = (code: string) => code !== 'marked' && !reading.has(of);
  for (const { kind, code, count } of counts) {
    const isSkipped = kind === 'listed' ? isLeft(code) : kind === 'outcome' && !acting.has(code);
    if (isSkipped) skipped[code] = (skipped[code] ?? 0) + count;
  }
  return skipped;
}

function sumOf({ counts }: RunReport, wanted: string): number {
  return counts.reduce((sum, { kind, count }) => (kind === wanted ? sum + count : sum), 0);
}
