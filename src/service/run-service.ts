import { setFlagsFromString } from 'node:v8';
import { loadConfig } from '../config.ts';
import { toSyncError } from '../errors.ts';
import { createLog, describeError, type ServiceLog } from '../log.ts';
import { type Role, type Service, startService } from './start.ts';

/** A drain that does not end by then is left to its lease. */
const closeWithinMs = 25_000;

export type RunOptions = {
  role: Role;
  /** One line for a person on standard error. */
  tell(line: string): void;
  /** Ends the process at once: a second signal, or a close that hangs. */
  exitNow(code: number): void;
};

/**
 * Runs the service until a signal, a fault that needs a person, or a fault that nobody caught.
 * @returns the exit code: 0 after SIGTERM, 130 after Ctrl-C, 1 otherwise
 * @throws ConfigError
 */
export async function runService({ role, tell, exitNow }: RunOptions): Promise<number> {
  keepHeapSmall();
  const config = loadConfig();
  const log = createLog(config.logLevel);
  const ending = waitForEnd(log, exitNow);
  const service = await startService({ config, role, log });
  const onHangUp = () =>
    void service.propose().catch((thrown: unknown) => log.warn(describeError(thrown), 'no mapping was proposed'));
  process.on('SIGHUP', onHangUp);
  const neverReady = service.ready.then(
    () => service.broken,
    (thrown: unknown) => thrown,
  );
  const failed = Promise.race([service.broken, neverReady]).then((fault) => {
    reportFatal(fault, log, tell);
    return 1;
  });
  const code = await Promise.race([ending, failed]);
  await closeInTime(service, log, () => exitNow(code === 0 ? 1 : code));
  return code;
}

/**
 * V8 lets the heap grow with the rate of allocation, so that a long backfill takes memory for garbage alone: 572 MB for 100,000 contacts, of
 * which 61 MB were in use. Collected this much sooner it stays below 370 MB, for a second of processor time per 40,000 (docs/performance.md).
 */
function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=60');
}

function waitForEnd(log: ServiceLog, exitNow: (code: number) => void): Promise<number> {
  return new Promise((end) => {
    let signals = 0;
    const onSignal = (signal: 'SIGTERM' | 'SIGINT') => {
      const code = signal === 'SIGINT' ? 130 : 0;
      signals += 1;
      if (signals > 1) return exitNow(code === 0 ? 143 : code);
      log.info({ signal }, 'stopping: what is active is finished or handed back');
      end(code);
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
    const onFault = (thrown: unknown) => {
      log.error(describeError(thrown), 'a fault that nobody caught: the service stops, the ledger keeps what is open');
      end(1);
    };
    process.on('uncaughtException', onFault);
    process.on('unhandledRejection', onFault);
  });
}

function reportFatal(thrown: unknown, log: ServiceLog, tell: (line: string) => void): void {
  log.error(describeError(thrown), 'the service cannot go on');
  if (thrown instanceof Error && 'faults' in thrown && Array.isArray(thrown.faults)) {
    for (const fault of thrown.faults) tell(String(fault));
    return;
  }
  const { message, detail } = toSyncError(thrown);
  tell(detail.advice === undefined ? message : `${message} ${detail.advice}`);
}

async function closeInTime(service: Service, log: ServiceLog, giveUp: () => void): Promise<void> {
  const timer = setTimeout(() => {
    log.error({ timeoutMs: closeWithinMs }, 'closing took too long, leases will run out');
    giveUp();
  }, closeWithinMs);
  await service.close();
  clearTimeout(timer);
}
