import { Command } from 'commander';
import { beforeEach, describe, expect, it } from 'vitest';
import { createRun } from '../../src/cli/command.ts';
import type { CliDependencies } from '../../src/cli/dependencies.ts';
import { registerErasures } from '../../src/cli/erasures.ts';
import { registerStages } from '../../src/cli/stages.ts';
import { listDisagreements } from '../../src/usecases/list-disagreements.ts';
import { listErasures } from '../../src/usecases/list-erasures.ts';
import { done, record, useLedger } from '../support/ledger.ts';

const bench = useLedger();
const ids = ['1', '2', '3'];

/** Three contacts whose sides disagree, or who were erased. */
async function give(what: 'disagree' | 'erased'): Promise<void> {
  for (const id of ids) await bench.handOver(id, `00Q${id}`);
  const batch = await bench.claimed(...ids);
  const facts =
    what === 'disagree'
      ? { stages: { hubspot: 'customer', salesforce: 'opportunity', cause: 'hubspot_ahead' } }
      : { tombstone: 'erased' as const };
  const results = ids.map((contactId) => {
    const { counter, pairId } = record(batch, contactId);
    const retired = what === 'erased' ? [{ id: contactId, status: 'erased' as const }] : [];
    return { contactId, counter, pairId: pairId ?? '', retiredContactIds: retired, ...facts, settle: done };
  });
  await bench.commit(batch, ...results);
}

type Page = { items: readonly { contactId: string }[]; nextCursor: string | null };

async function pages(limit: number, list: (query: { limit: number; cursor?: string }) => Promise<Page>) {
  const found: string[][] = [];
  let cursor: string | null = null;
  do {
    const page: Page = await list({ limit, ...(cursor === null ? {} : { cursor }) });
    found.push(page.items.map(({ contactId }) => contactId));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return found;
}

async function handoff(...args: readonly string[]): Promise<readonly string[]> {
  const lines: string[] = [];
  const run = createRun({ print: (line) => void lines.push(line), tell: (line) => void lines.push(line) }, () => {});
  const withLedger: CliDependencies['withLedger'] = async (work) => await work(bench.ledger);
  const program = new Command();
  registerStages(program, { withLedger }, run);
  registerErasures(program, { withLedger }, run);
  await program.parseAsync([...args], { from: 'user' });
  return lines;
}

describe('pairs whose sides disagree on the stage', () => {
  beforeEach(() => give('disagree'));

  it.each([
    [1, [['3'], ['2'], ['1']]],
    [2, [['3', '2'], ['1']]],
    [3, [['3', '2', '1']]],
  ])('are all listed by pages of %d, the newest first', async (limit, expected) => {
    expect(await pages(limit, (query) => listDisagreements(bench.ledger, query))).toEqual(expected);
  });

  it('refuse a cursor that is not theirs', async () => {
    const listed = listDisagreements(bench.ledger, { limit: 1, cursor: 'nonsense' });

    await expect(listed).rejects.toMatchObject({ code: 'bad_cursor' });
  });

  it('are shown by handoff stages with their cause, what it means, and how to go on', async () => {
    const lines = await handoff('stages', '--limit', '2');
    const cursor = /--cursor (\S+)$/.exec(lines.at(-1) ?? '')?.[1] ?? '';

    expect(lines[2]).toMatch(/^3 +Lead 00Q3 +customer +opportunity +hubspot_ahead$/);
    expect(lines.filter((line) => line.startsWith('hubspot_ahead: HubSpot is further along'))).toHaveLength(1);
    expect((await handoff('stages', '--limit', '2', '--cursor', cursor)).join('\n')).toMatch(/^1 +Lead 00Q1/m);
  });

  it('are one JSON document', async () => {
    const lines = await handoff('stages', '--json', '--limit', '1');

    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      items: [{ contactId: '3', cause: 'hubspot_ahead' }],
      nextCursor: expect.stringMatching(/^\d+$/),
    });
  });
});

describe('receipts of privacy deletions', () => {
  beforeEach(() => give('erased'));

  it('are all listed by pages', async () => {
    const listed = await pages(2, (query) => listErasures(bench.ledger, query));

    expect(listed.map((page) => page.length)).toEqual([2, 1]);
    expect(listed.flat().sort()).toEqual(ids);
  });

  it('are shown by handoff erasures, with ids and counts', async () => {
    const text = (await handoff('erasures')).join('\n');

    for (const id of ids) expect(text).toMatch(new RegExp(`contact ${id}, .*\\n.*00Q${id}\\n  erased: .*base 2`));
    const [json = '', ...more] = await handoff('erasures', '--json');
    expect(JSON.parse(json)).toMatchObject({ items: [{}, {}, {}], nextCursor: null });
    expect(more).toEqual([]);
  });
});
