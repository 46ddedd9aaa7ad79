import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fixes, words } from '../src/usecases/check/schema-changes.ts';

/** A finding as the page shows it: what was found, with `…` where names come in, and what to do. */
export type DocumentedFinding = { code: string; what: string; fix: string };

const root = join(import.meta.dirname, '..');

/** Who compares a mapping with what both CRMs have. What is wrong within the files themselves says so at its line. */
const folders = ['src/usecases', 'src/usecases/check'];
const comparing = /^(compare-|fits-of-|finding-at)[\w-]*\.ts$/;

/** A template may hold others within its `${}`. */
const template = String.raw`${'`'}(?:[^${'`'}\\$]|\\.|\$(?!\{)|\$\{(?:[^{}${'`'}]|${'`'}[^${'`'}]*${'`'}|\{[^{}]*\})*\})*${'`'}`;
const literal = String.raw`(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|${template})`;
const named = new RegExp(String.raw`code: '(\w+)',\s*what: (${literal}|\w+)`, 'g');
const given = new RegExp(String.raw`\bwarn\(\s*'(\w+)',\s*(${literal})`, 'g');
const fixed = new RegExp(String.raw`\bfix(?:: (${literal}|\w+))?[,; })]`);
/** Far enough to reach the fix of a finding. */
const reach = 700;

function toText(source: string, file: string, at: number): string {
  if (/^\w+$/.test(source)) {
    const constants = [...file.matchAll(new RegExp(String.raw`const ${source} =\s*(${literal})`, 'g'))];
    const constant = constants.findLast(({ index }) => index < at)?.[1];
    return constant === undefined ? '' : toText(constant, file, at);
  }
  const text = source.slice(1, -1).replaceAll(/\$\{(?:[^{}`]|`[^`]*`|\{[^{}]*\})*\}/g, '…');
  return text.replaceAll(/\\(.)/g, '$1');
}

/** The fix behind the finding; nothing where it depends on what was found. */
function fixOf(file: string, index: number): string {
  const rest = file.slice(index, index + reach);
  const next = rest.slice(1).search(/code: '|\bwarn\(/);
  const found = fixed.exec(next < 0 ? rest : rest.slice(0, next + 1));
  return found === null ? '' : toText(found[1] ?? 'fix', file, index);
}

/** Every code that `handoff check` may find in the CRMs, once, sorted. */
export function collectFindings(): DocumentedFinding[] {
  const byCode = new Map<string, DocumentedFinding>();
  for (const folder of folders) {
    for (const name of readdirSync(join(root, folder)).filter((each) => comparing.test(each))) {
      const file = readFileSync(join(root, folder, name), 'utf8');
      for (const { 1: code = '', 2: what = '', index } of [...file.matchAll(named), ...file.matchAll(given)]) {
        const fix = fixOf(file, index);
        const known = byCode.get(code);
        if (known !== undefined && known.what !== '') continue;
        byCode.set(code, {
          code,
          what: toText(what, file, index),
          fix,
        });
      }
    }
  }
  for (const [change, what] of Object.entries(words)) {
    const fix = Object.entries(fixes).find(([name]) => name === change)?.[1] ?? '';
    byCode.set(`schema_changed_${change}`, {
      code: `schema_changed_${change}`,
      what: `Something that the mapping uses ${what}.`,
      fix,
    });
  }
  return [...byCode.values()].sort((one, other) => one.code.localeCompare(other.code, 'en'));
}

/** The table of docs/errors.md. */
export function renderFindings(): string {
  const rows = collectFindings().map(
    ({ code, what, fix }) => `| \`${code}\` | ${cell(what)} | ${fix === '' ? 'the finding says it' : cell(fix)} |`,
  );
  return `| code | what was found | fix |
|---|---|---|
${rows.join('\n')}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').trim();
}
