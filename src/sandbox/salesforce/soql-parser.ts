import { malformed, type Token, tokenize } from './soql-lexer.ts';

export type Literal =
  | { kind: 'string'; value: string; raw: string }
  | { kind: 'number'; value: number; text: string }
  | { kind: 'boolean'; value: boolean }
  | { kind: 'datetime' | 'date'; value: string }
  | { kind: 'null' };

export type CompareOperator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'LIKE';

export type Condition =
  | { kind: 'and' | 'or'; items: Condition[] }
  | { kind: 'not'; item: Condition }
  | { kind: 'compare'; path: string; operator: CompareOperator; value: Literal }
  | { kind: 'in'; path: string; isNegated: boolean; values: Literal[] };

export type SoqlQuery = {
  /** Field paths as written, such as `Owner.Email`; empty for `COUNT()`. */
  fields: string[];
  /** Subqueries of the SELECT list; their `from` is a relationship name. */
  children: SoqlQuery[];
  isCount: boolean;
  from: string;
  where: Condition | undefined;
  orderBy: { path: string; isDescending: boolean; nullsLast: boolean }[];
  limit: number | undefined;
  offset: number;
};

type Cursor = { tokens: Token[]; at: number };

const COMPARISONS = new Set(['=', '!=', '<>', '<', '<=', '>', '>=']);

function peek(cursor: Cursor): Token {
  return cursor.tokens[cursor.at] ?? { kind: 'end', text: '<EOF>', raw: '' };
}

function next(cursor: Cursor): Token {
  const token = peek(cursor);
  cursor.at += 1;
  return token;
}

function isWord(token: Token, word: string): boolean {
  return token.kind === 'name' && token.text.toUpperCase() === word;
}

function takeWord(cursor: Cursor, word: string): boolean {
  if (!isWord(peek(cursor), word)) return false;
  cursor.at += 1;
  return true;
}

function takeSymbol(cursor: Cursor, symbol: string): boolean {
  const token = peek(cursor);
  if (token.kind !== 'symbol' || token.text !== symbol) return false;
  cursor.at += 1;
  return true;
}

function expectSymbol(cursor: Cursor, symbol: string): void {
  if (!takeSymbol(cursor, symbol)) throw unexpected(cursor);
}

function unexpected(cursor: Cursor) {
  return malformed(`unexpected token: '${peek(cursor).text}'`);
}

function expectName(cursor: Cursor): string {
  const token = peek(cursor);
  if (token.kind !== 'name') throw unexpected(cursor);
  cursor.at += 1;
  return token.text;
}

/**
 * A SELECT statement of the part of SOQL that the sandbox speaks: field list or COUNT(), parents by dot, WHERE, ORDER BY, LIMIT, OFFSET,
 * subqueries of children in the SELECT list. No aggregates, no subqueries in WHERE. Throws MALFORMED_QUERY.
 */
export function parseSoql(soql: string): SoqlQuery {
  const cursor: Cursor = { tokens: tokenize(soql), at: 0 };
  const query = parseQuery(cursor);
  if (peek(cursor).kind !== 'end') throw unexpected(cursor);
  return query;
}

function parseQuery(cursor: Cursor): SoqlQuery {
  if (!takeWord(cursor, 'SELECT')) throw unexpected(cursor);
  const { fields, children, isCount } = parseSelect(cursor);
  if (!takeWord(cursor, 'FROM')) throw unexpected(cursor);
  const from = expectName(cursor);
  const where = takeWord(cursor, 'WHERE') ? parseCondition(cursor) : undefined;
  const orderBy = takeWord(cursor, 'ORDER') ? parseOrderBy(cursor) : [];
  const limit = takeWord(cursor, 'LIMIT') ? parseCount(cursor) : undefined;
  const offset = takeWord(cursor, 'OFFSET') ? parseCount(cursor) : 0;
  return { fields, children, isCount, from, where, orderBy, limit, offset };
}

type SelectList = Pick<SoqlQuery, 'fields' | 'children' | 'isCount'>;

function parseSelect(cursor: Cursor): SelectList {
  const fields: string[] = [];
  const children: SoqlQuery[] = [];
  do {
    if (takeSymbol(cursor, '(')) {
      children.push(parseQuery(cursor));
      expectSymbol(cursor, ')');
      continue;
    }
    const name = expectName(cursor);
    if (takeSymbol(cursor, '(')) {
      expectSymbol(cursor, ')');
      if (name.toUpperCase() !== 'COUNT' || fields.length > 0) throw malformed(`unexpected token: '('`);
      return { fields: [], children: [], isCount: true };
    }
    if (fields.some((field) => field.toLowerCase() === name.toLowerCase()))
      throw malformed(`duplicate field selected: ${name}`);
    fields.push(name);
  } while (takeSymbol(cursor, ','));
  return { fields, children, isCount: false };
}

function parseCount(cursor: Cursor): number {
  const token = next(cursor);
  if (token.kind !== 'number' || !/^\d+$/.test(token.text)) throw malformed(`unexpected token: '${token.text}'`);
  return Number(token.text);
}

function parseOrderBy(cursor: Cursor): SoqlQuery['orderBy'] {
  if (!takeWord(cursor, 'BY')) throw unexpected(cursor);
  const items: SoqlQuery['orderBy'] = [];
  do {
    const path = expectName(cursor);
    const isDescending = takeWord(cursor, 'DESC');
    if (!isDescending) takeWord(cursor, 'ASC');
    let nullsLast = false;
    if (takeWord(cursor, 'NULLS')) {
      nullsLast = takeWord(cursor, 'LAST');
      if (!nullsLast && !takeWord(cursor, 'FIRST')) throw unexpected(cursor);
    }
    items.push({ path, isDescending, nullsLast });
  } while (takeSymbol(cursor, ','));
  return items;
}

/** AND and OR may not be mixed on one level without parentheses, as on the platform. */
function parseCondition(cursor: Cursor): Condition {
  const first = parseTerm(cursor);
  const joiner = isWord(peek(cursor), 'AND') ? 'AND' : isWord(peek(cursor), 'OR') ? 'OR' : undefined;
  if (joiner === undefined) return first;
  const items = [first];
  while (takeWord(cursor, joiner)) items.push(parseTerm(cursor));
  if (isWord(peek(cursor), 'AND') || isWord(peek(cursor), 'OR')) throw unexpected(cursor);
  return { kind: joiner === 'AND' ? 'and' : 'or', items };
}

function parseTerm(cursor: Cursor): Condition {
  if (takeWord(cursor, 'NOT')) return { kind: 'not', item: parseTerm(cursor) };
  if (takeSymbol(cursor, '(')) {
    const inner = parseCondition(cursor);
    expectSymbol(cursor, ')');
    return inner;
  }
  const path = expectName(cursor);
  if (takeWord(cursor, 'IN')) return { kind: 'in', path, isNegated: false, values: parseList(cursor) };
  if (takeWord(cursor, 'NOT')) {
    if (!takeWord(cursor, 'IN')) throw unexpected(cursor);
    return { kind: 'in', path, isNegated: true, values: parseList(cursor) };
  }
  return { kind: 'compare', path, operator: parseOperator(cursor), value: parseLiteral(cursor) };
}

function parseOperator(cursor: Cursor): CompareOperator {
  if (takeWord(cursor, 'LIKE')) return 'LIKE';
  const token = next(cursor);
  if (token.kind !== 'symbol' || !COMPARISONS.has(token.text)) throw malformed(`unexpected token: '${token.text}'`);
  switch (token.text) {
    case '<':
    case '<=':
    case '>':
    case '>=':
    case '=':
      return token.text;
    default:
      return '!=';
  }
}

function parseList(cursor: Cursor): Literal[] {
  expectSymbol(cursor, '(');
  const values: Literal[] = [];
  do values.push(parseLiteral(cursor));
  while (takeSymbol(cursor, ','));
  expectSymbol(cursor, ')');
  return values;
}

function parseLiteral(cursor: Cursor): Literal {
  const token = next(cursor);
  if (token.kind === 'string') return { kind: 'string', value: token.text, raw: token.raw };
  if (token.kind === 'number') return { kind: 'number', value: Number(token.text), text: token.text };
  if (token.kind === 'datetime' || token.kind === 'date') return { kind: token.kind, value: token.text };
  const word = token.kind === 'name' ? token.text.toUpperCase() : '';
  if (word === 'NULL') return { kind: 'null' };
  if (word === 'TRUE' || word === 'FALSE') return { kind: 'boolean', value: word === 'TRUE' };
  throw malformed(`unexpected token: '${token.text}'`);
}
