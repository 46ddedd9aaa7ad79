import type { Server } from 'node:http';
import type { Socket } from 'node:net';

type Refusal = { status: number; reason: string; code: string; detail: string };

const notHttp: Refusal = {
  status: 400,
  reason: 'Bad Request',
  code: 'bad_request',
  detail: 'The request could not be read.',
};

/** By the code of the error with which Node gives a request up before anybody has seen it. */
const refusals: ReadonlyMap<string, Refusal> = new Map([
  [
    'HPE_HEADER_OVERFLOW',
    {
      status: 431,
      reason: 'Request Header Fields Too Large',
      code: 'address_too_long',
      detail: 'The address and the headers are longer than 16 KB together.',
    },
  ],
  [
    'ERR_HTTP_REQUEST_TIMEOUT',
    { status: 408, reason: 'Request Timeout', code: 'too_slow', detail: 'The request did not arrive in time.' },
  ],
]);

/** Whoever is refused in the middle of sending needs a moment to read why: closed at once, the answer would be lost. */
const lingerMs = 1_000;

/** Answers what Node cannot read as a request: as a problem, like all others, and with the connection closed. */
export function answerClientErrors(server: Server): void {
  server.on('clientError', (error, socket) => {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (socket.destroyed || !socket.writable || code === 'ECONNRESET') return void socket.destroy();
    refuse(socket as Socket, refusals.get(code) ?? notHttp);
  });
}

function refuse(socket: Socket, { status, reason, code, detail }: Refusal): void {
  const body = JSON.stringify({ type: 'about:blank', title: code.replaceAll('_', ' '), status, detail, code });
  const head = [
    `HTTP/1.1 ${status} ${reason}`,
    'Content-Type: application/problem+json',
    'Cache-Control: no-store',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('close', () => clearTimeout(timer));
}
