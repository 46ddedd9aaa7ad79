import type { SalesforcePerson, SalesforceRecord } from '../../domain/record.ts';
import type { PollContext } from './dependencies.ts';
import { rowOfPerson, rowOfRecord, type SeenRow } from './seen-rows.ts';

/** A row as the answer to what people were asked about it, as far as it can be one. */
export type Answer = Pick<SalesforceRecord, 'id' | 'isDeleted' | 'masterRecordId'> & { row: SeenRow };

export function answerOfPerson(person: SalesforcePerson): Answer {
  return { ...person, row: asQuestion(rowOfPerson(person)) };
}

export function answerOfRecord(record: SalesforceRecord): Answer {
  return { ...record, row: asQuestion(rowOfRecord(record)) };
}

/**
 * Marks contacts, companies and deals about whose counterpart people were asked: what they did in Salesforce may be the answer. Once for each
 * state of a row.
 */
export async function markHeldUp(
  { ledger, seen }: PollContext,
  answers: readonly Answer[],
  readUntilMs: number,
): Promise<void> {
  const fresh = answers.filter(({ row }) => !seen.has(row));
  const gone = fresh.filter(({ isDeleted, masterRecordId }) => isDeleted && masterRecordId === null);
  const ids = new Set(
    fresh
      .filter((answer) => !gone.includes(answer))
      .flatMap(({ id, masterRecordId }) => (masterRecordId === null ? [id] : [id, masterRecordId])),
  );
  const goneIds = gone.map(({ id }) => id);
  if (ids.size + goneIds.length === 0 || (await ledger.markHeldUp([...ids], goneIds)) === 0) return;
  seen.add(
    fresh.map(({ row }) => row),
    readUntilMs,
  );
}

function asQuestion(row: SeenRow): SeenRow {
  return { ...row, key: `question ${row.key}` };
}
