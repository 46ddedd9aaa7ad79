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

function toCondition({ field, values }: InCondition): string {
  return `${toName(field)} IN (${values.map(toLiteral).join(',')})`;
}

/** What stands between SELECT and FROM: API names, each once, and child queries as they are. */
export function toSelectList({ fields, children = [] }: Pick<Selection, 'fields' | 'children'>): string {
  return [...[...new Set(fields)].map(toName), ...children].join(',');
}

function toText(selection: Selection, conditions: readonly InCondition[]): string {
  const any = conditions.map(toCondition).join(' OR ');
  const where = selection.filter === undefined ? any : `(${any}) AND ${toCondition(selection.filter)}`;
  const order = selection.newestFirst === undefined ? '' : ` ORDER BY ${toName(selection.newestFirst)} DESC`;
  return `SELECT ${toSelectList(selection)} FROM ${toName(selection.object)} WHERE ${where}${order}`;
}

/** Epoch milliseconds as a dateTime literal in UTC; Salesforce compares whole seconds, so the rest is cut off. */
export function toDateTimeLiteral(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS'.length)}Z`;
}

/**
 * Statements that together select the rows for which any of the conditions holds; each stays within the URL and statement limits.
 * Conditions without values select nothing, so no conditions at all give no statements: never a query for everything.
 */
export function toStatements(selection: Selection, conditions: readonly InCondition[]): string[] {
  const statements: string[] = [];
  const fixed = toEncodedLength(toText(selection, []));
  let chunk: { field: string; values: string[] }[] = [];
  let size = fixed;
  const flush = () => {
    if (chunk.length > 0) statements.push(toText(selection, chunk));
    chunk = [];
    size = fixed;
  };
  for (const { field, values } of conditions) {
    for (const value of new Set(values)) {
      const cost = toEncodedLength(`${toLiteral(value)},`);
      const opening = chunk.at(-1)?.field === field ? 0 : toEncodedLength(` OR ${toName(field)} IN ()`);
      if (chunk.length > 0 && size + opening + cost > Math.min(maxEncodedBytes, MAX_STATEMENT)) flush();
      let last = chunk.at(-1);
      if (last === undefined || last.field !== field) {
        last = { field, values: [] };
        chunk.push(last);
        size += toEncodedLength(` OR ${field} IN ()`);
      }
      last.values.push(value);
      size += cost;
    }
  }
  flush();
  return statements;
}
