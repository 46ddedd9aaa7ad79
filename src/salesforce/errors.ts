import { z } from 'zod';
import { findPersonIds, toLongId } from '../domain/salesforce-ids.ts';
import { type ErrorDetail, type ErrorKind, SyncError } from '../errors.ts';
import { type ErrorRow, errorTable } from './error-table.ts';

/** One error as Salesforce states it, in one shape for all its endpoints. */
export type VendorError = { code: string; message: string; fields: readonly string[]; recordIds: readonly string[] };

/** An answer as far as errors are concerned. */
export type FailedAnswer = { status: number; headers: Readonly<Record<string, string>>; body: unknown };

const duplicateDetail = z.object({
  matchResults: z.array(
    z.object({ matchRecords: z.array(z.object({ record: z.object({ Id: z.string().optional() }) })) }),
  ),
});

// Per-record errors carry `statusCode`, whole answers `errorCode`, the token endpoint `error`. Salesforce itself misspells `duplicateResut`.
const vendorError = z.object({
  statusCode: z.string().optional().catch(undefined),
  errorCode: z.string().optional().catch(undefined),
  error: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
  fields: z.array(z.string()).optional().catch(undefined),
  duplicateResut: duplicateDetail.optional().catch(undefined),
  duplicateResult: duplicateDetail.optional().catch(undefined),
});

const rowsOfFields = errorTable.filter(({ field }) => field !== undefined);
const rowsByCode = new Map(
  errorTable.filter(({ field }) => field === undefined).flatMap((row) => row.codes.map((code) => [code, row] as const)),
);

const unknownRow: ErrorRow = {
  codes: [],
  kind: 'retryable',
  code: 'salesforce_unknown_error',
  message: 'Salesforce answered with an error that Handoff does not know.',
  advice: 'It is tried again by itself. If it repeats, look up the vendor code shown here.',
};

/** The order in which one of several errors speaks for all: what stops everything first, guesses last. */
const rank: Readonly<Record<ErrorKind, number>> = { wait: 0, 'needs-human': 1, permanent: 2, retryable: 3 };

/**
 * What a vendor code means to us; an unknown one is retryable, so that a wrong guess costs time and not a record.
 * @param fields at which the error stands
 */
export function rowFor(vendorCode: string, fields: readonly string[] = []): ErrorRow {
  const ofField = rowsOfFields.find(({ codes, field = '' }) => codes.includes(vendorCode) && fields.includes(field));
  return ofField ?? rowsByCode.get(vendorCode) ?? unknownRow;
}

/**
 * Fields that Salesforce said it does not know (`No such column 'X' on entity 'Lead'`) or does not let us write (`Unable to create/update
 * fields: X, Y. Please check the security settings`): in some answers only the message names them.
 */
function findUnknownFields(code: string, message: string): string[] {
  if (rowFor(code).code !== 'salesforce_unknown_field') return [];
  const [, name] = /column '([A-Za-z][A-Za-z0-9_]{0,79})'/.exec(message) ?? [];
  const [, list = ''] = /fields: ([A-Za-z0-9_, ]{1,1000})\./.exec(message) ?? [];
  const listed = list.split(', ').filter((each) => /^[A-Za-z][A-Za-z0-9_]{0,79}$/.test(each));
  return name === undefined ? listed : [name];
}

/** A trigger that failed because a row was locked names that in its message; the lock is the cause and passes. */
function toCauseCode(code: string, message: string): string {
  const failedInside = rowsByCode.get(code)?.code === 'salesforce_automation_failed';
  return failedInside && message.includes('UNABLE_TO_LOCK_ROW') ? 'UNABLE_TO_LOCK_ROW' : code;
}

function toVendorError(raw: unknown): VendorError | null {
  const parsed = vendorError.safeParse(raw);
  if (!parsed.success) return null;
  const { statusCode, errorCode, error, message, fields, duplicateResut, duplicateResult } = parsed.data;
  const code = errorCode ?? statusCode ?? error;
  if (code === undefined) return null;
  const matches = (duplicateResut ?? duplicateResult)?.matchResults.flatMap((result) => result.matchRecords) ?? [];
  const matchedIds = matches.map(({ record }) => toLongId(record.Id ?? '')).filter((id) => id !== null);
  // Of a message only ids are taken: `duplicates value on record with id: 00Q…`. The rest may hold values.
  const namedIds = code.startsWith('DUPLICATE') ? findPersonIds(message ?? '') : [];
  return {
    code: toCauseCode(code, message ?? ''),
    message: message ?? '',
    fields: fields !== undefined && fields.length > 0 ? fields : findUnknownFields(code, message ?? ''),
    recordIds: [...new Set([...matchedIds, ...namedIds])],
  };
}

/** All errors an error body (or a record's `errors`) states; empty where it states none. */
export function toVendorErrors(body: unknown): VendorError[] {
  const items: unknown[] = Array.isArray(body) ? body : [body];
  return items.map(toVendorError).filter((error) => error !== null);
}

/** The error that decides what happens next. */
function pickVendorError(errors: readonly VendorError[]): VendorError | undefined {
  const weigh = ({ code }: VendorError) => rank[rowFor(code).kind] + (rowsByCode.has(code) ? 0 : 0.5);
  return [...errors].sort((a, b) => weigh(a) - weigh(b))[0];
}

function toMessage(row: ErrorRow, error: VendorError): string {
  if (row.showVendorMessage === true && error.message !== '') return `${row.message} It says: ${error.message}`;
  return row.message;
}

/**
 * Salesforce's errors about one record, one sub-request or one call as ours. Vendor messages are left out (they may hold values), but for
 * the texts that an admin wrote into validation rules.
 * @param now epoch milliseconds, from which pauses are counted
 */
export function toSyncErrorOf(errors: readonly VendorError[], now: number, detail: ErrorDetail = {}): SyncError {
  const main = pickVendorError(errors);
  if (main === undefined) return fromRow(unknownRow, { ...detail, advice: unknownRow.advice });
  const row = rowFor(main.code, main.fields);
  const pause =
    row.pauseMinutes === undefined ? {} : { untilMs: now + row.pauseMinutes * 60_000, pausesConnection: true };
  return new SyncError(row.kind, row.code, toMessage(row, main), {
    ...detail,
    ...pause,
    advice: row.advice,
    vendorCode: main.code,
    fields: [...new Set(errors.flatMap(({ fields }) => fields))],
    recordIds: [...new Set(errors.flatMap(({ recordIds }) => recordIds))],
  });
}

function fromRow(row: ErrorRow, detail: ErrorDetail): SyncError {
  return new SyncError(row.kind, row.code, row.message, detail);
}

/** A call that was answered with an error as a whole. A 5xx may hide a write that was carried out. */
export function toAnswerError(answer: FailedAnswer, now: number): SyncError {
  const stated = toVendorErrors(answer.body);
  const errors =
    stated.length > 0 ? stated : [{ code: `ERROR_HTTP_${answer.status}`, message: '', fields: [], recordIds: [] }];
  const requestId = answer.headers['sforce-request-id'] ?? answer.headers['x-request-id'];
  return toSyncErrorOf(errors, now, {
    status: answer.status,
    ...(requestId === undefined ? {} : { correlationId: requestId }),
    ...(answer.status >= 500 ? { mayHaveHappened: true } : {}),
  });
}

// Before the connection stood nothing was sent; after that nobody can know.
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** The code of the innermost fault that has one: fetch wraps `ECONNREFUSED` and its like. */
function toSystemCode(thrown: unknown): string | undefined {
  let code: string | undefined;
  for (let current = thrown, depth = 0; current instanceof Error && depth < 4; depth += 1) {
    if ('code' in current && typeof current.code === 'string') code = current.code;
    current = current.cause;
  }
  return code;
}

/** A call without a (whole) answer: refused, cut, or too slow. */
export function toLostError(thrown: unknown): SyncError {
  if (thrown instanceof SyncError) return thrown;
  const systemCode = toSystemCode(thrown);
  const neverSent = systemCode !== undefined && NEVER_SENT.has(systemCode);
  return new SyncError(
    'retryable',
    neverSent ? 'salesforce_unreachable' : 'salesforce_no_answer',
    neverSent ? 'Salesforce could not be reached.' : 'The answer of Salesforce was lost or did not come in time.',
    {
      advice: 'It is tried again by itself. If it repeats, check the network and SALESFORCE_LOGIN_URL.',
      mayHaveHappened: !neverSent,
      ...(systemCode === undefined ? {} : { vendorCode: systemCode }),
      cause: thrown,
    },
  );
}

/** The same error for a call that was not sent because of it. */
export function toUnsentError(error: SyncError): SyncError {
  return new SyncError(error.kind, error.code, error.message, { ...error.detail, mayHaveHappened: false });
}
