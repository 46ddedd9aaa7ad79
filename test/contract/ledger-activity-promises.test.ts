import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ActivityFilter } from '../../src/ports/ledger-activity.ts';
import { createActivityLedger } from '../../src/store/activity/activity-ledger.ts';
import { createAuditRows } from '../support/audit-rows.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { done, record, useLedger } from '../support/ledger.ts';

const bench = useLedger();

describe('a person who was erased', () => {
  const secret = 'Countess of Analysis';

  beforeEach(async () => {
    const { pairId } = await bench.handOver('101', '00QAA0000000001');
    const changes = [{ field: 'Title', before: 'Miss', after: secret, rule: 'newest', sourceValue: secret }];
    await createAuditRows(bench.database.pool).write(pairId, { recordId: '00QAA0000000001', changes });
  });

  it('is still in the log, without a value', async () => {
    const filter = { record: '101', kind: 'write' } as const;
    expect(JSON.stringify(await bench.ledger.activity(filter, { limit: 10 }))).toContain(secret);
    const batch = await bench.claimed('101');
    const { counter, pairId } = record(batch, '101');
    await bench.commit(batch, {
      ...{
        contactId: '101',
        counter,
        settle: done,
        tombstone: 'erased',
        retiredContactIds: [{ id: '101', status: 'erased' }],
      },
      ...(pairId && { pairId }),
      decision: { outcome: 'gone', code: 'contact_erased', text: '', reasons: [], fields: [], observedOnly: false },
    });

    const after = await bench.ledger.activity(filter, { limit: 10 });
    expect(JSON.stringify(after)).not.toContain(secret);
    expect(after.lines[0]).toMatchObject({
      pair: { kind: 'contact', recordId: '101' },
      changes: [{ field: 'Title', before: null, after: null, rule: 'newest', erased: true }],
    });
  });
});

describe('every filter', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
    await fill(database.pool);
  });
  afterAll(() => database.close());

  it.each<ActivityFilter>([
    {},
    { kind: 'write' },
    { actor: 'jane' },
    { system: 'hubspot' },
    { object: 'Lead' },
    { run: '7' },
    { run: '7', field: 'phone' },
    { field: 'phone' },
    { record: '101' },
    { record: '101', system: 'hubspot', field: 'phone' },
    { fromMs: Date.now() - 1_000, toMs: Date.now() },
    { actor: 'jane', run: '7' },
    { actor: 'jane', object: 'contact' },
  ])('is answered by indexes alone, and without sorting the log: %o', async (filter) => {
    const { pool } = database;
    const plans: string[] = [];
    const watched = {
      query: async (given: string | { text: string; values?: unknown[] }, values: unknown[] = []) => {
        const { text, values: named = [] } = typeof given === 'string' ? { text: given, values } : given;
        const { rows } = await pool.query<{ 'QUERY PLAN': string }>(`explain ${text}`, named);
        plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
        return await pool.query(text, named);
      },
    };
    const ledger = createActivityLedger({ pool: Object.assign(Object.create(pool), watched), connectionId: 1 });
    const { lines, next } = await ledger.activity(filter, { limit: 5 });
    const after = lines[0]?.position ?? next ?? undefined;
    await ledger.activity(filter, { limit: 5, ...(after && { after }) });

    expect(plans.length).toBeGreaterThan(0);
    for (const plan of plans) {
      expect(plan).not.toMatch(/Seq Scan|Disabled/);
      // Of few rows the database may sort what an index finds; the head of the log comes in the order of its index.
      if (!/Recursive Union|run_id|pair_id|contact_id|target_id|[<>]= |One-Time/.test(plan))
        expect(plan).not.toMatch(/^\s*(->)?\s*Sort /m);
    }
  });
});

/** As many rows as it takes for an index to be worth it. */
async function fill(pool: pg.Pool): Promise<void> {
  await pool.query(`insert into writes (at, connection_id, pair_id, run_id, token, mapping_version, system, object, record_id, operation, changes, state)
    select clock_timestamp() - make_interval(secs => n), 1, n % 500, n % 9, gen_random_uuid(), 1, 'hubspot', 'contact', n::text, 'update',
           '[{"field": "phone", "before": null, "after": "1", "rule": "newest"}]', 'done' from generate_series(1, 3000) as n`);
  await pool.query(`insert into stage_moves (connection_id, contact_id, at, to_stage, kind, source, code, text, state)
    select 1, n::text, clock_timestamp() - make_interval(secs => n), 'lead', 'reached', 'hubspot', 'reached', '', 'seen' from generate_series(1, 2000) as n`);
  await pool.query(`insert into actions (connection_id, at, actor, via, code, target_kind, target_id)
    select 1, clock_timestamp() - make_interval(secs => n), 'a' || n % 20, 'cli', 'pause', 'run', n::text from generate_series(1, 2000) as n`);
  await pool.query('analyze writes, stage_moves, actions');
}
