import type { SandboxAnswer } from '../server.ts';
import type { RecordError } from './types.ts';

/** A request that fails as a whole. `body` is what the REST API answers: an array of errors, or a list of URLs for 300. */
export class RequestFault extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, errorCode: string, message: string, fields?: readonly string[]) {
    super(`${errorCode}: ${message}`);
    this.name = 'RequestFault';
    this.status = status;
    this.body = [fields === undefined ? { message, errorCode } : { message, errorCode, fields }];
  }
}

// Source: REST API guide, "Status Codes and Error Responses": what is gone is 404, what is forbidden 403, the rest of a record's faults 400.
const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  ENTITY_IS_DELETED: 404,
  NOT_FOUND: 404,
  INSUFFICIENT_ACCESS: 403,
  INSUFFICIENT_ACCESS_OR_READONLY: 400,
};

/** The answer of a single-record resource whose record failed: `errorCode` instead of `statusCode`, one element per error. */
export function answerRecordErrors(errors: readonly RecordError[]): SandboxAnswer {
  const first = errors[0];
  const status = first === undefined ? 400 : (STATUS_OF_CODE[first.statusCode] ?? 400);
  const body = errors.map(({ statusCode, message, fields, duplicateResult }) => ({
    ...(duplicateResult === undefined ? {} : { duplicateResut: duplicateResult }),
    message,
    errorCode: statusCode,
    ...(fields.length === 0 && duplicateResult !== undefined ? {} : { fields }),
  }));
  return { status, body };
}

/** The answer for anything a handler threw: a `RequestFault` as documented, anything else is a mistake of the sandbox and goes up. */
export function answerFault(thrown: unknown): SandboxAnswer {
  if (thrown instanceof RequestFault) return { status: thrown.status, body: thrown.body };
  throw thrown;
}

export function recordError(statusCode: string, message: string, fields: string[] = []): RecordError {
  return { statusCode, message, fields };
}
