import { AsyncLocalStorage } from 'node:async_hooks';
import { type DestinationStream, pino } from 'pino';
import { toSyncError } from './errors.ts';
import type { Log, LogContext } from './ports/log.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** A log whose lines all carry the facts given to `with`. */
export type ServiceLog = Log & LogContext & { with(facts: Readonly<Record<string, unknown>>): ServiceLog };

/** The only names under which facts reach a log line: ids, codes, counts, durations. Everything else is left out. */
export const allowedKeys: ReadonlySet<string> = new Set(
  `accepted attempt attempts backend before bucket calls changed code contactId contactIds correlationId count delayMs detail due durationMs errorCode
  field fields file how ignored incidentId intentId job jobId kind line mappingVersion marked method mode name nextInMs object orgId outcome pairId
  pausedRuns pid planned poisoned port portalId priority read recordId recordIds releasedFields requestId retryAfterMs role route runId runIds severity signal since slot source sources stale state status
  system timeoutMs toWrite url used vendorCode version waitMs wanted worked`.split(/\s+/),
);

/** Facts that look like these are never written, under whatever name: the second line of defence. */
const redacted: readonly [RegExp, string][] = [
  [/[^\s@"'<>]+@[^\s@"'<>]+\.[^\s@"'<>]+/g, '[email]'],
  [/\bpat-[a-z0-9]+-[0-9a-f-]{8,}/gi, '[secret]'],
  [/\b00D[A-Za-z0-9]{12,15}![\w.]+/g, '[secret]'],
  [/\bBearer\s+\S+/gi, '[secret]'],
  [/\bhandoff_session=[^;\s]+/gi, '[secret]'],
  [/(\/\/)[^/\s@]+@/g, '$1[secret]@'],
];

/**
 * The log of the service: one JSON object per line on standard error, so that standard output stays free for what a command prints.
 * @param destination where lines go; default standard error, written synchronously so that the last line of a dying process arrives
 */
export function createLog(
  level: LogLevel,
  destination: DestinationStream = pino.destination({ fd: 2, sync: true }),
): ServiceLog {
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  // Of the job or the request that is under way; what they call need not know of it.
  const current = new AsyncLocalStorage<Readonly<Record<string, unknown>>>();
  const build = (context: Readonly<Record<string, unknown>>): ServiceLog => {
    const write =
      (name: 'debug' | 'info' | 'warn' | 'error') => (facts: Readonly<Record<string, unknown>>, sentence: string) => {
        if (logger.isLevelEnabled(name))
          logger[name](keepAllowed({ ...current.getStore(), ...context, ...facts }), redact(sentence));
      };
    return {
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
      with: (facts) => build({ ...context, ...facts }),
      during: (facts, work) => current.run({ ...current.getStore(), ...facts }, work),
    };
  };
  return build({});
}

/** A thrown value as facts: its kind, code and where it came from. Its message may hold foreign text and stays out. */
export function describeError(thrown: unknown): Record<string, unknown> {
  const { kind, code, detail } = toSyncError(thrown);
  const origin = detail.cause instanceof Error ? detail.cause : thrown;
  return {
    kind,
    errorCode: code,
    ...(detail.vendorCode === undefined ? {} : { vendorCode: detail.vendorCode }),
    ...(detail.status === undefined ? {} : { status: detail.status }),
    ...(detail.correlationId === undefined ? {} : { correlationId: detail.correlationId }),
    ...(origin instanceof Error ? { name: origin.name, detail: whereThrown(origin) } : {}),
  };
}

/** The system's own code where there is one (`ECONNREFUSED`, `57P03`), and the first places of the stack. */
function whereThrown(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code} ` : '';
  const places = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return `${code}${places
    .slice(0, 4)
    .map((line) => line.trim())
    .join(' ')}`.trim();
}

function keepAllowed(facts: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept = Object.entries(facts).filter(([key, value]) => allowedKeys.has(key) && value !== undefined);
  return Object.fromEntries(kept.map(([key, value]) => [key, keepPlain(value)]));
}

/** Texts, numbers, booleans and lists of them; an object never passes, so that no record does. */
function keepPlain(value: unknown): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.slice(0, 200).map(keepPlain);
  return typeof value === 'number' || typeof value === 'boolean' || value === null ? value : '[left out]';
}

function redact(text: string): string {
  return redacted.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}
