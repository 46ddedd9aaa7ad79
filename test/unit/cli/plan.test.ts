import { describe, expect, it } from 'vitest';
import { createCommand, createRun } from '../../../src/cli/command.ts';
import type { CliDependencies } from '../../../src/cli/dependencies.ts';
import { registerPlan } from '../../../src/cli/plan.ts';
import { renderPlan } from '../../../src/cli/plan-lines.ts';
import type { PlanChange } from '../../../src/usecases/preview/compare-previews.ts';
import type { MappingDesk, PlanReport, WantedPlan } from '../../../src/usecases/preview/mapping-desk.ts';
import { noActions } from '../../support/audited.ts';

const change: PlanChange = {
  object: 'contact',
  recordId: '101',
  system: 'salesforce',
  target: 'Lead',
  field: 'Description',
  rule: 'newest',
  kind: 'new',
  before: null,
  after: 'Chief, "acting"',
  instead: null,
};
const dropped: PlanChange = {
  ...change,
  field: 'Title',
  kind: 'dropped',
  before: 'Head',
  after: 'Head',
  instead: '=1+1',
};
const none = { count: 0, samples: [] };

const report: PlanReport = {
  active: { version: 1, hash: 'a'.repeat(64) },
  proposed: { version: null, hash: 'b'.repeat(64) },
  isSame: false,
  sinceMs: Date.UTC(2026, 10, 1),
  calls: { hubspot: 12, salesforce: 1 },
  objects: [
    {
      object: 'contact',
      total: 1_000,
      looked: 200,
      isSample: true,
      differing: { count: 250, samples: ['101'] },
      newlyPassing: { count: 5, samples: ['102', '103'] },
      newlyFailing: none,
      newlyCreated: none,
      noLongerCreated: none,
      unread: none,
      problemsNew: [{ code: 'value_unmapped', message: 'A value has no entry.', count: 3, samples: ['104'] }],
      problemsGone: [],
      groups: [
        { ...change, count: 250, samples: [change] },
        { ...dropped, count: 1, samples: [dropped] },
      ],
    },
  ],
};

const run = async (...argv: string[]) => await runWith(report, ...argv);

async function runWith(report: PlanReport, ...argv: string[]) {
  const codes: number[] = [];
  const printed: string[] = [];
  const asked: WantedPlan[] = [];
  const told: string[] = [];
  const tell = (line: string) => void told.push(line);
  const print = (line: string) => void printed.push(line);
  const desk: MappingDesk = {
    async plan(wanted, onChange) {
      asked.push(wanted);
      for (const each of [change, dropped]) onChange?.(each);
      return report;
    },
    versions: async () => ({ active: null, proposed: null }),
    propose: async () => 1,
    activate: async () => Promise.reject(new Error('nobody asked')),
  };
  const program = createCommand({ print, tell });
  const withMappings: CliDependencies['withMappings'] = async (work) => await work(desk, noActions);
  registerPlan(
    program,
    { print, withMappings },
    createRun({ print, tell }, (code) => void codes.push(code)),
  );
  await program.parseAsync(argv, { from: 'user' }).catch(() => undefined);
  return { printed, asked, told, codes };
}

describe('handoff plan', () => {
  it('prints one line per change as CSV, quoted, without a formula, what is dropped with a "-" before its rule', async () => {
    const { printed } = await run('plan', '--csv');
    expect(printed).toEqual([
      'object,record id,system,field,rule,before,after',
      'contact,101,salesforce,Description,newest,,"Chief, ""acting"""',
      "contact,101,salesforce,Title,-newest,Head,'=1+1",
    ]);
  });

  it('ends with 1 where records could not be planned, and says where to look', async () => {
    const [contacts] = report.objects;
    if (contacts === undefined) throw new Error('the report tells of no contacts');
    const unread = { ...contacts, differing: none, unread: { count: 1_200, samples: ['105'] } };
    const { printed, codes } = await runWith({ ...report, objects: [unread] }, 'plan');
    expect(codes).toEqual([1]);
    const text = printed.join('\n');
    expect(text).toContain('no difference where it could be planned');
    expect(text).toMatch(/1,200 could not be planned: 105 …\n.*handoff check/);
    expect((await run('plan')).codes).not.toContain(1);
  });

  it('says that it shows what is applied, unless both are the same', async () => {
    expect((await run('plan')).printed.join('\n')).toContain('what `handoff activate --apply` does');
    const { printed } = await runWith({ ...report, isSame: true }, 'plan');
    expect(printed.join('\n')).not.toContain('--apply');
  });

  it('takes the files in MAPPINGS_DIR unless it is told another folder', async () => {
    expect((await run('plan')).asked).toEqual([{ folder: null }]);
    const told = await run(
      'plan',
      '--mappings',
      'other',
      '--sample',
      '50',
      '--since',
      '2026-11-01',
      '--object',
      'deals',
    );
    expect(told.asked).toEqual([{ folder: 'other', sample: 50, sinceMs: Date.UTC(2026, 10, 1), types: ['deals'] }]);
  });

  it.each([
    [['--sample', '0']],
    [['--sample', '2001']],
    [['--since', 'yesterday']],
    [['--object', 'leads']],
    [['--json', '--csv']],
  ])('refuses %j', async (options) => {
    const { asked, told } = await run('plan', ...options);
    expect(asked).toEqual([]);
    expect(told.join('\n')).toContain('error');
  });

  it('prints one JSON document with times as ISO 8601', async () => {
    const { printed } = await run('plan', '--json');
    expect(printed).toHaveLength(1);
    expect(JSON.parse(printed[0] ?? '')).toMatchObject({ since: '2026-11-01T00:00:00.000Z', calls: { hubspot: 12 } });
  });

  it('tells a person what differs, with values before and after', () => {
    const text = renderPlan(report).join('\n');
    expect(text).toContain('200 contacts of 1,000 looked at, the numbers are extrapolated');
    expect(text).toContain('5 newly pass the gate: 102, 103');
    expect(text).toContain('3 new problem [value_unmapped]: 104  A value has no entry.');
    expect(text).toContain(
      'Lead.Description is written (newest): 250 records\n    101  (empty) -> "Chief, \\"acting\\""',
    );
    expect(text).toContain(
      'Lead.Title is no longer written (newest): 1 record\n    101  stays "Head", was to become "=1+1"',
    );
    expect(text).toContain('about 12 HubSpot calls and 1 Salesforce call');
  });
});
