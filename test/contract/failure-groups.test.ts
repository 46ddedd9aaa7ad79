import { beforeEach, describe, expect, it } from 'vitest';
import { createCommand, createRun } from '../../src/cli/command.ts';
import { registerFailures } from '../../src/cli/failures.ts';
import type { RecordType } from '../../src/ports/ledger-claim.ts';
import { unaudited } from '../support/audited.ts';
import { stepsOf, useLedger } from '../support/ledger.ts';

const bench = useLedger();

const failure = { kind: 'needs-human', message: 'No.', advice: 'Mend it.', fields: [], recordIds: [] } as const;

async function query(sql: string, values: readonly unknown[] = []) {
  return (await bench.database.pool.query<Record<string, unknown>>(sql, [...values])).rows;
}

/** Puts failures in, as looks would: `count` contacts of a code, since so many hours. */
async function fail(code: string, count: number, { hours = 1, object = 'contact', from = 1 } = {}) {
  await query(
    `insert into failures (connection_id, system, object, record_id, kind, code, message, advice, fields, first_at, last_at)
     select 1, 'hubspot', $2, ($5::int + n)::text, 'needs-human', $1, 'No.', 'Mend it.', array['Title'],
       clock_timestamp() - make_interval(hours => $4), clock_timestamp() - make_interval(secs => n)
     from generate_series(1, $3::int) n`,
    [code, object, count, hours, from * 100_000],
  );
}

/** `handoff failures` on this ledger. */
async function handoffFailures(...args: readonly string[]) {
  const [printed, told]: [string[], string[]] = [[], []];
  const output = { print: (line: string) => void printed.push(line), tell: (line: string) => void told.push(line) };
  const program = createCommand(output);
  const withLedger = async (work: (ledger: never) => unknown) => await work(bench.ledger as never);
  registerFailures(
    program,
    { withLedger, audited: unaudited } as never,
    createRun(output, () => undefined),
  );
  await program.parseAsync(['failures', ...args], { from: 'user' });
  return { text: printed.join('\n'), told: told.join('\n') };
}

describe('failures by cause', () => {
  beforeEach(async () => {
    await fail('value_unmapped', 7, { hours: 30 });
    await fail('value_unmapped', 2, { hours: 2, object: 'company', from: 2 });
    await fail('salesforce_duplicate_rule', 3, { hours: 70, from: 3 });
  });

  it('counts each cause, tells since when, what is new, and names the newest records', async () => {
    const [unmapped, duplicates, ...others] = await bench.ledger.failureGroups();

    expect(others).toEqual([]);
    expect(unmapped).toMatchObject({
      code: 'value_unmapped',
      kind: 'needs-human',
      message: 'No.',
      advice: 'Mend it.',
      count: 9,
      newInDay: 2,
      newInDayBefore: 7,
      objects: ['hubspot company', 'hubspot contact'],
      fields: ['Title'],
    });
    expect(unmapped?.samples).toHaveLength(5);
    expect(unmapped?.samples).toContainEqual({ system: 'hubspot', object: 'contact', recordId: '100001' });
    expect(Date.now() - (unmapped?.firstAtMs ?? 0)).toBeGreaterThan(29 * 3_600_000);
    expect(duplicates).toMatchObject({ code: 'salesforce_duplicate_rule', count: 3, newInDay: 0, newInDayBefore: 0 });
  });

  it('is what the command shows a person: how many, why, what to do, since when, and which commands come next', async () => {
    const { text } = await handoffFailures();

    expect(text).toContain('9 records  [value_unmapped]  needs-human, hubspot company, hubspot contact; 2 new in 24');
    expect(text).toContain('What to do: Mend it.');
    expect(text).toContain('handoff failures --retry --code value_unmapped');
    expect(text).toContain('12 failures of 2 causes.');
    expect(text).not.toContain('hubspot contact 100001');
  });

  it('comes with the records as JSON, which was the answer before there were groups', async () => {
    const { groups, items, nextCursor } = JSON.parse((await handoffFailures('--json', '--limit', '2')).text);

    expect(groups.map(({ code, count }: { code: string; count: number }) => [code, count])).toEqual([
      ['value_unmapped', 9],
      ['salesforce_duplicate_rule', 3],
    ]);
    expect([items.length, typeof nextCursor, groups[0].firstAt]).toEqual([2, 'string', expect.stringMatching(/Z$/)]);
  });

  it('retries one record, or a cause, or all', async () => {
    const pending = () => query('select object, record_id from pending order by record_id');

    expect((await handoffFailures('--retry', '--record', '200001')).text).toContain('1 failed record will');
    expect(await pending()).toEqual([{ object: 'company', record_id: '200001' }]);
    expect((await handoffFailures('--retry', '--code', 'salesforce_duplicate_rule')).text).toContain(
      '3 failed records',
    );
    expect(await pending()).toHaveLength(4);
    await handoffFailures('--retry');
    expect(await pending()).toHaveLength(12);
  });

  it('asks which record is meant where several kinds have the id, and says where none has', async () => {
    await fail('value_unmapped', 1, { object: 'deal', from: 1 });

    expect((await handoffFailures('--retry', '--record', '100001')).told).toContain('hubspot/deal/100001');
    expect((await handoffFailures('--retry', '--record', 'deal/100001')).text).toContain('1 failed record');
    expect((await handoffFailures('--record', 'hubspot/contact/100001')).text).toContain('hubspot contact 100001');
    expect((await handoffFailures('--record', '999')).told).toContain('No record with that id');
    expect((await handoffFailures('--record', "1'; --")).told).toContain('No record with that id');
  });
});

const kinds: readonly RecordType[] = [
  { system: 'hubspot', object: 'contact' },
  { system: 'hubspot', object: 'company' },
  { system: 'hubspot', object: 'deal' },
  { system: 'salesforce', object: 'Lead' },
  { system: 'salesforce', object: 'Contact' },
  { system: 'salesforce', object: 'Account' },
  { system: 'salesforce', object: 'Opportunity' },
];

it.each(kinds)('a failure of $system $object goes by itself when the record syncs', async (of) => {
  const steps = stepsOf(bench, of);
  await steps.look('7', { failure: { ...failure, code: 'rule' }, settle: { kind: 'failed' } });
  expect(await bench.ledger.failureGroups()).toMatchObject([{ code: 'rule', samples: [{ ...of, recordId: '7' }] }]);

  await steps.look('7', { failure: null });

  expect(await bench.ledger.failureGroups()).toEqual([]);
});

describe('10,000 failures', () => {
  beforeEach(async () => {
    for (const [at, code] of ['one', 'two', 'three', 'four'].entries()) await fail(code, 2_500, { from: at + 1 });
    await query('analyze failures');
  });

  it('are grouped in one statement, in no time to speak of', async () => {
    const startedAt = performance.now();
    const groups = await bench.ledger.failureGroups();

    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(groups.map(({ count }) => count)).toEqual([2_500, 2_500, 2_500, 2_500]);
  });

  it('are paged by an index: the last page costs what the first one did', async () => {
    const first = await bench.ledger.failures(50);
    const last = first.at(-1);
    const sql = `explain (format json) select * from failures where connection_id = 1
      and (last_at, system, object, record_id) < (timestamptz 'epoch' + ${Math.round((last?.lastAtMs ?? 0) * 1000)}::bigint * interval '1 microsecond', 'hubspot', 'contact', '${last?.recordId}')
      order by last_at desc, system desc, object desc, record_id desc limit 51`;

    const plan = JSON.stringify(await query(sql));

    expect(plan).toContain('failures_last');
    expect(plan).not.toContain('"Sort"');
  });
});
