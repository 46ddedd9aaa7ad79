import { Command } from 'commander';
import { beforeEach, describe, expect, it } from 'vitest';
import { createRun } from '../../src/cli/command.ts';
import type { CliDependencies } from '../../src/cli/dependencies.ts';
import { registerFailures } from '../../src/cli/failures.ts';
import { listFailures } from '../../src/usecases/list-failures.ts';
import { unaudited } from '../support/audited.ts';
import { record, useLedger } from '../support/ledger.ts';

const bench = useLedger();

const ids = ['1', '2', '3', '4', '5'];

beforeEach(async () => {
  const batch = await bench.claimed(...ids);
  await bench.commit(
    batch,
    ...ids.map((contactId) => ({
      contactId,
      counter: record(batch, contactId).counter,
      failure: {
        kind: 'needs-human' as const,
        code: Number(contactId) % 2 === 0 ? 'even' : 'odd',
        message: 'm',
        advice: 'a',
        fields: [],
        recordIds: [],
      },
      settle: { kind: 'failed' as const },
    })),
  );
  // Three of one moment, and two that are a microsecond apart.
  await bench.database.pool.query(`update failures set last_at = case
    when record_id = '1' then timestamptz '2026-11-20 10:00:00.123456Z'
    when record_id = '2' then timestamptz '2026-11-20 10:00:00.123457Z'
    else timestamptz '2026-11-20 10:00:00.5Z' end`);
});

async function pages(limit: number, code?: string): Promise<string[][]> {
  const found: string[][] = [];
  let cursor: string | null = null;
  do {
    const more: { code?: string; cursor?: string } = cursor === null ? {} : { cursor };
    const page = await listFailures(bench.ledger, { limit, ...(code === undefined ? {} : { code }), ...more });
    found.push(page.items.map(({ recordId }) => recordId));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return found;
}

/** `handoff failures` on this ledger. */
async function handoffFailures(...args: readonly string[]) {
  const lines: string[] = [];
  const keep = (line: string) => void lines.push(line);
  const program = new Command();
  const withLedger: CliDependencies['withLedger'] = async (work) => await work(bench.ledger);
  registerFailures(
    program,
    { withLedger, audited: unaudited },
    createRun({ print: keep, tell: keep }, () => undefined),
  );
  await program.parseAsync(['failures', ...args], { from: 'user' });
  return lines;
}

describe('a list of failures', () => {
  it('tells each failure once over its pages, the newest first, also where several are of one moment', async () => {
    expect(await pages(2)).toEqual([['5', '4'], ['3', '2'], ['1']]);
    expect(await pages(5)).toEqual([['5', '4', '3', '2', '1']]);
  });

  it('holds only those with the code that was asked for', async () => {
    expect(await pages(1, 'even')).toEqual([['4'], ['2']]);
  });

  it.each(['nonsense', '1.hubspot.contact', "1.hubspot.contact.1'--", '1.nowhere.contact.1'])(
    'refuses the cursor %s',
    async (cursor) => {
      await expect(listFailures(bench.ledger, { limit: 1, cursor })).rejects.toMatchObject({ code: 'bad_cursor' });
    },
  );
});

describe('handoff failures', () => {
  it('says that there are more, and goes on from there', async () => {
    const first = await handoffFailures('--all', '--limit', '3');
    const cursor = /--cursor (\S+)$/.exec(first.at(-1) ?? '')?.[1] ?? '';
    const second = await handoffFailures('--all', '--limit', '3', '--cursor', cursor);

    expect(first.filter((line) => line.startsWith('hubspot contact'))).toHaveLength(3);
    expect(second.filter((line) => line.startsWith('hubspot contact')).map((line) => line.split(' ')[2])).toEqual([
      '2',
      '1',
    ]);
    expect(second.join('\n')).not.toContain('There are more');
  });

  it('filters by --code and tells the cursor as JSON', async () => {
    const [line = ''] = await handoffFailures('--json', '--code', 'odd', '--limit', '2');

    expect(JSON.parse(line)).toMatchObject({
      items: [
        { recordId: '5', code: 'odd' },
        { recordId: '3', code: 'odd' },
      ],
      nextCursor: expect.stringContaining('.hubspot.contact.3'),
    });
  });
});
