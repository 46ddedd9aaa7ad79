import { RequestFault } from './fault.ts';

/** `raw` of a string is what stood between the quotes, escapes kept (LIKE needs them). */
export type Token = {
  kind: 'name' | 'string' | 'number' | 'datetime' | 'date' | 'symbol' | 'end';
  text: string;
  raw: string;
};

/** The limits of the SOQL guide, "SOQL and SOSL limits": statement 100,000 characters, one string literal 4,000. */
const MAX_STATEMENT = 100_000;
const MAX_LITERAL = 4_000;

const PATTERN =
  /\s+|'((?:[^'\\]|\\.)*)'|(\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:?\d{2}))|(\d{4}-\d{2}-\d{2})|([+-]?\d+(?:\.\d+)?)|([A-Za-z_][\w.]*)|(!=|<>|<=|>=|[=<>(),])/gsy;

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  N: '\n',
  r: '\r',
  R: '\r',
  t: '\t',
  T: '\t',
  b: '\b',
  B: '\b',
  f: '\f',
  F: '\f',
  "'": "'",
  '"': '"',
  '\\': '\\',
  _: '_',
  '%': '%',
};

/** The 400 MALFORMED_QUERY answer. */
export function malformed(message: string): RequestFault {
  return new RequestFault(400, 'MALFORMED_QUERY', message);
}

function unescapeText(raw: string): string {
  if (!raw.includes('\\')) return raw;
  return raw.replace(/\\(.)/gs, (_whole, letter: string) => {
    const value = ESCAPES[letter];
    if (value === undefined)
      throw malformed(`Invalid string literal. Illegal character sequence '\\${letter}' in string literal`);
    return value;
  });
}

/** A statement as tokens; throws MALFORMED_QUERY as the API answers it. */
export function tokenize(soql: string): Token[] {
  if (soql.length > MAX_STATEMENT) throw malformed('SOQL statements cannot be longer than 100000 characters.');
  const tokens: Token[] = [];
  PATTERN.lastIndex = 0;
  while (PATTERN.lastIndex < soql.length) {
    const at = PATTERN.lastIndex;
    const match = PATTERN.exec(soql);
    if (match === null) throw malformed(`unexpected token: '${soql.slice(at, at + 1)}' at position ${at}`);
    const token = toToken(match);
    if (token !== undefined) tokens.push(token);
  }
  tokens.push({ kind: 'end', text: '<EOF>', raw: '' });
  return tokens;
}

function toToken(match: RegExpExecArray): Token | undefined {
  const [, text, datetime, date, number, name, symbol] = match;
  if (text !== undefined) {
    const value = unescapeText(text);
    if (value.length > MAX_LITERAL) throw malformed('string literal is longer than 4000 characters');
    return { kind: 'string', text: value, raw: text };
  }
  if (datetime !== undefined) return { kind: 'datetime', text: datetime, raw: datetime };
  if (date !== undefined) return { kind: 'date', text: date, raw: date };
  if (number !== undefined) return { kind: 'number', text: number, raw: number };
  if (name !== undefined) return { kind: 'name', text: name, raw: name };
  if (symbol !== undefined) return { kind: 'symbol', text: symbol, raw: symbol };
  return undefined;
}
