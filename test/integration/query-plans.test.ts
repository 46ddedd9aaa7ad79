import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpService, startHttpService, tokens } from '../support/http-service.ts';
import { fullSize, makeLargeLedger, shareOf } from '../support/large-ledger.ts';
import { readGenericPlan, readPlan, recordStatements, type Statement } from '../support/statements.ts';

const size = process.env.HANDOFF_TEST_FULL === '1' ? fullSize : shareOf(fullSize, 0.1);

/** Tables that grow with the business: nobody reads the whole of one to show a page. */
const large = /^(writes|pairs|links|stage_moves|failures|pending|decisions)(_\d|$)/;

let service: HttpService;
beforeAll(async () => {
  service = await startHttpService();
  await service.service.ready;
  await makeLargeLedger(service.pool, size);
});
afterAll(() => service.close());

async function statementsOf(path: string): Promise<readonly Statement[]> {
  const ask = async () => {
    const answer = await fetch(`${service.url}/api/v1${path}`, {
      headers: { authorization: `Bearer ${tokens.admin}` },
    });
    expect(answer.status, await answer.text()).toBe(200);
  };
  // What is asked for once per process, or tidied up, is not part of each view; nor is what a process asks now and then for itself.
  await ask();
  const found = await recordStatements(ask);
  return found.filter(({ text }) => /^\s*(select|with|insert|update|delete)/i.test(text) && !byItself.test(text));
}

/** The heartbeat of a process, and its question which mapping is active. */
const byItself = /into processes \(id, role|^select mapping_version as version from connections where id = \$1$/;

async function largeReadsOf(statement: Statement) {
  const reads = await readPlan(service.pool, statement);
  const generic = await readGenericPlan(service.pool, statement);
  return {
    reads: reads.filter(({ table }) => large.test(table)),
    scans: [...reads, ...generic].filter(({ table, how }) => large.test(table) && how === 'Seq Scan'),
  };
}

describe.each([
  { path: '/overview', statements: 8, rows: size.pending + 1_000 },
  { path: '/failures', statements: 1, rows: 150 },
  { path: '/failures?code=cause_3', statements: 1, rows: 150 },
  { path: '/failures/groups', statements: 1, rows: 2 * size.failures + 500 },
  { path: '/runs', statements: 3, rows: 300 },
  { path: '/stages/disagreements', statements: 1, rows: 2_000 },
  { path: '/erasures', statements: 2, rows: 300 },
  { path: '/contacts', statements: 4, rows: 5_000 },
  { path: '/companies', statements: 4, rows: 25_000 },
  { path: '/deals', statements: 4, rows: 25_000 },
  { path: '/activity', statements: 6, rows: 1_000 },
  { path: '/activity?actor=somebody', statements: 3, rows: 1_000 },
  { path: '/activity?system=hubspot', statements: 8, rows: 10_000 },
  { path: '/incidents', statements: 3, rows: 100 },
  { path: '/mappings', statements: 6, rows: 100 },
])('GET $path', ({ path, statements, rows }) => {
  it(`takes at most ${statements} statements, each by an index, and reads at most ${rows} rows of large tables`, async () => {
    const found = await statementsOf(path);

    expect(found.length).toBeGreaterThan(0);
    expect(found.length, found.map(({ text }) => text).join('\n')).toBeLessThanOrEqual(statements);
    let read = 0;
    for (const statement of found) {
      const { reads, scans } = await largeReadsOf(statement);
      expect(scans, statement.text).toEqual([]);
      for (const each of reads) read += each.rows;
    }
    expect(read).toBeLessThanOrEqual(rows);
  });
});

it('a look for changes is one statement that reads next to nothing', async () => {
  const { createLedger } = await import('../../src/store/ledger.ts');
  const ledger = createLedger(service.pool);
  const { position } = await ledger.changesSince(null);

  const found = await recordStatements(() => ledger.changesSince(position));

  expect(found).toHaveLength(1);
  for (const statement of found) {
    const { reads, scans } = await largeReadsOf(statement);
    expect(scans).toEqual([]);
    expect(reads.reduce((sum, { rows }) => sum + rows, 0)).toBeLessThan(50);
  }
});

it('a statement that reads a whole table would be found', async () => {
  const statement = { text: `select count(*) from writes where error_code = 'x' or closed_at is null`, values: [] };

  const { reads } = await largeReadsOf(statement);

  expect(reads.reduce((sum, { rows }) => sum + rows, 0)).toBeGreaterThan(size.writes / 2);
});
