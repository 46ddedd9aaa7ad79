import type { Request, RequestHandler, Response } from 'express';
import { rateLimit } from 'express-rate-limit';
import { Problem, sendProblem } from './problems.ts';

const windowMs = 60_000;

/**
 * Refused requests of one address in a minute. Whoever is signed in is not counted and not limited (see `identify`), and signing in is counted
 * by itself.
 */
export function limitFailures(): RequestHandler {
  const detail = 'Too many refused requests. Try again in a minute.';
  return limit(
    300,
    detail,
    ({ originalUrl, method }, { actor }) => actor !== undefined || isSignIn(method, originalUrl),
  );
}

function isSignIn(method: string, url: string): boolean {
  return method === 'POST' && /^\/api\/v1\/session\/?(\?|$)/i.test(url);
}

/** Attempts to sign in with a wrong token, of one address in a minute. Guessing a token is slow. */
export function limitSignIns(): RequestHandler {
  return limit(10, 'Too many attempts to sign in. Try again in a minute.', () => false);
}

function limit(
  most: number,
  detail: string,
  skip: (request: Request, locals: Response['locals']) => boolean,
): RequestHandler {
  return rateLimit({
    windowMs,
    limit: most,
    skip: (request, response) => skip(request, response.locals),
    skipSuccessfulRequests: true,
    standardHeaders: false,
    legacyHeaders: false,
    handler: (_request, response) => {
      response.setHeader('Retry-After', String(windowMs / 1_000));
      sendProblem(response, new Problem(429, 'too_many_failures', detail));
    },
  });
}
