import type { Command } from 'commander';
import type { Finding } from '../domain/finding.ts';
import type { Run } from './command.ts';
import type { CliDependencies } from './dependencies.ts';
import { count } from './table.ts';

type Options = { offline?: boolean; json?: boolean };

/** `handoff check`: everything that is wrong with mappings, credentials and schemas, each with its place. */
export function registerCheck(program: Command, { check }: CliDependencies, run: Run): void {
  program
    .command('check')
    .description('check the mappings, the credentials and what the CRMs have')
    .option('--offline', 'only the mappings; calls no CRM and needs no credentials')
    .option('--json', 'print one JSON document')
    .action(async (options: Options) => {
      await run(async () => {
        const findings = await check({ offline: options.offline === true });
        const errors = findings.filter(({ severity }) => severity === 'error').length;
        const lines = [...findings.flatMap(renderFinding), closingLine(findings.length, errors)];
        return { json: { ok: errors === 0, findings }, lines, code: errors === 0 ? 0 : 1 };
      }, options);
    });
}

function renderFinding({ severity, code, file, line, column, what, why, fix }: Finding): readonly string[] {
  return [`${placeOf({ file, line, column })}${severity}: ${what} [${code}]`, `  why: ${why}`, `  fix: ${fix}`];
}

function placeOf({ file, line, column }: Pick<Finding, 'file' | 'line' | 'column'>): string {
  if (file === '') return '';
  return line === 0 ? `${file} ` : `${file}:${line}:${column} `;
}

function closingLine(findings: number, errors: number): string {
  return findings === 0 ? 'No findings.' : `${count(findings, 'finding')}, ${count(errors, 'error')}.`;
}
