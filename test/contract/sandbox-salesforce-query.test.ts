import type { Connection } from 'jsforce';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { catchError, connect } from './sandbox-salesforce-support.ts';

let now = Date.parse('2026-11-22T10:00:00Z');
let sandbox: SalesforceSandbox;
let connection: Connection;

beforeEach(async () => {
  now = Date.parse('2026-11-22T10:00:00Z');
  sandbox = await startSalesforceSandbox({ clock: () => now });
  connection = await connect(sandbox);
});
afterEach(() => sandbox.close());

async function lastNames(where: string): Promise<unknown[]> {
  const { records } = await connection.query(`SELECT LastName FROM Lead ${where}`);
  return records.map((record) => record.LastName);
}

describe('WHERE (SOQL guide, condition expressions)', () => {
  beforeEach(() => {
    sandbox.seed('Lead', [
      { LastName: 'Ada', Company: 'Alpha', Email: 'Ada@X.Example', HubSpot_Contact_Id__c: '101', NumberOfEmployees: 5 },
      { LastName: "O'Brien", Company: 'Beta', Email: 'ob@x.example', NumberOfEmployees: 50, Title: '100%_real' },
      { LastName: 'Curie', Company: 'alpha', IsConverted: true, CreatedDate: '2026-01-31T10:00:00.000+0000' },
      { LastName: 'back\\slash', Company: 'Gamma' },
    ]);
  });

  it.each([
    { where: "WHERE Email = 'ADA@x.example'", found: ['Ada'], rule: 'text is compared without case' },
    { where: "WHERE Company = 'ALPHA'", found: ['Ada', 'Curie'], rule: 'also where no index helps' },
    { where: "WHERE LastName = 'O\\'Brien'", found: ["O'Brien"], rule: 'a quote is escaped by a backslash' },
    { where: "WHERE LastName = 'back\\\\slash'", found: ['back\\slash'], rule: 'a backslash is escaped by itself' },
    { where: 'WHERE Email = null', found: ['Curie', 'back\\slash'], rule: 'null is a literal' },
    { where: 'WHERE Email != null', found: ['Ada', "O'Brien"], rule: 'and can be excluded' },
    { where: 'WHERE IsConverted = TRUE', found: ['Curie'], rule: 'booleans are words' },
    { where: 'WHERE NumberOfEmployees > 5', found: ["O'Brien"], rule: 'null is not greater than anything' },
    { where: 'WHERE NumberOfEmployees <= 5', found: ['Ada'], rule: 'nor smaller' },
    { where: "WHERE Email IN ('ob@x.example', 'ada@X.example')", found: ["O'Brien", 'Ada'], rule: 'IN uses the index' },
    { where: "WHERE LastName NOT IN ('Ada', 'Curie')", found: ["O'Brien", 'back\\slash'], rule: 'NOT IN' },
    { where: "WHERE NOT LastName = 'Ada' ORDER BY LastName LIMIT 1", found: ['back\\slash'], rule: 'NOT' },
    { where: "WHERE LastName LIKE 'a%' OR LastName LIKE '_urie'", found: ['Ada', 'Curie'], rule: 'LIKE knows % and _' },
    { where: "WHERE Title LIKE '100\\%\\_%'", found: ["O'Brien"], rule: 'both can be escaped in LIKE' },
    { where: 'WHERE CreatedDate < 2026-02-01T00:00:00Z', found: ['Curie'], rule: 'date-times stand without quotes' },
    {
      where: 'WHERE CreatedDate = 2026-01-31T11:00:00.999+01:00',
      found: ['Curie'],
      rule: 'zones count, milliseconds do not',
    },
    {
      where: "WHERE (HubSpot_Contact_Id__c = '101' OR Email = 'ob@x.example') AND IsConverted = FALSE",
      found: ['Ada', "O'Brien"],
      rule: 'AND and OR join with parentheses',
    },
  ])('$where: $rule', async ({ where, found }) => {
    expect((await lastNames(where)).sort()).toEqual([...found].sort());
  });

  it('finds by id in the 15 and in the 18 character form', async () => {
    const [id = ''] = sandbox.seed('Lead', [{ LastName: 'Noether', Company: 'x' }]);

    expect(await lastNames(`WHERE Id = '${id.slice(0, 15)}'`)).toEqual(['Noether']);
    expect(await lastNames(`WHERE Id IN ('${id}')`)).toEqual(['Noether']);
  });

  it.each([
    { soql: 'SELECT Nope FROM Lead', code: 'INVALID_FIELD' },
    { soql: "SELECT Id FROM Lead WHERE Nope = 'x'", code: 'INVALID_FIELD' },
    { soql: 'SELECT Nobody.Email FROM Lead', code: 'INVALID_FIELD' },
    { soql: "SELECT Id FROM Lead WHERE IsConverted = 'true'", code: 'INVALID_FIELD' },
    { soql: "SELECT Id FROM Lead WHERE CreatedDate > '2026-01-01T00:00:00Z'", code: 'INVALID_FIELD' },
    { soql: 'SELECT Id FROM Lead WHERE HubSpot_Contact_Id__c = 5', code: 'INVALID_FIELD' },
    { soql: 'SELECT Id FROM Nothing', code: 'INVALID_TYPE' },
    { soql: 'SELECT Id FROM Lead WHERE Email IN ()', code: 'MALFORMED_QUERY' },
    { soql: "SELECT Id FROM Lead WHERE Email = 'a' AND Email = 'b' OR Email = 'c'", code: 'MALFORMED_QUERY' },
    { soql: "SELECT Id FROM Lead WHERE LastName = 'O'Brien'", code: 'MALFORMED_QUERY' },
    { soql: 'SELECT Id, Id FROM Lead', code: 'MALFORMED_QUERY' },
    { soql: `SELECT Id FROM Lead WHERE Email = '${'x'.repeat(4_001)}'`, code: 'MALFORMED_QUERY' },
    { soql: "SELECT Id FROM Lead WHERE Id = 'short'", code: 'INVALID_QUERY_FILTER_OPERATOR' },
    { soql: 'SELECT Id FROM Lead LIMIT 1 OFFSET 2001', code: 'NUMBER_OUTSIDE_VALID_RANGE' },
  ])('answers $code for $soql', async ({ soql, code }) => {
    expect(await catchError(connection.query(soql))).toMatchObject({ errorCode: code });
  });
});

describe('results (REST API guide, Query)', () => {
  it('writes records with attributes, date-times with +0000, parents nested and null where there is none', async () => {
    const owner = sandbox.addUser({ email: 'owner@x.example' });
    const [id] = sandbox.seed('Contact', [{ LastName: 'Ada', OwnerId: owner.Id }]);

    const answer = await connection.query('SELECT Id, CreatedDate, Owner.Email, Account.Name FROM Contact');

    expect(answer).toEqual({
      totalSize: 1,
      done: true,
      records: [
        {
          attributes: { type: 'Contact', url: `/services/data/v67.0/sobjects/Contact/${id}` },
          Id: id,
          CreatedDate: '2026-11-22T10:00:00.000+0000',
          Owner: {
            attributes: { type: 'User', url: `/services/data/v67.0/sobjects/User/${owner.Id}` },
            Email: 'owner@x.example',
          },
          Account: null,
        },
      ],
    });
  });

  it('pages by 2,000 with nextRecordsUrl until done', async () => {
    sandbox.seed(
      'Lead',
      Array.from({ length: 4_500 }, (_, index) => ({ LastName: `L${index}`, Company: 'x' })),
    );

    const first = await connection.query('SELECT Id FROM Lead ORDER BY Id');
    const second = await connection.queryMore(first.nextRecordsUrl ?? '');
    const third = await connection.queryMore(second.nextRecordsUrl ?? '');

    expect([first, second, third].map(({ records, done }) => [records.length, done])).toEqual([
      [2_000, false],
      [2_000, false],
      [500, true],
    ]);
    expect(new Set([first, second, third].flatMap(({ records }) => records.map(({ Id }) => Id))).size).toBe(4_500);
  });

  it('answers INVALID_QUERY_LOCATOR for a cursor it does not know', async () => {
    const error = await catchError(connection.queryMore('/services/data/v67.0/query/01g000000009999-2000'));

    expect(error).toMatchObject({ errorCode: 'INVALID_QUERY_LOCATOR' });
  });

  it('keeps the page size that Sforce-Query-Options asks for, from 200 on', async () => {
    sandbox.seed(
      'Lead',
      Array.from({ length: 300 }, (_, index) => ({ LastName: `L${index}`, Company: 'x' })),
    );
    const url = `/query?q=${encodeURIComponent('SELECT Id FROM Lead')}`;

    const answer = await connection.request({
      method: 'GET',
      url,
      headers: { 'Sforce-Query-Options': 'batchSize=100' },
    });

    expect(answer).toMatchObject({ totalSize: 300, done: false, records: { length: 200 } });
  });

  it('counts without rows for COUNT()', async () => {
    sandbox.seed('Lead', [{ LastName: 'A' }, { LastName: 'B' }]);

    expect(await connection.query('SELECT COUNT() FROM Lead')).toEqual({ totalSize: 2, done: true, records: [] });
  });

  it('hides deleted and merged rows from query and shows them to queryAll with MasterRecordId', async () => {
    const [winner = '', loser = ''] = sandbox.seed('Lead', [
      { LastName: 'A', Company: 'x' },
      { LastName: 'B', Company: 'x' },
    ]);
    sandbox.merge('Lead', winner, [loser]);

    const seen = await connection.query('SELECT Id FROM Lead');
    const all = await connection.query(`SELECT Id, MasterRecordId FROM Lead WHERE IsDeleted = TRUE`, { scanAll: true });

    expect(seen.records.map(({ Id }) => Id)).toEqual([winner]);
    expect(all.records).toMatchObject([{ Id: loser, MasterRecordId: winner }]);
  });

  it('shows nothing of a record that left the recycle bin, not even to queryAll', async () => {
    const [id = ''] = sandbox.seed('Lead', [{ LastName: 'A', Email: 'a@x.example' }]);
    sandbox.remove('Lead', id);
    sandbox.purge('Lead', id);

    const all = await connection.query("SELECT Id FROM Lead WHERE Email = 'a@x.example'", { scanAll: true });

    expect(all.totalSize).toBe(0);
  });

  it('knows the settings objects that a check reads', async () => {
    const organization = await connection.query('SELECT Id, IsSandbox FROM Organization');
    const statuses = await connection.query('SELECT ApiName, IsConverted FROM LeadStatus WHERE IsConverted = TRUE');
    const users = await connection.query(
      "SELECT Id FROM User WHERE Email IN ('integration@sandbox.example') AND IsActive = TRUE",
    );

    expect(organization.records).toMatchObject([{ Id: sandbox.orgId, IsSandbox: false }]);
    expect(statuses.records).toMatchObject([{ ApiName: 'Closed - Converted' }]);
    expect(users.records).toMatchObject([{ Id: sandbox.runAsUserId }]);
  });
});
