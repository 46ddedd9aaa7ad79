import type { Finding } from '../domain/finding.ts';
import { SyncError, toSyncError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { SchemaLedger } from '../ports/ledger-schemas.ts';
import type { Log } from '../ports/log.ts';
import type { CheckReport } from '../usecases/check/run-check.ts';

/** Whether the mapping fits what both CRMs have. */
export type SchemaCheck = { ok: boolean; detail: string };

type Dependencies = {
  /** Checks, and keeps what was seen. */
  check(): Promise<CheckReport>;
  ledger: Pick<SchemaLedger, 'lastCheck'>;
  clock: Pick<Clock, 'now'>;
  log: Pick<Log, 'warn' | 'error'>;
};

export type SchemaChecker = {
  /** Checks now, whatever is known, and tells what that came to. @throws SyncError when the ledger does not answer */
  run(): Promise<CheckReport>;
  /** What the last check of this process came to; where something is wrong and it was some time ago, a look is set going. Null: none yet. */
  last(): SchemaCheck | null;
  /** Checks where nobody has within a day, whichever process it was. @throws SyncError when the ledger does not answer */
  daily(): Promise<void>;
};

/** As long as something is wrong it is looked at again after this, whenever somebody asks: it may have been mended. */
const againAfterMs = 10 * 60_000;
const dayMs = 24 * 60 * 60_000;
/** Timers and clocks of several processes differ a little. */
const toleranceMs = 5 * 60_000;

/**
 * The one check of a running service: at its start, once a day, and while something is wrong whenever somebody asks for its health. The log
 * names each error by its line. Nobody is kept waiting: a record that a fault concerns becomes a failure of its own.
 */
export function createSchemaCheck({ check, ledger, clock, log }: Dependencies): SchemaChecker {
  let last: SchemaCheck | null = null;
  let againAtMs = Number.POSITIVE_INFINITY;
  let running: Promise<CheckReport> | null = null;
  const look = async () => {
    againAtMs = Number.POSITIVE_INFINITY;
    try {
      const report = await check();
      tell(report, log);
      // A CRM that does not answer says nothing of the mapping: what was known stays.
      if (report.fault === null) last = toCheck(report.findings);
      else last ??= { ok: false, detail: `not compared yet: ${report.fault.code}` };
      const isFine = report.fault === null && last.ok;
      againAtMs = isFine ? Number.POSITIVE_INFINITY : clock.now() + againAfterMs;
      return report;
    } catch (thrown) {
      againAtMs = clock.now() + againAfterMs;
      throw thrown;
    }
  };
  // The daily job of a first start comes while the start itself is still looking.
  const run = () => {
    running ??= look().finally(() => {
      running = null;
    });
    return running;
  };
  return {
    run,
    last() {
      if (clock.now() >= againAtMs)
        void run().catch((thrown) => log.warn({ code: toSyncError(thrown).code }, 'the mapping could not be checked'));
      return last;
    },
    async daily() {
      if (running !== null) return void (await running);
      const known = await ledger.lastCheck();
      if (known === null || clock.now() - known.checkedAtMs >= dayMs - toleranceMs) await run();
    },
  };
}

function errorsOf(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ severity }) => severity === 'error');
}

function toCheck(findings: readonly Finding[]): SchemaCheck {
  const errors = errorsOf(findings).length;
  const warnings = findings.length - errors;
  const also = warnings === 0 ? '' : `; ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`;
  if (errors === 0) return { ok: true, detail: `fits what the CRMs have${also}` };
  return { ok: false, detail: `${errors} of its lines do not fit, see handoff check${also}` };
}

function tell({ findings, fresh, fault }: CheckReport, log: Dependencies['log']): void {
  if (fault !== null) log.warn({ code: fault.code }, 'the mapping could not be compared with the CRMs');
  else {
    const errors = errorsOf(findings);
    for (const { code, file, line } of errors)
      log.error({ code, file, line }, 'the mapping does not fit what the CRMs have, see handoff check');
    if (findings.length > errors.length)
      log.warn({ count: findings.length - errors.length }, 'the mapping has warnings, see handoff check');
  }
  for (const { code, file, line } of fresh)
    log.warn({ code, file, line }, 'something that the mapping uses was changed in a CRM, see handoff check');
}

/**
 * For `CHECK_AT_START=refuse`: a fault whose `faults` hold a line for each error.
 * @throws SyncError needs-human `check_failed`
 */
export function refuseErrors({ findings, fault }: CheckReport): void {
  // A CRM that is away is waited for, as ever.
  if (fault !== null) return;
  const errors = errorsOf(findings);
  if (errors.length === 0) return;
  const faults = errors.map(
    ({ file, line, what, code }) => `${file === '' ? '' : `${file}:${line} `}${what} [${code}]`,
  );
  const error = new SyncError(
    'needs-human',
    'check_failed',
    'The mapping does not fit what the CRMs have, and CHECK_AT_START is refuse.',
    { advice: 'Run handoff check, correct what it names, and start again.' },
  );
  throw Object.assign(error, { faults });
}
