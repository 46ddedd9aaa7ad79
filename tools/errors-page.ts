import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { decisionText } from '../src/domain/merge/decide-field.ts';
import { hubSpotErrorCodes } from '../src/hubspot/errors.ts';
import { errorTable } from '../src/salesforce/error-table.ts';
import { renderFindings } from './findings-page.ts';

/** One code as docs/errors.md shows it. */
export type DocumentedError = { code: string; kind: string; message: string; advice: string; from: string };

const root = join(import.meta.dirname, '..');

/** What a problem of the plan becomes; its literals carry no kind. */
const planKind = 'needs-human';
const literal = String.raw`(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|${'`'}(?:[^${'`'}\\]|\\.)*${'`'})`;
const thrown = new RegExp(String.raw`new SyncError\(\s*'([\w-]+)',\s*'(\w+)',\s*(${literal}|\w+)`, 'g');
const problem = new RegExp(String.raw`code: '(\w+)',\s*(?://[^\n]*\n\s*)*message:\s*(${literal})`, 'g');
const advice = new RegExp(String.raw`advice:\s*(${literal})`);

/** Far enough to reach the advice of a literal, not that of the next one. */
const reach = 900;

/** A literal as it reads; a constant as the nearest one of that name above says. */
function toText(source: string, file: string, at: number): string {
  if (/^\w+$/.test(source)) {
    const constants = [...file.matchAll(new RegExp(String.raw`const ${source} =\s*(${literal})`, 'g'))];
    const constant = constants.findLast(({ index }) => index < at) ?? constants[0];
    return constant?.[1] === undefined ? '' : toText(constant[1], file, at);
  }
  return source
    .slice(1, -1)
    .replaceAll(/\$\{(?:[^{}]|\{[^}]*\})*\}/g, '…')
    .replaceAll(/\\(.)/g, '$1');
}

function findAdvice(file: string, from: number): string {
  const rest = file.slice(from, from + reach);
  const end = rest.slice(1).search(/new SyncError\(|code: '/);
  const found = advice.exec(end < 0 ? rest : rest.slice(0, end + 1));
  if (found?.[1] !== undefined) return toText(found[1], file, from);
  // `{ advice }`: the nearest constant of that name above.
  const constants = [
    ...file.slice(0, from + reach).matchAll(new RegExp(String.raw`const advice =\s*(${literal})`, 'g')),
  ];
  const nearest = constants.findLast(({ index }) => index < from);
  return /\badvice\b/.test(rest) && nearest?.[1] !== undefined ? toText(nearest[1], file, from) : '';
}

function scan(path: string): DocumentedError[] {
  const file = readFileSync(path, 'utf8');
  const from = relative(root, path);
  const errors = [...file.matchAll(thrown)].map(([, kind = '', code = '', message = ''], index) => {
    const at = [...file.matchAll(thrown)][index]?.index ?? 0;
    return { code, kind, message: toText(message, file, at), advice: findAdvice(file, at), from };
  });
  const problems = [...file.matchAll(problem)].map((match) => {
    const [, code = '', message = ''] = match;
    return {
      code,
      kind: planKind,
      message: toText(message, file, match.index),
      advice: findAdvice(file, match.index),
      from,
    };
  });
  return [...errors, ...(plans.some((folder) => from.startsWith(folder)) ? problems : [])];
}

/** Where problems of plans are written down. */
const plans = ['src/domain/', 'src/store/', 'src/usecases/drain-counterparts/'];

const given = new RegExp(
  String.raw`(?:code: |notWanted\(\w+, |nothing\(|waits\(|reasonFor\(\s*\w+,\s*)'(\w+)',\s*(?:text: |\.\.\.)?(${literal}|text\b|\w+)`,
  'g',
);

/** Why companies and deals, and what is born in Salesforce, stand where they do: codes with the sentences that explain shows. */
export function collectRecordReasons(): { code: string; text: string }[] {
  const errors = new Set(collectErrors().map(({ code }) => code));
  const byCode = new Map<string, string>();
  for (const path of [...sources('src/domain/records'), ...sources('src/usecases/drain-counterparts')]) {
    const file = readFileSync(path, 'utf8');
    for (const { 1: code = '', 2: source = '', index } of file.matchAll(given)) {
      const text = errors.has(code) || byCode.has(code) ? '' : toText(source, file, index);
      if (text !== '') byCode.set(code, text);
    }
  }
  return [...byCode].map(([code, text]) => ({ code, text })).sort((a, b) => a.code.localeCompare(b.code, 'en'));
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !relative(root, path).startsWith('src/sandbox'));
}

/** Every code that can reach a person, once, sorted: from both adapters' tables and from the places that throw. */
export function collectErrors(): DocumentedError[] {
  const tables = [
    ...errorTable.map((row) => ({ ...row, from: 'src/salesforce/error-table.ts' })),
    ...hubSpotErrorCodes.map((row) => ({ ...row, from: 'src/hubspot/error-rules.ts' })),
  ].map(({ code, kind, message, advice: next, from }) => ({ code, kind, message, advice: next, from }));
  const byCode = new Map<string, DocumentedError>();
  for (const error of [...tables, ...sources('src').flatMap(scan)]) {
    const known = byCode.get(error.code);
    if (known === undefined || (known.advice === '' && error.advice !== '')) byCode.set(error.code, error);
  }
  return [...byCode.values()].sort((a, b) => a.code.localeCompare(b.code, 'en'));
}

function section(error: DocumentedError): string {
  const next = error.advice === '' ? '' : `\n\n**Do:** ${error.advice}`;
  return `### \`${error.code}\`\n\n*${error.kind}* · ${error.message}${next}\n`;
}

const groups: readonly (readonly [title: string, belongs: (code: string) => boolean])[] = [
  ['HubSpot', (code) => code.startsWith('hubspot_')],
  ['Salesforce', (code) => code.startsWith('salesforce_')],
  ['Ledger and embedded PostgreSQL', (code) => /^(ledger|embedded|data_dir|lease)_/.test(code)],
  ['Contacts, mapping and everything else', () => true],
];

/** The text of docs/errors.md. */
export function renderErrors(): string {
  let left = collectErrors();
  const parts = groups.map(([title, belongs]) => {
    const mine = left.filter(({ code }) => belongs(code));
    left = left.filter(({ code }) => !belongs(code));
    return `## ${title}\n\n${mine.map(section).join('\n')}`;
  });
  const reasons = Object.entries(decisionText).map(([code, text]) => `| \`${code}\` | ${text} |`);
  return `# Errors and reasons

Generated from the source by \`npm run generate\`; do not edit. \`handoff failures\` shows these codes, \`handoff explain\` the reasons at the end.
What the four kinds mean:

| kind | what happens to the record |
|---|---|
| retryable | looked at again by itself with growing waits, a quarter of an hour at most, until it works; shown among the failures from the third attempt on |
| wait | nothing is wrong, it is not its turn; does not count as an attempt |
| permanent | will never work as it is; a failure at once, looked at again when the record changes |
| needs-human | somebody must change data, mapping or rights; a failure at once, looked at again when the record changes or \`handoff failures --retry\` |

${parts.join('\n')}
## Findings of \`handoff check\`

What the comparison of the mapping with both CRMs may find, besides what is wrong within the files. \`handoff check\` names the line, says why it matters,
and whether it is an error. A field that only a page layout requires, validation rules and the filters of duplicate rules cannot be seen by the API.

${renderFindings()}

## Reasons why a field was written or left

| code | meaning |
|---|---|
${reasons.join('\n')}

## Reasons why a company or a deal stands where it does

| code | meaning |
|---|---|
${collectRecordReasons()
  // Names of files stay as they are written.
  .map(
    ({ code, text }) =>
      `| \`${code}\` | ${/^\w+\.yaml/.test(text) ? text : `${text[0]?.toUpperCase()}${text.slice(1)}`} |`,
  )
  .join('\n')}
`;
}
