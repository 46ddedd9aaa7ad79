import type { SalesforceRecord } from '../domain/record.ts';
import type { SyncError } from '../errors.ts';
import type { RecordWriteRequest, RecordWriteResult } from '../ports/salesforce.ts';
import type { RowOutcome } from './collections.ts';
import { toLostError } from './errors.ts';
import type { RecordRow } from './record-rows.ts';

/** What has come of the writes so far. */
export type RecordResults = {
  /** What a row's answer says. A refused role fails only itself. */
  settle(outcome: RowOutcome<RecordRow>): void;
  /** The call that carried the row was lost, refused or not sent: nothing else speaks for a record that was not written. */
  fail(row: RecordRow, error: SyncError): void;
  refuse(write: RecordWriteRequest, error: SyncError): void;
  hasFailed(key: string): boolean;
  /** @param held by record id */
  toResults(held: ReadonlyMap<string, SalesforceRecord>): Map<string, RecordWriteResult>;
};

/** Keeps results of records and of their roles apart, by the key of the write. */
export function createRecordResults(writes: readonly RecordWriteRequest[]): RecordResults {
  const written = new Map<string, { id: string; created: boolean }>();
  const failed = new Map<string, SyncError>();
  const roleErrors = new Map<string, SyncError>();

  function keepRoleError(key: string, error: SyncError): void {
    if (!roleErrors.has(key)) roleErrors.set(key, error);
  }

  function toResult({ key, operation, id }: RecordWriteRequest, held: ReadonlyMap<string, SalesforceRecord>) {
    const error = failed.get(key);
    // Where only roles change, the record is as good as written.
    const own = written.get(key) ?? (operation === 'update' && id !== null ? { id, created: false } : null);
    if (error !== undefined || own === null) {
      return { ok: false as const, error: error ?? toLostError(new TypeError('the record was not answered')) };
    }
    return { ok: true as const, ...own, held: held.get(own.id) ?? null, roleError: roleErrors.get(key) ?? null };
  }

  return {
    settle(outcome) {
      const { of, write } = outcome.row;
      if (of === 'record' && 'error' in outcome) failed.set(write.key, outcome.error);
      else if ('error' in outcome) keepRoleError(write.key, outcome.error);
      else if (of === 'record') written.set(write.key, { id: outcome.id, created: outcome.created });
    },
    fail({ of, write }, error) {
      const isWritten = written.has(write.key);
      if (of === 'role' && isWritten) keepRoleError(write.key, error);
      else if (!failed.has(write.key)) failed.set(write.key, error);
    },
    refuse: ({ key }, error) => failed.set(key, error),
    hasFailed: (key) => failed.has(key),
    toResults: (held) => new Map(writes.map((write) => [write.key, toResult(write, held)])),
  };
}
