import { parseCSVStream, toCSV } from 'jsforce/lib/csv.js';
import { z } from 'zod';
import { SyncError } from '../errors.ts';

export type CsvRow = Readonly<Record<string, string>>;

const csvRow = z.record(z.string(), z.string());

/**
 * The rows of a CSV file (comma, quotes doubled), by its header.
 * @throws SyncError retryable `salesforce_bad_answer` for a file that ends in the middle, or is none
 */
export async function readCsv(text: string): Promise<CsvRow[]> {
  const parser = parseCSVStream({ bom: true });
  parser.end(text);
  const rows: CsvRow[] = [];
  try {
    for await (const row of parser) rows.push(csvRow.parse(row));
  } catch (cause) {
    throw new SyncError('retryable', 'salesforce_bad_answer', 'Salesforce answered a table that cannot be read.', {
      cause,
    });
  }
  return rows;
}

/** A CSV file of these columns; every value stands in quotes, but for empty ones. */
export function writeCsv(columns: readonly string[], rows: readonly CsvRow[]): string {
  return toCSV([...rows], { columns: [...columns], quoted: true });
}
