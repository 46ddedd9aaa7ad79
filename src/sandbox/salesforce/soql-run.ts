import { RequestFault } from './fault.ts';
import { historyOwner } from './history.ts';
import { isNumeric, writeNumber } from './numbers.ts';
import type { Org } from './org.ts';
import { findChildRelation } from './soql-children.ts';
import { parseSoql, type SoqlQuery } from './soql-parser.ts';
import { readParent, relationField, resolvePath } from './soql-paths.ts';
import { compileWhere } from './soql-where.ts';
import type { FieldDefinition, FieldValue, QueryRun, SfRecord } from './types.ts';

const MAX_OFFSET = 2_000;

/** `scansAll` (queryAll) keeps deleted rows; `writeChildren` writes what a subquery found: a result of its own, perhaps only its first page. */
type RunOptions = { version: string; scansAll: boolean; writeChildren: (run: QueryRun) => unknown };

/** Parses and runs a statement. Throws the documented 400s. */
export function runSoql(org: Org, soql: string, options: RunOptions): QueryRun {
  const { query, type } = readSoql(org, soql);
  const write = compileQueryWriter(org, type, query, options);
  return { isCount: query.isCount, rows: compileRows(org, type, query, options.scansAll)(), write };
}

/** The records that a statement finds, whatever it selects of them. */
export function findRows(org: Org, soql: string, { scansAll }: Pick<RunOptions, 'scansAll'>): SfRecord[] {
  const { query, type } = readSoql(org, soql);
  return compileRows(org, type, query, scansAll)();
}

function readSoql(org: Org, soql: string): { query: SoqlQuery; type: string } {
  const query = parseSoql(soql);
  const object = org.schema.object(query.from);
  if (object === undefined || org.schema.isHidden(object.name)) {
    const message = `sObject type '${query.from}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.`;
    throw new RequestFault(400, 'INVALID_TYPE', message);
  }
  if (query.offset > MAX_OFFSET) {
    throw new RequestFault(400, 'NUMBER_OUTSIDE_VALID_RANGE', 'Maximum SOQL offset allowed is 2000');
  }
  return { query, type: object.name };
}

/** How the rows of a query are found: among all of the object, or among the children of one parent. */
function compileRows(
  org: Org,
  type: string,
  query: SoqlQuery,
  scansAll: boolean,
): (candidates?: Iterable<string>) => SfRecord[] {
  const where = query.where === undefined ? undefined : compileWhere(org, type, query.where);
  const sort = compileSort(org, type, query);
  const isVisible = compileVisible(org, type);
  const end = query.limit === undefined ? undefined : query.offset + query.limit;
  const isById = isOrderedById(org, type, query);
  return (candidates = where?.ids) => {
    const rows: SfRecord[] = [];
    // Rows in the order of their ids are at hand: a page of a long walk costs no more than its rows.
    const isSorted = isById && candidates === undefined;
    for (const id of candidates ?? (isSorted ? org.store.idsAfter(type, where?.afterId) : org.store.ids(type))) {
      if (isSorted && end !== undefined && rows.length >= end) break;
      const record = org.store.get(type, id);
      if (record === undefined || (!scansAll && record.IsDeleted === true) || !isVisible(record)) continue;
      if (where === undefined || where.holds(record)) rows.push(record);
    }
    if (query.orderBy.length > 0 && !isSorted) rows.sort(sort);
    return rows.slice(query.offset, end);
  };
}

function isOrderedById(org: Org, type: string, { orderBy }: SoqlQuery): boolean {
  const [first, ...rest] = orderBy;
  if (first === undefined || rest.length > 0 || first.isDescending) return false;
  const { field, names } = resolvePath(org, type, first.path);
  return field.type === 'id' && names.length === 1;
}

/** A history "respects field level security on the parent object" (Object Reference). */
function compileVisible(org: Org, type: string): (record: SfRecord) => boolean {
  const owner = historyOwner(type);
  if (owner === undefined) return () => true;
  return (record) => {
    const name = String(record.Field);
    const field =
      org.schema.field(owner, name) ??
      org.schema.object(owner)?.fields.find(({ relationshipName }) => relationshipName === name);
    return field === undefined || org.schema.canRead(owner, field);
  };
}

function compileSort(org: Org, type: string, query: SoqlQuery): (left: SfRecord, right: SfRecord) => number {
  const keys = query.orderBy.map((item) => ({ ...item, ...resolvePath(org, type, item.path) }));
  return (left, right) => {
    for (const { read, field, isDescending, nullsLast } of keys) {
      // Ids order as they compare in WHERE: by case, or paging by them would skip rows.
      const hasCase = field.type === 'id' || field.type === 'reference';
      const toKey = (value: FieldValue) =>
        typeof value === 'string' && isNumeric(field) ? Number(value) : toSortKey(value, hasCase);
      const order = compareValues(toKey(read(left)), toKey(read(right)), isDescending, nullsLast);
      if (order !== 0) return order;
    }
    return 0;
  };
}

function toSortKey(value: FieldValue, hasCase: boolean): FieldValue {
  return typeof value === 'string' && !hasCase ? value.toLowerCase() : value;
}

function compareValues(left: FieldValue, right: FieldValue, isDescending: boolean, nullsLast: boolean): number {
  if (left === right) return 0;
  if (left === null || right === null) return (left === null) === nullsLast ? 1 : -1;
  return left < right === isDescending ? 1 : -1;
}

/** The fields of a record and, below the relationship's name, the children that each subquery finds, null where none. */
function compileQueryWriter(
  org: Org,
  type: string,
  query: SoqlQuery,
  options: RunOptions,
): (record: SfRecord) => Record<string, unknown> {
  const writeFields = compileWriter(org, type, query.fields, options.version);
  const children = query.children.map((child) => {
    const relation = findChildRelation(org, type, child.from);
    const write = compileQueryWriter(org, relation.type, child, options);
    return { ...relation, write, find: compileRows(org, relation.type, child, options.scansAll) };
  });
  if (children.length === 0) return writeFields;
  return (record) => {
    const written = writeFields(record);
    for (const { name, type: childType, field, find, write } of children) {
      const rows = find(org.store.idsBy(childType, field, [record.Id]) ?? []);
      written[name] = rows.length === 0 ? null : options.writeChildren({ isCount: false, rows, write });
    }
    return written;
  };
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
  const direct: FieldDefinition[] = [];
  const nested = new Map<string, string[]>();
  for (const path of fields) {
    const { names, field } = resolvePath(org, type, path);
    const [name = '', ...rest] = names;
    if (rest.length === 0) direct.push(field);
    else nested.set(name, [...(nested.get(name) ?? []), rest.join('.')]);
  }
  return (record) => {
    const written: Record<string, unknown> = { attributes: { type, url: recordUrl(version, type, record.Id) } };
    for (const field of direct) {
      const value = record[field.name] ?? null;
      written[field.name] = isNumeric(field) ? writeNumber(field, value) : value;
    }
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
