import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { renderRun, renderRuns } from '../../src/cli/run-lines.ts';
import { overviewView } from '../../src/http/contract/overview.ts';
import { runView } from '../../src/http/contract/runs.ts';
import { viewRun } from '../../src/http/run-views.ts';
import type { LedgerPort } from '../../src/ports/ledger.ts';
import { createLedger } from '../../src/store/ledger.ts';
import { approveRun, cancelRun, pauseRun } from '../../src/usecases/runs/control-runs.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let ledger: LedgerPort;

beforeAll(async () => {
  database = await createTestDatabase();
  ledger = createLedger(database.pool);
  // What a newer version's migrations may have allowed.
  await database.pool.query(`alter table runs drop constraint runs_phase_check; alter table runs drop constraint runs_state_check;
    alter table run_counts drop constraint run_counts_kind_check`);
});
afterAll(async () => await database.close());
beforeEach(async () => {
  await database.pool.query('delete from pending; delete from run_counts; delete from runs');
});

type Row = {
  kind?: string;
  state?: string;
  phase?: string;
  object?: string | null;
  options?: unknown;
  forecast?: unknown;
};

/** A run as another version may have written it. */
async function write(row: Row): Promise<string> {
  const {
    kind = 'backfill',
    state = 'running',
    phase = 'listing',
    object = 'contacts',
    options = {},
    forecast = null,
  } = row;
  const { rows } = await database.pool.query<{ id: string }>(
    `insert into runs (connection_id, kind, object, state, phase, options, forecast, creates_limit, changes_limit, mapping_version)
     values (1, $1, $2, $3, $4, $5::jsonb, $6::jsonb, 10, 10, 1) returning id::text`,
    [kind, object, state, phase, JSON.stringify(options), JSON.stringify(forecast)],
  );
  return rows[0]?.id ?? '';
}

const others: [string, Row, string[]][] = [
  ['a kind', { kind: 'merge', object: null }, ['kind merge']],
  ['a phase', { phase: 'verifying' }, ['phase verifying']],
  ['a state', { state: 'waiting' }, ['state waiting']],
  ['an option', { options: { owner: 'ann' } }, ['option owner']],
  ['a part of a filter', { options: { filter: { stage: 'lead', team: 7 } } }, ['filter team']],
  ['a value of an option', { options: { created: 'archive' } }, ['option created']],
  ['a value of a filter', { options: { filter: { sinceMs: 'last week' } } }, ['filter sinceMs']],
  ['options of another shape', { options: ['contacts'] }, ['options']],
  ['options that are nothing', { options: null }, ['options']],
  ['a filter of another shape', { options: { filter: 'all' } }, ['option filter']],
  ['a filter that is nothing', { options: { filter: null } }, ['option filter']],
];

describe.each(others)('a run of which this version does not know %s', (_what, row, unknown) => {
  it('is listed and shown, with what is unknown', async () => {
    const id = await write(row);
    const [listed] = await ledger.runs(10);
    const one = await ledger.run(id);

    expect(one).toStrictEqual(listed);
    expect(one?.unknown).toStrictEqual(unknown);
    expect(runView.strict().safeParse(one && viewRun(one, Date.now())).error).toBeUndefined();
    expect(one && renderRun(one, Date.now(), 'live').join('\n')).toContain(`unknown    ${unknown.join(', ')}`);
    expect(renderRuns(listed ? [listed] : [], Date.now()).join('\n')).toContain('(unknown to this version)');
  });

  it('is in the status and on the first view', async () => {
    const id = await write(row);

    expect((await ledger.status()).runs.map((run) => run.id)).toStrictEqual([id]);
    expect(overviewView.shape.runsActive).toBeDefined();
    await expect(ledger.overview()).resolves.toBeDefined();
  });

  it('is not worked on, and keeps nobody else from working', async () => {
    await write(row);
    const own = await write({ kind: 'backfill', object: 'deals' });
    const due = await ledger.runsDue();
    const claimed = await ledger.claimRun(60_000);
    const next = await ledger.claimRun(60_000);

    expect(claimed?.id).toBe(own);
    expect(next).toBeNull();
    expect(due).toBeLessThanOrEqual(2);
  });

  it('can be cancelled', async () => {
    const id = await write(row);

    expect((await cancelRun(ledger, id, 'ann')).state).toBe('cancelled');
  });

  it('does not go on by the word of somebody who works with this version', async () => {
    const id = await write({ state: 'stopped', ...row });

    await expect(approveRun(ledger, id, 'ann')).rejects.toMatchObject({ code: 'run_of_other_version' });
  });
});

describe('a run that an older version began', () => {
  it('without what later ones keep is shown whole', async () => {
    const { rows } = await database.pool.query<{ id: string }>(
      `insert into runs (connection_id, kind, day, state, creates_limit, changes_limit) values (1, 'live', '2026-01-01', 'ended', 1, 1) returning id::text`,
    );
    const run = await ledger.run(rows[0]?.id ?? '');

    expect(run?.unknown).toStrictEqual([]);
    expect(runView.safeParse(run && viewRun(run, Date.now())).error).toBeUndefined();
  });

  it('with a forecast of another shape is shown without it, and is worked on', async () => {
    const id = await write({ forecast: { guess: 12 } });
    const run = await ledger.run(id);

    expect([run?.forecast, run?.unknown]).toStrictEqual([null, []]);
    expect((await ledger.claimRun(60_000))?.id).toBe(id);
  });

  it('with counts of another kind is shown without them', async () => {
    const id = await write({});
    await database.pool.query(
      `insert into run_counts (run_id, kind, code, count) values ($1, 'guessed', 'x', 1), ($1, 'listed', 'marked', 2)`,
      [id],
    );

    expect((await ledger.run(id))?.counts).toStrictEqual([{ kind: 'listed', code: 'marked', count: 2, samples: [] }]);
  });

  it('with what a mapping of then had planned is held by pausing', async () => {
    const id = await write({});

    expect((await pauseRun(ledger, id, 'ann')).state).toBe('paused');
  });
});
