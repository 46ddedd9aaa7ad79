import type { SalesforceRecord } from '../domain/record.ts';
import { toSyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { RecordWriteRequest } from '../ports/salesforce.ts';
import type { SalesforceClient } from './client.ts';
import {
  collectRows,
  type Query,
  type Row,
  runQueries,
  type Subanswer,
  type Subrequest,
  toQueryPart,
} from './composite.ts';
import { type RecordSelection, recordIdFields, toRecord } from './records.ts';
import { readOnRoles } from './roles.ts';
import { toStatements } from './soql.ts';

/** Reads records after they were written, in the writing call where that has room. */
export type ReadBack = {
  /** What is about to be written: whatever was read of it before is out of date. */
  touch(writes: readonly RecordWriteRequest[]): void;
  /** The queries for all that is out of date, to ride behind the writes; none where they do not fit. */
  takeParts(room: number): Subrequest[];
  /** Their answers. */
  keep(answers: readonly Subanswer[]): Promise<void>;
  /** Reads what no call had room for. @param isWanted false for what could not be written */
  finish(isWanted: (key: string) => boolean): Promise<void>;
  /** By record id. */
  held: ReadonlyMap<string, SalesforceRecord>;
};

type Scope = { client: SalesforceClient; selection: RecordSelection; fields: readonly string[]; spend: Spend };

function toQueries(selection: RecordSelection, writes: readonly RecordWriteRequest[]): Query[] {
  const creates = writes.filter(({ operation }) => operation === 'create').map(({ key }) => key);
  const updates = writes.filter(({ operation }) => operation === 'update').map(({ id }) => id ?? '');
  const soqls = toStatements(selection, [
    { field: recordIdFields[selection.object], values: creates },
    { field: 'Id', values: updates },
  ]);
  return soqls.map((soql) => ({ soql, withDeleted: false }));
}

/** A read that fails only means that nothing was seen: the write is done by then. */
export function createReadBack({ client, selection, fields, spend }: Scope): ReadBack {
  const stale = new Map<string, RecordWriteRequest>();
  const held = new Map<string, SalesforceRecord>();

  async function keepRows(read: () => Promise<Row[]>): Promise<void> {
    try {
      for (const row of await readOnRoles(client, await read(), spend)) {
        const record = toRecord(selection.object, row, fields);
        held.set(record.id, record);
      }
    } catch (thrown) {
      await client.pause(toSyncError(thrown));
    }
  }

  return {
    held,
    touch(writes) {
      for (const write of writes) stale.set(write.key, write);
    },
    takeParts(room) {
      const queries = toQueries(selection, [...stale.values()]);
      if (queries.length > room) return [];
      stale.clear();
      return queries.map(toQueryPart);
    },
    async keep(answers) {
      for (const answer of answers) await keepRows(() => collectRows(client, answer, spend));
    },
    async finish(isWanted) {
      const writes = [...stale.values()].filter(({ key }) => isWanted(key));
      if (writes.length === 0) return;
      await keepRows(async () => (await runQueries(client, toQueries(selection, writes), spend)).flat());
    },
  };
}
