import { json, type RequestHandler } from 'express';
import { Problem } from './problems.ts';

/**
 * Reads a JSON body. A body of any other type is refused: taken for none, it would widen a request for one thing to all of them. curl's `-d`
 * sends a form unless it is told otherwise.
 */
export function readJsonBody(): RequestHandler[] {
  return [
    (request, _response, next) => {
      const { 'content-length': length, 'transfer-encoding': chunks } = request.headers;
      const isEmpty = chunks === undefined && (length === undefined || Number(length) === 0);
      if (isEmpty || request.is('application/json') !== false) return next();
      throw new Problem(415, 'not_json', 'Send the body as JSON, with the header Content-Type: application/json.');
    },
    json({ limit: '1mb' }),
  ];
}
