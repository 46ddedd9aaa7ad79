import type { ErrorRequestHandler, Request, Response } from 'express';
import { SyncError } from '../errors.ts';
import { describeError } from '../log.ts';
import type { Log } from '../ports/log.ts';
import type { Shown } from './contract/endpoint.ts';
import type { problemView } from './contract/reference.ts';

/** An answer of the HTTP edge that is not 2xx, in the words of RFC 9457. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, detail: string) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.code = code;
  }
}

/** `code` says which problem it is; RFC 9457 wants `about:blank` where no page of its own describes a `type`. */
export function sendProblem(
  response: Response,
  { status, code, message }: Pick<Problem, 'status' | 'code' | 'message'>,
): void {
  const title = code.replaceAll('_', ' ');
  const told: Shown<typeof problemView> = { type: 'about:blank', title, status, detail: message, code };
  response.status(status).type('application/problem+json').send(JSON.stringify(told));
}

/** Turns whatever a route threw into one problem answer; what nobody expected is logged without its text and answers 500. */
export function createErrorHandler(log: Log): ErrorRequestHandler {
  return (error: unknown, request: Request, response: Response, next) => {
    if (response.headersSent) return next(error);
    const problem = toProblem(error);
    if (problem.status >= 500)
      log.warn({ ...describeError(error), method: request.method, status: problem.status }, 'request failed');
    if (problem.status === 503) response.setHeader('Retry-After', '5');
    sendProblem(response, problem);
  };
}

/** What is answered where this was thrown. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof SyncError) return new Problem(statusOf(error), error.code, error.message);
  const status = statusOfParser(error);
  if (status === 413) return new Problem(413, 'too_large', 'The body is larger than 1 MB.');
  if (status === 415) return new Problem(415, 'encoded_body', 'Send the body without a content encoding.');
  if (status !== null && status < 500) return new Problem(status, 'bad_request', 'The request could not be read.');
  return new Problem(500, 'unexpected', 'Something unexpected went wrong inside Handoff. The log has the details.');
}

/** What the caller asked for is not there, or was asked for wrongly; every other code is answered by its kind. */
const statusByCode: ReadonlyMap<string, number> = new Map([
  ['contact_not_found', 404],
  ['person_not_paired', 404],
  ['record_not_found', 404],
  ['record_not_paired', 404],
  ['field_not_frozen', 404],
  ['mapping_version_unknown', 404],
  ['bad_cursor', 400],
  ['bad_filter', 400],
  ['bad_period', 400],
  ['run_not_found', 404],
  ['hubspot_list_unknown', 404],
]);

function statusOf({ kind, code }: SyncError): number {
  return statusByCode.get(code) ?? { retryable: 503, wait: 503, permanent: 410, 'needs-human': 409 }[kind];
}

/** Express and its body parsers put an HTTP status on their errors. */
function statusOfParser(error: unknown): number | null {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : null;
}
