import type { Request, Response } from 'express';
import { describe, expect, it } from 'vitest';
import { createAudit } from '../../src/http/audit.ts';
import { createOnce } from '../../src/http/idempotency.ts';
import { createLog } from '../../src/log.ts';
import type { Claim } from '../../src/ports/ledger-claim.ts';
import type { RecordResult } from '../../src/ports/ledger-result.ts';
import { create, done, record, reservation, stepsOf, useLedger } from '../support/ledger.ts';

const bench = useLedger();
const { claimed, commit, reserve } = bench;

const lead = (id: string) => ({ object: 'Lead' as const, id });

/** What only this person has; nothing of it may be left. */
const secrets = {
  email: 'Ada@Example.com',
  phone: '+44 20 7946',
  name: 'Lovelace',
  title: 'Countess of Analysis',
  old: 'Miss Byron',
  writer: 'Augusta, by her own app',
};

/** Every row of every table of ours, as text in lower case. */
async function dump(): Promise<string> {
  const { pool } = bench.database;
  const { rows } = await pool.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const texts = await Promise.all(
    rows.map(async ({ name }) => (await pool.query(`select t::text as row from ${name} t`)).rows),
  );
  return texts
    .flat()
    .map(({ row }) => row)
    .join('\n')
    .toLowerCase();
}

function result(batch: Claim, id: string, more: Partial<RecordResult>): RecordResult {
  const { counter, pairId } = record(batch, id);
  return { contactId: id, counter, ...(pairId && { pairId }), settle: done, ...more };
}

/** A contact with a base, a closed write, an open one with a lost answer, a failure, a decision, a stage and a freeze. */
async function remember(id: string, personId: string): Promise<void> {
  const change = {
    field: 'Email',
    before: secrets.old,
    after: secrets.email,
    rule: 'newest',
    source: 'email',
    sourceValue: secrets.email,
  } as const;
  const first = await claimed(id);
  const wanted = reservation(first, id, { claimEmails: [secrets.email], intent: { ...create, changes: [change] } });
  const [answer] = await reserve(first, wanted);
  if (answer?.ok !== true || answer.intentId === null) throw new Error('not reserved');
  await commit(first, {
    ...result(first, id, { person: lead(personId), handedOver: true }),
    pairId: answer.pairId,
    outcomes: [{ intentId: answer.intentId, state: 'done', recordId: personId }],
    agreed: {
      hubspot: { email: secrets.email, phone: secrets.phone, lastname: secrets.name },
      salesforce: { Email: secrets.email, Phone: secrets.phone, LastName: secrets.name },
    },
    stagesSeen: [{ stage: 'opportunity', atMs: Date.now(), source: 'hubspot', code: 'reached' }],
    freezes: [
      { system: 'salesforce', field: 'Title', code: 'field_frozen', text: `${secrets.writer} writes it, too.` },
    ],
  });
  const second = await claimed(id);
  const title = {
    ...create,
    recordId: personId,
    operation: 'update',
    changes: [{ field: 'Title', before: secrets.title, after: null, rule: 'newest' }],
  } as const;
  await reserve(second, reservation(second, id, { claimEmails: [], person: lead(personId), intent: title }));
  const failure = {
    kind: 'needs-human',
    code: 'x',
    message: '',
    advice: '',
    fields: ['Title'],
    recordIds: [],
  } as const;
  const decision = { outcome: 'update', code: 'x', text: '', reasons: [], fields: [], observedOnly: false };
  await commit(second, result(second, id, { failure, decision, settle: { kind: 'failed' } }));
}

/** What the API notes and keeps of what somebody did with the record, naming the person in each place where a text can be. */
async function press(id: string): Promise<void> {
  const response = { locals: { via: 'page' }, setHeader: () => undefined };
  const log = createLog('error', { write: () => undefined });
  const where = `contact.email == "${secrets.email}"`;
  const run = { id: '7', filter: { where } };
  const texts = { field: secrets.email, code: secrets.writer, stage: secrets.title, since: secrets.phone, where };
  for (const [index, name] of (
    ['POST /backfills', 'POST /contacts/{id}/thaw', 'POST /failures/retry'] as const
  ).entries())
    for (const given of [{ params: { id }, query: undefined, body: texts }, null]) {
      // Only what the guards read is there.
      const request = { params: { id: secrets.email } } as unknown as Request;
      const who = { actor: 'ann', role: 'admin', request, response: response as unknown as Response } as const;
      const end = await createAudit(bench.ledger, log)({ ...who, name, given });
      const told = { status: 201, location: null, body: run };
      const asked = { ...who, name, given, key: `${index}-${given === null}` };
      await end({ told: await createOnce(bench.ledger, log)(asked, async () => told) });
    }
}

async function erase(id: string): Promise<void> {
  const batch = await claimed(id);
  const decision = { outcome: 'gone', code: 'contact_erased', text: '', reasons: [], fields: [], observedOnly: false };
  await commit(
    batch,
    result(batch, id, { retiredContactIds: [{ id, status: 'erased' }], tombstone: 'erased', decision }),
  );
}

describe('a privacy deletion', () => {
  it('leaves nothing of the person but ids, names of fields and codes', async () => {
    await remember('1', '00Q1');
    await press('1');
    const before = await dump();
    for (const secret of Object.values(secrets)) expect(before).toContain(secret.toLowerCase());
    await erase('1');

    const after = await dump();

    for (const secret of Object.values(secrets)) expect(after).not.toContain(secret.toLowerCase());
    expect(after).toContain('00q1');
    const { rows } = await bench.database.pool.query(
      'select (select count(*)::int from actions) as actions, (select count(*)::int from idempotency_keys) as keys',
    );
    expect(rows).toEqual([{ actions: 6, keys: 6 }]);
    const { pair, base, changes, decision, failure } = await bench.ledger.history('1');
    expect({ base, failure, decision }).toMatchObject({
      base: null,
      failure: null,
      decision: { code: 'contact_erased' },
    });
    expect(pair?.tombstone).toBe('erased');
    expect(changes.map(({ field, before: was, after: is }) => [field, was, is])).toEqual([
      ['Title', null, null],
      ['Email', null, null],
    ]);
  });

  it('gives a receipt that counts what was erased and names the records, once', async () => {
    await remember('1', '00Q1');
    await bench.ledger.mark([{ system: 'salesforce', object: 'Lead', recordId: '00Q1', priority: 2, source: 'poll' }]);
    await erase('1');
    await erase('1');

    expect(await bench.ledger.erasures(10)).toEqual([
      {
        id: expect.any(String),
        contactId: '1',
        pairId: (await bench.ledger.history('1')).pairId,
        atMs: expect.any(Number),
        personIds: ['00Q1'],
        erased: { base: 6, 'audit log': 3, 'open writes': 1, failures: 1, decisions: 1, pending: 1 },
      },
    ]);
    expect((await bench.ledger.timeline('1', 10)).map(({ kind }) => kind)).toContain('erased');
  });

  it('gives a receipt also for a contact that the ledger knows nothing of', async () => {
    await erase('7');

    expect(await bench.ledger.erasures(10)).toMatchObject([
      { contactId: '7', pairId: null, personIds: [], erased: { base: 0, 'audit log': 0, decisions: 0 } },
    ]);
  });

  it('lets nobody be born in Salesforce under the email, in any case of letters', async () => {
    await remember('1', '00Q1');
    expect(await bench.ledger.erasedEmails([secrets.email])).toEqual(new Set());
    await erase('1');

    expect(await bench.ledger.erasedEmails(['ADA@example.com ', 'other@example.com', secrets.old])).toEqual(
      new Set(['ada@example.com', secrets.old.toLowerCase()]),
    );
    expect(await bench.ledger.erasedEmails([])).toEqual(new Set());
  });

  it('reaches what happened before to contacts that were merged into this one', async () => {
    await remember('1', '00Q1');
    await bench.handOver('2', '00Q2');
    const batch = await claimed('2');
    await reserve(
      batch,
      reservation(batch, '2', { claimEmails: [], intent: null, contactIds: ['2', '1'], person: lead('00Q2') }),
    );
    await bench.ledger.release(batch.token);
    await erase('2');

    const after = await dump();
    for (const secret of Object.values(secrets)) expect(after).not.toContain(secret.toLowerCase());
    expect(await bench.ledger.erasures(10)).toMatchObject([{ contactId: '2', personIds: ['00Q1', '00Q2'] }]);
    expect(await bench.ledger.erasedEmails([secrets.email])).toEqual(new Set([secrets.email.toLowerCase()]));
  });

  it('reaches what is known under a contact that is gone and whose person was taken over', async () => {
    await remember('1', '00Q1');
    const gone = await claimed('1');
    await commit(gone, result(gone, '1', { tombstone: 'contact_deleted' }));
    const batch = await claimed('2');
    const wanted = reservation(batch, '2', { claimEmails: [], intent: null, person: lead('00Q1') });
    const [answer] = await reserve(batch, wanted);
    const pairId = answer?.ok ? answer.pairId : '';
    await commit(batch, { ...result(batch, '2', { person: lead('00Q1') }), pairId });
    await erase('2');

    const after = await dump();
    for (const secret of Object.values(secrets)) expect(after).not.toContain(secret.toLowerCase());
    expect((await bench.ledger.history('1')).pair?.tombstone).toBe('contact_deleted');
  });

  it('of one of several merged contacts erases the values, and lets the pair go on with the one that lives', async () => {
    await remember('1', '00Q1');
    const batch = await claimed('1');
    const wanted = reservation(batch, '1', {
      claimEmails: [],
      intent: null,
      contactIds: ['1', '9'],
      person: lead('00Q1'),
    });
    await reserve(batch, wanted);
    await commit(batch, result(batch, '1', {}));
    await bench.mark(['1'], { dueInMs: 60_000 });
    const next = await claimed('9');
    await commit(next, result(next, '9', { retiredContactIds: [{ id: '9', status: 'erased' }] }));

    const after = await dump();
    for (const secret of Object.values(secrets)) expect(after).not.toContain(secret.toLowerCase());
    expect(await bench.ledger.history('1')).toMatchObject({ person: lead('00Q1'), pair: { tombstone: null } });
    expect((await bench.ledger.history('1')).pending, 'the living one is looked at').not.toBeNull();
    expect(await bench.ledger.erasedEmails([secrets.email])).toEqual(new Set());
    expect(await bench.ledger.erasures(10)).toMatchObject([{ contactId: '9', personIds: ['00Q1'] }]);
  });

  it('takes the contact out of its company and its deals, which keep what is theirs', async () => {
    const companies = stepsOf(bench, { system: 'hubspot', object: 'company' });
    const deals = stepsOf(bench, { system: 'hubspot', object: 'deal' });
    await remember('1', '00Q1');
    await bench.handOver('2', '00Q2');
    const batch = await claimed('1', '2');
    const relations = [{ to: { object: 'company', recordId: 'c' }, passedGate: true }] as const;
    const waitsFor = [{ object: 'company', recordId: 'c' }] as const;
    await commit(batch, result(batch, '1', { relations, waitsFor }), result(batch, '2', { relations }));
    const agreed = {
      hubspot: { dealname: 'Engines', 'contacts/1': 'Decision maker', 'contacts/2': '*' },
      salesforce: { Name: 'Engines', 'roles/1': 'Decision Maker', 'roles/2': '*' },
    };
    const both = ['1', '2'].map((recordId) => ({ to: { object: 'contact', recordId }, passedGate: true }) as const);
    await deals.pair('d', { object: 'Opportunity', id: '006D' }, { agreed, relations: both, dealState: 'open' });
    await erase('1');

    const after = await dump();
    for (const secret of Object.values(secrets)) expect(after).not.toContain(secret.toLowerCase());
    expect((await bench.ledger.history('d', 'deal')).base).toEqual(agreed);
    const ofCompany = await bench.ledger.relatedTo([{ object: 'company', recordId: 'c' }], 'contact');
    expect(ofCompany.get('company/c')?.map(({ recordId }) => recordId)).toEqual(['2']);
    const { rows } = await bench.database.pool.query(`select to_id from relations where object = 'deal'`);
    expect(rows).toEqual([{ to_id: '2' }]);
    await companies.pair('c', { object: 'Account', id: '001C' });
    expect((await bench.ledger.history('1')).pending, 'it waits for nobody any more').toBeNull();
  });

  it('ends a move of the stage that was under way, and spares the others', async () => {
    await remember('1', '00Q1');
    await bench.handOver('2', '00Q2');
    const move = { from: null, to: 'customer', kind: 'forward', mustClear: false, code: 'won', text: '' } as const;
    const intent = {
      system: 'hubspot',
      object: 'contact',
      recordId: '1',
      operation: 'update',
      changes: [],
      stageMove: move,
    } as const;
    const batch = await claimed('1', '2');
    await commit(
      batch,
      result(batch, '1', { nextIntent: intent }),
      result(batch, '2', { nextIntent: { ...intent, recordId: '2' } }),
    );
    await erase('1');

    expect((await bench.ledger.history('1')).pair?.stageMove).toBeNull();
    expect(await bench.ledger.history('2')).toMatchObject({
      base: { salesforce: { Title: 'CTO' } },
      pair: { stageMove: { to: 'customer' } },
    });
  });
});
