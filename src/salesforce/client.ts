import { setTimeout } from 'node:timers/promises';
import type { Connection } from 'jsforce';
import { SyncError } from '../errors.ts';
import type { BudgetPort, Spend } from '../ports/budget.ts';
import type { Clock, ClockWatch } from '../ports/clock.ts';
import { requestSession, type SalesforceAuth, type Session } from './auth.ts';
import { toLostError, toSyncErrorOf, toUnsentError } from './errors.ts';
import { createExchange, type SalesforceRequest, setupSpend, type TextAnswer, type Usage } from './exchange.ts';
import { createSessionKeeper } from './session.ts';
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
  clock?: Pick<Clock, 'now'> & Partial<Pick<Clock, 'sleep'>>;
  /** Told the server's clock with each answer. */
  clocks?: Pick<ClockWatch, 'tell'>;
  log?: SalesforceLog;
};

export type SalesforceClient = {
  /** One call, with at most two renewals of the session. @returns the parsed JSON. @throws SyncError */
  send(request: SalesforceRequest, spend: Spend): Promise<unknown>;
  /** The same for answers that are not JSON, empty ones among them. */
  sendForText(request: SalesforceRequest, spend: Spend): Promise<TextAnswer>;
  /** Logs in and settles the version where that has not been done yet. */
  ready(spend: Spend): Promise<{ session: Session; apiVersion: string }>;
  /** jsforce's own connection, logged in, over the safe transport; for metadata calls. */
  connection(): Promise<Connection>;
  /** Stops the whole connection where the error says so; for errors found inside an answer (`send` does it for its own). */
  pause(error: SyncError): Promise<void>;
  now(): number;
  sleep(delayMs: number): Promise<void>;
  /** The server's clock as far as its answers told it: ours, corrected by the last `Date` seen. */
  serverNow(): number;
  /** The org's count of its calls, by the last answer that told it. */
  lastUsage(): Usage | null;
  warn(facts: Readonly<Record<string, unknown>>, text: string): void;
  /** The same for what would be said again and again: once per process and key. */
  warnOnce(key: string, facts: Readonly<Record<string, unknown>>, text: string): void;
};

const DEFAULT_TIMEOUT_MS = 60_000;
function toRefusal(now: number): SyncError {
  return toSyncErrorOf([{ code: 'INVALID_SESSION_ID', message: '', fields: [], recordIds: [] }], now, { status: 401 });
}

/** The connection to one org: session, version, budget and the translation of errors; every call of the adapter goes through `send`. */
export function createClient(options: SalesforceOptions): SalesforceClient {
  const { budget, log } = options;
  const now = options.clock?.now ?? Date.now;
  const { conn, transportFor, translate, ...exchange } = createExchange({
    loginUrl: options.loginUrl,
    apiVersion: options.apiVersion,
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    clocks: options.clocks,
    budget,
    now,
  });
  let version: Promise<string> | null = null;
  const told = new Set<string>();

  async function login(): Promise<Session> {
    const session = await translate((onAnswer) => requestSession(options, transportFor(setupSpend, onAnswer), now()));
    conn.accessToken = session.accessToken;
    conn.instanceUrl = session.instanceUrl;
    return session;
  }

  const keeper = createSessionKeeper(login, () => toRefusal(now()));

  /** Sends once more where the session had ended meanwhile. */
  async function authorised<T>(attempt: () => Promise<T>): Promise<T> {
    let session = await keeper.current();
    for (;;) {
      try {
        const answer = await attempt();
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
    const request = { method: 'GET', path: '/services/data' } as const;
    const offered = await authorised(() => exchange.sendForJson(request, spend));
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
    sleep: options.clock?.sleep ?? ((delayMs) => setTimeout(delayMs)),
    serverNow: () => now() + exchange.aheadMs(),
    lastUsage: exchange.lastUsage,
    warn: (facts, text) => log?.warn(facts, text),
    warnOnce(key, facts, text) {
      if (!told.has(key)) log?.warn(facts, text);
      told.add(key);
    },
    pause,
    ready: (spend) => pausing(prepare(spend)),
    send: (request, spend) =>
      pausing(prepare(spend).then(() => authorised(() => exchange.sendForJson(request, spend)))),
    sendForText: (request, spend) =>
      pausing(prepare(spend).then(() => authorised(() => exchange.sendForText(request, spend)))),
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
