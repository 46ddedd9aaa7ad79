import { Connection } from 'jsforce';
import type { Transport } from 'jsforce/lib/transport.js';
import type { HttpRequest, HttpResponse } from 'jsforce/lib/types/index.js';
import { SyncError } from '../errors.ts';
import type { BudgetPort, Spend } from '../ports/budget.ts';
import type { Clock, ClockWatch } from '../ports/clock.ts';
import { requestSession, type SalesforceAuth, type Session } from './auth.ts';
import { toAnswerError, toLostError, toSyncErrorOf, toUnsentError } from './errors.ts';
import { toServerMs, toUsage } from './headers.ts';
import { createSessionKeeper } from './session.ts';
import { createTransport } from './transport.ts';
import { takeTurn } from './turn.ts';
import { pickVersion } from './version.ts';

/** As much of a logger as is needed here: facts first, then a static sentence. */
type SalesforceLog = { warn(facts: Readonly<Record<string, unknown>>, text: string): void };

export type SalesforceOptions = {
  /** The My Domain URL. */
  loginUrl: string;
  clientId: string;
  auth: SalesforceAuth;
  /** Such as `67.0`. */
  apiVersion: string;
  /** How long one call may take, from the first byte sent to the last one read. */
  timeoutMs?: number;
  budget: BudgetPort;
  clock?: Pick<Clock, 'now'>;
  /** Told the server's clock with each answer. */
  clocks?: Pick<ClockWatch, 'tell'>;
  log?: SalesforceLog;
};

/** `path` begins with `/services/…`, or is relative to the version root (`/composite`). */
type SalesforceRequest = {
  method: HttpRequest['method'];
  path: string;
  headers?: Readonly<Record<string, string>>;
  body?: unknown;
  /** Looks into a good answer and throws what is wrong inside it, such as a session that ended in the middle of a composite call. */
  inspect?: (answer: unknown) => void;
  /** Told the server's clock, where the answer has a `Date`; epoch milliseconds, whole seconds. */
  onServerTime?: (serverMs: number) => void;
};

export type SalesforceClient = {
  /** One call, with at most two renewals of the session. @returns the parsed JSON. @throws SyncError */
  send(request: SalesforceRequest, spend: Spend): Promise<unknown>;
  /** Logs in and settles the version where that has not been done yet. */
  ready(spend: Spend): Promise<{ session: Session; apiVersion: string }>;
  /** jsforce's own connection, logged in, over the safe transport; for metadata calls. */
  connection(): Promise<Connection>;
  /** Stops the whole connection where the error says so; for errors found inside an answer (`send` does it for its own). */
  pause(error: SyncError): Promise<void>;
  now(): number;
  /** The server's clock as far as its answers told it: ours, corrected by the last `Date` seen. */
  serverNow(): number;
  /** The org's count of its calls, by the last answer that told it. */
  lastUsage(): { dailyUsed: number; dailyLimit: number } | null;
  warn(facts: Readonly<Record<string, unknown>>, text: string): void;
  /** The same for what would be said again and again: once per process and key. */
  warnOnce(key: string, facts: Readonly<Record<string, unknown>>, text: string): void;
};

const DEFAULT_TIMEOUT_MS = 60_000;
const setupSpend: Spend = { priority: 2, prepaid: 0 };

function parseBody(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

function toRefusal(now: number): SyncError {
  return toSyncErrorOf([{ code: 'INVALID_SESSION_ID', message: '', fields: [], recordIds: [] }], now, { status: 401 });
}

/** The connection to one org: session, version, budget and the translation of errors; every call of the adapter goes through `send`. */
export function createClient(options: SalesforceOptions): SalesforceClient {
  const { budget, log } = options;
  const now = options.clock?.now ?? Date.now;
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  // No `oauth2.clientId` here: with one, jsforce renews sessions by itself, without a bound.
  const conn = new Connection({
    loginUrl: options.loginUrl,
    instanceUrl: options.loginUrl,
    version: options.apiVersion,
    callOptions: { client: 'handoff' },
    // Its DEBUG level prints tokens, and an environment variable could turn that on.
    logLevel: 'NONE',
  });
  conn._transport = transportFor(setupSpend);
  let version: Promise<string> | null = null;
  /** How far the server's clock is ahead of ours. */
  let aheadMs = 0;
  let lastUsage: ReturnType<SalesforceClient['lastUsage']> = null;
  const told = new Set<string>();

  function transportFor(spend: Spend, onAnswer?: (answer: HttpResponse) => void): Transport {
    return createTransport({
      timeoutMs,
      beforeSend: () => takeTurn(budget, spend),
      onAnswer(answer) {
        const usage = toUsage(answer.headers);
        if (usage !== null) {
          lastUsage = usage;
          budget.observe('salesforce', usage);
        }
        const serverMs = toServerMs(answer.headers);
        if (serverMs !== null) {
          aheadMs = serverMs - now();
          options.clocks?.tell('salesforce', serverMs, now());
        }
        onAnswer?.(answer);
      },
    });
  }

  /** Runs one exchange and turns what it throws into a SyncError: from the answer where there was one, else from the fault. */
  async function translate<T>(run: (onAnswer: (answer: HttpResponse) => void) => Promise<T>): Promise<T> {
    let answer: HttpResponse | undefined;
    try {
      return await run((seen) => {
        answer = seen;
      });
    } catch (thrown) {
      if (thrown instanceof SyncError || answer === undefined) throw toLostError(thrown);
      throw toAnswerError({ status: answer.statusCode, headers: answer.headers, body: parseBody(answer.body) }, now());
    }
  }

  async function login(): Promise<Session> {
    // A login is nobody's reserved call.
    const session = await translate((onAnswer) => requestSession(options, transportFor(setupSpend, onAnswer), now()));
    conn.accessToken = session.accessToken;
    conn.instanceUrl = session.instanceUrl;
    return session;
  }

  const keeper = createSessionKeeper(login, () => toRefusal(now()));

  /** One request over jsforce. A 401 is an answer here, not an error: `send` decides. */
  async function attempt(request: SalesforceRequest, spend: Spend): Promise<unknown> {
    const { method, path, headers, body } = request;
    const hasBody = body !== undefined;
    let serverMs: number | null = null;
    const answered = await translate((onAnswer) =>
      conn.request<unknown>(
        {
          method,
          url: path,
          headers: { ...headers, ...(hasBody ? { 'content-type': 'application/json' } : {}) },
          ...(hasBody ? { body: JSON.stringify(body) } : {}),
        },
        {
          transport: transportFor(spend, (answer) => {
            serverMs = toServerMs(answer.headers);
            onAnswer(answer);
          }),
        },
      ),
    );
    if (typeof answered === 'string') throw toLostError(new TypeError('the answer was not JSON'));
    request.inspect?.(answered);
    if (serverMs !== null) request.onServerTime?.(serverMs);
    return answered;
  }

  async function sendAuthorised(request: SalesforceRequest, spend: Spend): Promise<unknown> {
    let session = await keeper.current();
    for (;;) {
      try {
        const answer = await attempt(request, spend);
        keeper.accepted();
        return answer;
      } catch (thrown) {
        if (!isRefusedSession(thrown)) throw thrown;
        session = await beforehand(keeper.renew(session));
      }
    }
  }

  async function pause(error: SyncError): Promise<void> {
    const { pausesConnection, untilMs } = error.detail;
    if (pausesConnection !== true || untilMs === undefined) return;
    // A pause that cannot be stored must not hide the error that asked for it.
    await budget.pause('salesforce', untilMs, error.code).catch(() => {
      log?.warn({ errorCode: error.code }, 'the pause of the Salesforce connection could not be stored');
    });
  }

  async function pausing<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (thrown) {
      const error = toLostError(thrown);
      await pause(error);
      throw error;
    }
  }

  async function settleVersion(spend: Spend): Promise<string> {
    const offered = await sendAuthorised({ method: 'GET', path: '/services/data' }, spend);
    const picked = pickVersion(options.apiVersion, offered);
    if (picked !== options.apiVersion) {
      log?.warn({ wanted: options.apiVersion, used: picked }, 'Salesforce does not offer the configured API version');
    }
    conn.version = picked;
    return picked;
  }

  async function prepare(spend: Spend): Promise<{ session: Session; apiVersion: string }> {
    version ??= settleVersion(spend).catch((thrown: unknown) => {
      version = null;
      throw thrown;
    });
    const apiVersion = await beforehand(version);
    return { session: await beforehand(keeper.current()), apiVersion };
  }

  return {
    now,
    serverNow: () => now() + aheadMs,
    lastUsage: () => lastUsage,
    warn: (facts, text) => log?.warn(facts, text),
    warnOnce(key, facts, text) {
      if (!told.has(key)) log?.warn(facts, text);
      told.add(key);
    },
    pause,
    ready: (spend) => pausing(prepare(spend)),
    send: (request, spend) => pausing(prepare(spend).then(() => sendAuthorised(request, spend))),
    async connection() {
      await pausing(prepare(setupSpend));
      return conn;
    },
  };
}

/** Work before the call itself: whatever becomes of it, the call has not happened. */
async function beforehand<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    throw toUnsentError(toLostError(thrown));
  }
}

function isRefusedSession(thrown: unknown): boolean {
  return (
    thrown instanceof SyncError && (thrown.detail.status === 401 || thrown.detail.vendorCode === 'INVALID_SESSION_ID')
  );
}
