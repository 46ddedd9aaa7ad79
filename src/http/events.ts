import { createHash } from 'node:crypto';
import { createSession } from 'better-sse';
import type { Request, Response, Router } from 'express';
import type { ChangeWatch } from '../usecases/overview/watch-changes.ts';
import { Problem } from './problems.ts';
import { type RouteAccess, route } from './route.ts';
import { readSessionCookie } from './sessions.ts';

export type EventsDependencies = { changes: Pick<ChangeWatch, 'listen'> };

/** Proxies cut a connection on which nothing moves, many of them after a minute. */
const heartbeatMs = 15_000;
/** How long a browser waits before it connects once more. */
const reconnectMs = 3_000;
/** Of one caller: nobody takes all the places that there are. */
const mostOfOne = 20;

/** `GET /api/v1/events`: says what has changed as long as somebody listens. Each event is named `changed`; its data is `{ topics }`. */
export function registerEvents(router: Router, access: RouteAccess, { changes }: EventsDependencies): void {
  const places = createPlaces();
  route(router, 'GET /events', access, async ({ actor, request, response }) => {
    // Express hands HEAD to whoever answers GET. It wants to know what would come, not to listen.
    if (request.method === 'HEAD') return void response.type('text/event-stream').end();
    places.take(actor, response);
    // What is told before the stream is open is told with its opening.
    const early = new Set<string>();
    const stream = {
      begun: false,
      tell: (topics: readonly string[]) => topics.forEach((topic) => void early.add(topic)),
    };
    const stop = await changes.listen({
      sessionHash: sessionOf(request, response),
      tell: (topics) => stream.tell(topics),
      end: () => endAfter(stream.begun, request, response),
    });
    if (stop === null)
      throw new Problem(503, 'too_many_listeners', 'Too many pages listen for changes. Try again later.');
    response.once('close', stop);
    if (request.socket.destroyed) return stop();
    const headers = { 'X-Accel-Buffering': 'no' };
    const session = await createSession(request, response, { keepAlive: heartbeatMs, retry: reconnectMs, headers });
    stream.begun = true;
    stream.tell = (topics) => {
      if (session.isConnected) session.push({ topics }, 'changed');
    };
    if (early.size > 0) stream.tell([...early]);
  });
}

/** Counts the streams of each caller, by the name of the token. */
function createPlaces() {
  const taken = new Map<string, number>();
  return {
    /** @throws Problem 429 where the caller has too many; else the place is free again when the answer is over */
    take(actor: string, response: Response): void {
      const before = taken.get(actor) ?? 0;
      if (before >= mostOfOne) {
        const detail = `${mostOfOne} pages listen for changes with this token. Close one of them.`;
        throw new Problem(429, 'too_many_streams', detail);
      }
      taken.set(actor, before + 1);
      response.once('close', () => {
        const left = (taken.get(actor) ?? 1) - 1;
        if (left > 0) taken.set(actor, left);
        else taken.delete(actor);
      });
    },
  };
}

/** The hash under which the ledger knows the session; null: the request came with a token. */
function sessionOf(request: Request, { locals }: Response): Buffer | null {
  const value = locals.via === 'page' ? readSessionCookie(request) : undefined;
  return value === undefined ? null : createHash('sha256').update(value).digest();
}

/** The connection goes too: one that stays open for a next request would keep the service from closing. */
function endAfter(begun: boolean, request: Request, response: Response): void {
  if (begun) response.end(() => request.socket.end());
  else request.socket.destroy();
}
