import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Audited } from '../../src/cli/audited.ts';
import type { CliDependencies } from '../../src/cli/dependencies.ts';
import { runCommandLine } from '../../src/cli/program.ts';
import type { RunSession } from '../../src/cli/run-session.ts';
import { recordAction } from '../../src/usecases/access/record-action.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { sqlContact } from '../support/people.ts';
import { runsOf } from '../support/runs.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
  engine.hubspot.createContact(sqlContact('anna', {}));
});
afterAll(async () => await engine.close());
beforeEach(async () => {
  await engine.database.pool.query('truncate actions');
});

const audited: Audited = async (ledger, { code, target = null, details = {} }, work, learn) =>
  await recordAction(
    { ledger, onUnnoted: () => undefined },
    { actor: 'root', role: null, via: 'cli', code, target, details },
    work,
    learn,
  );

/** One command line, its runs left to a worker that lives. @returns the exit code */
async function handoff(...args: readonly string[]): Promise<number> {
  const session: RunSession = {
    runs: runsOf(engine),
    actions: engine.ledger,
    hasWorkers: async () => true,
    work: () => Promise.reject(new Error('left to the service')),
  };
  const given: Partial<CliDependencies> = {
    print: () => undefined,
    tell: () => undefined,
    user: () => 'root (command line)',
    audited,
    mode: () => 'live',
    withLedger: async (work) => await work(engine.ledger),
    runs: {
      withRuns: async (work) => await work(session),
      interruptible: async (work) => await work(new AbortController().signal),
      confirm: null,
    },
  };
  // Only the commands of these tests are run.
  return await runCommandLine(args, given as CliDependencies);
}

const actions = async () => {
  const columns = 'code, target_kind, target_id, details, outcome, status, problem';
  return (
    await engine.database.pool.query(
      `select ${columns} from actions where actor = 'root' and via = 'cli' and role is null order by id`,
    )
  ).rows;
};
const done = { target_kind: null, target_id: null, details: {}, outcome: 'done', status: null, problem: null };
const ofRun = { target_kind: 'run', target_id: expect.stringMatching(/^\d+$/) };

it('pause and resume are noted, without the reason: the ledger has that elsewhere', async () => {
  expect([await handoff('pause', '--reason', 'anna@example.com asked'), await handoff('resume')]).toEqual([0, 0]);

  expect(await actions()).toEqual([
    { ...done, code: 'pause' },
    { ...done, code: 'resume' },
  ]);
});

it('what is refused is noted as refused, and what is no id is not kept', async () => {
  const asked = [
    ['approve', '999'],
    ['runs', 'pause', '998'],
    ['runs', 'cancel', 'anna@example.com'],
    ['revert', '997', '--detach'],
  ];
  for (const args of asked) expect(await handoff(...args)).toBe(1);

  const refused = { ...done, outcome: 'refused' };
  expect(await actions()).toEqual([
    { ...refused, code: 'run_approve', target_kind: 'run', target_id: '999', problem: 'run_not_stopped' },
    { ...refused, code: 'run_pause', target_kind: 'run', target_id: '998', problem: 'run_not_found' },
    { ...refused, code: 'run_cancel', problem: 'run_not_found' },
    {
      ...refused,
      code: 'run_revert',
      target_kind: 'run',
      target_id: '997',
      details: { dryRun: false },
      problem: 'run_not_found',
    },
  ]);
});

it('runs that are started are named, with the filter and without the words of an expression', async () => {
  const where = 'contact.email == "anna@example.com"';
  const backfill = ['backfill', 'contacts', '--dry-run', '--detach', '--stage', 'lead', '--where', where];
  for (const args of [backfill, ['compare', '--dry-run', '--detach']]) expect(await handoff(...args)).toBe(0);

  expect(await actions()).toEqual([
    {
      ...done,
      ...ofRun,
      code: 'backfill_start',
      details: { object: 'contacts', dryRun: true, stage: 'lead', where: true },
    },
    { ...done, ...ofRun, code: 'comparison_start', details: { dryRun: true } },
  ]);
});

it('a retry of failures says of which and how many', async () => {
  expect(await handoff('failures', '--retry', '--code', 'value_unmapped')).toBe(0);

  expect(await actions()).toEqual([
    { ...done, code: 'failures_retry', details: { code: 'value_unmapped', marked: 0 } },
  ]);
});

it('a text that is no code is not kept, whoever it may be about', async () => {
  expect(await handoff('failures', '--retry', '--code', 'anna@example.com')).toBe(0);

  expect(await actions()).toEqual([{ ...done, code: 'failures_retry', details: { code: true, marked: 0 } }]);
});

it('to look at something is no action', async () => {
  for (const args of [['status'], ['failures'], ['runs']]) expect(await handoff(...args)).toBe(0);

  expect(await actions()).toEqual([]);
});

it('what cannot be noted is not done', async () => {
  await engine.database.pool.query('alter table actions rename to actions_away');
  const code = await handoff('pause');
  await engine.database.pool.query('alter table actions_away rename to actions');

  expect(code).toBe(1);
  expect((await engine.ledger.status()).mode.paused).toBe(false);
});
