import { SyncError } from '../errors.ts';
import type { SalesforceField } from '../ports/salesforce.ts';
import type { Row } from './composite.ts';
import type { CsvRow } from './csv.ts';
import { toExactNumber } from './exact-numbers.ts';

const numberTypes: ReadonlySet<string> = new Set(['int', 'long', 'double', 'currency', 'percent']);
/** What a bulk query cannot select; REST answers an object for it, which is no value of a field either. */
const compoundTypes: ReadonlySet<string> = new Set(['address', 'location']);

/** The fields of a statement that a bulk query can select. */
export function toBulkFields(fields: readonly string[], described: readonly SalesforceField[]): string[] {
  const compound = new Set(described.filter(({ type }) => compoundTypes.has(type)).map(({ name }) => name));
  return fields.filter((field) => !compound.has(field));
}

/** A cell as REST would have answered it: CSV has texts only, and nothing for null; its dateTimes end in `Z` instead of `+0000`. */
function toValue(type: string | undefined, cell: string): unknown {
  if (cell === '') return null;
  if (type === 'boolean') return cell === 'true';
  if (type === 'datetime') return cell.replace(/Z$/, '+0000');
  if (type === undefined || !numberTypes.has(type)) return cell;
  const number = toExactNumber(cell);
  if (number !== null) return number;
  throw new SyncError('retryable', 'salesforce_bad_answer', 'Salesforce answered a number in an unexpected form.');
}

/** Rows of a result as a query by REST gives them, parents nested. @param described the object's own fields */
export function toRestRows(rows: readonly CsvRow[], described: readonly SalesforceField[]): Row[] {
  const types = new Map(described.map(({ name, type }) => [name, type]));
  return rows.map((cells) => {
    const row: Record<string, unknown> = {};
    for (const [column, cell] of Object.entries(cells)) {
      const [parent = '', child] = column.split('.');
      if (child === undefined) row[column] = toValue(types.get(column), cell);
      else row[parent] = { ...toObject(row[parent]), [child]: cell === '' ? null : cell };
    }
    return row;
  });
}

function toObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}
