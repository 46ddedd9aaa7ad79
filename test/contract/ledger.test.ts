import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FieldChange } from '../../src/domain/plan/types.ts';
import type { Claim, Intent, LedgerPort, Mark, RecordResult, Reservation } from '../../src/ports/ledger.ts';
import { createLedger } from '../../src/store/ledger.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const kind = { system: 'hubspot', object: 'contact' } as const;
const limits = { createsPerRun: 100, changesPerRun: 100 };
const change: FieldChange = { field: 'Title', before: null, after: 'CTO', rule: 'newest' };
const create: Intent = { system: 'salesforce', object: 'Lead', recordId: null, operation: 'create', changes: [change] };

let database: TestDatabase;
let ledger: LedgerPort;
let version: number;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.pool.query(
    'truncate pending, failures, decisions, waits, runs, watermarks, bases, links, pairs, writes restart identity',
  );
  await database.pool.query('update connections set paused_at = null, mapping_version = null');
  await database.pool.query('delete from mapping_versions');
  ledger = createLedger(database.pool);
  version = await ledger.activateMapping('hash', limits);
});

const mark = (ids: readonly string[], more: Partial<Mark> = {}) =>
  ledger.mark(ids.map((recordId) => ({ ...kind, recordId, priority: 2, source: 'webhook', ...more })));
const claim = (limit = 200) => ledger.claim({ ...kind, limit, leaseMs: 60_000, mappingVersion: version });
const claimed = async (...ids: string[]) => {
  await mark(ids);
  return await claim();
};
const record = (from: Claim, id: string) => {
  const found = from.records.find(({ recordId }) => recordId === id);
  if (found === undefined) throw new Error(`${id} was not claimed`);
  return found;
};
const reservation = (from: Claim, id: string, more: Partial<Reservation> = {}): Reservation => {
  const { counter, pairId } = record(from, id);
  return {
    contactId: id,
    counter,
    pairId,
    contactIds: [id],
    person: null,
    claimEmails: [`${id}@example.com`],
    intent: create,
    ...more,
  };
};
const reserve = (from: Claim, ...wanted: readonly Reservation[]) => ledger.reserve(from.token, version, wanted);
const commit = (from: Claim, ...results: readonly RecordResult[]) => ledger.commit(from.token, version, results);
const done = { kind: 'done' } as const;

/** Hands one contact over, as a worker does. */
async function handOver(id: string, personId: string): Promise<{ pairId: string }> {
  const batch = await claimed(id);
  const [answer] = await reserve(batch, reservation(batch, id));
  if (answer?.ok !== true || answer.intentId === null) throw new Error('not reserved');
  await commit(batch, {
    contactId: id,
    counter: record(batch, id).counter,
    pairId: answer.pairId,
    outcomes: [{ intentId: answer.intentId, state: 'done', recordId: personId }],
    person: { object: 'Lead', id: personId },
    handedOver: true,
    agreed: { hubspot: { jobtitle: 'CTO' }, salesforce: { Title: 'CTO' } },
    settle: done,
  });
  return { pairId: answer.pairId };
}

describe('a mark', () => {
  it('moves priority and due time only nearer, joins hints and draws a new counter', async () => {
    await mark(['1'], { priority: 3, dueInMs: 3_600_000, hints: ['created'] });
    await mark(['1'], { priority: 4, dueInMs: 7_200_000, hints: ['erased'] });
    expect((await claim()).records).toEqual([]);
    await mark(['1'], { priority: 1 });

    const { records } = await claim();

    expect(records).toMatchObject([
      { recordId: '1', priority: 1, hints: ['created', 'erased'], attempts: 0, pairId: null },
    ]);
  });

  it('keeps one row for a record that is named twice in one call', async () => {
    await ledger.mark([
      { ...kind, recordId: '1', priority: 3, source: 'sweep', hints: ['deleted'] },
      { ...kind, recordId: '1', priority: 1, source: 'webhook', hints: ['merged'] },
    ]);

    expect((await claim()).records).toMatchObject([{ priority: 1, source: 'webhook', hints: ['deleted', 'merged'] }]);
  });

  it('cannot pass the minimum time that a failing record waits, whatever its priority', async () => {
    const batch = await claimed('1');
    await commit(batch, {
      contactId: '1',
      counter: record(batch, '1').counter,
      settle: { kind: 'later', delayMs: 60_000, counts: true, code: 'row_locked' },
    });
    await mark(['1'], { priority: 1 });

    expect((await claim()).records).toEqual([]);
    expect((await ledger.due('hubspot', 'contact')).nextInMs).toBeGreaterThan(50_000);
  });

  it('ends a wait that is no failure', async () => {
    const batch = await claimed('1');
    await commit(batch, {
      contactId: '1',
      counter: record(batch, '1').counter,
      settle: { kind: 'later', delayMs: 60_000, counts: false, code: 'run_limit' },
    });
    await mark(['1']);

    expect((await claim()).records).toMatchObject([{ attempts: 0 }]);
  });
});

describe('a claim', () => {
  it('takes live work before sweeps and backfills', async () => {
    await mark(['backfill'], { priority: 4 });
    await mark(['sweep'], { priority: 3 });
    await mark(['handoff'], { priority: 1 });

    expect((await claim(2)).records.map(({ recordId }) => recordId)).toEqual(['handoff', 'sweep']);
  });

  it.each(['pause', 'wait'])('is empty during a %s, and says so', async (cause) => {
    await mark(['1']);
    if (cause === 'pause') await ledger.pause('ops', 'maintenance');
    else
      await database.pool.query(
        `insert into waits values (1, 'hubspot', clock_timestamp() + interval '1 minute', 'rate_limited')`,
      );

    expect((await claim()).records).toEqual([]);
    expect(await ledger.due('hubspot', 'contact')).toMatchObject({ due: 0, paused: true });
  });

  it('is refused under another mapping than the active one, as are reserve and commit', async () => {
    const batch = await claimed('1');
    const old = version;
    version = await ledger.activateMapping('other hash', limits);

    const refused = { kind: 'wait', code: 'mapping_changed' };
    await expect(ledger.claim({ ...kind, limit: 1, leaseMs: 1_000, mappingVersion: old })).rejects.toMatchObject(
      refused,
    );
    await expect(ledger.reserve(batch.token, old, [reservation(batch, '1')])).rejects.toMatchObject(refused);
    const result = { contactId: '1', counter: record(batch, '1').counter, settle: done };
    await expect(ledger.commit(batch.token, old, [result])).rejects.toMatchObject(refused);
    expect(await ledger.activateMapping('hash', limits)).toBe(old);
  });

  it('tells what the ledger knows of the pair, open intents included', async () => {
    await handOver('1', '00Q1');
    const batch = await claimed('1');
    const person = { object: 'Lead', id: '00Q1' } as const;
    const update: Intent = { ...create, recordId: '00Q1', operation: 'update' };
    await reserve(batch, reservation(batch, '1', { person, claimEmails: [], intent: update }));
    await ledger.release(batch.token);

    const { pair } = record(await claim(), '1');

    expect(pair).toMatchObject({
      person,
      base: { hubspot: { jobtitle: 'CTO' }, salesforce: { Title: 'CTO' } },
      openIntents: [{ object: 'Lead', recordId: '00Q1', fields: [change] }],
      formerPersonIds: [],
      tombstone: false,
    });
    expect(pair?.handedOverAtMs).toBeGreaterThan(0);
  });
});

describe('a reservation', () => {
  it('is re-entrant for its own pair and takes the email from nobody else', async () => {
    const batch = await claimed('1', '2');
    const [first] = await reserve(batch, reservation(batch, '1', { claimEmails: ['Shared@example.com'] }));
    const [again] = await reserve(batch, reservation(batch, '1', { claimEmails: ['shared@example.com'] }));
    const [rival] = await reserve(batch, reservation(batch, '2', { claimEmails: ['SHARED@example.com '] }));

    expect(first).toMatchObject({ ok: true });
    expect(again).toMatchObject({ ok: true, pairId: first?.ok === true ? first.pairId : '' });
    expect(rival).toEqual({ contactId: '2', ok: false, reason: 'taken', holder: '1' });
    const { rows } = await database.pool.query(`select record_id from links where object = 'email'`);
    expect(JSON.stringify(rows)).not.toContain('example');
  });

  it('answers the second of two contacts of one batch that claim one email with the first', async () => {
    const batch = await claimed('1', '2');
    const answers = await reserve(
      batch,
      ...['1', '2'].map((id) => reservation(batch, id, { claimEmails: ['same@example.com'] })),
    );

    expect(answers).toMatchObject([{ ok: true }, { ok: false, reason: 'taken', holder: '1' }]);
  });

  it('of a person that another contact holds is taken, with the holder', async () => {
    await handOver('1', '00Q1');
    const batch = await claimed('2');

    const [answer] = await reserve(batch, reservation(batch, '2', { person: { object: 'Lead', id: '00Q1' } }));

    expect(answer).toEqual({ contactId: '2', ok: false, reason: 'taken', holder: '1' });
  });

  it('frees the email once the outcome is known', async () => {
    const batch = await claimed('1', '2');
    const [first] = await reserve(batch, reservation(batch, '1', { claimEmails: ['same@example.com'] }));
    if (first?.ok !== true) throw new Error('not reserved');
    const outcomes = [{ intentId: first.intentId ?? '', state: 'refused' as const }];
    await commit(batch, {
      contactId: '1',
      counter: record(batch, '1').counter,
      pairId: first.pairId,
      outcomes,
      settle: done,
    });

    expect(await reserve(batch, reservation(batch, '2', { claimEmails: ['same@example.com'] }))).toMatchObject([
      { ok: true },
    ]);
  });

  it('lets as many creates go on as the limit leaves, stops the run, and goes on when approved', async () => {
    version = await ledger.activateMapping('small', { createsPerRun: 2, changesPerRun: 100 });
    const batch = await claimed('1', '2', '3');
    const answers = await reserve(batch, ...['1', '2', '3'].map((id) => reservation(batch, id)));
    expect(answers).toMatchObject([{ ok: true }, { ok: true }, { ok: false, reason: 'limit' }]);
    const [run] = (await ledger.status()).runs;
    expect(run).toMatchObject({ state: 'stopped', creates: 2, stoppedReason: 'creates_limit' });
    await commit(batch, {
      contactId: '3',
      counter: record(batch, '3').counter,
      settle: { kind: 'later', delayMs: 600_000, counts: false, code: 'run_limit' },
    });

    expect(await ledger.approve(run?.id ?? '', 'revops')).toBe(true);

    const next = await claim();
    expect(next.records.map(({ recordId }) => recordId)).toEqual(['3']);
    expect(await reserve(next, reservation(next, '3'))).toMatchObject([{ ok: true }]);
    expect(await ledger.approve(run?.id ?? '', 'revops')).toBe(false);
  });

  it('is refused during a pause', async () => {
    const batch = await claimed('1');
    await ledger.pause('ops', 'maintenance');

    await expect(reserve(batch, reservation(batch, '1'))).rejects.toMatchObject({ kind: 'wait', code: 'paused' });
    await ledger.resume();
    expect(await reserve(batch, reservation(batch, '1'))).toMatchObject([{ ok: true }]);
  });

  it('of a survivor finds the pair of the contact that was merged into it, and looks again with its knowledge', async () => {
    const { pairId } = await handOver('1', '00Q1');
    const batch = await claimed('9');
    const [answer] = await reserve(
      batch,
      reservation(batch, '9', { contactIds: ['9', '1'], person: { object: 'Lead', id: '00Q1' } }),
    );
    expect(answer).toMatchObject({ ok: false, reason: 'stale' });
    await database.pool.query('update pending set due_at = clock_timestamp()');

    const again = await claim();

    expect(record(again, '9')).toMatchObject({ pairId, pair: { person: { id: '00Q1' } } });
  });

  it('is stale under a token that lost its lease', async () => {
    const batch = await claimed('1');
    await database.pool.query(`update pending set leased_until = '-infinity'`);
    const thief = await claim();
    expect(thief.records).toHaveLength(1);

    expect(await reserve(batch, reservation(batch, '1'))).toEqual([{ contactId: '1', ok: false, reason: 'stale' }]);
  });
});

describe('a commit', () => {
  it('commits nothing under a foreign token', async () => {
    const batch = await claimed('1');
    await database.pool.query(`update pending set leased_until = '-infinity'`);
    await claim();

    const failure = { kind: 'needs-human' as const, code: 'x', message: 'm', advice: 'a', fields: [], recordIds: [] };
    const result = await commit(batch, { contactId: '1', counter: record(batch, '1').counter, failure, settle: done });

    expect(result.stale).toEqual(['1']);
    expect(await ledger.failures(10)).toEqual([]);
    expect((await ledger.status()).pending).toMatchObject({ leased: 1 });
  });

  it('is refused for a pair that went to another worker through another of its contacts', async () => {
    const { pairId } = await handOver('1', '00Q1');
    await database.pool.query(`insert into links values (1, 'hubspot', 'contact', '2', $1, 'merged')`, [pairId]);
    const batch = await claimed('1', '2');
    expect(batch.records).toHaveLength(1);
    const [own] = batch.records;
    await database.pool.query(`update pairs set leased_until = '-infinity'`);
    expect((await claim()).records).toHaveLength(1);

    const result = await commit(batch, {
      contactId: own?.recordId ?? '',
      counter: own?.counter ?? '',
      pairId,
      settle: done,
    });

    expect(result.stale).toEqual([own?.recordId]);
  });

  it('releases at once a record that was marked during the work', async () => {
    const batch = await claimed('1');
    await mark(['1'], { hints: ['deleted'] });
    await commit(batch, { contactId: '1', counter: record(batch, '1').counter, settle: done });

    expect((await claim()).records).toMatchObject([{ recordId: '1', hints: ['deleted'] }]);
  });

  it('merges the base field by field and hands over once', async () => {
    await handOver('1', '00Q1');
    const before = await ledger.history('1');
    const batch = await claimed('1');
    const { counter, pairId } = record(batch, '1');
    const agreed = { hubspot: { city: 'Ulm' }, salesforce: { City: 'Ulm' } };
    await commit(batch, { contactId: '1', counter, pairId: pairId ?? '', agreed, handedOver: true, settle: done });

    const after = await ledger.history('1');

    expect(after.base).toEqual({
      hubspot: { jobtitle: 'CTO', city: 'Ulm' },
      salesforce: { Title: 'CTO', City: 'Ulm' },
    });
    expect(after.handedOverAtMs).toBe(before.handedOverAtMs);
    expect(after.changes).toMatchObject([
      { field: 'Title', after: 'CTO', state: 'done', recordId: '00Q1', rule: 'newest' },
    ]);
  });

  it('keeps a lost answer open until a later write of the pair is known to have happened', async () => {
    const batch = await claimed('1');
    const [first] = await reserve(batch, reservation(batch, '1'));
    if (first?.ok !== true) throw new Error('not reserved');
    const unknown = { intentId: first.intentId ?? '', state: 'unknown' as const };
    await commit(batch, {
      contactId: '1',
      counter: record(batch, '1').counter,
      pairId: first.pairId,
      outcomes: [unknown],
      settle: { kind: 'later', delayMs: 0, counts: true, code: 'answer_lost' },
    });
    const next = await claim();
    expect(record(next, '1')).toMatchObject({ attempts: 1, pair: { openIntents: [{ recordId: null }] } });
    const [second] = await reserve(next, reservation(next, '1'));
    if (second?.ok !== true) throw new Error('not reserved');
    const outcome = { intentId: second.intentId ?? '', state: 'done' as const, recordId: '00Q1' };
    await commit(next, {
      contactId: '1',
      counter: record(next, '1').counter,
      pairId: second.pairId,
      outcomes: [outcome],
      settle: done,
    });

    const { rows } = await database.pool.query('select state from writes order by id');
    expect(rows).toEqual([{ state: 'superseded' }, { state: 'done' }]);
  });

  it('opens a further intent together with the result', async () => {
    const batch = await claimed('1');
    const [first] = await reserve(batch, reservation(batch, '1'));
    if (first?.ok !== true) throw new Error('not reserved');
    const nextIntent: Intent = {
      ...kind,
      recordId: '1',
      operation: 'update',
      changes: [{ ...change, field: 'salesforce_person_id' }],
    };
    const { intentIds } = await commit(batch, {
      contactId: '1',
      counter: record(batch, '1').counter,
      pairId: first.pairId,
      nextIntent,
    });

    expect(intentIds.get('1')).toMatch(/^\d+$/);
    expect((await ledger.status()).pending).toMatchObject({ leased: 1 });
  });

  it('cleans NUL characters and stores the guilty record of a batch as a failure, without its neighbours', async () => {
    await handOver('7', '00Q7');
    const ids = ['1', '2', '3', '4', '5'];
    const batch = await claimed(...ids);
    const answers = await reserve(batch, ...ids.map((id) => reservation(batch, id)));
    const results = answers.map((answer, place): RecordResult => {
      if (answer.ok !== true) throw new Error('not reserved');
      // The third claims a person that is another pair's: the ledger cannot store that.
      const personId = place === 2 ? '00Q7' : `00Q${answer.contactId}`;
      return {
        contactId: answer.contactId,
        counter: record(batch, answer.contactId).counter,
        pairId: answer.pairId,
        outcomes: [{ intentId: answer.intentId ?? '', state: 'done', recordId: personId }],
        person: { object: 'Lead', id: personId },
        agreed: { hubspot: { jobtitle: 'C\u0000TO \ud800' }, salesforce: {} },
        settle: done,
      };
    });

    const { poisoned, stale } = await commit(batch, ...results);

    expect({ poisoned, stale }).toEqual({ poisoned: ['3'], stale: [] });
    expect((await ledger.history('1')).base?.hubspot).toEqual({ jobtitle: 'CTO \ufffd' });
    expect((await ledger.history('5')).person).toEqual({ object: 'Lead', id: '00Q5' });
    expect(await ledger.failures(10)).toMatchObject([{ recordId: '3', code: 'ledger_rejected', kind: 'needs-human' }]);
    expect((await ledger.history('3')).pending?.dueInMs).toBeGreaterThan(600_000);
  });

  it('remembers merged, converted and deleted persons of the pair', async () => {
    const { pairId } = await handOver('1', '00Q1');
    const batch = await claimed('1');
    await commit(batch, {
      contactId: '1',
      counter: record(batch, '1').counter,
      pairId,
      person: { object: 'Contact', id: '0031' },
      retiredPersonIds: [{ object: 'Lead', id: '00Q1', status: 'converted' }],
      retiredContactIds: [{ id: '0', status: 'merged' }],
      settle: done,
    });

    const { pair } = record(await claimed('0'), '0');

    expect(pair).toMatchObject({ person: { object: 'Contact', id: '0031' }, formerPersonIds: ['00Q1'] });
  });
});

describe('failures and decisions', () => {
  const failure = {
    kind: 'needs-human' as const,
    code: 'missing_last_name',
    message: 'm',
    advice: 'a',
    fields: ['LastName'],
    recordIds: [],
  };
  const decision = {
    outcome: 'create',
    code: 'gate_open',
    text: 't',
    reasons: [{ code: 'c', text: 't' }],
    fields: ['Title'],
    observedOnly: true,
  };

  it('count repeats of one cause, are retried by a person and cleared by a success', async () => {
    for (let attempt = 1; attempt <= 2; attempt++) {
      const batch = await claimed('1');
      await commit(batch, { contactId: '1', counter: record(batch, '1').counter, failure, settle: { kind: 'failed' } });
      expect(await ledger.failures(10)).toMatchObject([{ ...failure, attempts: attempt }]);
    }
    expect(await ledger.retryFailures('another_code')).toBe(0);
    expect(await ledger.retryFailures()).toBe(1);
    const batch = await claim();
    expect(batch.records).toMatchObject([{ source: 'retry' }]);
    await commit(batch, { contactId: '1', counter: record(batch, '1').counter, failure: null, settle: done });

    expect(await ledger.failures(10)).toEqual([]);
  });

  it('of observe mode are looked at again when the service goes live', async () => {
    const batch = await claimed('1', '2');
    await commit(
      batch,
      { contactId: '1', counter: record(batch, '1').counter, decision, settle: done },
      { contactId: '2', counter: record(batch, '2').counter, decision: { ...decision, fields: [] }, settle: done },
    );

    expect((await ledger.history('1')).decision).toMatchObject(decision);
    expect(await ledger.markObserved()).toBe(1);
    expect((await claim()).records.map(({ recordId }) => recordId)).toEqual(['1']);
  });
});

describe('watermarks', () => {
  it('move with their marks by compare-and-set, never backward and never beyond the clock of the database', async () => {
    const source = 'hubspot.contacts.modified';
    const at = (atMs: number) => ({ source, atMs, cursor: null });
    const mark1: Mark = { ...kind, recordId: '1', priority: 3, source: 'sweep' };
    const start = Date.now() - 60_000;
    expect(await ledger.advance(null, at(start), [])).toBe(true);
    expect(await ledger.advance(null, at(start), [])).toBe(false);

    expect(await ledger.advance(at(start - 1), at(start + 5), [mark1])).toBe(false);
    expect(await ledger.advance(at(start), at(start - 5), [mark1])).toBe(false);
    expect((await claim()).records).toEqual([]);
    expect(await ledger.advance(at(start), at(Date.now() + 3_600_000), [mark1])).toBe(true);

    expect((await claim()).records).toHaveLength(1);
    expect((await ledger.watermark(source))?.atMs).toBeLessThanOrEqual(Date.now() + 1_000);
  });

  it('know our own writes by their modification time', async () => {
    const { pairId } = await handOver('1', '00Q1');
    const batch = await claimed('1');
    const writtenAtMs = 1_795_000_000_123;
    await commit(batch, {
      contactId: '1',
      counter: record(batch, '1').counter,
      pairId,
      hubspotWrittenAtMs: writtenAtMs,
      settle: done,
    });

    const asked = [
      { id: '1', modifiedAtMs: writtenAtMs },
      { id: '1', modifiedAtMs: writtenAtMs + 1 },
      { id: '2', modifiedAtMs: writtenAtMs },
    ];
    expect(await ledger.ownWrites(asked.slice(0, 1))).toEqual(new Set(['1']));
    expect(await ledger.ownWrites(asked.slice(1))).toEqual(new Set());
  });
});

describe('the binding', () => {
  it('refuses another portal, another org, and the demo on a real ledger', async () => {
    await database.pool.query(
      'update connections set hubspot_portal_id = null, salesforce_org_id = null, demo = false',
    );
    await ledger.bind({ portalId: '1', demo: false });
    await ledger.bind({ portalId: '1', orgId: 'org', demo: false });

    expect(await ledger.bound()).toEqual({ portalId: '1', orgId: 'org', demo: false });
    await expect(ledger.bind({ portalId: '2', demo: false })).rejects.toMatchObject({
      kind: 'needs-human',
      code: 'other_portal',
    });
    await expect(ledger.bind({ orgId: 'other', demo: false })).rejects.toMatchObject({ code: 'other_org' });
    await expect(ledger.bind({ portalId: '1', demo: true })).rejects.toMatchObject({ code: 'demo_ledger' });
  });
});
