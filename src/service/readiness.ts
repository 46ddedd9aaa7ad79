import type { Readiness } from '../http/health.ts';
import type { LedgerStatus } from '../ports/ledger-admin.ts';
import type { QueuePort } from '../ports/queue.ts';
import type { CrmChecks } from './identity.ts';
import type { PollCheck } from './poll-check.ts';
import type { SchemaCheck } from './schema-check.ts';

export type ReadinessSources = {
  draining(): boolean;
  /** Null until the ledger is migrated and bound. */
  ledger(): {
    ping(): Promise<void>;
    status(): Promise<
      Pick<LedgerStatus, 'waits' | 'mode' | 'watermarks'> &
        Partial<Pick<LedgerStatus, 'catchingUp' | 'comparisonOverdue'>>
    >;
  } | null;
  queue(): Pick<QueuePort, 'health'> | null;
  crms: CrmChecks;
  /** Whether the mapping fits both CRMs; null: not known yet. */
  schemas(): SchemaCheck | null;
  /** Whether Salesforce is read; null: nobody has begun to. */
  poll(watermarks: LedgerStatus['watermarks']): PollCheck | null;
  /** The active mapping version that this build cannot work under; null, or absent: there is none. */
  blockedBy?(): number | null;
};

const answerWithinMs = 2_000;

/** Says whether webhooks can be taken: only the ledger and the drain count. Queue and CRMs show as degraded. */
export async function checkReadiness(sources: ReadinessSources): Promise<Readiness> {
  const { draining, ledger, queue, crms, poll } = sources;
  const [ledgerCheck, queueCheck] = await Promise.all([checkLedger(ledger()), checkQueue(queue())]);
  const polled = poll(ledgerCheck.watermarks);
  const schemas = sources.schemas();
  const blockedBy = sources.blockedBy?.() ?? null;
  const checks = {
    ledger: ledgerCheck.check,
    queue: queueCheck,
    ...withWaits(crms, ledgerCheck.waits),
    ...withComparison(ledgerCheck.comparisonOverdue),
    ...(polled === null ? {} : { 'salesforce poll': polled }),
    ...(schemas === null ? {} : { mapping: schemas }),
    ...(blockedBy === null ? {} : { mapping: { ok: false, detail: `version ${blockedBy} needs a newer build` } }),
  };
  if (draining()) return { ready: false, status: 'draining', checks };
  if (!ledgerCheck.check.ok) return { ready: false, status: ledger() === null ? 'starting' : 'unavailable', checks };
  const wellOff = Object.values(checks).every(({ ok }) => ok);
  return { ready: true, status: wellOff ? 'ready' : 'degraded', checks };
}

async function checkLedger(ledger: ReturnType<ReadinessSources['ledger']>) {
  const none: Pick<LedgerStatus, 'waits' | 'watermarks'> & Partial<Pick<LedgerStatus, 'comparisonOverdue'>> = {
    waits: [],
    watermarks: [],
  };
  if (ledger === null) return { check: { ok: false, detail: 'not opened yet' }, ...none };
  try {
    await within(ledger.ping());
  } catch {
    return { check: { ok: false, detail: 'cannot be written' }, ...none };
  }
  const status = await within(ledger.status()).catch(() => null);
  const since = status?.catchingUp?.sinceMs;
  const behind = since === undefined ? '' : `; catching up since ${new Date(since).toISOString()}`;
  const detail = `answers${pauseOf(status?.mode)}${behind}`;
  const { waits, watermarks, comparisonOverdue } = status ?? none;
  return { check: { ok: true, detail }, waits, watermarks, comparisonOverdue };
}

function pauseOf(mode: Pick<LedgerStatus['mode'], 'paused' | 'rebuild'> | undefined): string {
  if (mode?.paused !== true) return '';
  return mode.rebuild === null
    ? '; CRM writes are paused'
    : `; CRM writes are paused for rebuild ${mode.rebuild.runId}`;
}

async function checkQueue(queue: Pick<QueuePort, 'health'> | null) {
  if (queue === null) return { ok: false, detail: 'not opened yet' };
  const { ok, backend, detail } = await within(queue.health()).catch(() => ({
    ok: false,
    backend: 'queue',
    detail: 'does not answer',
  }));
  return { ok, detail: `${backend} ${detail}` };
}

/** Shown only where nights go by without one. */
function withComparison(overdue: LedgerStatus['comparisonOverdue'] | undefined): Readiness['checks'] {
  if (overdue == null) return {};
  const { sinceMs, runId } = overdue;
  const inTheWay = runId === null ? '' : `; run ${runId} stands in the way`;
  return { comparison: { ok: false, detail: `none has ended since ${new Date(sinceMs).toISOString()}${inTheWay}` } };
}

/** A vendor's pause shows at its CRM. */
function withWaits(crms: CrmChecks, waits: LedgerStatus['waits']): CrmChecks {
  const checks = { ...crms };
  for (const { system, code, untilMs } of waits) {
    checks[system] = { ok: false, detail: `waits until ${new Date(untilMs).toISOString()} (${code})` };
  }
  return checks;
}

async function within<Result>(work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_done, failed) => {
    timer = setTimeout(() => failed(new Error('no answer in time')), answerWithinMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
