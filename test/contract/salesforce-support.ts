import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createNetServer, type Server, type Socket } from 'node:net';
import type { BudgetFacts, BudgetPort, Spend } from '../../src/ports/budget.ts';
import type { PersonLookup, PersonWriteRequest, WriteOptions } from '../../src/ports/salesforce.ts';
import { createSalesforce, type SalesforceOptions } from '../../src/salesforce/crm.ts';
import type { SalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';

export const spend: Spend = { priority: 1, prepaid: 0 };

export type RecordedBudget = BudgetPort & {
  taken: number;
  facts: BudgetFacts[];
  pauses: { system: string; untilMs: number; code: string }[];
};

/** A budget without limits that remembers what it was asked and told. */
export function createRecordedBudget(): RecordedBudget {
  const budget: RecordedBudget = {
    taken: 0,
    facts: [],
    pauses: [],
    reserve: async () => ({ waitMs: 0, granted: true }),
    async take() {
      budget.taken += 1;
    },
    observe(_bucket, facts) {
      budget.facts.push(facts);
    },
    async pause(system, untilMs, code) {
      budget.pauses.push({ system, untilMs, code });
    },
  };
  return budget;
}

/** A log that keeps what the adapter warned of. */
export function createWarnings() {
  const lines: Readonly<Record<string, unknown>>[] = [];
  const texts: string[] = [];
  const warn = (facts: Readonly<Record<string, unknown>>, text: string) => {
    lines.push(facts);
    texts.push(text);
  };
  return { lines, texts, warn };
}

/** The adapter on a sandbox, and its budget. */
export function connectTo(sandbox: SalesforceSandbox, options: Partial<SalesforceOptions> = {}) {
  const budget = createRecordedBudget();
  const salesforce = createSalesforce({
    loginUrl: sandbox.url,
    clientId: sandbox.clientId,
    auth: { kind: 'client-credentials', clientSecret: sandbox.clientSecret },
    apiVersion: '67.0',
    budget,
    ...options,
  });
  return { salesforce, budget };
}

export const fields = { Lead: ['LastName', 'Company', 'City'], Contact: ['LastName', 'MailingCity'] } as const;

export const writeOptions: WriteOptions = { assignmentRule: false, allowDuplicates: false, readBack: fields };

export function lookup(contactId: string, more: Partial<PersonLookup> = {}): PersonLookup {
  return { contactId, externalIds: [contactId], personIds: [], emails: [], ...more };
}

export function createOf(contactId: string, more: Partial<PersonWriteRequest> = {}): PersonWriteRequest {
  const values = { LastName: `Name ${contactId}`, Company: 'Example Ltd' };
  return { contactId, operation: 'create', object: 'Lead', id: null, fields: values, ...more };
}

export type RawServer = { url: string; close(): Promise<void> };

function finish(server: Server, sockets: Set<Socket>): RawServer {
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return { url: `http://127.0.0.1:${port}`, close };
}

/** A server on a free loopback port that hands each socket over once the head of a request has come. */
export async function startSocketServer(onRequest: (socket: Socket, text: string) => void): Promise<RawServer> {
  const server = createNetServer((socket) => {
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      if (text.includes('\r\n\r\n')) onRequest(socket, text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return finish(server, new Set());
}

export type Exchange = { method: string; url: string; headers: IncomingMessage['headers']; body: string };

/** An HTTP server whose answers are written by hand; requests are kept in order. */
export async function startHttpServer(
  answer: (exchange: Exchange, response: ServerResponse) => void,
): Promise<RawServer & { requests: Exchange[] }> {
  const requests: Exchange[] = [];
  const server = createServer((incoming, response) => {
    let body = '';
    incoming.on('data', (bytes: Buffer) => {
      body += bytes.toString('utf8');
    });
    incoming.on('end', () => {
      const exchange = { method: incoming.method ?? '', url: incoming.url ?? '', headers: incoming.headers, body };
      requests.push(exchange);
      answer(exchange, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { ...finish(server, new Set()), requests };
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
) {
  response.writeHead(status, { 'content-type': 'application/json;charset=UTF-8', ...headers });
  response.end(JSON.stringify(body));
}
