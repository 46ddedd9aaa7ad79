import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { FieldChange } from '../../src/domain/plan/types.ts';
import type { SalesforceReference } from '../../src/domain/record.ts';
import type { LedgerPort } from '../../src/ports/ledger.ts';
import type { Claim, ClaimedRecord, Mark, RecordType } from '../../src/ports/ledger-claim.ts';
import type { CommitResult, RecordResult } from '../../src/ports/ledger-result.ts';
import type { Intent, Reservation, ReservationResult } from '../../src/ports/ledger-work.ts';
import { createLedger } from '../../src/store/ledger.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

export const kind = { system: 'hubspot', object: 'contact' } as const;
export const limits = { createsPerRun: 100, changesPerRun: 100 };
export const change: FieldChange = { field: 'Title', before: null, after: 'CTO', rule: 'newest' };
export const create: Intent = {
  system: 'salesforce',
  object: 'Lead',
  recordId: null,
  operation: 'create',
  changes: [change],
};
export const done = { kind: 'done' } as const;

/** A ledger that is empty before each test, and the steps of a worker on it. */
export type Bench = {
  database: TestDatabase;
  ledger: LedgerPort;
  /** The active mapping's. */
  version: number;
  mark(ids: readonly string[], more?: Partial<Mark>): Promise<number>;
  claim(limit?: number): Promise<Claim>;
  /** Marks and claims. */
  claimed(...ids: readonly string[]): Promise<Claim>;
  reserve(from: Claim, ...wanted: readonly Reservation[]): Promise<readonly ReservationResult[]>;
  commit(from: Claim, ...results: readonly RecordResult[]): Promise<CommitResult>;
  /** Hands one contact over, as a worker does. */
  handOver(id: string, personId: string): Promise<{ pairId: string }>;
};

/** To be called at the top of a test file. */
export function useLedger(): Bench {
  const bench = {} as Bench;
  beforeAll(async () => {
    const database = await createTestDatabase();
    Object.assign(bench, { database, ledger: createLedger(database.pool) });
  });
  afterAll(() => bench.database.close());
  beforeEach(async () => {
    const tables =
      'pending, failures, decisions, waits, runs, watermarks, bases, links, pairs, writes, stage_moves, frozen_fields, erasures, erased_emails, merged_contacts, relations, parent_waits';
    await bench.database.pool.query(`truncate ${tables} restart identity cascade`);
    await bench.database.pool.query('update connections set paused_at = null, mapping_version = null');
    await bench.database.pool.query('delete from mapping_versions');
    bench.version = await bench.ledger.activateMapping('hash', limits);
  });
  return Object.assign(bench, createSteps(bench));
}

function createSteps(bench: Bench): Pick<Bench, 'mark' | 'claim' | 'claimed' | 'reserve' | 'commit' | 'handOver'> {
  return {
    mark: (ids, more = {}) =>
      bench.ledger.mark(ids.map((recordId) => ({ ...kind, recordId, priority: 2, source: 'webhook', ...more }))),
    claim: (limit = 200) => bench.ledger.claim({ ...kind, limit, leaseMs: 60_000, mappingVersion: bench.version }),
    claimed: async (...ids) => {
      await bench.mark(ids);
      return await bench.claim();
    },
    reserve: (from, ...wanted) => bench.ledger.reserve(from.token, bench.version, wanted),
    commit: (from, ...results) => bench.ledger.commit(from.token, bench.version, results),
    handOver: async (id, personId) => {
      const batch = await bench.claimed(id);
      const { pairId, intentId } = accepted((await bench.reserve(batch, reservation(batch, id)))[0]);
      await bench.commit(batch, {
        contactId: id,
        counter: record(batch, id).counter,
        pairId,
        outcomes: [{ intentId, state: 'done', recordId: personId }],
        person: { object: 'Lead', id: personId },
        handedOver: true,
        agreed: { hubspot: { jobtitle: 'CTO' }, salesforce: { Title: 'CTO' } },
        settle: done,
      });
      return { pairId };
    },
  };
}

/** The steps of a worker on companies or deals. */
export type KindSteps = {
  mark(ids: readonly string[], more?: Partial<Mark>): Promise<number>;
  claim(): Promise<KindClaim>;
  /** Marks and claims. */
  claimed(...ids: readonly string[]): Promise<KindClaim>;
  reserve(from: KindClaim, ...wanted: readonly Reservation[]): Promise<readonly ReservationResult[]>;
  commit(from: KindClaim, ...results: readonly RecordResult[]): Promise<CommitResult>;
  /** Marks, claims and commits what a look found out. */
  look(id: string, more?: Partial<RecordResult>): Promise<CommitResult>;
  /** Creates the record's counterpart, as a worker does. */
  pair(id: string, counterpart: SalesforceReference, more?: Partial<RecordResult>): Promise<{ pairId: string }>;
};

export type KindClaim = Claim<SalesforceReference>;

export function stepsOf(bench: Bench, of: RecordType): KindSteps {
  const steps: KindSteps = {
    mark: (ids, more = {}) =>
      bench.ledger.mark(ids.map((recordId) => ({ ...of, recordId, priority: 2, source: 'webhook', ...more }))),
    claim: () =>
      bench.ledger.claim<SalesforceReference>({
        ...of,
        limit: 200,
        leaseMs: 60_000,
        mappingVersion: bench.version,
      }),
    claimed: async (...ids) => {
      await steps.mark(ids);
      return await steps.claim();
    },
    reserve: (from, ...wanted) => bench.ledger.reserve(from.token, bench.version, wanted, of),
    commit: (from, ...results) => bench.ledger.commit(from.token, bench.version, results, of),
    look: async (id, more = {}) => {
      const batch = await steps.claimed(id);
      return await steps.commit(batch, resultOf(batch, id, more));
    },
    pair: async (id, counterpart, more = {}) => {
      const batch = await steps.claimed(id);
      const intent = { ...create, object: counterpart.object };
      const [answer] = await steps.reserve(batch, reservation(batch, id, { claimEmails: [], intent }));
      const { pairId, intentId } = accepted(answer);
      const outcomes = [{ intentId, state: 'done', recordId: counterpart.id }] as const;
      await steps.commit(batch, resultOf(batch, id, { pairId, outcomes, person: counterpart, ...more }));
      return { pairId };
    },
  };
  return steps;
}

/** The result of a look that is done with this. */
export function resultOf(from: KindClaim, id: string, more: Partial<RecordResult> = {}): RecordResult {
  const { counter, pairId } = record(from, id);
  return { contactId: id, counter, ...(pairId && { pairId }), settle: done, ...more };
}

export function record<Reference extends SalesforceReference>(
  from: Claim<Reference>,
  id: string,
): ClaimedRecord<Reference> {
  const found = from.records.find(({ recordId }) => recordId === id);
  if (found === undefined) throw new Error(`${id} was not claimed`);
  return found;
}

export function reservation(from: KindClaim, id: string, more: Partial<Reservation> = {}): Reservation {
  const { counter, pairId } = record(from, id);
  const claimEmails = [`${id}@example.com`];
  return { contactId: id, counter, pairId, contactIds: [id], person: null, claimEmails, intent: create, ...more };
}

/** A reservation that must have gone through, with its intent. */
export function accepted(answer: ReservationResult | undefined): { pairId: string; intentId: string } {
  if (answer?.ok !== true || answer.intentId === null) throw new Error('not reserved');
  return { pairId: answer.pairId, intentId: answer.intentId };
}
