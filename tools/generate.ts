import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { generatedFiles } from './generated-files.ts';

/** Writes every generated file; with `--check` it only tells which are stale, and fails if there are any. */
function generate(check: boolean): void {
  for (const { path, content } of generatedFiles()) {
    const file = fileURLToPath(new URL(`../${path}`, import.meta.url));
    if (content === readOrNothing(file)) continue;
    process.stdout.write(`${check ? 'stale' : 'written'}: ${path}\n`);
    if (check) process.exitCode = 1;
    else writeFileSync(file, content);
  }
}

function readOrNothing(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

generate(process.argv.includes('--check'));
