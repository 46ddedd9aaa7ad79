import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SalesforceReference } from '../../src/domain/record.ts';
import type { LedgerPort } from '../../src/ports/ledger.ts';
import type { RecordType } from '../../src/ports/ledger-claim.ts';
import type { RecordResult, WaitKey } from '../../src/ports/ledger-result.ts';
import { createLedger } from '../../src/store/ledger.ts';
import { type KindClaim, kind, resultOf, stepsOf, useLedger } from '../support/ledger.ts';

const bench = useLedger();
const companyKind = { system: 'hubspot', object: 'company' } as const;
const dealKind = { system: 'hubspot', object: 'deal' } as const;
const contacts = stepsOf(bench, kind);
const companies = stepsOf(bench, companyKind);
const deals = stepsOf(bench, dealKind);

const contact = (recordId: string): WaitKey => ({ object: 'contact', recordId });
const company = (recordId: string): WaitKey => ({ object: 'company', recordId });
const account = (id: string): SalesforceReference => ({ object: 'Account', id });
const lead = (id: string): SalesforceReference => ({ object: 'Lead', id });

/** Each wait, and how often the deals were marked. */
async function waits(): Promise<readonly string[]> {
  const { rows } = await bench.database.pool.query<{ row: string }>(
    `select concat(object, ' ', record_id, ' for ', parent_object, ' ', parent_id) as row from parent_waits order by 1`,
  );
  return rows.map(({ row }) => row);
}

async function pending(of: RecordType = dealKind): Promise<readonly string[]> {
  const { rows } = await bench.database.pool.query<{ row: string }>(
    `select concat(record_id, ' ', source) as row from pending where system = $1 and object = $2 order by 1`,
    [of.system, of.object],
  );
  return rows.map(({ row }) => row);
}

/** Of a look that ended a moment ago: what is marked again is still there. */
async function markedAgain(of: RecordType = dealKind): Promise<readonly string[]> {
  return (await pending(of)).map((row) => row.replace(/ .*/, ''));
}

describe('a record that waits', () => {
  type Landing = [string, () => Promise<unknown>];
  const landings: Landing[] = [
    ['is linked', () => companies.pair('c', account('001C'))],
    ['is linked to another one', () => companies.look('p', { person: account('001Q') })],
    ['has ended', () => companies.look('p', { tombstone: 'person_deleted' })],
    ['was merged', () => companies.look('p', { mergedInto: 'q', retiredContactIds: [{ id: 'p', status: 'merged' }] })],
    ['is handed over', () => contacts.look('1', { person: lead('00Q1'), handedOver: true })],
    [
      'is converted',
      () =>
        contacts.look('1', {
          person: { object: 'Contact', id: '0031' },
          retiredPersonIds: [{ ...lead('00Q1'), status: 'converted' } as const],
        }),
    ],
  ];

  it.each(landings)('is marked once its parent %s, and waits no more', async (_, land) => {
    await companies.pair('p', account('001P'));
    await contacts.pair('1', lead('00Q1'));
    await deals.look('d', { waitsFor: [company('c'), company('p'), contact('1')] });
    await deals.look('other', { waitsFor: [company('x')] });
    expect(await pending()).toEqual([]);
    expect(await bench.ledger.status(), 'each counts once').toMatchObject({ waitingForParents: 2 });

    await land();

    expect(await pending()).toEqual(['d parent']);
    expect((await deals.claim()).records).toMatchObject([{ recordId: 'd', priority: 2 }]);
    expect(await waits()).toHaveLength(3);
  });

  it('is not marked by looks after which its parent is where it was', async () => {
    await companies.pair('p', account('001P'));
    await contacts.pair('1', lead('00Q1'), { handedOver: true });
    await deals.look('d', { waitsFor: [company('p'), contact('1')] });
    await companies.look('p', { person: account('001P'), agreed: { hubspot: { name: 'x' }, salesforce: {} } });
    await contacts.look('1', { person: lead('00Q1'), handedOver: true, hubspotWrittenAtMs: 1 });
    await companies.look('p', { settle: { kind: 'failed' } });

    expect(await pending()).toEqual([]);
    expect(await waits()).toHaveLength(2);
  });

  it('is marked once a pair stands for the Salesforce record it waits for', async () => {
    await deals.look('d', { waitsFor: [{ object: 'Account', recordId: '001C' }] });
    await companies.pair('c', account('001C'));

    expect(await pending()).toEqual(['d parent']);
  });

  it('is marked once its parent was born in Salesforce, under either name', async () => {
    const accounts = { system: 'salesforce', object: 'Account' } as const;
    const births = stepsOf(bench, accounts);
    await deals.look('d', { waitsFor: [company('c')] });
    await deals.look('e', { waitsFor: [{ object: 'Account', recordId: '001C' }] });
    const batch = await births.claimed('001C');
    const { counter } = resultOf(batch, '001C');
    const birth = { recordId: '001C', counter, object: 'Account', changes: [] } as const;
    const [answer] = await bench.ledger.reserveBirths(batch.token, bench.version, [birth]);
    if (answer?.ok !== true) throw new Error('not reserved');
    const born = { pairId: answer.pairId, person: account('001C'), bornContactId: 'c' };
    await births.commit(batch, resultOf(batch, '001C', born));

    expect(await pending()).toEqual(['d parent', 'e parent']);
  });

  it('waits for what its newest look says: for others, or for nobody', async () => {
    await deals.look('d', { waitsFor: [company('a'), company('b')] });
    await deals.look('d', { waitsFor: [company('b'), contact('1')] });
    expect(await waits()).toEqual(['deal d for company b', 'deal d for contact 1']);
    await deals.look('d');
    expect(await waits()).toEqual([]);
  });

  it('still waits after a step that does not end its look', async () => {
    await deals.look('d', { waitsFor: [company('a')] });
    const batch = await deals.claimed('d');
    const { settle: _, ...step } = resultOf(batch, 'd');
    await deals.commit(batch, step);

    expect(await waits()).toEqual(['deal d for company a']);
  });

  it('waits from any step of its look on, whatever the later steps say', async () => {
    await deals.look('d', { waitsFor: [company('a')] });
    const batch = await deals.claimed('d');
    const { settle: _, ...step } = resultOf(batch, 'd', { waitsFor: [company('b')] });
    await deals.commit(batch, step);
    await deals.commit(batch, resultOf(batch, 'd'));
    expect(await waits()).toEqual(['deal d for company b']);

    await companies.pair('b', account('001B'));
    expect(await pending()).toEqual(['d parent']);
  });

  it('may itself be a record of Salesforce', async () => {
    const opportunities = { system: 'salesforce', object: 'Opportunity' } as const;
    await stepsOf(bench, opportunities).look('006D', { waitsFor: [{ object: 'Account', recordId: '001C' }] });
    await companies.pair('c', account('001C'));

    expect(await pending(opportunities)).toEqual(['006D parent']);
  });

  it('is marked when a survivor inherits the pair of whom was merged into it', async () => {
    await companies.pair('old', account('001C'));
    await deals.look('d', { waitsFor: [company('new')] });
    const batch = await companies.claimed('new');
    const heirs = [{ contactId: 'new', pairId: null, contactIds: ['new', 'old'] }];
    await bench.ledger.inheritMerged(batch.token, heirs, companyKind);

    expect(await pending()).toEqual(['d parent']);
  });

  it('is looked at again at once where its parent landed after it was claimed', async () => {
    const batch = await deals.claimed('d');
    await companies.pair('c', account('001C'));
    await deals.commit(batch, resultOf(batch, 'd', { waitsFor: [company('c')] }));
    expect(await markedAgain()).toEqual(['d']);

    const again = await deals.claim();
    await deals.commit(again, resultOf(again, 'd', { waitsFor: [company('c')] }));
    expect(await pending(), 'that look knew of it').toEqual([]);
  });

  it('is not looked at for a parent that landed long ago, whatever the numbers of another cluster say', async () => {
    await companies.pair('c', account('001C'));
    await bench.database.pool.query(
      `update pairs set landed_in = '9999999999999', landed_at = clock_timestamp() - interval '2 hours'`,
    );
    await deals.look('d', { waitsFor: [company('c')] });

    expect(await pending()).toEqual([]);
  });
});

describe('an old wait', () => {
  const age = (hours: number) =>
    bench.database.pool.query(`update parent_waits set since = clock_timestamp() - make_interval(hours => $1)`, [
      hours,
    ]);

  it('is looked into where its parent has landed since, and after a day in any case', async () => {
    await deals.look('landed', { waitsFor: [company('c')] });
    await deals.look('patient', { waitsFor: [company('x')] });
    await companies.pair('c', account('001C'));
    await bench.database.pool.query('delete from pending');
    await bench.database.pool.query(
      `insert into parent_waits (connection_id, system, object, record_id, parent_system, parent_object, parent_id, token)
       values (1, 'hubspot', 'deal', 'landed', 'hubspot', 'company', 'c', gen_random_uuid())`,
    );
    expect(await bench.ledger.remarkOldWaits(60_000), 'none is old').toBe(0);
    await age(1);

    expect(await bench.ledger.remarkOldWaits(60_000)).toBe(1);
    expect(await pending()).toEqual(['landed wait']);
    expect(await bench.ledger.remarkOldWaits(60_000)).toBe(0);
    const batch = await deals.claim();
    await deals.commit(batch, resultOf(batch, 'landed'));
    expect(await waits(), 'the look has ended the wait').toEqual(['deal patient for company x']);
    await age(25);
    expect(await bench.ledger.remarkOldWaits(60_000)).toBe(1);
  });

  it('is looked into less and less often', async () => {
    await deals.look('patient', { waitsFor: [company('x')] });
    const days: number[] = [];
    for (let day = 1; day <= 80; day += 1) {
      await bench.database.pool.query(
        `update parent_waits set since = since - interval '24 hours', remarked_at = remarked_at - interval '24 hours'`,
      );
      if ((await bench.ledger.remarkOldWaits(60_000)) === 0) continue;
      days.push(day);
      await deals.look('patient', { waitsFor: [company('x')] });
    }

    expect(days[0]).toBe(1);
    expect(days.length, `days ${days.join(', ')}: doubled each time, at last once a month`).toBeLessThan(9);
    expect(days.length).toBeGreaterThan(4);
  });
});

describe('a parent and its child that commit at the same time', () => {
  let other: pg.Pool;
  let ledgerOfOther: LedgerPort;
  beforeAll(() => {
    other = bench.database.connect();
    ledgerOfOther = createLedger(other);
  });
  afterAll(() => other.end());

  const commitAs = (ledger: LedgerPort, of: RecordType, batch: KindClaim, ...results: readonly RecordResult[]) =>
    ledger.commit(batch.token, bench.version, results, of);

  /** Until some connection of this database waits for an advisory lock. */
  async function untilLocked(): Promise<void> {
    await expect
      .poll(
        async () =>
          (
            await bench.database.pool.query(
              `select from pg_stat_activity where datname = current_database() and wait_event = 'advisory'`,
            )
          ).rowCount,
        { timeout: 20_000, interval: 20 },
      )
      .toBe(1);
  }

  /** Holds a row that the commit comes to, runs `work`, and lets go. */
  async function holding(sql: string, work: () => Promise<void>): Promise<void> {
    const client = await bench.database.connect().connect();
    await client.query('begin');
    await client.query(sql);
    try {
      await work();
    } finally {
      await client.query('commit');
      client.release();
    }
  }

  it('the parent first: the child finds that it has landed', async () => {
    const decision = { outcome: 'create', code: 'c', text: '', reasons: [], fields: [], observedOnly: false };
    await companies.look('c', { decision });
    const child = await deals.claimed('d');
    const { pairId } = await companies.pair('x', account('001X'));
    const parent = await companies.claimed('c', 'x');
    const both: Promise<unknown>[] = [];
    await holding('select from decisions for update', async () => {
      // The parent has stored its pair, and comes to a stop before it commits.
      const landing = resultOf(parent, 'x', { pairId, person: account('001Y') });
      both.push(commitAs(bench.ledger, companyKind, parent, landing, resultOf(parent, 'c', { decision })));
      await expect
        .poll(async () => (await bench.database.pool.query(blockedSql)).rowCount, { timeout: 20_000, interval: 20 })
        .toBe(1);
      both.push(commitAs(ledgerOfOther, dealKind, child, resultOf(child, 'd', { waitsFor: [company('x')] })));
      await untilLocked();
    });
    await Promise.all(both);

    expect(await markedAgain()).toEqual(['d']);
  });

  const blockedSql = `select from pg_stat_activity where datname = current_database() and wait_event = 'transactionid'`;

  it('the child first: the parent finds it waiting', async () => {
    const child = await deals.claimed('d');
    const parent = await companies.claimed('c');
    await companies.mark(['held']);
    const mark = { ...companyKind, recordId: 'held', priority: 2, source: 'x' } as const;
    const wait = resultOf(child, 'd', { waitsFor: [company('c')], marks: [mark] });
    const [answer] = await companies.reserve(parent, {
      contactId: 'c',
      counter: resultOf(parent, 'c').counter,
      pairId: null,
      contactIds: ['c'],
      person: account('001C'),
      claimEmails: [],
      intent: null,
    });
    if (answer?.ok !== true) throw new Error('not reserved');
    const both: Promise<unknown>[] = [];
    await holding(`select from pending where record_id = 'held' for update`, async () => {
      both.push(commitAs(ledgerOfOther, dealKind, child, wait));
      await expect
        .poll(async () => (await bench.database.pool.query(blockedSql)).rowCount, { timeout: 20_000, interval: 20 })
        .toBe(1);
      const landing = resultOf(parent, 'c', { pairId: answer.pairId, person: account('001C') });
      both.push(commitAs(bench.ledger, companyKind, parent, landing));
      await untilLocked();
    });
    await Promise.all(both);

    expect(await pending()).toEqual(['d parent']);
    expect(await waits()).toEqual([]);
  });

  const deadlocks = async () => {
    const { rows } = await bench.database.pool.query<{ deadlocks: string }>(
      'select deadlocks from pg_stat_database where datname = current_database()',
    );
    return Number(rows[0]?.deadlocks);
  };

  it('never miss each other, whoever is faster, and never stand in each other’s way', async () => {
    const before = await deadlocks();
    const rounds = Array.from({ length: 25 }, (_, round) => String(round));
    for (const round of rounds) {
      const [parentId, childId] = [`c${round}`, `d${round}`];
      const parent = await companies.claimed(parentId);
      const child = await deals.claimed(childId);
      const wait = {
        waitsFor: [company(parentId)],
        marks: [{ ...companyKind, recordId: parentId, priority: 2 as const, source: 'x' }],
      };
      const [answer] = await companies.reserve(parent, {
        contactId: parentId,
        counter: resultOf(parent, parentId).counter,
        pairId: null,
        contactIds: [parentId],
        person: account(`001${round}`),
        claimEmails: [],
        intent: null,
      });
      if (answer?.ok !== true) throw new Error('not reserved');
      const landing = { pairId: answer.pairId, person: account(`001${round}`) };
      await Promise.all([
        commitAs(bench.ledger, companyKind, parent, resultOf(parent, parentId, landing)),
        commitAs(ledgerOfOther, dealKind, child, resultOf(child, childId, wait)),
      ]);
      await bench.database.pool.query(`delete from pending where object = 'company'`);
      expect(await markedAgain(), `round ${round}`).toEqual([childId]);
      await bench.database.pool.query('delete from pending');
    }
    expect(await deadlocks()).toBe(before);
  });

  it('in a circle both are looked at again, in one batch or in two, and neither waits for ever', async () => {
    const before = await deadlocks();
    for (const round of Array.from({ length: 10 }, (_, index) => index)) {
      const [one, two] = [`a${round}`, `b${round}`];
      await contacts.pair(one, lead(`00Qa${round}`));
      await contacts.pair(two, lead(`00Qb${round}`));
      await contacts.mark([one]);
      const first = await contacts.claim();
      await contacts.mark([two]);
      const second = await contacts.claim();
      const handover = (batch: KindClaim, id: string, waitsFor: readonly WaitKey[]) =>
        resultOf(batch, id, { person: lead(`00Q${id}`), handedOver: true, waitsFor });
      await Promise.all([
        commitAs(bench.ledger, kind, first, handover(first, one, [contact(two)])),
        commitAs(ledgerOfOther, kind, second, handover(second, two, [contact(one)])),
      ]);
      expect(await markedAgain(kind)).toEqual([one, two]);
      await bench.database.pool.query('delete from pending');
    }
    await contacts.pair('x', lead('00Qx'));
    await contacts.pair('y', lead('00Qy'));
    const batch = await contacts.claimed('x', 'y');
    const result = (id: string, waitsFor: WaitKey) =>
      resultOf(batch, id, { person: lead(`00Q${id}`), handedOver: true, waitsFor: [waitsFor] });
    await contacts.commit(batch, result('x', contact('y')), result('y', contact('x')));
    expect(await markedAgain(kind)).toEqual(['x', 'y']);
    expect(await deadlocks()).toBe(before);
  });
});
