import { contactIdField, type PersonObject } from '../domain/record.ts';
import { toLongId } from '../domain/salesforce-ids.ts';
import { toSyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { PersonWriteRequest, PersonWriteResult, WriteOptions } from '../ports/salesforce.ts';
import type { SalesforceClient } from './client.ts';
import { collectRows, maxHeavySubrequests, type Row, type Subanswer, sendComposite, toQueryPart } from './composite.ts';
import { toFieldValues, toModifiedAtMs } from './persons.ts';
import { toStatements } from './soql.ts';

const objects: readonly PersonObject[] = ['Lead', 'Contact'];

/** The statements that read the mapped fields of what was written: creates by their external id, updates by id. */
export function toReadBackStatements(writes: readonly PersonWriteRequest[], options: WriteOptions): string[] {
  return objects.flatMap((object) => {
    const own = writes.filter((write) => write.object === object);
    const creates = own.filter((write) => write.operation === 'create').map((write) => write.contactId);
    const updates = own.filter((write) => write.operation === 'update').map((write) => write.id ?? '');
    return toStatements({ object, fields: ['Id', 'SystemModstamp', ...options.readBack[object]] }, [
      { field: contactIdField, values: creates },
      { field: 'Id', values: updates },
    ]);
  });
}

/** Rows by id. The write is done by then: a read-back that fails only means that nothing was seen. */
export async function readBack(
  client: SalesforceClient,
  answers: readonly Subanswer[],
  rest: readonly string[],
  spend: Spend,
): Promise<Map<string, Row>> {
  const rows = new Map<string, Row>();
  const keep = async (answer: Subanswer) => {
    for (const row of await collectRows(client, answer, spend)) {
      const id = typeof row.Id === 'string' ? toLongId(row.Id) : null;
      if (id !== null) rows.set(id, row);
    }
  };
  try {
    for (const answer of answers) await keep(answer);
    for (let start = 0; start < rest.length; start += maxHeavySubrequests) {
      const queries = rest.slice(start, start + maxHeavySubrequests);
      const parts = queries.map((soql) => toQueryPart({ soql, withDeleted: false }));
      for (const answer of await sendComposite(client, parts, spend)) await keep(answer);
    }
  } catch (thrown) {
    await client.pause(toSyncError(thrown));
  }
  return rows;
}

/** What a write came to, with what the record holds afterwards where that was seen. */
export function toWritten(
  { object }: PersonWriteRequest,
  { id, created }: { id: string; created: boolean },
  rows: ReadonlyMap<string, Row>,
  options: WriteOptions,
): PersonWriteResult {
  const row = rows.get(id);
  if (row === undefined) return { ok: true, id, created, held: null, modifiedAtMs: null };
  const held = toFieldValues(row, options.readBack[object]);
  return { ok: true, id, created, held, modifiedAtMs: toModifiedAtMs(row) };
}
