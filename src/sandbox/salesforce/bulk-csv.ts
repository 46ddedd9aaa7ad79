import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { RequestFault } from './fault.ts';
import { isNumeric, writeNumber } from './numbers.ts';
import type { FieldDefinition, FieldValue } from './types.ts';

/** Means null in a file that is sent; an empty cell means "leave it" (Bulk API 2.0 guide, "Prepare CSV Files"). */
const NULL_CELL = '#N/A';
/** From here on a number may stand in scientific notation ("Valid CSV Record Rows"), as Java writes it. */
const SCIENTIFIC_FROM = 1e7;

export type CsvRow = Readonly<Record<string, string>>;

/** The rows of a file, by its header; values with a delimiter, a quote or a line end stand in quotes. */
export function readCsv(text: string): CsvRow[] {
  try {
    return parse<Record<string, string>>(text, { columns: true, bom: true });
  } catch (thrown) {
    throw new RequestFault(400, 'CLIENT_INPUT_ERROR', thrown instanceof Error ? thrown.message : String(thrown));
  }
}

/** All values stand in quotes, empty ones too, as in the guide's examples. */
export function writeCsv(columns: readonly string[], rows: readonly CsvRow[]): string {
  const whole = rows.map((row) => Object.fromEntries(columns.map((name) => [name, row[name] ?? ''])));
  return stringify(whole, { header: true, columns: [...columns], quoted: true, quoted_empty: true });
}

/** A stored value as a query job writes it: nothing for null, `Z` for the zone, scientific notation for great numbers. */
export function toCell(field: FieldDefinition, value: FieldValue): string {
  if (value === null) return '';
  if (field.type === 'datetime' && typeof value === 'string') return value.replace('+0000', 'Z');
  if (!isNumeric(field)) return String(value);
  if (field.type !== 'int' && typeof value === 'number' && Math.abs(value) >= SCIENTIFIC_FROM) {
    return value
      .toExponential()
      .replace('e+', 'E')
      .replace(/^(-?\d)E/, '$1.0E');
  }
  return JSON.stringify(writeNumber(field, value));
}

/** What a row of an upload says of a record, in the types of the REST API; empty cells say nothing. */
export function toInput(
  row: CsvRow,
  fieldOf: (column: string) => FieldDefinition | undefined,
): Record<string, unknown> {
  const said = Object.entries(row).filter(([, cell]) => cell !== '');
  return Object.fromEntries(
    said.map(([column, cell]) => {
      if (cell === NULL_CELL) return [column, null];
      const isBoolean = fieldOf(column)?.type === 'boolean';
      return [column, isBoolean ? ['true', '1', 'yes'].includes(cell.toLowerCase()) : cell];
    }),
  );
}
