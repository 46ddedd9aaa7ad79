import { Connection } from 'jsforce';
import type { Transport } from 'jsforce/lib/transport.js';
import type { HttpRequest, HttpResponse } from 'jsforce/lib/types/index.js';
import { SyncError } from '../errors.ts';
import type { BudgetPort, Spend } from '../ports/budget.ts';
import type { ClockWatch } from '../ports/clock.ts';
import { toAnswerError, toLostError } from './errors.ts';
import { toServerMs, toUsage } from './headers.ts';
import { createTransport } from './transport.ts';
import { takeTurn } from './turn.ts';

/** `path` begins with `/services/…`, or is relative to the version root (`/composite`). */
export type SalesforceRequest = {
  method: HttpRequest['method'];
  path: string;
  headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it stands. */
  csv?: string;
  /** Looks into a good answer and throws what is wrong inside it, such as a session that ended in the middle of a composite call. */
  inspect?: (answer: unknown) => void;
  /** Told the server's clock, where the answer has a `Date`; epoch milliseconds, whole seconds. */
  onServerTime?: (serverMs: number) => void;
};

/** Header names are in lower case. */
export type TextAnswer = { text: string; headers: Readonly<Record<string, string>> };

export type Usage = { dailyUsed: number; dailyLimit: number };

export type Exchange = {
  /** jsforce's own connection, over the safe transport. */
  conn: Connection;
  transportFor(spend: Spend, onAnswer?: (answer: HttpResponse) => void): Transport;
  /** Runs one exchange and turns what it throws into a SyncError: from the answer where there was one, else from the fault. */
  translate<T>(run: (onAnswer: (answer: HttpResponse) => void) => Promise<T>): Promise<T>;
  /** One request whose answer is JSON. @throws SyncError */
  sendForJson(request: SalesforceRequest, spend: Spend): Promise<unknown>;
  /** One request whose answer is taken as it stands, an empty one too. @throws SyncError */
  sendForText(request: SalesforceRequest, spend: Spend): Promise<TextAnswer>;
  /** How far the server's clock is ahead of ours, in milliseconds. */
  aheadMs(): number;
  lastUsage(): Usage | null;
};

/** A call at the login is nobody's reserved call. */
export const setupSpend: Spend = { priority: 2, prepaid: 0 };

function parseBody(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

function toContent({ body, csv }: SalesforceRequest): { type: string; text: string } | null {
  if (csv !== undefined) return { type: 'text/csv; charset=UTF-8', text: csv };
  return body === undefined ? null : { type: 'application/json', text: JSON.stringify(body) };
}

type ExchangeOptions = {
  loginUrl: string;
  apiVersion: string;
  timeoutMs: number;
  budget: BudgetPort;
  now(): number;
  /** Told the server's clock with each answer. */
  clocks?: Pick<ClockWatch, 'tell'> | undefined;
};

/** Single requests over jsforce: each takes its turn of the budget, and what it throws is a SyncError. A 401 is an error like others here. */
export function createExchange(options: ExchangeOptions): Exchange {
  const { loginUrl, apiVersion, timeoutMs, budget, now, clocks } = options;
  // No `oauth2.clientId` here: with one, jsforce renews sessions by itself, without a bound.
  const conn = new Connection({
    loginUrl,
    instanceUrl: loginUrl,
    version: apiVersion,
    callOptions: { client: 'handoff' },
    // Its DEBUG level prints tokens, and an environment variable could turn that on.
    logLevel: 'NONE',
  });
  conn._transport = transportFor(setupSpend);
  let aheadMs = 0;
  let lastUsage: Usage | null = null;

  function observe({ headers }: HttpResponse): void {
    const usage = toUsage(headers);
    if (usage !== null) {
      lastUsage = usage;
      budget.observe('salesforce', usage);
    }
    const serverMs = toServerMs(headers);
    if (serverMs === null) return;
    aheadMs = serverMs - now();
    clocks?.tell('salesforce', serverMs, now());
  }

  function transportFor(spend: Spend, onAnswer?: (answer: HttpResponse) => void): Transport {
    return createTransport({
      timeoutMs,
      beforeSend: () => takeTurn(budget, spend),
      onAnswer(answer) {
        observe(answer);
        onAnswer?.(answer);
      },
    });
  }

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

  /** `responseType`: how jsforce is to read the answer, whatever its own type says. */
  async function exchange(request: SalesforceRequest, spend: Spend, responseType?: string) {
    const content = toContent(request);
    let answer: HttpResponse | undefined;
    const parsed = await translate((onAnswer) =>
      conn.request<unknown>(
        {
          method: request.method,
          url: request.path,
          headers: { ...request.headers, ...(content === null ? {} : { 'content-type': content.type }) },
          ...(content === null ? {} : { body: content.text }),
        },
        {
          ...(responseType === undefined ? {} : { responseType }),
          transport: transportFor(spend, (seen) => {
            answer = seen;
            onAnswer(seen);
          }),
        },
      ),
    );
    return { parsed, answer };
  }

  return {
    conn,
    transportFor,
    translate,
    async sendForJson(request, spend) {
      const { parsed, answer } = await exchange(request, spend);
      if (typeof parsed === 'string') throw toLostError(new TypeError('the answer was not JSON'));
      request.inspect?.(parsed);
      const serverMs = toServerMs(answer?.headers ?? {});
      if (serverMs !== null) request.onServerTime?.(serverMs);
      return parsed;
    },
    async sendForText(request, spend) {
      const { answer } = await exchange(request, spend, 'text/plain');
      return { text: answer?.body ?? '', headers: answer?.headers ?? {} };
    },
    aheadMs: () => aheadMs,
    lastUsage: () => lastUsage,
  };
}
