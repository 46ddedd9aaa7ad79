import { describe, expect, it } from 'vitest';
import type { Claim } from '../../src/ports/ledger-claim.ts';
import type { RecordResult } from '../../src/ports/ledger-result.ts';
import type { Birth, BirthResult } from '../../src/ports/ledger-work.ts';
import { createLedger } from '../../src/store/ledger.ts';
import { done, limits, record, reservation, useLedger } from '../support/ledger.ts';

const bench = useLedger();

const leads = { system: 'salesforce', object: 'Lead' } as const;
const changes = [{ field: 'email', before: null, after: 'a@example.com', rule: 'newest' }] as const;
const lead = (id: string) => ({ object: 'Lead' as const, id });

async function claimLeads(...ids: readonly string[]): Promise<Claim> {
  await bench.ledger.mark(ids.map((recordId) => ({ ...leads, recordId, priority: 2, source: 'poll' })));
  return await bench.ledger.claim({ ...leads, limit: 200, leaseMs: 60_000, mappingVersion: bench.version });
}

function birth(from: Claim, recordId: string): Birth {
  return { recordId, counter: record(from, recordId).counter, object: 'Lead', changes };
}

async function reserve(from: Claim, ...ids: readonly string[]): Promise<readonly BirthResult[]> {
  return await bench.ledger.reserveBirths(
    from.token,
    bench.version,
    ids.map((id) => birth(from, id)),
  );
}

function accepted(answer: BirthResult | undefined): { pairId: string; intentId: string } {
  if (answer?.ok !== true) throw new Error('not reserved');
  return answer;
}

/** The result of a person that has become a contact. */
function born(
  from: Claim,
  id: string,
  bornContactId: string,
  { pairId, intentId }: { pairId: string; intentId: string },
) {
  const outcomes = [{ intentId, state: 'done', recordId: bornContactId }] as const;
  const { counter } = record(from, id);
  return { contactId: id, counter, pairId, outcomes, person: lead(id), bornContactId, settle: done };
}

const commit = (from: Claim, ...results: readonly RecordResult[]) =>
  bench.ledger.commit(from.token, bench.version, results, leads);

describe('a person that is to be created in HubSpot', () => {
  it('has a pair and an intent before the call, and its contact afterwards', async () => {
    const batch = await claimLeads('00Q1', '00Q2');
    const [one, other] = await reserve(batch, '00Q1', '00Q2');
    expect(await bench.ledger.knownPersons(['00Q1'])).toEqual(
      new Map([['00Q1', expect.objectContaining({ contactId: null, status: 'reserved' })]]),
    );
    expect(accepted(one).pairId).not.toBe(accepted(other).pairId);

    const answer = await commit(
      batch,
      born(batch, '00Q1', '51', accepted(one)),
      born(batch, '00Q2', '52', accepted(other)),
    );

    expect(answer).toMatchObject({ stale: [], poisoned: [] });
    expect(await bench.ledger.history('51')).toMatchObject({
      pairId: accepted(one).pairId,
      person: lead('00Q1'),
      changes: [{ system: 'hubspot', object: 'contact', recordId: '51', operation: 'create', state: 'done' }],
    });
    expect((await bench.ledger.knownPersons(['00Q2'])).get('00Q2')).toMatchObject({ contactId: '52', status: 'live' });
    expect(await bench.ledger.due('salesforce', 'Lead')).toMatchObject({ due: 0, nextInMs: null });
  });

  it('settles, fails and decides under its own name', async () => {
    const batch = await claimLeads('00Q1', '00Q2');
    const failure = { kind: 'permanent', code: 'x', message: '', advice: '', fields: [], recordIds: [] } as const;
    const decision = { outcome: 'born', code: 'born', text: '', reasons: [], fields: [], observedOnly: false };
    const counterOf = (id: string) => record(batch, id).counter;
    await commit(
      batch,
      { contactId: '00Q1', counter: counterOf('00Q1'), failure, decision, settle: { kind: 'failed' } },
      {
        contactId: '00Q2',
        counter: counterOf('00Q2'),
        settle: { kind: 'later', delayMs: 60_000, counts: true, code: 'x' },
      },
    );

    expect(await bench.ledger.failures(10)).toMatchObject([{ ...leads, recordId: '00Q1', code: 'x' }]);
    const { rows } = await bench.database.pool.query('select system, object, record_id from decisions');
    expect(rows).toEqual([{ ...leads, record_id: '00Q1' }]);
    const again = await claimLeads('00Q1');
    await commit(again, { contactId: '00Q1', counter: record(again, '00Q1').counter, failure: null, settle: done });
    expect(await bench.ledger.failures(10)).toEqual([]);
    const { rows: left } = await bench.database.pool.query('select record_id, attempts from pending');
    expect(left).toEqual([{ record_id: '00Q2', attempts: 1 }]);
  });

  it('gets the same pair again after an answer was lost, and one open intent', async () => {
    const first = await claimLeads('00Q1');
    const lost = accepted((await reserve(first, '00Q1'))[0]);
    await bench.ledger.release(first.token);
    const second = await claimLeads('00Q1');
    expect(record(second, '00Q1').pairId).toBe(lost.pairId);

    const again = accepted((await reserve(second, '00Q1'))[0]);

    expect(again.pairId).toBe(lost.pairId);
    const { rows } = await bench.database.pool.query('select id, state from writes order by id');
    expect(rows).toEqual([
      { id: lost.intentId, state: 'superseded' },
      { id: again.intentId, state: 'open' },
    ]);
  });

  it('is nobody again, and does not count, once HubSpot certainly refused it', async () => {
    bench.version = await bench.ledger.activateMapping('small', { ...limits, createsPerRun: 1 });
    const batch = await claimLeads('00Q1');
    const { pairId, intentId } = accepted((await reserve(batch, '00Q1'))[0]);
    const { counter } = record(batch, '00Q1');
    const outcomes = [{ intentId, state: 'refused' }] as const;
    await commit(batch, { contactId: '00Q1', counter, pairId, outcomes, settle: done });

    expect(await bench.ledger.knownPersons(['00Q1'])).toEqual(new Map());
    const next = await claimLeads('00Q2', '00Q3');
    expect(await reserve(next, '00Q2', '00Q3')).toMatchObject([{ ok: true }, { ok: false, reason: 'limit' }]);
  });

  it('is taken where it has or had a contact', async () => {
    await bench.handOver('1', '00Q1');
    await bench.handOver('2', '00Q2');
    const gone = await bench.claimed('2');
    const { counter, pairId } = record(gone, '2');
    await bench.commit(gone, {
      contactId: '2',
      counter,
      ...(pairId && { pairId }),
      tombstone: 'contact_deleted',
      settle: done,
    });
    const batch = await claimLeads('00Q1', '00Q2');

    expect(await reserve(batch, '00Q1', '00Q2')).toEqual([
      { recordId: '00Q1', ok: false, reason: 'taken' },
      { recordId: '00Q2', ok: false, reason: 'taken' },
    ]);
  });

  it('is refused during a pause and under another mapping', async () => {
    const batch = await claimLeads('00Q1');
    await bench.ledger.pause('somebody', 'a reason');
    await expect(reserve(batch, '00Q1')).rejects.toMatchObject({ code: 'paused' });
    await bench.ledger.resume();
    await bench.ledger.activateMapping('another', limits);
    await expect(reserve(batch, '00Q1')).rejects.toMatchObject({ code: 'mapping_changed' });
  });

  it('belongs to one worker: who lost the lease gets nothing, and the other one the only pair', async () => {
    const lost = await claimLeads('00Q1');
    await bench.database.pool.query(`update pending set leased_until = clock_timestamp() - interval '1 s'`);
    const winner = createLedger(bench.database.connect());
    const mine = await winner.claim({ ...leads, limit: 1, leaseMs: 60_000, mappingVersion: bench.version });

    const [late, won] = await Promise.all([
      bench.ledger.reserveBirths(lost.token, bench.version, [birth(lost, '00Q1')]),
      winner.reserveBirths(mine.token, bench.version, [birth(mine, '00Q1')]),
    ]);

    expect(late).toEqual([{ recordId: '00Q1', ok: false, reason: 'stale' }]);
    expect(won).toMatchObject([{ ok: true }]);
    const { rows } = await bench.database.pool.query('select count(*)::int as pairs from pairs');
    expect(rows).toEqual([{ pairs: 1 }]);
  });

  it('goes to the contact or is born, never both, when both are reserved at the same time', async () => {
    for (const round of [1, 2, 3, 4, 5]) {
      const [person, contact] = [`00Q${round}`, `${round}`];
      const [batch, contacts] = [await claimLeads(person), await bench.claimed(contact)];
      const wanted = reservation(contacts, contact, { claimEmails: [], intent: null, person: lead(person) });
      const [births, links] = await Promise.all([reserve(batch, person), bench.reserve(contacts, wanted)]);

      expect([births[0]?.ok, links[0]?.ok].filter((ok) => ok)).toHaveLength(1);
    }
  });
});

describe('the contact of a person born in Salesforce', () => {
  it('takes the person over where it is looked at before the answer has come, with the open write', async () => {
    const batch = await claimLeads('00Q1');
    const { intentId } = accepted((await reserve(batch, '00Q1'))[0]);
    const early = await bench.claimed('51');
    const wanted = (from: Claim) => reservation(from, '51', { claimEmails: [], intent: null, person: lead('00Q1') });
    expect(await bench.reserve(early, wanted(early)), 'the birth is under way').toMatchObject([
      { ok: false, reason: 'stale' },
    ]);
    await bench.ledger.release(batch.token);

    await bench.database.pool.query('update pending set due_at = clock_timestamp()');
    const contacts = await bench.claim();
    const [answer] = await bench.reserve(contacts, wanted(contacts));

    expect(answer).toMatchObject({ ok: true });
    expect((await bench.ledger.history('51')).pair?.openIntents).toMatchObject([{ id: intentId, object: 'contact' }]);
    const late = await commit(batch, born(batch, '00Q1', '51', { pairId: answer?.ok ? answer.pairId : '', intentId }));
    expect(late.stale).toEqual(['00Q1']);
  });

  it('keeps its own pair where it has one without a person, and the person moves there', async () => {
    const contacts = await bench.claimed('51');
    const [own] = await bench.reserve(contacts, reservation(contacts, '51', { claimEmails: [], intent: null }));
    await bench.ledger.release(contacts.token);
    const batch = await claimLeads('00Q1');
    const birthPair = accepted((await reserve(batch, '00Q1'))[0]);
    const answer = await commit(batch, born(batch, '00Q1', '51', birthPair));

    expect(answer).toMatchObject({ stale: [], poisoned: [] });
    const history = await bench.ledger.history('51');
    expect(history.pairId).toBe(own?.ok ? own.pairId : '');
    expect(history).toMatchObject({ person: lead('00Q1'), changes: [{ operation: 'create', state: 'done' }] });
  });

  it('is waited for while another worker has it', async () => {
    const contacts = await bench.claimed('51');
    await bench.reserve(contacts, reservation(contacts, '51', { claimEmails: [], intent: null }));
    const batch = await claimLeads('00Q1');
    const birthPair = accepted((await reserve(batch, '00Q1'))[0]);
    const answer = await commit(batch, born(batch, '00Q1', '51', birthPair));

    expect(answer.stale).toEqual(['00Q1']);
    const { rows } = await bench.database.pool.query(
      `select wait_code, lease_token from pending where record_id = '00Q1'`,
    );
    expect(rows).toEqual([{ wait_code: 'contact_busy', lease_token: null }]);
  });

  it('stays with the person it has, and people are told', async () => {
    await bench.handOver('51', '00Q9');
    const batch = await claimLeads('00Q1', '00Q2');
    const [one, other] = await reserve(batch, '00Q1', '00Q2');
    const answer = await commit(
      batch,
      born(batch, '00Q1', '51', accepted(one)),
      born(batch, '00Q2', '52', accepted(other)),
    );

    expect(answer).toMatchObject({ stale: [], poisoned: ['00Q1'] });
    expect(await bench.ledger.failures(10)).toMatchObject([
      { ...leads, recordId: '00Q1', code: 'born_taken', recordIds: ['51', '00Q9'] },
    ]);
    expect((await bench.ledger.history('51')).person).toEqual(lead('00Q9'));
    expect((await bench.ledger.history('52')).person, 'its neighbour is linked').toEqual(lead('00Q2'));
    expect(await bench.ledger.markHeldUp(['51']), 'it is looked at again when that contact changes').toBe(1);
  });
});
