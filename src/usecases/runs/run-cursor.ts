import type { RunCursor } from '../../ports/ledger-runs.ts';
import type { RowCursor } from '../../ports/salesforce.ts';

/** A text that this run has put into its cursor; null: none. */
export function textOf(cursor: RunCursor | null, name: string): string | null {
  const value = cursor?.[name];
  return typeof value === 'string' ? value : null;
}

/** A number of the same kind; 0: none. */
export function numberOf(cursor: RunCursor | null, name: string): number {
  const value = cursor?.[name];
  return typeof value === 'number' ? value : 0;
}

/** A part of the cursor that is a document of its own; null: there is none. */
export function partOf(cursor: RunCursor | null, name: string): RunCursor | null {
  const value = cursor?.[name];
  return isDocument(value) ? value : null;
}

function isDocument(value: unknown): value is RunCursor {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Where a walk through Salesforce goes on; null: at its beginning. */
export function rowsOf(cursor: RunCursor | null): RowCursor | null {
  const kind = textOf(cursor, 'kind');
  const [afterId, jobId] = [textOf(cursor, 'afterId'), textOf(cursor, 'jobId')];
  if (kind === 'id' && afterId !== null) return { kind, afterId };
  if (kind === 'bulk' && jobId !== null) return { kind, jobId, locator: textOf(cursor, 'locator'), afterId };
  return null;
}
