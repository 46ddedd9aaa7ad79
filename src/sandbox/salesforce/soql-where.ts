import { RequestFault } from './fault.ts';
import { normaliseId } from './ids.ts';
import { isNumeric, toStoredNumber } from './numbers.ts';
import type { Org } from './org.ts';
import { malformed } from './soql-lexer.ts';
import type { CompareOperator, Condition, Literal } from './soql-parser.ts';
import { type ResolvedPath, resolvePath } from './soql-paths.ts';
import { parseSfDateTime, toComparable } from './time.ts';
import type { FieldDefinition, FieldValue, SfRecord } from './types.ts';

type Predicate = (record: SfRecord) => boolean;
/** A value made comparable: text in lower case, dateTimes to the second, ids in their long form. */
type Key = string | number | boolean | null;

/**
 * `ids`: a superset of the rows that can hold, from the indexes; undefined: look at all. `afterId`: none that holds has this id or a smaller
 * one.
 */
export type CompiledWhere = { holds: Predicate; ids: Set<string> | undefined; afterId?: string };

/** Compiles a WHERE clause for one object. Throws INVALID_FIELD, INVALID_QUERY_FILTER_OPERATOR or MALFORMED_QUERY. */
export function compileWhere(org: Org, type: string, condition: Condition): CompiledWhere {
  switch (condition.kind) {
    case 'and':
      return compileAnd(condition.items.map((item) => compileWhere(org, type, item)));
    case 'or':
      return compileOr(condition.items.map((item) => compileWhere(org, type, item)));
    case 'not': {
      const { holds } = compileWhere(org, type, condition.item);
      return { holds: (record) => !holds(record), ids: undefined };
    }
    case 'in':
      return compileIn(org, type, condition);
    case 'compare':
      return compileCompare(org, type, condition);
  }
}

function compileAnd(parts: readonly CompiledWhere[]): CompiledWhere {
  let ids: Set<string> | undefined;
  for (const part of parts)
    if (part.ids !== undefined && (ids === undefined || part.ids.size < ids.size)) ids = part.ids;
  const bounds = parts.flatMap(({ afterId }) => afterId ?? []).sort();
  const afterId = bounds.at(-1);
  const holds: Predicate = (record) => parts.every((part) => part.holds(record));
  return { holds, ids, ...(afterId === undefined ? {} : { afterId }) };
}

function compileOr(parts: readonly CompiledWhere[]): CompiledWhere {
  let ids: Set<string> | undefined = new Set();
  for (const part of parts) {
    if (part.ids === undefined) {
      ids = undefined;
      break;
    }
    for (const id of part.ids) ids.add(id);
  }
  return { holds: (record) => parts.some((part) => part.holds(record)), ids };
}

/** Long text and the values of a history cannot be filtered (SOQL guide, and Object Reference: no "Filter" among their properties). */
function resolveFilter(org: Org, type: string, path: string): ResolvedPath {
  const resolved = resolvePath(org, type, path);
  if (resolved.field.isFilterable) return resolved;
  throw new RequestFault(400, 'INVALID_FIELD', `field '${resolved.field.name}' can not be filtered in a query call`);
}

function isIdField(field: FieldDefinition): boolean {
  return field.type === 'id' || field.type === 'reference';
}

function toKey(field: FieldDefinition, value: FieldValue): Key {
  if (typeof value !== 'string' || isIdField(field)) return value;
  if (isNumeric(field)) return value;
  return field.type === 'datetime' ? toComparable(value) : value.toLowerCase();
}

function literalKey(path: ResolvedPath, literal: Literal): Key {
  if (literal.kind === 'null') return null;
  const { field } = path;
  requireType(field, literal);
  if (literal.kind === 'string') return isIdField(field) ? idKey(literal.value) : literal.value.toLowerCase();
  if (literal.kind === 'number') return toStoredNumber(literal.text);
  if (literal.kind !== 'datetime') return literal.value;
  const stored = parseSfDateTime(literal.value);
  if (stored === undefined) throw malformed(`line 1:1 no viable alternative at '${literal.value}'`);
  return toComparable(stored);
}

function idKey(value: string): string {
  const id = normaliseId(value);
  if (id === undefined) throw new RequestFault(400, 'INVALID_QUERY_FILTER_OPERATOR', `invalid ID field: ${value}`);
  return id;
}

function requireType(field: FieldDefinition, literal: Literal): void {
  const expected = expectedKind(field);
  const isFine =
    literal.kind === expected || (expected === 'datetime' && literal.kind === 'date' && field.type === 'date');
  if (isFine) return;
  const quotes = expected === 'string' ? 'should be enclosed in quotes' : 'should not be enclosed in quotes';
  const name = expected === 'datetime' ? 'dateTime' : expected;
  const message = `value of filter criterion for field '${field.name}' must be of type ${name} and ${quotes}`;
  throw new RequestFault(400, 'INVALID_FIELD', message);
}

function expectedKind(field: FieldDefinition): Literal['kind'] {
  if (field.type === 'boolean') return 'boolean';
  if (field.type === 'datetime' || field.type === 'date') return field.type;
  if (isNumeric(field)) return 'number';
  return 'string';
}

function indexedIds(org: Org, type: string, path: ResolvedPath, keys: readonly Key[]): Set<string> | undefined {
  if (path.names.length > 1 || keys.some((key) => typeof key !== 'string')) return undefined;
  const texts = keys.filter((key) => typeof key === 'string');
  return path.field.type === 'id' ? new Set(texts) : org.store.idsBy(type, path.field.name, texts);
}

function compileIn(org: Org, type: string, condition: Extract<Condition, { kind: 'in' }>): CompiledWhere {
  const path = resolveFilter(org, type, condition.path);
  const keys = condition.values.map((literal) => literalKey(path, literal));
  const wanted = new Set(keys);
  const isIn: Predicate = (record) => wanted.has(toKey(path.field, path.read(record)));
  if (condition.isNegated) return { holds: (record) => !isIn(record), ids: undefined };
  return { holds: isIn, ids: indexedIds(org, type, path, keys) };
}

function compileCompare(org: Org, type: string, condition: Extract<Condition, { kind: 'compare' }>): CompiledWhere {
  const path = resolveFilter(org, type, condition.path);
  if (condition.operator === 'LIKE') return { holds: compileLike(path, condition.value), ids: undefined };
  const key = literalKey(path, condition.value);
  const ids = condition.operator === '=' ? indexedIds(org, type, path, [key]) : undefined;
  const isEquality = condition.operator === '=' || condition.operator === '!=';
  // Equal to the digit; for an order a float is near enough.
  const toOrder = (value: Key) => (isNumeric(path.field) && !isEquality && value !== null ? Number(value) : value);
  const test = compareTest(condition.operator, toOrder(key));
  const holds: Predicate = (record) => test(toOrder(toKey(path.field, path.read(record))));
  const isBound = condition.operator === '>' && path.field.type === 'id' && path.names.length === 1;
  return { holds, ids, ...(isBound && typeof key === 'string' ? { afterId: key } : {}) };
}

function compareTest(operator: CompareOperator, wanted: Key): (key: Key) => boolean {
  if (operator === '=') return (key) => key === wanted;
  if (operator === '!=') return (key) => key !== wanted;
  // Null is neither smaller nor greater than anything.
  if (wanted === null) return () => false;
  if (operator === '<') return (key) => key !== null && key < wanted;
  if (operator === '<=') return (key) => key !== null && key <= wanted;
  if (operator === '>') return (key) => key !== null && key > wanted;
  return (key) => key !== null && key >= wanted;
}

function compileLike(path: ResolvedPath, literal: Literal): Predicate {
  if (literal.kind !== 'string' || isIdField(path.field)) {
    throw new RequestFault(400, 'INVALID_QUERY_FILTER_OPERATOR', `invalid operator on ${path.field.name} field`);
  }
  const pattern = new RegExp(`^${likeSource(literal.raw)}$`, 'is');
  return (record) => {
    const value = path.read(record);
    return typeof value === 'string' && pattern.test(value);
  };
}

/** `%` is any text, `_` one character, both literal behind a backslash. */
function likeSource(raw: string): string {
  return raw.replace(/\\(.)|%|_|[$()*+.?[\]^{|}/-]/gs, (whole, escaped: string | undefined) => {
    if (escaped !== undefined) return escaped.replace(/[$()*+.?[\]^{|}\\/-]/, '\\$&');
    if (whole === '%') return '.*';
    return whole === '_' ? '.' : `\\${whole}`;
  });
}
