import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LedgerPort } from '../../src/ports/ledger.ts';
import type { Claim } from '../../src/ports/ledger-claim.ts';
import type { RecordResult } from '../../src/ports/ledger-result.ts';
import { createLedger } from '../../src/store/ledger.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const records = Array.from({ length: 12 }, (_, place) => `c${place}`);
/** Contacts that lead to one pair, as after a merge: c0 and c1, c2 and c3. */
const shared = [
  ['c0', 'c1'],
  ['c2', 'c3'],
] as const;

type Step =
  | { kind: 'mark'; ids: string[]; priority: 1 | 2 | 3 | 4; worker: number }
  | { kind: 'claim'; limit: number; worker: number }
  | { kind: 'done' | 'later' | 'failed' | 'release' | 'crash'; worker: number };

const worker = fc.nat({ max: 2 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('mark' as const),
      ids: fc.uniqueArray(fc.constantFrom(...records), { minLength: 1 }),
      priority: fc.constantFrom(1, 2, 3, 4),
      worker,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('claim' as const), limit: fc.integer({ min: 1, max: 8 }), worker }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('done' as const, 'later' as const, 'failed' as const, 'release' as const, 'crash' as const),
      worker,
    }),
  },
);

describe('pending: at most one look at a time, and no mark is lost', () => {
  let database: TestDatabase;
  let ledgers: readonly LedgerPort[];
  let version: number;

  beforeAll(async () => {
    database = await createTestDatabase();
    ledgers = [database.pool, database.connect(), database.connect()].map((pool) => createLedger(pool));
    version = await (ledgers[0] as LedgerPort).activateMapping('hash', {
      createsPerRun: 10_000,
      changesPerRun: 10_000,
    });
  });
  afterAll(() => database.close());

  it('holds for any order of marks, claims, ends, crashes and lapsed leases of three workers', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { maxLength: 25 }), async (rounds) => {
        await prepare(database.pool);
        const world = new World(ledgers, version, database.pool);
        // The steps of one round run at the same time, each on a connection of its own.
        for (const round of rounds) await Promise.all(round.map((one) => world.run(one)));
        await world.finish();
      }),
      { numRuns: 100 },
    );
  });
});

async function prepare(pool: pg.Pool): Promise<void> {
  await pool.query('truncate pending; delete from links; delete from pairs');
  for (const ids of shared) {
    await pool.query(
      `with pair as (insert into pairs (connection_id) values (1) returning id)
       insert into links (connection_id, system, object, record_id, pair_id, status)
       select 1, 'hubspot', 'contact', q.id, pair.id, 'live' from pair, unnest($1::text[]) as q(id)`,
      [ids],
    );
  }
}

type Holding = { claim: Claim; claimedAt: number };

/** The workers and what must be true of them. `clock` orders marks and looks as this process saw them. */
class World {
  private readonly holdings = new Map<number, Holding>();
  private readonly claiming = new Set<number>();
  private readonly owners = new Map<string, number>();
  private readonly markedAt = new Map<string, number>();
  private readonly lookedAt = new Map<string, number>();
  private readonly counters = new Map<string, string>();
  private clock = 0;
  private readonly ledgers: readonly LedgerPort[];
  private readonly version: number;
  private readonly pool: pg.Pool;

  constructor(ledgers: readonly LedgerPort[], version: number, pool: pg.Pool) {
    this.ledgers = ledgers;
    this.version = version;
    this.pool = pool;
  }

  async run(one: Step): Promise<void> {
    const ledger = this.ledgers[one.worker] as LedgerPort;
    if (one.kind === 'mark') {
      for (const id of one.ids) this.markedAt.set(id, ++this.clock);
      await ledger.mark(one.ids.map((recordId) => ({ ...kind, recordId, priority: one.priority, source: 'webhook' })));
      return;
    }
    const holding = this.holdings.get(one.worker);
    if (one.kind === 'claim') {
      if (holding === undefined && !this.claiming.has(one.worker)) await this.claim(ledger, one.worker, one.limit);
      return;
    }
    if (holding === undefined || !this.holdings.delete(one.worker)) return;
    await this.end(ledger, one, holding);
  }

  private async claim(ledger: LedgerPort, who: number, limit: number): Promise<void> {
    this.claiming.add(who);
    const claim = await ledger.claim({ ...kind, limit, leaseMs: 600_000, mappingVersion: this.version });
    expect(claim.records.length).toBeLessThanOrEqual(limit);
    for (const { recordId, pairId, counter } of claim.records) {
      for (const owned of [recordId, ...(pairId === null ? [] : [`pair ${pairId}`])]) {
        expect(this.owners.get(owned), `${owned} is leased twice`).toBeUndefined();
        this.owners.set(owned, who);
      }
      // The same number may be seen again only for the same state of the row; it never falls.
      expect(BigInt(counter)).toBeGreaterThanOrEqual(BigInt(this.counters.get(recordId) ?? '0'));
      this.counters.set(recordId, counter);
    }
    this.claiming.delete(who);
    this.holdings.set(who, { claim, claimedAt: ++this.clock });
  }

  private async end(
    ledger: LedgerPort,
    one: Extract<Step, { kind: 'done' | 'later' | 'failed' | 'release' | 'crash' }>,
    { claim, claimedAt }: Holding,
  ): Promise<void> {
    const free = () => {
      for (const { recordId, pairId } of claim.records)
        for (const owned of [recordId, `pair ${pairId}`]) this.owners.delete(owned);
    };
    if (one.kind === 'crash' || one.kind === 'release') {
      // Free before the statement: from its commit on, somebody else may have them.
      free();
      if (one.kind === 'release') return await ledger.release(claim.token);
      await this.pool.query(`update pending set leased_until = '-infinity' where lease_token = $1`, [claim.token]);
      await this.pool.query(`update pairs set leased_until = '-infinity' where lease_token = $1`, [claim.token]);
      return;
    }
    const settle =
      one.kind === 'later' ? { kind: one.kind, delayMs: 0, counts: true, code: 'test' } : { kind: one.kind };
    const results: RecordResult[] = claim.records.map(({ recordId, counter }) => ({
      contactId: recordId,
      counter,
      settle,
    }));
    free();
    const { stale } = await ledger.commit(claim.token, this.version, results);
    expect(stale).toEqual([]);
    if (one.kind === 'later') return;
    for (const { recordId } of claim.records)
      this.lookedAt.set(recordId, Math.max(claimedAt, this.lookedAt.get(recordId) ?? 0));
  }

  /** Lets every lease lapse and works until nothing is left: then each record was looked at after its last mark. */
  async finish(): Promise<void> {
    for (const [who, holding] of this.holdings)
      await this.end(this.ledgers[who] as LedgerPort, { kind: 'crash', worker: who }, holding);
    this.holdings.clear();
    const ledger = this.ledgers[0] as LedgerPort;
    for (let turn = 0; turn < 10 && (await ledger.due('hubspot', 'contact')).due > 0; turn++) {
      await this.claim(ledger, 0, 200);
      const holding = this.holdings.get(0) as Holding;
      this.holdings.delete(0);
      await this.end(ledger, { kind: 'done', worker: 0 }, holding);
    }
    const { rows } = await this.pool.query('select record_id from pending');
    expect(rows).toEqual([]);
    // A look counts for every mark that began before its claim was answered.
    for (const [id, at] of this.markedAt)
      expect(this.lookedAt.get(id) ?? 0, `the last mark of ${id} was lost`).toBeGreaterThan(at);
  }
}

const kind = { system: 'hubspot', object: 'contact' } as const;
