import { expect, it } from 'vitest';
import { createCommand, createRun } from '../../../src/cli/command.ts';
import { registerFailures } from '../../../src/cli/failures.ts';
import { registerStatus } from '../../../src/cli/status.ts';
import { unaudited } from '../../support/audited.ts';

const status = {
  mode: { paused: false, pausedBy: null, pausedReason: null, rebuild: null },
  waits: [],
  pending: { due: 0, background: 0, waiting: 0, leased: 0, oldestDueMs: null },
  waitingForParents: 0,
  pairs: 0,
  pairsByObject: { contact: 2, company: 1, deal: 0 },
  handoffsToday: 1,
  changesToday: 2,
  failures: 0,
  stageDisagreements: 0,
  frozenFields: 0,
  mappingVersion: 1,
  watermarks: [
    'hubspot.contacts.modified',
    'hubspot.deals.modified',
    'salesforce.Lead.fast',
    'salesforce.Lead.wide',
  ].map((source) => ({
    source,
    atMs: 0,
  })),
  calls: { hubspot: 1 },
  catchingUp: null,
  lastComparison: null,
  comparisonOverdue: null,
  runs: [],
};

async function run(...args: readonly string[]): Promise<string> {
  return await runWith({}, ...args);
}

async function runWith(
  now: { waitingForParents?: number; failures?: readonly object[]; check?: object; more?: object },
  ...args: readonly string[]
) {
  const printed: string[] = [];
  const output = { print: (line: string) => void printed.push(line), tell: () => {} };
  const ledger = {
    status: async () => ({ ...status, waitingForParents: now.waitingForParents ?? 0, ...now.more }),
    failures: async () => now.failures ?? [],
    failureGroups: async () => [],
    retryFailures: async () => 0,
    lastCheck: async () => now.check ?? null,
  };
  const dependencies = {
    withLedger: async (work: (given: unknown) => unknown) => await work(ledger),
    audited: unaudited,
  };
  const program = createCommand(output as never);
  const runner = createRun(output, () => {});
  registerStatus(program, { ...dependencies, mode: () => 'live' } as never, runner);
  registerFailures(program, dependencies as never, runner);
  await program.parseAsync([...args], { from: 'user' });
  return printed.join('\n');
}

it('tells in words what has been read, how many calls were made, and since when today is', async () => {
  const text = await run('status');

  expect(text).toContain('1 handoff, 2 changed fields since midnight UTC');
  expect(text).toContain('calls      1 in 24 hours (hubspot)');
  expect(text).toMatch(/^read up to 1970-01-01 .*: contacts in HubSpot \(sweep\)$/m);
  expect(text).toMatch(/^read up to 1970-01-01 .*: deals in HubSpot \(sweep\)$/m);
  expect(text).toContain('pairs      2 contacts, 1 company, 0 deals');
  expect(text).toMatch(/^read up to 1970-01-01 .*: Leads in Salesforce$/m);
  expect(text).not.toContain('salesforce.Lead');
});

it('tells what is being made up for after an outage, and what the last comparison found', async () => {
  const lastComparison = { runId: '7', endedAtMs: 0, drift: { missing: 2, unequal: 1 } };
  const text = await runWith(
    { more: { catchingUp: { sinceMs: 0, sources: ['hubspot.contacts.modified'] }, lastComparison } },
    'status',
  );

  expect(text).toMatch(/^catching up since 1970-01-01 .*: contacts in HubSpot \(sweep\)$/m);
  expect(text).toMatch(/^compared {3}1970-01-01 .*: 2 missing, 1 unequal \(handoff runs --id 7\)$/m);
  expect(await run('status')).not.toMatch(/catching up|compared/);
});

it('tells that nights go by without a comparison, and what stands in the way', async () => {
  const overdue = async (runId: string | null) =>
    await runWith({ more: { comparisonOverdue: { sinceMs: 0, runId } } }, 'status');
  expect(await overdue('9')).toMatch(
    /^compared {3}not since 1970-01-01 .*: run 9 stands in the way \(handoff runs --id 9\)$/m,
  );
  expect(await overdue(null)).toMatch(/^compared {3}not since 1970-01-01/m);
  expect(await overdue(null)).not.toContain('in the way');
});

it.each([
  [['failures'], 'No failures.'],
  [['failures', '--code', 'bogus'], 'No failures with the code bogus.'],
  [['failures', '--retry', '--code', 'bogus'], 'No failures with the code bogus.'],
])('%j says %j where there are none', async (args, text) => {
  expect(await run(...args)).toBe(text);
});

it('tells how many records wait for another one, and nothing of it where none does', async () => {
  expect(await runWith({ waitingForParents: 4 }, 'status')).toContain(
    'waiting    4 records for another one to be linked',
  );
  expect(await run('status')).not.toContain('waiting');
});

it('names the records between which a person must choose', async () => {
  const failure = {
    system: 'hubspot',
    object: 'company',
    recordId: '9',
    code: 'several_accounts',
    message: 'Several Accounts could be this company.',
    advice: 'Merge them.',
    fields: [],
    attempts: 1,
    firstAtMs: 0,
    lastAtMs: 0,
  };

  const named = await runWith({ failures: [{ ...failure, recordIds: ['001A', '001B'] }] }, 'failures', '--all');
  expect(named).toContain('could be this company. Records: 001A, 001B.');
  expect(await runWith({ failures: [{ ...failure, recordIds: [] }] }, 'failures', '--all')).not.toContain('Records');
});

it('tells what the last check found, and what has changed in the CRMs of late', async () => {
  const change = { code: 'schema_changed_removed', what: 'HubSpot: contacts.phone is gone.', atMs: 0 };

  const text = await runWith({ check: { checkedAtMs: 0, errors: 1, warnings: 2, changes: [change] } }, 'status');

  expect(text).toContain('check      1 error, 2 warnings on 1970-01-01 00:00:00 UTC (see handoff check)');
  expect(text).toContain('changed    1970-01-01: HubSpot: contacts.phone is gone. [schema_changed_removed]');
});
