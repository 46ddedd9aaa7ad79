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
  recordIds: ['00Q1'],
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
  const text = await explained({ fields: [{ rule: 'newest', frozen: false, held: null, hubspot: side, salesforce }] });

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
  expect(text).toContain('problem    Somebody moved it back. Records: 00Q1. Decide. [stage_moved_back]');
  expect(text).toContain('failure    the problem above [stage_moved_back], 2 times since');
  expect(text.match(/^history/gm)).toHaveLength(1);
});

const deal = {
  kind: 'deal',
  recordId: '77',
  sentence:
    'Deal 77 waits: its contact has not passed the gate yet (1). Its Opportunity is created as soon as one has.',
  mode: 'observe',
  pause: null,
  waits: [],
  standing: 'not_paired',
  counterpart: null,
  stages: {
    hubspot: { pipeline: 'default', pipelineLabel: 'Sales', stage: 'won', stageLabel: 'Closed won' },
    salesforce: null,
    state: 'won',
  },
  waitsFor: [{ object: 'contact', recordId: '1', text: 'It has not passed the gate.' }],
  contacts: [
    { contactId: '1', labels: ['Decider'], role: null, isPrimary: true, failure: 'several_persons', text: 'It waits.' },
  ],
  contactCount: 3,
  company: {
    companyId: '9',
    account: null,
    failure: 'several_accounts',
    opportunityAccountId: null,
    companyOfOpportunity: null,
  },
  fields: [],
  unread: [{ what: 'associations', code: 'hubspot_timeout' }],
  changes: [],
  hubspotChanges: [],
  reasons: [{ code: 'contact_below_gate', text: 'No contact has passed.' }],
  problem: null,
  timeline: [],
  history: {
    decision: null,
    failure: null,
    pending: null,
    changes: [],
    person: null,
    handedOverAtMs: null,
    landedAtMs: null,
  },
};

async function explainedBy(...args: readonly string[]) {
  return await explainedAs(deal, ...args);
}

async function explainedAs(told: object, ...args: readonly string[]) {
  const asked: unknown[] = [];
  const printed: string[] = [];
  const output = { print: (line: string) => void printed.push(line), tell: () => {} };
  const explainRecord = (...given: unknown[]) => {
    asked.push(given);
    return told;
  };
  const withExplain = async (work: (explainers: object) => unknown) => await work({ explainRecord });
  const program = createCommand(output as unknown as CliDependencies);
  registerExplain(
    program,
    { withExplain } as never,
    createRun(output, () => {}),
  );
  await program.parseAsync(['explain', ...args], { from: 'user' });
  return { asked, text: printed.join('\n') };
}

it.each([
  [
    ['--deal', '77'],
    ['deal', '77'],
  ],
  [['006000000000001'], ['deal', '006000000000001']],
  [
    ['--company', '9'],
    ['company', '9'],
  ],
  [['001000000000001AAA'], ['company', '001000000000001AAA']],
])('%j asks for the record by its kind', async (args, asked) => {
  expect((await explainedBy(...args)).asked).toEqual([asked]);
});

it('tells of a deal where it stands, what it waits for, and who belongs to it', async () => {
  const { text } = await explainedBy('--deal', '77');

  expect(text.split('\n')).toEqual([
    deal.sentence,
    'mode       observe: nothing is written to either CRM',
    'standing   not paired',
    'deal       77',
    'opportunity none',
    'stage      HubSpot Sales (default) / Closed won (won) (won)',
    'waits for  contact 1: It has not passed the gate.',
    'company    9: no Account yet [several_accounts]',
    'contact    1 (Decider): It waits. [several_persons]',
    'contacts   2 more',
    'unread     who belongs to the record in HubSpot [hubspot_timeout]',
    '  reason   No contact has passed. [contact_below_gate]',
    'paired     not yet',
  ]);
});

it.each([
  [
    'the first contact was handed over',
    { handedOverAtMs: 0, landedAtMs: nextSecond },
    'paired     since 1970-01-01 00:00:00 UTC',
  ],
  ['it was linked, where it was born in Salesforce', { landedAtMs: 0 }, 'paired     since 1970-01-01 00:00:00 UTC'],
])('tells a deal that has its Opportunity as paired since %s', async (_, known, line) => {
  const history = { ...deal.history, person: { object: 'Opportunity', id: '006A' }, ...known };
  const { text } = await explainedAs({ ...deal, standing: 'paired', history }, '--deal', '77');

  expect(text.split('\n')).toContain(line);
  expect(text).not.toContain('not yet');
});

it('says that a correction is looked at by itself, and names the records of a failure that only the ledger has', async () => {
  const history = { ...deal.history, failure: { ...failure, code: 'several_accounts' } };
  const { text } = await explainedAs({ ...deal, standing: 'failed', history }, '--deal', '77');

  expect(text).toContain('standing   failed: what you correct in the record is looked at at once;');
  expect(text).toContain('failure    Somebody moved it back. Records: 00Q1. Decide. [several_accounts]');
});
