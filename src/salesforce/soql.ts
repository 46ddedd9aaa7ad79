import { SyncError } from '../errors.ts';

const NAME = /^[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)*$/;
/** URI and headers together may have 16,384 bytes; the rest is left for the access token and the other headers. */
export const maxEncodedBytes = 14_000;
/** Longest SOQL statement, in characters. */
const MAX_STATEMENT = 100_000;

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
};

/**
 * A text as a SOQL literal. One pass, so that no escape is escaped again.
 * @see https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_quotedstringescapes.htm
 */
export function toLiteral(value: string): string {
  return `'${value.replace(/[\\'\n\r\t\b\f]/g, (character) => ESCAPES[character] ?? character)}'`;
}

/** @throws SyncError needs-human `salesforce_field_name` when the text is not an API name */
export function toName(name: string): string {
  if (NAME.test(name)) return name;
  throw new SyncError('needs-human', 'salesforce_field_name', 'A name in the mapping is not a Salesforce API name.', {
    advice: 'Use letters, digits and underscores only, as Object Manager shows under "Field Name".',
  });
}

/** `field IN (…)`. The list may be long; statements are cut by `toStatements`. */
export type InCondition = { field: string; values: readonly string[] };

/** `field LIKE '…'`, once for each pattern (made by `toPattern`). */
type LikeCondition = { field: string; patterns: readonly string[] };

export type Condition = InCondition | LikeCondition;

export type Selection = {
  object: string;
  fields: readonly string[];
  /** Child queries in brackets, written by ourselves: they are taken as they stand. */
  children?: readonly string[];
  /** Must hold as well for every row. */
  filter?: InCondition;
  newestFirst?: string;
};

export function toEncodedLength(text: string): number {
  return encodeURIComponent(text).length;
}

/**
 * What stands before and behind a text of any characters, as a LIKE literal: nothing in the text is a wildcard or ends the literal.
 * @see https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_reservedcharacters.htm
 */
export function toPattern(before: '' | '%', text: string, behind: '' | '%' | '/%'): string {
  const literal = toLiteral(text).slice(1, -1);
  return `'${before}${literal.replace(/[%_]/g, (wildcard) => `\\${wildcard}`)}${behind}'`;
}

function toCondition(condition: Condition): string {
  const field = toName(condition.field);
  if ('values' in condition) return `${field} IN (${condition.values.map(toLiteral).join(',')})`;
  return condition.patterns.map((pattern) => `${field} LIKE ${pattern}`).join(' OR ');
}

/** What stands between SELECT and FROM: API names, each once, and child queries as they are. */
export function toSelectList({ fields, children = [] }: Pick<Selection, 'fields' | 'children'>): string {
  return [...[...new Set(fields)].map(toName), ...children].join(',');
}

function toText(selection: Selection, conditions: readonly Condition[]): string {
  const any = conditions.map(toCondition).join(' OR ');
  const where = selection.filter === undefined ? any : `(${any}) AND ${toCondition(selection.filter)}`;
  const order = selection.newestFirst === undefined ? '' : ` ORDER BY ${toName(selection.newestFirst)} DESC`;
  return `SELECT ${toSelectList(selection)} FROM ${toName(selection.object)} WHERE ${where}${order}`;
}

/** Epoch milliseconds as a dateTime literal in UTC; Salesforce compares whole seconds, so the rest is cut off. */
export function toDateTimeLiteral(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS'.length)}Z`;
}

type Term = { field: string; text: string; isPattern: boolean };

function toTerms(condition: Condition): Term[] {
  const { field } = condition;
  const isPattern = 'patterns' in condition;
  const texts = isPattern ? condition.patterns : condition.values;
  return [...new Set(texts)].map((text) => ({ field, text, isPattern }));
}

/** What a term adds to a statement whose last condition is `last`, in characters of the URL. */
function toCost({ field, text, isPattern }: Term, last: Condition | undefined): number {
  if (isPattern) return toEncodedLength(` OR ${field} LIKE ${text}`);
  const opening = goesOn(last, field) ? 0 : toEncodedLength(` OR ${field} IN ()`);
  return opening + toEncodedLength(`${toLiteral(text)},`);
}

function goesOn(last: Condition | undefined, field: string): last is InCondition {
  return last !== undefined && 'values' in last && last.field === field;
}

function withTerm(conditions: readonly Condition[], { field, text, isPattern }: Term): Condition[] {
  const last = conditions.at(-1);
  if (isPattern) return [...conditions, { field, patterns: [text] }];
  if (!goesOn(last, field)) return [...conditions, { field, values: [text] }];
  return [...conditions.slice(0, -1), { field, values: [...last.values, text] }];
}

/**
 * Statements that together select the rows for which any of the conditions holds; each stays within the URL and statement limits.
 * Conditions without values select nothing, so no conditions at all give no statements: never a query for everything.
 */
export function toStatements(selection: Selection, conditions: readonly Condition[]): string[] {
  const statements: string[] = [];
  const fixed = toEncodedLength(toText(selection, []));
  let chunk: Condition[] = [];
  let size = fixed;
  const flush = () => {
    if (chunk.length > 0) statements.push(toText(selection, chunk));
    chunk = [];
    size = fixed;
  };
  for (const term of conditions.flatMap(toTerms)) {
    if (chunk.length > 0 && size + toCost(term, chunk.at(-1)) > Math.min(maxEncodedBytes, MAX_STATEMENT)) flush();
    size += toCost(term, chunk.at(-1));
    chunk = withTerm(chunk, term);
  }
  flush();
  return statements;
}
