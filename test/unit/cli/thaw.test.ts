import { describe, expect, it } from 'vitest';
import { codeOfUsage, createCommand, createRun } from '../../../src/cli/command.ts';
import type { CliDependencies } from '../../../src/cli/dependencies.ts';
import { registerThaw } from '../../../src/cli/thaw.ts';

/** @returns the exit code, what was thawed, and what was told on standard error */
async function thaw(...args: readonly string[]) {
  const asked: unknown[] = [];
  const told: string[] = [];
  const codes: number[] = [];
  const output = { print: () => {}, tell: (line: string) => void told.push(line) };
  const ledger = { thaw: async (...wanted: unknown[]) => asked.push(wanted) };
  const withLedger = async (work: (given: never) => unknown) => await work(ledger as never);
  const program = createCommand(output as unknown as CliDependencies);
  const run = createRun(output, (code) => void codes.push(code));
  registerThaw(program, { withLedger: withLedger as CliDependencies['withLedger'], user: () => 'revops' }, run);
  try {
    await program.parseAsync(['thaw', ...args], { from: 'user' });
  } catch (thrown) {
    codes.push(codeOfUsage(thrown) ?? Number.NaN);
  }
  return { codes, asked, told: told.join('\n') };
}

describe('handoff thaw', () => {
  it.each(['anna@example.com', '00Q1', '12 '])('takes %j for wrong usage and asks the ledger nothing', async (id) => {
    const { codes, asked, told } = await thaw(id);

    expect({ codes, asked }).toEqual({ codes: [2], asked: [] });
    expect(told).toContain('handoff explain <email>');
  });

  it('thaws the fields of a contact', async () => {
    expect(await thaw('4712', '--field', 'phone')).toMatchObject({ codes: [0], asked: [['4712', 'revops', 'phone']] });
  });
});
