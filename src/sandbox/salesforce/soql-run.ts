import { RequestFault } from './fault.ts';
import type { Org } from './org.ts';
import { parseSoql, type SoqlQuery } from './soql-parser.ts';
import { readParent, relationField, resolvePath } from './soql-paths.ts';
import { compileWhere } from './soql-where.ts';
import type { FieldValue, QueryRun, SfRecord } from './types.ts';

const MAX_OFFSET = 2_000;

/** Parses and runs a statement. `scansAll` (queryAll) keeps deleted rows. Throws the documented 400s. */
export function runSoql(org: Org, soql: string, version: string, scansAll: boolean): QueryRun {
  const query = parseSoql(soql);
  const object = org.schema.object(query.from);
  if (object === undefined) {
    const message = `sObject type '${query.from}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.`;
    throw new RequestFault(400, 'INVALID_TYPE', message);
  }
  if (query.offset > MAX_OFFSET) {
    throw new RequestFault(400, 'NUMBER_OUTSIDE_VALID_RANGE', 'Maximum SOQL offset allowed is 2000');
  }
  const type = object.name;
  const write = compileWriter(org, type, query.fields, version);
  let rows = selectRows(org, type, query, scansAll);
  if (query.orderBy.length > 0) rows = sortRows(org, type, query, rows);
  const end = query.limit === undefined ? undefined : query.offset + query.limit;
  return { isCount: query.isCount, rows: rows.slice(query.offset, end), write };
}

function selectRows(org: Org, type: string, query: SoqlQuery, scansAll: boolean): SfRecord[] {
  const where = query.where === undefined ? undefined : compileWhere(org, type, query.where);
  const rows: SfRecord[] = [];
  const take = (record: SfRecord | undefined) => {
    if (record === undefined || (!scansAll && record.IsDeleted === true)) return;
    if (where === undefined || where.holds(record)) rows.push(record);
  };
  if (where?.ids !== undefined) for (const id of where.ids) take(org.store.get(type, id));
  else for (const record of org.store.all(type)) take(record);
  return rows;
}

function sortRows(org: Org, type: string, query: SoqlQuery, rows: readonly SfRecord[]): SfRecord[] {
  const keys = query.orderBy.map((item) => ({ ...item, read: resolvePath(org, type, item.path).read }));
  return rows.toSorted((left, right) => {
    for (const { read, isDescending, nullsLast } of keys) {
      const order = compareValues(read(left), read(right), isDescending, nullsLast);
      if (order !== 0) return order;
    }
    return 0;
  });
}

function compareValues(left: FieldValue, right: FieldValue, isDescending: boolean, nullsLast: boolean): number {
  if (left === null || right === null) {
    if (left === right) return 0;
    return (left === null) === nullsLast ? 1 : -1;
  }
  const a = typeof left === 'string' ? left.toLowerCase() : left;
  const b = typeof right === 'string' ? right.toLowerCase() : right;
  if (a === b) return 0;
  return a < b === isDescending ? 1 : -1;
}

/** Path of a record below the version root, as `attributes.url` says it. */
export function recordUrl(version: string, type: string, id: string): string {
  return `/services/data/v${version}/sobjects/${type}/${id}`;
}

/** How a record is written with these fields: `attributes` first, then the fields in the order asked, parents nested (null where none). */
export function compileWriter(
  org: Org,
  type: string,
  fields: readonly string[],
  version: string,
): (record: SfRecord) => Record<string, unknown> {
  const direct: string[] = [];
  const nested = new Map<string, string[]>();
  for (const path of fields) {
    const { names } = resolvePath(org, type, path);
    const [name = '', ...rest] = names;
    if (rest.length === 0) direct.push(name);
    else nested.set(name, [...(nested.get(name) ?? []), rest.join('.')]);
  }
  return (record) => {
    const written: Record<string, unknown> = { attributes: { type, url: recordUrl(version, type, record.Id) } };
    for (const name of direct) written[name] = record[name] ?? null;
    for (const [relation, paths] of nested)
      written[relation] = writeParent(org, type, record, relation, paths, version);
    return written;
  };
}

function writeParent(
  org: Org,
  type: string,
  record: SfRecord,
  relation: string,
  paths: string[],
  version: string,
): unknown {
  const found = readParent(org, record, relationField(org, type, relation));
  if (found === undefined) return null;
  const known = paths.filter((path) => path.includes('.') || org.schema.field(found.type, path) !== undefined);
  return compileWriter(org, found.type, known, version)(found.parent);
}
