import { expect, it } from 'vitest';
import { createCommand, createRun } from '../../../src/cli/command.ts';
import type { CliDependencies } from '../../../src/cli/dependencies.ts';
import { registerExplain } from '../../../src/cli/explain.ts';
import { givenExplanation } from '../../support/explanation.ts';

const nextSecond = 1_000_000;

async function explained(more: object): Promise<string> {
  const printed: string[] = [];
  const output = { print: (line: string) => void printed.push(line), tell: () => {} };
  const withExplain = async (work: (explainers: { explain(): unknown }) => unknown) =>
    await work({ explain: () => givenExplanation(more) });
  const program = createCommand(output as unknown as CliDependencies);
  registerExplain(
    program,
    { withExplain } as never,
    createRun(output, () => {}),
  );
  await program.parseAsync(['explain', '4711'], { from: 'user' });
  return printed.join('\n');
}

const change = { field: 'Title', before: 'CTO', after: 'CEO', rule: 'newest' };
const entry = { system: 'salesforce', object: 'Lead', recordId: '00Q1', runId: null, changes: [] };
const failure = {
  message: 'Somebody moved it back.',
  advice: 'Decide.',
  code: 'stage_moved_back',
  attempts: 2,
  firstAtMs: 0,
  lastAtMs: 0,
};

it('says which side won where both had changed a field, and of no other change', async () => {
  const changes = [
    { ...change, conflict: 'hubspot' },
    { ...change, field: 'Phone' },
  ];
  const text = await explained({
    changes: [change],
    timeline: [{ ...entry, kind: 'write', code: 'update', atMs: 0, text: 'Written.', changes }],
  });

  expect(text).toContain('Title: "CTO" -> "CEO" (rule newest; both sides had changed it, and hubspot won)');
  expect(text.match(/both sides had changed it/g)).toHaveLength(1);
});

it('names an app by its number, and tells what is known of the whole record alone', async () => {
  const side = { name: 'jobtitle', value: 'CEO', changedAtMs: 0, changedBy: 'INTEGRATION 12', changeOf: 'field' };
  const salesforce = { ...side, name: 'Title', changedBy: 'Sales Rep', changeOf: 'record' };
  const text = await explained({ fields: [{ rule: 'newest', frozen: false, hubspot: side, salesforce }] });

  expect(text).toContain('jobtitle: "CEO" (1970-01-01 00:00:00 UTC, an integration (12))');
  expect(text).toContain('Title: "CEO" (whole record last changed by Sales Rep, 1970-01-01 00:00:00 UTC)');
});

it('tells a failure once, and promises nothing of a retry where the failure clears by itself', async () => {
  const told = { ...entry, code: failure.code, text: failure.message, atMs: nextSecond };
  const text = await explained({
    standing: 'failed',
    problem: failure,
    history: { failure },
    timeline: [
      { ...told, kind: 'failure' },
      { ...told, kind: 'decision', atMs: nextSecond - 1 },
    ],
  });

  expect(text).not.toContain('--retry');
  expect(text).toContain('failure    the problem above [stage_moved_back], 2 times since');
  expect(text.match(/^history/gm)).toHaveLength(1);
});
