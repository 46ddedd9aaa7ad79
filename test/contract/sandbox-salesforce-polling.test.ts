import type { Connection } from 'jsforce';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { catchError, codesOf, compositeAnswer, connect } from './sandbox-salesforce-support.ts';

const T0 = '2026-11-22T10:00:00Z';
const lead = { LastName: 'Ada', Company: 'Alpha' };
let now = Date.parse(T0);
let sandbox: SalesforceSandbox;
let connection: Connection;

beforeEach(async () => {
  now = Date.parse(T0);
  sandbox = await startSalesforceSandbox({ clock: () => now });
  connection = await connect(sandbox);
});
afterEach(() => sandbox.close());

const find = async (soql: string, scanAll = false) => (await connection.query(soql, { scanAll })).records;
const stampOf = (id: string) => sandbox.get('Lead', id)?.SystemModstamp;

async function compose(urls: readonly string[]): Promise<unknown[]> {
  const compositeRequest = urls.map((url, index) => ({
    method: 'GET',
    url: `/services/data/v67.0/${url}`,
    referenceId: `r${index}`,
  }));
  const answer = compositeAnswer.parse(await connection.requestPost('/composite', { compositeRequest }));
  return answer.compositeResponse.map(({ body }) => body);
}

describe('paging by stamp and id', () => {
  it('walks 300 rows of one second without a gap, in the order of their ids', async () => {
    const ids = sandbox.seed(
      'Lead',
      Array.from({ length: 300 }, () => lead),
    );
    const seen: unknown[] = [];
    let condition = '';
    for (let page = 0; page < 5; page += 1) {
      const rows = await find(`SELECT Id FROM Lead ${condition} ORDER BY SystemModstamp ASC, Id ASC LIMIT 100`);
      if (rows.length === 0) break;
      seen.push(...rows.map(({ Id }) => Id));
      condition = `WHERE (SystemModstamp > ${T0}) OR (SystemModstamp = ${T0} AND Id > '${seen.at(-1)}')`;
    }

    expect(seen).toEqual(ids);
  });

  it('compares whole seconds, and reads the name of who wrote', async () => {
    sandbox.create('Lead', lead);

    const rows = await find(
      `SELECT LastModifiedBy.Name FROM Lead WHERE SystemModstamp = 2026-11-22T10:00:00.900Z AND LastModifiedBy.Name = 'Sales Person'`,
    );

    expect(rows).toMatchObject([{ LastModifiedBy: { attributes: { type: 'User' }, Name: 'Sales Person' } }]);
  });

  it('answers query, queryAll and /deleted together in one composite call', async () => {
    const [kept, gone = ''] = sandbox.seed('Lead', [lead, lead]);
    now += 5 * 60_000;
    sandbox.remove('Lead', gone);
    now += 60_000;
    const soql = encodeURIComponent('SELECT Id FROM Lead ORDER BY Id');
    sandbox.resetRequests();

    const bodies = await compose([
      `query?q=${soql}`,
      `queryAll?q=${soql}`,
      'sobjects/Lead/deleted?start=2026-11-22T10%3A00%3A00%2B00%3A00&end=2026-11-22T10%3A06%3A00Z',
    ]);

    expect(bodies).toMatchObject([
      { totalSize: 1, done: true, records: [{ Id: kept }] },
      { totalSize: 2, records: [{ Id: kept }, { Id: gone }] },
      { deletedRecords: [{ id: gone, deletedDate: '2026-11-22T10:05:00.000+0000' }] },
    ]);
    expect(sandbox.countedCalls()).toBe(1);
  });

  it('takes five queries in a composite and refuses six', async () => {
    const url = 'query?q=SELECT+Id+FROM+Lead';

    expect(await compose(Array.from({ length: 5 }, () => url))).toHaveLength(5);
    expect(await catchError(compose(Array.from({ length: 6 }, () => url)))).toMatchObject({
      errorCode: 'LIMIT_EXCEEDED',
    });
  });
});

describe('stamps that a poller must not trust', () => {
  it.each([
    { moves: true, stamp: '2026-11-22T10:05:00.000+0000' },
    { moves: false, stamp: '2026-11-22T10:00:00.000+0000' },
  ])('a delete and a merge move the stamp of what they delete: $moves', async ({ moves, stamp }) => {
    sandbox.configure({ deleteMovesStamp: moves, mergeMovesStamp: moves });
    const [winner = '', loser = '', deleted = ''] = sandbox.seed('Lead', [lead, lead, lead]);
    now += 5 * 60_000;

    sandbox.remove('Lead', deleted);
    sandbox.merge('Lead', winner, [loser]);
    now += 60_000;

    expect([stampOf(deleted), stampOf(loser)]).toEqual([stamp, stamp]);
    expect(await find('SELECT Id FROM Lead WHERE MasterRecordId != null', true)).toMatchObject([{ Id: loser }]);
    const log = await connection.deleted('Lead', T0, '2026-11-22T10:06:00Z');
    expect(log.deletedRecords.map(({ id }) => id).toSorted()).toEqual([loser, deleted].toSorted());
  });

  it('keeps a delete in the list of deletes after the purge, and takes it out after the undelete', async () => {
    const [purged = '', back = ''] = sandbox.seed('Lead', [lead, lead]);
    sandbox.remove('Lead', purged);
    sandbox.remove('Lead', back);
    sandbox.purge('Lead', purged);
    sandbox.undelete('Lead', back);
    now += 2 * 60_000;

    const log = await connection.deleted('Lead', T0, '2026-11-22T10:02:00Z');

    expect(log.deletedRecords.map(({ id }) => id)).toEqual([purged]);
    expect(await find('SELECT Id FROM Lead', true)).toMatchObject([{ Id: back }]);
  });

  it('no longer knows deletes older than two hours after its log was purged, and says so', async () => {
    const [old = '', young = ''] = sandbox.seed('Lead', [lead, lead]);
    sandbox.remove('Lead', old);
    now += 3 * 3_600_000;
    sandbox.remove('Lead', young);
    now += 60_000;

    sandbox.purgeDeleteLog();
    // The session of before is over by now.
    connection = await connect(sandbox);

    const error = await catchError(connection.deleted('Lead', T0, '2026-11-22T13:01:00Z'));
    const rest = await connection.deleted('Lead', '2026-11-22T11:30:00Z', '2026-11-22T13:01:00Z');
    expect(error).toMatchObject({ errorCode: 'INVALID_REPLICATION_DATE' });
    expect(rest.deletedRecords.map(({ id }) => id)).toEqual([young]);
    expect(rest.earliestDateAvailable).toBe('2026-11-22T11:01:00.000+0000');
  });

  it('shows a late commit only when it is committed, with the stamp of before; latestDateCovered says how far is certain', async () => {
    const [id = ''] = sandbox.seed('Lead', [lead]);
    now += 60_000;
    const commit = sandbox.commitLater(() => {
      sandbox.edit('Lead', id, { Title: 'CEO' });
      sandbox.create('Lead', { ...lead, LastName: 'Bob' });
    });
    now += 9 * 60_000;
    const ask = () => find('SELECT Title FROM Lead WHERE SystemModstamp > 2026-11-22T10:00:30Z');

    const before = await ask();
    const covered = await connection.updated('Lead', T0, '2026-11-22T10:10:00Z');
    const locked = codesOf(await connection.update('Lead', [{ Id: id, Title: 'x' }]));
    commit();

    expect([before, locked]).toEqual([[], ['UNABLE_TO_LOCK_ROW']]);
    expect(covered.latestDateCovered).toBe('2026-11-22T10:01:00.000+0000');
    expect(await ask()).toHaveLength(2);
    expect(sandbox.get('Lead', id)).toMatchObject({ Title: 'CEO', SystemModstamp: '2026-11-22T10:01:00.000+0000' });
    expect(codesOf(await connection.update('Lead', [{ Id: id, Title: 'x' }]))).toEqual([undefined]);
  });

  it('moves SystemModstamp alone in a mass stamp', () => {
    const [id = ''] = sandbox.seed('Lead', [lead]);
    now += 60_000;

    sandbox.touch('Lead');

    expect(sandbox.get('Lead', id)).toMatchObject({
      SystemModstamp: '2026-11-22T10:01:00.000+0000',
      LastModifiedDate: '2026-11-22T10:00:00.000+0000',
    });
  });
});

describe('the clock of the org', () => {
  it('is in the Date header of every answer and in the stamps, and jumps when told to', async () => {
    sandbox.jumpClock(-3_600_000);
    const dateOf = async (path: string) => (await fetch(`${sandbox.url}${path}`)).headers.get('date');

    const made = sandbox.create('Lead', lead);

    expect(made.SystemModstamp).toBe('2026-11-22T09:00:00.000+0000');
    expect(await dateOf('/services/data')).toBe('Sun, 22 Nov 2026 09:00:00 GMT');
    expect(await dateOf('/services/data/v67.0/limits')).toBe('Sun, 22 Nov 2026 09:00:00 GMT');
  });
});
