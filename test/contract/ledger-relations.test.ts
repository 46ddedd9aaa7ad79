import { describe, expect, it } from 'vitest';
import type { HubSpotObject } from '../../src/domain/record.ts';
import type { Relation } from '../../src/ports/ledger-relations.ts';
import { kind, record, stepsOf, useLedger } from '../support/ledger.ts';

const bench = useLedger();
const contacts = stepsOf(bench, kind);
const companies = stepsOf(bench, { system: 'hubspot', object: 'company' });
const deals = stepsOf(bench, { system: 'hubspot', object: 'deal' });

const key = (object: HubSpotObject, recordId: string) => ({ object, recordId });
const relation = (object: HubSpotObject, recordId: string, passedGate = false): Relation => ({
  to: key(object, recordId),
  passedGate,
});
const account = (id: string) => ({ object: 'Account' as const, id });

async function stored(): Promise<readonly string[]> {
  const { rows } = await bench.database.pool.query<{ row: string }>(
    `select concat(object, ' ', record_id, ' ', to_object, ' ', to_id, case when passed_gate then ' passed' end) as row
     from relations order by 1`,
  );
  return rows.map(({ row }) => row);
}

/** Which companies, contacts and deals are to be looked at, and why. */
async function marked(): Promise<readonly string[]> {
  const { rows } = await bench.database.pool.query<{ row: string }>(
    `select concat(object, ' ', record_id, ' ', source) as row from pending where system = 'hubspot' order by 1`,
  );
  return rows.map(({ row }) => row);
}

describe('what a record is related to', () => {
  it('is replaced by what its newest look found, and stays where a look does not tell', async () => {
    await deals.look('d', {
      relations: [relation('contact', '1'), relation('contact', '2'), relation('company', 'c')],
    });
    await deals.look('d');
    expect(await stored()).toEqual(['deal d company c', 'deal d contact 1', 'deal d contact 2']);

    await deals.look('d', { relations: [relation('contact', '2'), relation('contact', '3')] });
    expect(await stored()).toEqual(['deal d contact 2', 'deal d contact 3']);
    await deals.look('d', { relations: [] });
    expect(await stored()).toEqual([]);
  });

  it('is stored once where it is told twice, and as passed where one of them has', async () => {
    await contacts.look('1', { relations: [relation('company', 'c', true), relation('company', 'c')] });

    expect(await stored()).toEqual(['contact 1 company c passed']);
  });

  it('is not written again where it is the same', async () => {
    const row = async () => (await bench.database.pool.query('select xmin::text, ctid::text from relations')).rows;
    await contacts.look('1', { relations: [relation('company', 'c')] });
    const before = await row();
    await contacts.look('1', { relations: [relation('company', 'c')] });

    expect(await row()).toEqual(before);
  });

  it('is a record’s own: a batch replaces each for itself', async () => {
    const batch = await contacts.claimed('1', '2');
    const result = (id: string, companyId: string) => ({
      contactId: id,
      counter: record(batch, id).counter,
      relations: [relation('company', companyId)],
    });
    await contacts.commit(batch, result('1', 'c'), result('2', 'd'));

    expect(await stored()).toEqual(['contact 1 company c', 'contact 2 company d']);
  });
});

describe('a company is marked', () => {
  const looks: readonly [string, readonly Relation[] | null, readonly Relation[], boolean][] = [
    ['when a contact comes', null, [relation('company', 'c')], true],
    ['when its contact passes the gate', [relation('company', 'c')], [relation('company', 'c', true)], true],
    ['when its contact no longer passes', [relation('company', 'c', true)], [relation('company', 'c')], true],
    ['not when nothing is new', [relation('company', 'c', true)], [relation('company', 'c', true)], false],
    ['not when a contact goes', [relation('company', 'c')], [], false],
  ];

  it.each(looks)('%s', async (_, before, now, isMarked) => {
    if (before !== null) await contacts.look('1', { relations: before });
    await bench.database.pool.query('delete from pending');
    await contacts.look('1', { relations: now });

    expect(await marked()).toEqual(isMarked ? ['company c relation'] : []);
  });

  it('when a deal has one of its people past the gate, and not for the deal alone', async () => {
    await deals.look('d', { relations: [relation('company', 'c')] });
    expect(await marked()).toEqual([]);
    await deals.look('d', { relations: [relation('company', 'c', true)] });
    expect(await marked()).toEqual(['company c relation']);
  });

  it('as urgently as the contact that told of it', async () => {
    await contacts.mark(['1'], { priority: 4, source: 'run', runId: '5' });
    const batch = await contacts.claim();
    const { counter } = record(batch, '1');
    await contacts.commit(batch, {
      contactId: '1',
      counter,
      relations: [relation('company', 'c')],
      settle: { kind: 'done' },
    });

    expect((await companies.claim()).records).toMatchObject([{ recordId: 'c', priority: 4, runId: '5' }]);
  });

  it('not by a result under a foreign token', async () => {
    const batch = await contacts.claimed('1');
    await bench.database.pool.query(`update pending set leased_until = '-infinity'`);
    await contacts.claim();
    const { counter } = record(batch, '1');
    await contacts.commit(batch, { contactId: '1', counter, relations: [relation('company', 'c')] });

    expect(await stored()).toEqual([]);
    expect(await bench.ledger.due('hubspot', 'company')).toMatchObject({ due: 0 });
  });
});

it('further marks of a result are made with it', async () => {
  const mark = { ...key('company', 'c'), system: 'hubspot', priority: 3, source: 'wanted', hints: ['resync'] } as const;
  await deals.look('d', { marks: [mark] });

  expect((await companies.claim()).records).toMatchObject([{ recordId: 'c', priority: 3, hints: ['resync'] }]);
});

describe('the ledger tells', () => {
  it('of records what is linked, where they stand, and whether they have passed', async () => {
    await bench.handOver('1', '00Q1');
    await contacts.look('2', { relations: [relation('company', 'c', true)] });
    await contacts.look('3', { relations: [relation('company', 'c')] });
    await companies.pair('c', account('001C'));
    await companies.pair('gone', account('001D'));
    await companies.look('gone', { tombstone: 'contact_deleted' });
    await deals.pair('d', { object: 'Opportunity', id: '006D' }, { dealState: 'won' });
    const failure = { kind: 'needs-human', code: 'several_accounts', message: '', advice: '' } as const;
    await companies.look('refused', { failure: { ...failure, fields: [], recordIds: [] }, settle: { kind: 'failed' } });

    const keys = [
      ...['1', '2', '3', 'unknown'].map((id) => key('contact', id)),
      ...['c', 'gone', 'refused', 'c'].map((id) => key('company', id)),
      key('deal', 'd'),
    ];
    const nothing = { counterpart: null, handedOver: false, tombstone: null, dealState: null, passedGate: false };
    expect(await bench.ledger.knownPairs(keys)).toEqual(
      new Map([
        [
          'contact/1',
          {
            ...nothing,
            counterpart: { object: 'Lead', id: '00Q1' },
            handedOver: true,
            passedGate: true,
            failure: null,
          },
        ],
        ['contact/2', { ...nothing, passedGate: true, failure: null }],
        ['contact/3', { ...nothing, failure: null }],
        ['company/c', { ...nothing, counterpart: account('001C'), failure: null }],
        ['company/gone', { ...nothing, counterpart: account('001D'), tombstone: 'contact_deleted', failure: null }],
        ['company/refused', { ...nothing, failure: 'several_accounts' }],
        ['deal/d', { ...nothing, counterpart: { object: 'Opportunity', id: '006D' }, dealState: 'won', failure: null }],
      ]),
    );
  });

  it('who is related to a record, by kind, with what is known of each', async () => {
    await bench.handOver('1', '00Q1');
    await contacts.look('1', { relations: [relation('company', 'c', true)] });
    await contacts.look('2', { relations: [relation('company', 'c')] });
    await deals.look('d', { relations: [relation('company', 'c'), relation('contact', '1')] });

    const related = await bench.ledger.relatedTo(
      [key('company', 'c'), key('company', 'x'), key('contact', '1')],
      'contact',
    );
    expect(related).toEqual(
      new Map([
        [
          'company/c',
          [
            {
              recordId: '1',
              passedGate: true,
              pair: {
                counterpart: { object: 'Lead', id: '00Q1' },
                handedOver: true,
                tombstone: null,
                dealState: null,
              },
            },
            { recordId: '2', passedGate: false, pair: null },
          ],
        ],
      ]),
    );
    expect([...(await bench.ledger.relatedTo([key('contact', '1'), key('company', 'c')], 'deal')).keys()]).toEqual([
      'contact/1',
      'company/c',
    ]);
  });

  it('which record stands for a Salesforce id, as long as its pair lives', async () => {
    await bench.handOver('1', '00Q1');
    await companies.pair('c', account('001C'));
    const batch = await companies.claimed('e');
    const reserved = {
      contactId: 'e',
      counter: record(batch, 'e').counter,
      pairId: null,
      contactIds: ['e'],
      person: account('001E'),
      claimEmails: [],
      intent: null,
    };
    await companies.reserve(batch, reserved);

    expect(await bench.ledger.recordsOf(['00Q1', '001C', '001E', '001X', '00Q1'])).toEqual(
      new Map([
        ['00Q1', key('contact', '1')],
        ['001C', key('company', 'c')],
      ]),
    );
  });

  it('a poller what it knows of an Account', async () => {
    const agreed = { hubspot: { name: 'Acme' }, salesforce: { Name: 'Acme' } };
    const { pairId } = await companies.pair('c', account('001C'), { agreed });

    const known = await bench.ledger.knownRecords(['001C', '001X']);
    expect([...known.keys()]).toEqual(['001C']);
    expect(known.get('001C')).toMatchObject({
      pairId,
      recordId: 'c',
      status: 'live',
      base: { Name: 'Acme' },
      tombstone: null,
    });
  });
});

describe('relations of merged records', () => {
  it('to a company lead to its survivor, which has passed where one of the two had', async () => {
    await contacts.look('1', { relations: [relation('company', 'old', true)] });
    await contacts.look('2', { relations: [relation('company', 'old'), relation('company', 'new')] });
    await deals.look('d', { relations: [relation('company', 'old')] });
    await companies.look('old', { mergedInto: 'new', retiredContactIds: [{ id: 'old', status: 'merged' }] });

    expect(await stored()).toEqual(['contact 1 company new passed', 'contact 2 company new', 'deal d company new']);
  });

  it('are the survivor’s from then on, whether or not one of them has a pair', async () => {
    await contacts.look('1', { relations: [relation('company', 'c', true)] });
    await deals.look('d', { relations: [relation('contact', '1')] });
    const batch = await contacts.claimed('2');
    const heirs = [{ contactId: '2', pairId: null, contactIds: ['2', '1'] }];
    expect(await bench.ledger.inheritMerged(batch.token, heirs)).toEqual(new Set());

    expect(await stored()).toEqual(['contact 2 company c passed', 'deal d contact 2']);
  });
});

it('a record that is gone is related to nothing, and others to it as before', async () => {
  await contacts.look('1', { relations: [relation('company', 'c', true)] });
  await deals.look('d', { relations: [relation('contact', '1')] });
  await contacts.look('1', { retiredContactIds: [{ id: '1', status: 'deleted' }] });

  expect(await stored()).toEqual(['deal d contact 1']);
});
