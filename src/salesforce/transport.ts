import { PassThrough } from 'node:stream';
import { Transport } from 'jsforce/lib/transport.js';
import type { HttpRequest, HttpResponse } from 'jsforce/lib/types/index.js';
import { StreamPromise } from 'jsforce/lib/util/promise.js';
import { SyncError } from '../errors.ts';
import { keepDigits } from './exact-numbers.ts';

export type TransportOptions = {
  /** From the first byte sent to the last byte of the body, in milliseconds. Waiting for the budget is not counted. */
  timeoutMs: number;
  /** Awaited before each request is sent: the call budget. What it throws, the request throws. */
  beforeSend(): Promise<void>;
  /** Told about each complete answer, errors too. */
  onAnswer?(answer: HttpResponse): void;
};

function toBody(request: HttpRequest): string | Buffer | URLSearchParams | undefined {
  const { body } = request;
  if (body === null || body === undefined) return undefined;
  if (typeof body === 'string' || Buffer.isBuffer(body) || body instanceof URLSearchParams) return body;
  throw new SyncError(
    'permanent',
    'unexpected',
    'A streamed request body was given to a transport that sends whole ones.',
  );
}

/** jsforce computes `content-length` itself; fetch does so too and refuses to be told. */
function toHeaders(request: HttpRequest): Record<string, string> {
  const entries = Object.entries(request.headers ?? {});
  return Object.fromEntries(entries.filter(([name]) => name.toLowerCase() !== 'content-length'));
}

async function exchange(request: HttpRequest, options: TransportOptions): Promise<HttpResponse> {
  await options.beforeSend();
  const response = await fetch(request.url, {
    method: request.method,
    headers: toHeaders(request),
    body: toBody(request),
    redirect: 'manual',
    signal: AbortSignal.timeout(options.timeoutMs),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  const body = isJson ? keepDigits(text) : text;
  const answer = { statusCode: response.status, headers: Object.fromEntries(response.headers), body };
  options.onAnswer?.(answer);
  // 300 is an answer of the REST API (ambiguous external id); the others would carry the token to wherever they point.
  if (response.status > 300 && response.status < 400 && response.status !== 304) throw toRedirectError(response.status);
  return answer;
}

function toRedirectError(status: number): SyncError {
  return new SyncError(
    'needs-human',
    'salesforce_redirected',
    'Salesforce answered with a redirect, which is not followed.',
    {
      status,
      advice: 'Set SALESFORCE_LOGIN_URL to the My Domain URL that Salesforce shows under Setup, My Domain.',
    },
  );
}

/**
 * The HTTP layer put in place of jsforce's own: one fetch per request, a deadline that covers the body, the body read whole, no retries,
 * no redirects. Numbers that a double would change come as texts of their digits. A connection that ends at any moment is an ordinary rejection. It does not serve streaming calls (bulk uploads).
 * @see docs/decisions/0010-salesforce-transport.md
 */
export function createTransport(options: TransportOptions): Transport {
  return Object.assign(new Transport(), {
    httpRequest: (request: HttpRequest) =>
      StreamPromise.create<HttpResponse>(() => {
        // jsforce asks every request for a stream, though nothing here reads it.
        const stream = new PassThrough();
        const promise = exchange(request, options);
        promise.then(
          (answer) => stream.end(answer.body),
          () => stream.destroy(),
        );
        return { stream, promise };
      }),
  });
}
