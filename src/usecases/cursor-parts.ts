import type { RunCursor } from '../ports/ledger-runs.ts';

/** A part of a run's cursor that is a document of its own; null: there is none. */
export function partOfCursor(cursor: RunCursor | null, name: string): RunCursor | null {
  const value = cursor?.[name];
  return isDocument(value) ? value : null;
}

function isDocument(value: unknown): value is RunCursor {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
