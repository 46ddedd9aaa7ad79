import type { Connection } from 'jsforce';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { catchError, codesOf, connect, findModelFaults } from './sandbox-salesforce-support.ts';

const T0 = '2026-11-22T10:00:00.000+0000';
const deal = { Name: 'Deal', StageName: 'Prospecting', CloseDate: '2026-12-31' };
let now = Date.parse('2026-11-22T10:00:00Z');
let sandbox: SalesforceSandbox;
let connection: Connection;

beforeEach(async () => {
  now = Date.parse('2026-11-22T10:00:00Z');
  sandbox = await startSalesforceSandbox({ clock: () => now });
  connection = await connect(sandbox);
});
afterEach(() => sandbox.close());

function seedFamily(StageName = 'Prospecting') {
  const [accountId = ''] = sandbox.seed('Account', [{ Name: 'Alpha', Website: 'https://www.alpha.example/en' }]);
  const [contactId = ''] = sandbox.seed('Contact', [{ LastName: 'Ada', AccountId: accountId }]);
  const [dealId = ''] = sandbox.seed('Opportunity', [{ ...deal, StageName, AccountId: accountId }]);
  const { Id: roleId } = sandbox.addRole(dealId, contactId, { isPrimary: true });
  return { accountId, contactId, dealId, roleId };
}

describe('accounts', () => {
  it.each(['Account', 'Opportunity', 'OpportunityContactRole', 'AccountHistory', 'OpportunityHistory'])(
    'and what belongs to them are described in the client’s own model: %s',
    async (type) => {
      const described = await connection.describe(type);

      expect([
        ...findModelFaults('DescribeGlobalSObjectResult', described),
        ...described.fields.flatMap((field) => findModelFaults('Field', field)),
      ]).toEqual([]);
    },
  );

  it('are described with the limits of their fields', async () => {
    const { fields } = await connection.describe('Account');
    const of = (name: string) => fields.find((field) => field.name === name);

    expect(of('Name')).toMatchObject({ type: 'string', length: 255, nillable: false, createable: true });
    expect(of('Website')).toMatchObject({ type: 'url', length: 255, nillable: true });
    expect(of('NumberOfEmployees')).toMatchObject({ type: 'int', digits: 8, soapType: 'xsd:int' });
    expect(of('HubSpot_Company_Id__c')).toMatchObject({ externalId: true, unique: true, custom: true });
    expect(of('OwnerId')).toMatchObject({ referenceTo: ['User'], defaultedOnCreate: true });
  });

  it('are found by a part of their website, and answer their contacts and opportunities', async () => {
    const { contactId, dealId } = seedFamily();
    sandbox.seed('Account', [{ Name: 'Beta', Website: 'beta.example' }]);

    const soql =
      "SELECT Name, (SELECT Id FROM Contacts), (SELECT Id, Account.Name FROM Opportunities) FROM Account WHERE Website LIKE '%alpha.example%'";
    const { records } = await connection.query(soql);

    expect(records).toMatchObject([
      {
        Contacts: { records: [{ Id: contactId }] },
        Opportunities: { records: [{ Id: dealId, Account: { Name: 'Alpha' } }] },
      },
    ]);
  });

  it.each(['Account', 'Opportunity'])(
    'and opportunities take no queue and no inactive user as owner: %s',
    async (type) => {
      const values = type === 'Account' ? { Name: 'A' } : deal;
      const { Id } = sandbox.addUser({ email: 'gone@x.example', isActive: false });

      const answer = await connection.create(type, [
        { ...values, OwnerId: Id },
        { ...values, OwnerId: sandbox.leadQueueId },
      ]);

      expect(codesOf(answer)).toEqual(['INACTIVE_OWNER_OR_USER', 'MALFORMED_ID']);
    },
  );

  it('lock the rows that share them', async () => {
    const { accountId, contactId, dealId } = seedFamily();
    sandbox.lock(accountId, 2);

    const answer = await connection.update('Opportunity', [{ Id: dealId, Name: 'x' }]);

    expect(codesOf(answer)).toEqual(['UNABLE_TO_LOCK_ROW']);
    expect(codesOf(await connection.update('Contact', [{ Id: contactId, Title: 'x' }]))).toEqual([
      'UNABLE_TO_LOCK_ROW',
    ]);
    expect(codesOf(await connection.update('Contact', [{ Id: contactId, Title: 'x' }]))).toEqual([undefined]);
  });
});

describe('deleting an account (help, "Deleting Accounts")', () => {
  it('takes its contacts, its opportunities and their roles along, and undelete brings them back', async () => {
    const { accountId, contactId, dealId, roleId } = seedFamily();
    const isDeleted = () =>
      [
        sandbox.get('Account', accountId),
        sandbox.get('Contact', contactId),
        sandbox.get('Opportunity', dealId),
        sandbox.get('OpportunityContactRole', roleId),
      ].map((row) => row?.IsDeleted);
    const [gone = ''] = sandbox.seed('Contact', [{ LastName: 'Gone', AccountId: accountId }]);
    sandbox.remove('Contact', gone);
    now += 60_000;

    await connection.destroy('Account', accountId);
    const afterDelete = isDeleted();
    now += 120_000;
    const log = await connection.deleted('Opportunity', '2026-11-22T10:00:00Z', '2026-11-22T10:03:00Z');
    sandbox.undelete('Account', accountId);

    expect(afterDelete).toEqual([true, true, true, true]);
    expect(log.deletedRecords.map(({ id }) => id)).toEqual([dealId]);
    expect(isDeleted()).toEqual([false, false, false, false]);
    expect(sandbox.get('Contact', gone)?.IsDeleted).toBe(true);
  });

  it('is refused by API where an opportunity is won; a person may go on', async () => {
    const { accountId, dealId } = seedFamily('Closed Won');

    expect(await catchError(connection.destroy('Account', accountId))).toMatchObject({
      errorCode: 'DELETE_FAILED',
      message: expect.stringContaining('were closed won'),
    });
    expect(sandbox.get('Account', accountId)?.IsDeleted).toBe(false);
    sandbox.remove('Account', accountId);
    expect(sandbox.get('Opportunity', dealId)?.IsDeleted).toBe(true);
  });
});

describe('merging accounts (Apex guide, merge statements)', () => {
  it('moves contacts, opportunities and child accounts of up to two losers without touching their stamps', async () => {
    const one = seedFamily();
    const two = seedFamily();
    const [child = ''] = sandbox.seed('Account', [{ Name: 'Child', ParentId: two.accountId }]);
    const [winner = ''] = sandbox.seed('Account', [{ Name: 'Winner', ParentId: one.accountId }]);
    now += 60_000;

    sandbox.merge('Account', winner, [one.accountId, two.accountId], { Website: 'alpha.example' });

    for (const { contactId, dealId } of [one, two]) {
      expect(sandbox.get('Contact', contactId)).toMatchObject({ AccountId: winner, SystemModstamp: T0 });
      expect(sandbox.get('Opportunity', dealId)).toMatchObject({ AccountId: winner, SystemModstamp: T0 });
    }
    expect(sandbox.get('Account', child)?.ParentId).toBe(winner);
    expect(sandbox.get('Account', winner)).toMatchObject({ ParentId: null, Website: 'alpha.example' });
    const { records } = await connection.query(
      `SELECT Id FROM Account WHERE MasterRecordId = '${winner}' AND IsDeleted = true`,
      { scanAll: true },
    );
    expect(records.map(({ Id }) => Id)).toEqual([one.accountId, two.accountId]);
  });

  it('moves the children’s SystemModstamp, and nothing else of theirs, where the org is set so', () => {
    sandbox.configure({ mergeMovesChildStamps: true });
    const { accountId, dealId } = seedFamily();
    const [winner = ''] = sandbox.seed('Account', [{ Name: 'Winner' }]);
    now += 60_000;

    sandbox.merge('Account', winner, [accountId]);

    const moved = { SystemModstamp: '2026-11-22T10:01:00.000+0000', LastModifiedDate: T0 };
    expect(sandbox.get('Opportunity', dealId)).toMatchObject(moved);
  });

  it('takes three records at most', () => {
    const ids = sandbox.seed('Account', Array(4).fill({ Name: 'A' }));

    expect(() => sandbox.merge('Account', ids[0] ?? '', ids.slice(1))).toThrow('three');
  });
});

describe('duplicate rules for accounts', () => {
  it.each([
    { match: 'name', row: { Name: 'ALPHA' } },
    { match: 'website', row: { Name: 'Other', Website: 'https://www.alpha.example/en' } },
  ] as const)('match by $match', async ({ match, row }) => {
    seedFamily();
    sandbox.addDuplicateRule({ object: 'Account', action: 'alert', match });
    const headers = { 'Sforce-Duplicate-Rule-Header': 'allowSave=true' };

    expect(await catchError(connection.create('Account', row))).toMatchObject({ errorCode: 'DUPLICATES_DETECTED' });
    expect(await connection.create('Account', row, { headers })).toMatchObject({ success: true });
  });
});
