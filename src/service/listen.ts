import { createServer, type RequestListener, type Server } from 'node:http';
import { SyncError } from '../errors.ts';
import { answerClientErrors } from './client-errors.ts';

/** A listening server. */
export type Listener = {
  port: number;
  /** Lets running requests end, at most `withinMs`, then cuts. */
  close(withinMs: number): Promise<void>;
};

/**
 * Listens on all interfaces, or on the one that is given. Slow senders are cut: headers within 10 s, the whole request within 30 s.
 * @throws SyncError needs-human `port_taken`
 */
export async function listen(app: RequestListener, port: number, host?: string): Promise<Listener> {
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 65_000 }, app);
  server.maxHeadersCount = 100;
  answerClientErrors(server);
  await new Promise<void>((done, failed) => {
    server.once('error', (error) => failed(toListenError(error, port)));
    server.listen({ port, ...(host === undefined ? {} : { host }) }, done);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: (withinMs) => closeServer(server, withinMs),
  };
}

function closeServer(server: Server, withinMs: number): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(() => server.closeAllConnections(), withinMs);
    server.close(() => {
      clearTimeout(timer);
      done();
    });
    server.closeIdleConnections();
  });
}

function toListenError(error: Error, port: number): SyncError {
  const advice = 'Set PORT to a free one, or end the process that holds it.';
  return new SyncError('needs-human', 'port_taken', `The service cannot listen on port ${port}.`, {
    advice,
    cause: error,
  });
}
