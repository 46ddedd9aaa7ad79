/** Retry later by itself / not our turn yet / never worth another try / a person must change data, mapping or rights. */
export type ErrorKind = 'retryable' | 'wait' | 'permanent' | 'needs-human';

/** Ids, names and codes that help to find the cause. Never a field's value, a name, an email address or a token. */
export type ErrorDetail = {
  /** What the reader should do next, in plain words. */
  advice?: string;
  /** Names of the fields concerned, in the words of the CRM that refused them. */
  fields?: readonly string[];
  /** The vendor's own stable code, such as `STRING_TOO_LONG` or `VALIDATION_ERROR`. */
  vendorCode?: string;
  /** HTTP status of the answer, where there was one. */
  status?: number;
  /** The vendor's id of the request, for their support. */
  correlationId?: string;
  /** For `wait`: when to look again, epoch milliseconds. */
  untilMs?: number;
  /** For `wait`: the whole connection waits (a spent limit, a lost authorisation), not only this record. */
  pausesConnection?: boolean;
  /** The call may have been carried out although no answer came. */
  mayHaveHappened?: boolean;
  /** Record ids that belong to the fault, such as the other record of a duplicate. */
  recordIds?: readonly string[];
  cause?: unknown;
};

/**
 * The one error of this product. `code` is one of ours (see docs/errors.md); `message` is a sentence a revops person can read
 * and holds no personal data and no secret.
 */
export class SyncError extends Error {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly detail: ErrorDetail;

  constructor(kind: ErrorKind, code: string, message: string, detail: ErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = 'SyncError';
    this.kind = kind;
    this.code = code;
    this.detail = detail;
  }
}

/** Any thrown value as a `SyncError`; what nobody classified is retryable, so that a wrong guess costs time and not a record. */
export function toSyncError(thrown: unknown): SyncError {
  if (thrown instanceof SyncError) return thrown;
  return new SyncError(
    'retryable',
    'unexpected',
    'Something unexpected went wrong inside Handoff; it will be tried again.',
    {
      cause: thrown,
      advice: 'If this repeats, look for this code in the service log and report it.',
    },
  );
}
