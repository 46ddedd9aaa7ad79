import { describe, expect, it } from 'vitest';
import { registerBackfill } from '../../../src/cli/backfill.ts';
import { createCommand, createRun } from '../../../src/cli/command.ts';
import type { CliDependencies } from '../../../src/cli/dependencies.ts';

/** @returns what was thrown, and what was told */
async function backfill(...args: string[]) {
  const told: string[] = [];
  const output = { print: (line: string) => void told.push(line), tell: (line: string) => void told.push(line) };
  const given = { ...output, user: () => 'tester', mode: () => 'live' } as unknown as CliDependencies;
  const program = createCommand(output);
  registerBackfill(
    program,
    given,
    createRun(output, () => undefined),
  );
  const thrown = await program.parseAsync(['backfill', ...args], { from: 'user' }).catch((error: unknown) => error);
  return { thrown, told: told.join('\n') };
}

describe('handoff backfill', () => {
  it.each([
    [['contacts', '--since', 'yesterday'], '--since'],
    [['contacts', '--until', '31.12.2026'], '--until'],
    [['contacts', '--list', 'my list'], '--list'],
    [['people'], 'people'],
    [['contacts', '--everything'], '--everything'],
  ])('says of %j which part of it is wrong', async (args, part) => {
    const { thrown, told } = await backfill(...args);
    expect(thrown).toMatchObject({ name: 'CommanderError' });
    expect(told).toContain(part);
  });
});
