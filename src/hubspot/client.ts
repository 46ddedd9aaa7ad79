import { AsyncLocalStorage } from 'node:async_hooks';
import { Client } from '@hubspot/api-client';
import type { SyncError } from '../errors.ts';
import type { Bucket, BudgetPort, Spend } from '../ports/budget.ts';
import type { ClockWatch } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { type FaultContext, toHubSpotError } from './errors.ts';
import type { Seen } from './faults.ts';
import { type ApiPaths, toVersionedUrl } from './paths.ts';
import { toBudgetFacts } from './rate-headers.ts';

export type HubSpotOptions = {
  accessToken: string;
  /** `https://api.hubapi.com`, without a trailing slash. */
  baseUrl: string;
  apiPaths: ApiPaths;
  /** For one call, from sending to the last byte of its body. Default 30,000. */
  timeoutMs?: number | undefined;
  budget: BudgetPort;
  clock?: { now(): number } | undefined;
  /** Told the server's clock with each answer. */
  clocks?: Pick<ClockWatch, 'tell'> | undefined;
  log?: Log | undefined;
};

export type CallOptions = {
  /** A fixed word for the log, such as `contacts.read`. */
  operation: string;
  bucket: Extract<Bucket, 'hubspot' | 'hubspot-search'>;
  isWrite: boolean;
  spend: Spend;
  /** The sync does without what this call answers: a scope that it lacks must not stop everything else. */
  isOptional?: true;
};

/** `sentAtMs`: when the request left, so the data is at least as new as that. */
type Answer = { data: unknown; sentAtMs: number };

export type HubSpotClient = {
  crm: Client['crm'];
  /** One HTTP call: waits for its turn in the budget, sends, tells the budget what came back. @throws SyncError */
  call(options: CallOptions, send: () => Promise<unknown>): Promise<Answer>;
  /** A GET of a path that the client has no method for, as JSON. Inside of `call`. */
  fetchJson(path: string): Promise<unknown>;
  /** What errors need to know; `timeZone` is kept for the daily limit. */
  toFaultContext(options: Pick<CallOptions, 'bucket' | 'isWrite'>): FaultContext;
  setTimeZone(timeZone: string): void;
  now(): number;
};

type RunningCall = { seen: Seen; signal: AbortSignal };
/** The client's request and answer contexts; its classes differ per module, so they are known by shape. */
type RequestContext = { getUrl(): string; setUrl(url: string): void };
type ResponseContext = { httpStatusCode: number; headers: Record<string, string> };

function isRequestContext(value: unknown): value is RequestContext {
  return typeof value === 'object' && value !== null && 'getUrl' in value && 'setUrl' in value;
}

function isResponseContext(value: unknown): value is ResponseContext {
  return typeof value === 'object' && value !== null && 'httpStatusCode' in value && 'headers' in value;
}

/**
 * Rewrites the path, arms the timeout, and remembers status and headers, which the client loses when a body does not parse. The
 * client has no timeout and takes no signal; but it hands `getUrl()` to `fetch` as it is, and a `Request` there brings its signal along,
 * which then ends the body as well (read in 14.0.1, `lib/src/services/http/Transport.js`, and tested with stalled answers).
 */
function createMiddleware(apiPaths: ApiPaths, running: AsyncLocalStorage<RunningCall>) {
  return {
    pre(context: unknown): unknown {
      if (!isRequestContext(context)) return context;
      const url = toVersionedUrl(context.getUrl(), apiPaths);
      const signal = running.getStore()?.signal ?? null;
      const request = () => new Request(url, { signal, redirect: 'error' });
      return Object.create(context, { getUrl: { value: request } });
    },
    post(context: unknown): unknown {
      const call = running.getStore();
      if (call !== undefined && isResponseContext(context)) {
        call.seen.status = context.httpStatusCode;
        call.seen.headers = context.headers;
      }
      return context;
    },
  };
}

/** Fetched without the client, whose `apiRequest` takes no signal. */
async function fetchJson(options: HubSpotOptions, path: string, call: RunningCall | undefined): Promise<unknown> {
  const url = toVersionedUrl(new URL(path, options.baseUrl).toString(), options.apiPaths);
  const headers = { authorization: `Bearer ${options.accessToken}`, accept: 'application/json' };
  const response = await fetch(url, { headers, signal: call?.signal ?? null, redirect: 'error' });
  if (call !== undefined) {
    call.seen.status = response.status;
    call.seen.headers = Object.fromEntries(response.headers);
  }
  const body: unknown = await response.json();
  // The shape of the client's own exceptions, so that one place judges both.
  if (!response.ok) throw Object.assign(new Error('refused'), { code: response.status, body });
  return body;
}

/** Stops the connection where an error asks for it. The error matters more than a pause that could not be stored. */
async function pauseConnection(options: HubSpotOptions, error: SyncError): Promise<void> {
  if (error.detail.pausesConnection !== true || error.detail.untilMs === undefined) return;
  try {
    await options.budget.pause('hubspot', error.detail.untilMs, error.code);
  } catch {
    options.log?.warn({ code: error.code }, 'could not store the pause of the HubSpot connection');
  }
}

/** The one client of the process, with every call under budget and timeout, and none of the client's own retries or limiter. */
export function createClient(options: HubSpotOptions): HubSpotClient {
  const now = options.clock?.now ?? Date.now;
  const running = new AsyncLocalStorage<RunningCall>();
  const client = new Client({
    accessToken: options.accessToken,
    basePath: options.baseUrl.replace(/\/$/, ''),
    numberOfApiCallRetries: 0,
    middleware: [createMiddleware(options.apiPaths, running)],
  });
  let timeZone: string | undefined;

  function toFaultContext({ bucket, isWrite }: Pick<CallOptions, 'bucket' | 'isWrite'>): FaultContext {
    return { isWrite, isSearch: bucket === 'hubspot-search', nowMs: now(), timeZone };
  }

  async function call(wanted: CallOptions, send: () => Promise<unknown>): Promise<Answer> {
    await options.budget.take(wanted.bucket, wanted.spend);
    const seen: Seen = { headers: {} };
    const sentAtMs = now();
    try {
      const signal = AbortSignal.timeout(options.timeoutMs ?? 30_000);
      return { data: await running.run({ seen, signal }, send), sentAtMs };
    } catch (thrown) {
      const error = toHubSpotError(thrown, toFaultContext(wanted), seen);
      const isRefusedExtra = wanted.isOptional === true && error.detail.status === 403;
      if (!isRefusedExtra) await pauseConnection(options, error);
      throw error;
    } finally {
      options.budget.observe(wanted.bucket, toBudgetFacts(seen.headers));
      const serverMs = Date.parse(seen.headers.date ?? '');
      if (!Number.isNaN(serverMs)) options.clocks?.tell('hubspot', serverMs, (sentAtMs + now()) / 2);
      options.log?.debug(
        { method: wanted.operation, status: seen.status, durationMs: now() - sentAtMs },
        'called HubSpot',
      );
    }
  }

  return {
    crm: client.crm,
    call,
    fetchJson: (path) => fetchJson(options, path, running.getStore()),
    toFaultContext,
    setTimeZone(value) {
      timeZone = value;
    },
    now,
  };
}
