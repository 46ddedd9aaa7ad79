import { SyncError } from '../errors.ts';
import type { AdminLedger } from '../ports/ledger-admin.ts';
import type { FailureFilter, FailurePosition, FailureRow } from '../ports/ledger-history.ts';

export type FailureQuery = {
  /** From 1. */
  limit: number;
  code?: string;
  /** The `nextCursor` of the list before. */
  cursor?: string;
};

export type FailureList = { items: readonly FailureRow[]; nextCursor: string | null };

/**
 * One page of failures, the newest first.
 * @throws SyncError permanent `bad_cursor`; whatever the ledger answers
 */
export async function listFailures(
  ledger: Pick<AdminLedger, 'failures'>,
  { limit, code, cursor }: FailureQuery,
): Promise<FailureList> {
  const filter: FailureFilter = {
    ...(code === undefined ? {} : { code }),
    ...(cursor === undefined ? {} : { after: parseCursor(cursor) }),
  };
  const rows = await ledger.failures(limit + 1, filter);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? toCursor(last) : null };
}

function toCursor({ lastAtMs, system, object, recordId }: FailurePosition): string {
  return [Math.round(lastAtMs * 1000), system, object, recordId].join('.');
}

function parseCursor(cursor: string): FailurePosition {
  const [, micros, system, object, recordId] =
    /^(\d{1,16})\.(hubspot|salesforce)\.(\w{1,40})\.(\w{1,40})$/.exec(cursor) ?? [];
  if ((system === 'hubspot' || system === 'salesforce') && object !== undefined && recordId !== undefined) {
    return { lastAtMs: Number(micros) / 1000, system, object, recordId };
  }
  throw new SyncError('permanent', 'bad_cursor', 'The cursor is not one that a list of failures ended with.', {
    advice: 'Use the nextCursor of the list before, or none to begin anew.',
  });
}

/** `system object id`, as people write a record: all three, the last two, or the id alone. */
const named = /^(?:(?:(hubspot|salesforce)[/ ])?(\w{1,40})[/ ])?(\w{1,40})$/;

/**
 * The one failed record of that name.
 * @param text `hubspot/contact/123`, `contact/123`, or the id alone
 * @throws SyncError permanent `failure_not_found`, needs-human `failure_ambiguous` where several kinds of record have the id
 */
export async function findFailure(ledger: Pick<AdminLedger, 'failures'>, text: string): Promise<FailureRow> {
  const [, system, object, recordId] = named.exec(text.trim()) ?? [];
  const rows = recordId === undefined ? [] : await ledger.failures(10, { recordId });
  const found = rows.filter(
    (row) => (system === undefined || row.system === system) && (object === undefined || row.object === object),
  );
  const [first, ...others] = found;
  if (first !== undefined && others.length === 0) return first;
  if (first === undefined) {
    throw new SyncError('permanent', 'failure_not_found', 'No record with that id is among the failures.', {
      advice:
        'Look at the list with handoff failures --code CODE; a record that synced meanwhile is not on it any more.',
    });
  }
  const names = found.map((row) => `${row.system}/${row.object}/${row.recordId}`).join(', ');
  throw new SyncError('needs-human', 'failure_ambiguous', `Several failed records have that id: ${names}.`, {
    advice: 'Name the one you mean in that form.',
  });
}
