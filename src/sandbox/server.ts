import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createFaults, type FaultKind, type Faults } from './faults.ts';

/** A request as the sandboxes see it. `path` has no query; `body` are the raw bytes; `at` is epoch milliseconds of arrival. */
export type SandboxRequest = {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: Buffer;
  at: number;
};

/** `body` is sent as JSON, `raw` as it stands (text/html unless `headers` says otherwise); neither: an empty answer. */
export type SandboxAnswer = { status: number; headers?: Record<string, string>; body?: unknown; raw?: string };

/** One answered (or cut) request. `status` is 0 where the socket was destroyed before an answer began. */
export type LoggedRequest = { method: string; path: string; status: number; at: number; body?: string };

export type SandboxServerOptions = {
  /** 0 or absent: a free port. Always on 127.0.0.1. */
  port?: number;
  /** Added to every answer of `handle`, counted from the arrival of the whole request. */
  latencyMs?: number;
  /** Keep the raw request bodies in the log (off by default: a benchmark must not pay for it). */
  keepBodies?: boolean;
  now?: () => number;
  /** Requests whose path starts with this go to `control`: no latency, no faults, not in the log. Default `/__sandbox/`. */
  controlPrefix?: string;
  control?: (request: SandboxRequest) => SandboxAnswer | Promise<SandboxAnswer>;
  handle: (request: SandboxRequest) => SandboxAnswer | Promise<SandboxAnswer>;
};

export type SandboxServer = {
  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  url: string;
  port: number;
  faults: Faults;
  /** The last 20,000 requests, oldest first. */
  requests: readonly LoggedRequest[];
  /** How often each `METHOD /path status` was seen since the start or `resetRequests`; ids in paths become `{id}`. */
  countByPattern(): Record<string, number>;
  resetRequests(): void;
  setLatencyMs(latencyMs: number): void;
  setKeepBodies(keep: boolean): void;
  /** Destroys open sockets and stops listening. */
  close(): Promise<void>;
};

const MAX_LOGGED = 20_000;
const IDLE_SOCKET_MS = 60_000;
const MAX_HEADER_BYTES = 128 * 1024;

/** Path segments that are numeric ids or 15/18-character Salesforce ids are written as `{id}`, so that counts group. */
function toPathPattern(path: string): string {
  return path.replace(/\/(\d+|[a-zA-Z0-9]{3}0[a-zA-Z0-9]{11}(?:[a-zA-Z0-9]{3})?)(?=\/|$)/g, '/{id}');
}

function readBody(incoming: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () =>
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)),
    );
    incoming.on('error', reject);
    incoming.on('aborted', () => reject(new Error('the client went away')));
  });
}

function toWire(answer: SandboxAnswer): { status: number; headers: Record<string, string>; text: string } {
  const hasJson = answer.raw === undefined && answer.body !== undefined;
  const text = answer.raw ?? (hasJson ? JSON.stringify(answer.body) : '');
  const type = hasJson ? 'application/json;charset=utf-8' : 'text/html;charset=utf-8';
  const headers: Record<string, string> = text === '' ? {} : { 'content-type': type };
  return { status: answer.status, headers: { ...headers, ...answer.headers }, text };
}

function send(response: ServerResponse, answer: SandboxAnswer, atMs: number, cutInTheMiddle: boolean): void {
  if (response.destroyed) return;
  const wire = toWire(answer);
  const bytes = Buffer.from(wire.text, 'utf8');
  // The server's time as a client may take it: the sandbox's clock, not this machine's.
  const date = new Date(atMs).toUTCString();
  response.writeHead(wire.status, { date, ...wire.headers, 'content-length': String(bytes.length) });
  if (!cutInTheMiddle) {
    response.end(bytes);
    return;
  }
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.socket?.destroy());
}

function toFaultAnswer(fault: Extract<FaultKind, { kind: 'status' }>): SandboxAnswer {
  return { status: fault.status, headers: fault.headers, body: fault.body, raw: fault.raw };
}

function wait(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}

/** The requests that were answered, the newest ones one by one, all of them as counts. */
function createRequestLog() {
  const entries: LoggedRequest[] = [];
  const counts = new Map<string, number>();
  return {
    entries,
    add(request: SandboxRequest, status: number, keepBody: boolean): void {
      const entry: LoggedRequest = { method: request.method, path: request.path, status, at: request.at };
      if (keepBody) entry.body = request.body.toString('utf8');
      entries.push(entry);
      if (entries.length > MAX_LOGGED * 1.1) entries.splice(0, entries.length - MAX_LOGGED);
      const key = `${request.method} ${toPathPattern(request.path)} ${status}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    },
    countByPattern: () => Object.fromEntries([...counts].sort(([a], [b]) => a.localeCompare(b))),
    reset(): void {
      entries.length = 0;
      counts.clear();
    },
  };
}

function toRequest(incoming: IncomingMessage, body: Buffer, at: number): SandboxRequest {
  const url = incoming.url ?? '/';
  const cut = url.indexOf('?');
  return {
    method: incoming.method ?? 'GET',
    path: cut < 0 ? url : url.slice(0, cut),
    query: new URLSearchParams(cut < 0 ? '' : url.slice(cut + 1)),
    headers: incoming.headers,
    body,
    at,
  };
}

/**
 * The HTTP ground both sandboxes stand on: loopback only, latency, faults, a log of requests. A handler that throws answers 500, so a
 * mistake in a sandbox shows up in the test that met it.
 */
export async function startSandboxServer(options: SandboxServerOptions): Promise<SandboxServer> {
  const now = options.now ?? Date.now;
  const prefix = options.controlPrefix ?? '/__sandbox/';
  const faults = createFaults();
  const log = createRequestLog();
  let latencyMs = options.latencyMs ?? 0;
  let keepBodies = options.keepBodies ?? false;

  async function answerApi(request: SandboxRequest, url: string, response: ServerResponse): Promise<void> {
    const arrivedAt = performance.now();
    const hasFaults = faults.left() > 0;
    const fault = hasFaults ? faults.take(`${request.method} ${url}`, request.body.toString('utf8')) : undefined;
    if (fault?.kind === 'cut-before') {
      log.add(request, 0, keepBodies);
      response.socket?.destroy();
      return;
    }
    const answer = fault?.kind === 'status' ? toFaultAnswer(fault) : await options.handle(request);
    const isSilent = fault?.kind === 'cut-after' || fault?.kind === 'hang';
    log.add(request, isSilent ? 0 : answer.status, keepBodies);
    const delayMs = latencyMs + (fault?.kind === 'delay' ? fault.delayMs : 0) - (performance.now() - arrivedAt);
    if (delayMs > 0) await wait(delayMs);
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'cut-after') response.socket?.destroy();
    else send(response, answer, now(), fault?.kind === 'cut-during');
  }

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = toRequest(incoming, await readBody(incoming), now());
    if (options.control !== undefined && request.path.startsWith(prefix)) {
      send(response, await options.control(request), now(), false);
      return;
    }
    await answerApi(request, incoming.url ?? '/', response);
  }

  // Node's own 16 KB limit would answer before the sandbox can say the vendor's 414 or 431.
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (incoming, response) => {
    answer(incoming, response).catch((thrown: unknown) => {
      const message = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
      if (!response.headersSent) send(response, { status: 500, body: { status: 'error', message } }, now(), false);
      else response.socket?.destroy();
    });
  });
  server.keepAliveTimeout = IDLE_SOCKET_MS;
  const port = await listen(server, options.port ?? 0);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    faults,
    requests: log.entries,
    countByPattern: log.countByPattern,
    resetRequests: log.reset,
    setLatencyMs(value) {
      latencyMs = value;
    },
    setKeepBodies(keep) {
      keepBodies = keep;
    },
    close: () => stop(server),
  };
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

function stop(server: ReturnType<typeof createServer>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
