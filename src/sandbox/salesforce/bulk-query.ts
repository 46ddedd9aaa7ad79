import { type CsvRow, toCell } from './bulk-csv.ts';
import type { QueryJob } from './bulk-state.ts';
import { RequestFault } from './fault.ts';
import type { Org } from './org.ts';
import { parseSoql } from './soql-parser.ts';
import { resolvePath } from './soql-paths.ts';
import { findRows } from './soql-run.ts';

/** Checks a statement when the job is made. Throws the 400s of SOQL, and one for what a bulk query cannot do. */
export function readBulkSoql(org: Org, soql: string): { object: string; columns: string[] } {
  const query = parseSoql(soql);
  const object = org.schema.object(query.from);
  if (object === undefined || org.schema.isHidden(object.name)) {
    throw new RequestFault(400, 'INVALID_TYPE', `sObject type '${query.from}' is not supported.`);
  }
  if (query.isCount || query.children.length > 0 || query.offset > 0) {
    throw new RequestFault(400, 'API_ERROR', 'Aggregate, nested and OFFSET queries are not supported by Bulk API 2.0');
  }
  for (const path of query.fields) resolvePath(org, object.name, path);
  return { object: object.name, columns: query.fields };
}

/** The rows as they are when the job gets to them. */
export function runBulkQuery(org: Org, job: QueryJob): CsvRow[] {
  const read = job.columns.map((path) => ({ path, ...resolvePath(org, job.object, path) }));
  return findRows(org, job.soql, { scansAll: job.operation === 'queryAll' }).map((record) =>
    Object.fromEntries(read.map(({ path, field, read: readOf }) => [path, toCell(field, readOf(record))])),
  );
}
