import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LedgerPort } from '../../src/ports/ledger.ts';
import type { Claim } from '../../src/ports/ledger-claim.ts';
import { createLedger } from '../../src/store/ledger.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { kind } from '../support/ledger.ts';
import { pageOf } from '../support/ledger-runs.ts';

const records = Array.from({ length: 8 }, (_, place) => `c${place}`);
const workers = [0, 1] as const;

type Step =
  | { kind: 'page' | 'mark' | 'sweep'; ids: string[] }
  | { kind: 'claim' | 'done' | 'later' | 'failed' | 'release' | 'crash'; worker: number }
  | { kind: 'pause' | 'resume' | 'cancel' };

const ids = fc.uniqueArray(fc.constantFrom(...records), { minLength: 1 });
const worker = fc.constantFrom(...workers);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('page' as const), ids }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('mark' as const, 'sweep' as const), ids }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('claim' as const), worker }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('done' as const, 'later' as const, 'failed' as const, 'release' as const, 'crash' as const),
      worker,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('pause' as const, 'resume' as const, 'cancel' as const) }),
  },
);

describe('a run that is paused, resumed and cancelled while it is worked off', () => {
  let database: TestDatabase;
  let ledgers: readonly LedgerPort[];
  let version: number;

  beforeAll(async () => {
    database = await createTestDatabase();
    ledgers = [database.pool, database.connect(), database.connect()].map((pool) => createLedger(pool));
    version = await (ledgers[0] as LedgerPort).activateMapping('hash', { createsPerRun: 10, changesPerRun: 10 });
  });
  afterAll(() => database.close());

  it('is never worked off while it is paused, leaves nothing behind that nobody looks at, and loses no mark of others', async () => {
    const rounds = fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(rounds, async (all) => {
        await database.pool.query('truncate pending, runs restart identity cascade');
        const world = new World(database, ledgers, version);
        // The steps of one round happen at the same time, each on a connection of its own.
        for (const round of all) {
          await Promise.all(round.map((one, place) => world.run(one, ledgers[place % ledgers.length] as LedgerPort)));
          await world.check();
        }
        await world.finish();
      }),
      { numRuns: process.env.HANDOFF_TEST_FULL === '1' ? 400 : 40 },
    );
  });
});

/** What happened, and what must hold whatever happens. */
class World {
  readonly #database: TestDatabase;
  readonly #ledger: LedgerPort;
  readonly #version: number;
  readonly #claims = new Map<number, Claim>();
  readonly #markedAt = new Map<string, number>();
  readonly #lookedAt = new Map<string, number>();
  #tick = 0;

  constructor(database: TestDatabase, [ledger]: readonly LedgerPort[], version: number) {
    this.#database = database;
    this.#ledger = ledger as LedgerPort;
    this.#version = version;
  }

  async run(step: Step, ledger: LedgerPort): Promise<void> {
    switch (step.kind) {
      case 'page':
        return await this.#page(ledger, step.ids);
      case 'mark':
      case 'sweep':
        return await this.#mark(ledger, step.ids, step.kind === 'mark' ? 2 : 3);
      case 'claim':
        return await this.#claim(ledger, step.worker);
      case 'pause':
      case 'resume':
      case 'cancel':
        return await this.#hold(ledger, step.kind);
      default:
        return await this.#end(ledger, step.kind, step.worker);
    }
  }

  async #page(ledger: LedgerPort, ids: readonly string[]): Promise<void> {
    if ((await this.#current()) === undefined) await this.#begin(ledger);
    const run = await ledger.claimRun(60_000);
    if (run === null) return;
    await ledger.commitPage(run, pageOf(run.id, ids), 60_000);
    await ledger.releaseRun(run);
  }

  async #begin(ledger: LedgerPort): Promise<void> {
    const limits = { creates: 10, changes: 10 };
    const asked = { kind: 'backfill', object: 'contacts', options: {}, isDryRun: false, requestedBy: 'a' } as const;
    await ledger
      .startRun({ ...asked, mappingVersion: this.#version, total: null, forecast: null, limits })
      .catch((error: { code: string }) => expect(error.code).toBe('run_overlaps'));
  }

  async #mark(ledger: LedgerPort, ids: readonly string[], priority: 2 | 3): Promise<void> {
    this.#tick += 1;
    for (const id of ids) this.#markedAt.set(id, this.#tick);
    await ledger.mark(ids.map((recordId) => ({ ...kind, recordId, priority, source: 'webhook' })));
  }

  async #claim(ledger: LedgerPort, worker: number): Promise<void> {
    if (this.#claims.has(worker)) return;
    this.#claims.set(worker, { token: '', leaseMs: 0, records: [] });
    const claim = await ledger.claim({ ...kind, limit: 4, leaseMs: 60_000, mappingVersion: this.#version });
    this.#tick += 1;
    for (const { recordId } of claim.records) this.#lookedAt.set(recordId, this.#tick);
    this.#claims.set(worker, claim);
  }

  async #end(
    ledger: LedgerPort,
    how: 'done' | 'later' | 'failed' | 'release' | 'crash',
    worker: number,
  ): Promise<void> {
    const claim = this.#claims.get(worker);
    if (claim === undefined || claim.token === '') return;
    this.#claims.delete(worker);
    if (how === 'release') return await ledger.release(claim.token);
    if (how === 'crash') {
      const text = `update pending set leased_until = clock_timestamp() - interval '1 second' where lease_token = $1`;
      return void (await this.#database.pool.query(text, [claim.token]));
    }
    const settle = how === 'later' ? ({ kind: 'later', delayMs: 0, counts: false, code: 'x' } as const) : { kind: how };
    const results = claim.records.map(({ recordId, counter }) => ({ contactId: recordId, counter, settle }));
    await ledger.commit(claim.token, this.#version, results);
  }

  async #hold(ledger: LedgerPort, how: 'pause' | 'resume' | 'cancel'): Promise<void> {
    const id = await this.#current();
    if (id === undefined) return;
    if (how === 'pause') await ledger.pauseRun(id, 'a');
    else if (how === 'resume') await ledger.resumeRun(id, 'a');
    else await ledger.cancelRun(id, 'a');
  }

  async #current(): Promise<string | undefined> {
    const text = `select id from runs where kind = 'backfill' and state in ('running', 'paused')`;
    return (await this.#database.pool.query<{ id: string }>(text)).rows[0]?.id;
  }

  async check(): Promise<void> {
    const { rows } = await this.#database.pool.query(`
      select p.record_id, r.state, p.due_at = 'infinity' as held, p.lease_token is not null as leased, p.priority
      from pending p left join runs r on r.id = p.run_id
      where (p.due_at = 'infinity' and r.state is distinct from 'paused')
         or (p.due_at < 'infinity' and r.state = 'paused')
         or (p.lease_token is null and r.state = 'cancelled')
         or (p.run_id is not null and p.priority < 3)`);
    // A record that a worker gave up may stand under a cancelled run until somebody looks at it again.
    expect(rows.filter(({ state }) => state !== 'cancelled')).toEqual([]);
  }

  /** Everything is worked off: no record is left that nobody can look at. */
  async finish(): Promise<void> {
    await this.#hold(this.#ledger, 'resume');
    for (const worker of workers) await this.#end(this.#ledger, 'release', worker);
    for (let round = 0; round < 20; round += 1) {
      await this.#claim(this.#ledger, 0);
      if (this.#claims.get(0)?.records.length === 0) break;
      await this.#end(this.#ledger, 'done', 0);
      await this.check();
    }
    expect((await this.#database.pool.query('select record_id from pending')).rows).toEqual([]);
    for (const [id, at] of this.#markedAt) expect(this.#lookedAt.get(id) ?? -1, id).toBeGreaterThanOrEqual(at);
  }
}
