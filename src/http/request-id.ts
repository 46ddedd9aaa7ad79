import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Log, LogContext } from '../ports/log.ts';

/** An id that a proxy has given: hexadecimal, so that nobody's name or address gets into the log by it. */
const givenId = /^[0-9a-f]{8}[0-9a-f-]{0,56}$/i;

/** Gives each request an id, which its log lines carry and its answer tells as `X-Request-Id`; the one of a proxy in front is kept. */
export function nameRequests(log: Log & Partial<LogContext>): RequestHandler {
  return (request, response, next) => {
    const given = request.get('x-request-id');
    const requestId = given !== undefined && givenId.test(given) ? given : randomUUID();
    response.setHeader('X-Request-Id', requestId);
    if (log.during === undefined) next();
    else log.during({ requestId }, next);
  };
}
