import { contactIdField, type FieldValue, type PersonObject } from '../domain/record.ts';
import { toLongId } from '../domain/salesforce-ids.ts';
import type { PersonWriteRequest } from '../ports/salesforce.ts';
import type { CsvRow } from './csv.ts';

/** One job: writes of one object and operation, as the rows of its file. `keyColumn` names the write in rows of the results. */
export type Upload = {
  object: PersonObject;
  operation: 'upsert' | 'update';
  keyColumn: string;
  columns: readonly string[];
  rows: readonly CsvRow[];
  byKey: ReadonlyMap<string, PersonWriteRequest>;
};

/** Clears a field; an empty cell leaves it (Bulk API 2.0 guide, "Prepare CSV Files"). */
const NULL_CELL = '#N/A';
/** Most characters of a cell, and of a row. */
const MAX_CELL = 32_000;
const MAX_ROW = 400_000;
/** A file may have 100 MB before Salesforce codes it for itself; a character of ours has at most four bytes. */
const MAX_FILE_CHARACTERS = 25_000_000;
/** Fewer rows are not worth a job: a call of collections takes as many. */
const MIN_ROWS = 200;

/** Null: no cell can say it. */
function toCell(value: FieldValue): string | null {
  if (value === null || value === '') return NULL_CELL;
  const text = String(value);
  return text === NULL_CELL || text.length > MAX_CELL ? null : text;
}

function toRow(write: PersonWriteRequest, keyColumn: string, key: string): CsvRow | null {
  const row: Record<string, string> = {};
  let length = 0;
  for (const [field, value] of Object.entries({ ...write.fields, [keyColumn]: key })) {
    const cell = toCell(value);
    if (cell === null) return null;
    row[field] = cell;
    length += cell.length;
  }
  return length > MAX_ROW ? null : row;
}

/** The id in its long form, as results give it, or the external id. */
export function toKey(keyColumn: string, value: string): string {
  return keyColumn === 'Id' ? (toLongId(value) ?? value) : value;
}

type Group = { upload: Omit<Upload, 'columns' | 'rows' | 'byKey'>; rows: CsvRow[]; writes: PersonWriteRequest[] };

function toUploads({ upload, rows, writes }: Group): Upload[] {
  const uploads: Upload[] = [];
  let start = 0;
  while (start < rows.length) {
    let end = start;
    for (let size = 0; end < rows.length && (end === start || size < MAX_FILE_CHARACTERS); end += 1) {
      size += Object.values(rows[end] ?? {}).reduce((sum, cell) => sum + cell.length + 3, 0);
    }
    const own = rows.slice(start, end);
    const columns = [...new Set([upload.keyColumn, ...own.flatMap((row) => Object.keys(row))])];
    const entries = own.map(
      (row, index) => [toKey(upload.keyColumn, row[upload.keyColumn] ?? ''), writes[start + index]] as const,
    );
    const byKey = new Map(entries.flatMap(([key, write]) => (write === undefined ? [] : [[key, write] as const])));
    uploads.push({ ...upload, columns, rows: own, byKey });
    start = end;
  }
  return uploads;
}

/** The jobs that writes are worth; `rest` is better written by collections, or can only be: few of a kind, or a text that no cell can say. */
export function toBulkUploads(writes: readonly PersonWriteRequest[]): {
  uploads: Upload[];
  rest: PersonWriteRequest[];
} {
  const groups = new Map<string, Group>();
  const rest: PersonWriteRequest[] = [];
  for (const write of writes) {
    const { object } = write;
    const isCreate = write.operation === 'create';
    const keyColumn = isCreate ? contactIdField : 'Id';
    const row = toRow(write, keyColumn, isCreate ? write.contactId : (write.id ?? ''));
    if (row === null) {
      rest.push(write);
      continue;
    }
    const name = `${object} ${keyColumn}`;
    const upload = { object, keyColumn, operation: isCreate ? 'upsert' : 'update' } as const;
    const group: Group = groups.get(name) ?? { upload, rows: [], writes: [] };
    groups.set(name, group);
    group.rows.push(row);
    group.writes.push(write);
  }
  const worth = [...groups.values()].filter(({ rows }) => rows.length > MIN_ROWS);
  const few = [...groups.values()].filter(({ rows }) => rows.length <= MIN_ROWS);
  return { uploads: worth.flatMap(toUploads), rest: [...rest, ...few.flatMap((group) => group.writes)] };
}
