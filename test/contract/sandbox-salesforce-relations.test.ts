import type { Connection } from 'jsforce';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { catchError, codesOf, compositeAnswer, connect, readRows } from './sandbox-salesforce-support.ts';

const COMPANY = 'HubSpot_Company_Id__c';
const DEAL = 'HubSpot_Deal_Id__c';
const deal = { Name: 'Deal', StageName: 'Prospecting', CloseDate: '2026-12-31' };
let sandbox: SalesforceSandbox;
let connection: Connection;

beforeEach(async () => {
  sandbox = await startSalesforceSandbox();
  connection = await connect(sandbox);
});
afterEach(() => sandbox.close());

const typed = (type: string, row: Record<string, unknown>) => ({ attributes: { type }, ...row });
const saveAll = (records: readonly Record<string, unknown>[]) =>
  connection.requestPost('/composite/sobjects', { allOrNone: false, records });
const accountOf = (type: string) => sandbox.all(type)[0]?.AccountId;

describe('parents named by an external id (REST API guide, relate records by foreign key)', () => {
  it('are found on create, update and upsert, for each object that has the parent', async () => {
    const [one = '', two = ''] = sandbox.seed('Account', [
      { Name: 'One', [COMPANY]: '1' },
      { Name: 'Two', [COMPANY]: '2' },
    ]);

    const { id } = await connection.create('Opportunity', { ...deal, Account: { [COMPANY]: '1' } });
    const created = accountOf('Opportunity');
    await connection.update('Opportunity', { Id: id ?? '', Account: { [COMPANY]: '2' } });
    const updated = accountOf('Opportunity');
    await connection.upsert(
      'Contact',
      [{ LastName: 'Ada', HubSpot_Contact_Id__c: '9', account: { [COMPANY]: '1' } }],
      'HubSpot_Contact_Id__c',
    );

    expect([created, updated, accountOf('Contact')]).toEqual([one, two, one]);
  });

  it('take both parents of a role at once', async () => {
    const [ContactId] = sandbox.seed('Contact', [{ LastName: 'Ada', HubSpot_Contact_Id__c: '9' }]);
    const [OpportunityId] = sandbox.seed('Opportunity', [{ ...deal, [DEAL]: '7' }]);

    const role = { Opportunity: { [DEAL]: '7' }, Contact: { HubSpot_Contact_Id__c: '9' }, IsPrimary: true };
    await connection.create('OpportunityContactRole', role);

    expect(sandbox.all('OpportunityContactRole')).toMatchObject([{ OpportunityId, ContactId, IsPrimary: true }]);
  });

  it.each([
    {
      body: { Account: { [COMPANY]: '404' } },
      code: 'INVALID_FIELD',
      message: /Foreign key external ID: 404 not found/,
    },
    { body: { Account: { [COMPANY]: '1', Name: 'One' } }, code: 'INVALID_FIELD', message: /More than 1 field/ },
    { body: { Account: { Name: 'One' } }, code: 'INVALID_FIELD', message: /not an External ID/ },
    {
      body: { Account: { [COMPANY]: '1' }, AccountId: '001000000000001AAA' },
      code: 'INVALID_FIELD',
      message: /Cannot specify both an external ID reference Account and a salesforce id, AccountId/,
    },
    { body: { Firm: { [COMPANY]: '1' } }, code: 'INVALID_FIELD', message: /No such column 'Firm'/ },
  ])('are refused alone, not with their neighbours: $message', async ({ body, code, message }) => {
    sandbox.seed('Account', [{ Name: 'One', [COMPANY]: '1' }]);

    const answer = await connection.create('Opportunity', [{ ...deal, ...body }, deal]);
    const alone = await catchError(connection.create('Opportunity', { ...deal, ...body }));

    expect(codesOf(answer)).toEqual([code, undefined]);
    expect(alone.message).toMatch(message);
  });

  it('do not find what lies in the recycle bin', async () => {
    const [id = ''] = sandbox.seed('Account', [{ Name: 'One', [COMPANY]: '1' }]);
    sandbox.remove('Account', id);

    const answer = await connection.create('Opportunity', [{ ...deal, Account: { [COMPANY]: '1' } }]);

    expect(codesOf(answer)).toEqual(['INVALID_FIELD']);
  });

  it('may stand in an earlier chunk of the same collection, not in the same one', async () => {
    const answer = await saveAll([
      typed('Account', { Name: 'Parent', [COMPANY]: '1' }),
      typed('Account', { Name: 'Child', Parent: { [COMPANY]: '1' } }),
      typed('Opportunity', { ...deal, Account: { [COMPANY]: '1' } }),
    ]);

    expect(codesOf(answer)).toEqual([undefined, 'INVALID_FIELD', undefined]);
    expect(accountOf('Opportunity')).toBe(readRows(answer)[0]?.id);
  });

  it('take ten chunks of one object each, not eleven', async () => {
    const rows = (count: number) =>
      Array.from({ length: count }, (_, index) =>
        index % 2 === 0 ? typed('Account', { Name: 'A' }) : typed('Contact', { LastName: 'B' }),
      );

    expect(codesOf(await saveAll(rows(10)))).toEqual(Array(10).fill(undefined));
    expect(await catchError(saveAll(rows(11)))).toMatchObject({ errorCode: 'LIMIT_EXCEEDED' });
  });

  it('come from an earlier part of a composite call too', async () => {
    const url = '/services/data/v67.0/sobjects';
    const compositeRequest = [
      { method: 'PATCH', url: `${url}/Account/${COMPANY}/1`, referenceId: 'account', body: { Name: 'One' } },
      {
        method: 'PATCH',
        url: `${url}/Opportunity/${DEAL}/7`,
        referenceId: 'deal',
        body: { ...deal, Account: { [COMPANY]: '1' } },
      },
    ];

    const answer = compositeAnswer.parse(await connection.requestPost('/composite', { compositeRequest }));

    expect(answer.compositeResponse.map(({ httpStatusCode }) => httpStatusCode)).toEqual([201, 201]);
    expect(accountOf('Opportunity')).toBe(sandbox.all('Account')[0]?.Id);
  });
});

describe('the primary contact of an opportunity (Object Reference, Opportunity.ContactId)', () => {
  it('is given on create, becomes a primary role, and cannot be updated', async () => {
    const [ContactId = ''] = sandbox.seed('Contact', [{ LastName: 'Ada' }]);

    const { id } = await connection.create('Opportunity', { ...deal, ContactId });

    expect(sandbox.all('OpportunityContactRole')).toMatchObject([{ OpportunityId: id, ContactId, IsPrimary: true }]);
    expect(codesOf(await connection.update('Opportunity', [{ Id: id ?? '', ContactId }]))).toEqual([
      'INVALID_FIELD_FOR_INSERT_UPDATE',
    ]);
  });

  it('follows the primary role, whose change does not touch the opportunity’s stamps', async () => {
    let now = Date.parse('2026-11-22T10:00:00Z');
    await sandbox.close();
    sandbox = await startSalesforceSandbox({ clock: () => now });
    const [ada = '', bob = ''] = sandbox.seed('Contact', [{ LastName: 'Ada' }, { LastName: 'Bob' }]);
    const { Id } = sandbox.create('Opportunity', { ...deal, ContactId: ada });
    now += 60_000;

    sandbox.setPrimaryRole(Id, bob);
    const withBob = sandbox.get('Opportunity', Id);
    sandbox.removeRole(Id, bob);

    expect(withBob).toMatchObject({ ContactId: bob, SystemModstamp: '2026-11-22T10:00:00.000+0000' });
    expect(sandbox.get('Opportunity', Id)?.ContactId).toBeNull();
  });
});

describe('roles by hand', () => {
  it('are added, made primary one at a time, and removed', async () => {
    const [ada = '', bob = ''] = sandbox.seed('Contact', [{ LastName: 'Ada' }, { LastName: 'Bob' }]);
    const { Id } = sandbox.create('Opportunity', deal);

    sandbox.addRole(Id, ada, { role: 'Decision Maker', isPrimary: true });
    sandbox.addRole(Id, bob);
    sandbox.setPrimaryRole(Id, bob);
    const soql =
      'SELECT Id, (SELECT ContactId, Role, IsPrimary, Contact.LastName FROM OpportunityContactRoles ORDER BY Id) FROM Opportunity';
    const { records } = await connection.query(soql);
    sandbox.setPrimaryRole(Id, undefined);
    sandbox.removeRole(Id, ada);

    expect(records[0]?.OpportunityContactRoles).toMatchObject({
      records: [
        { ContactId: ada, Role: 'Decision Maker', IsPrimary: false, Contact: { LastName: 'Ada' } },
        { ContactId: bob, Role: null, IsPrimary: true, Contact: { LastName: 'Bob' } },
      ],
    });
    expect(sandbox.all('OpportunityContactRole')).toMatchObject([{ ContactId: bob, IsPrimary: false }]);
    expect(() => sandbox.removeRole(Id, ada)).toThrow('has no role');
  });

  it('come with a seeded opportunity that names a contact, and by the control plane', async () => {
    const [ada = '', bob = ''] = sandbox.seed('Contact', [{ LastName: 'Ada' }, { LastName: 'Bob' }]);
    const [id = ''] = sandbox.seed('Opportunity', [{ ...deal, ContactId: ada }]);

    const answer = await fetch(`${sandbox.url}/__sandbox/Opportunity/${id}/roles`, {
      method: 'POST',
      body: JSON.stringify({ contactId: bob, role: 'Evaluator' }),
    });

    expect(answer.status).toBe(201);
    expect(sandbox.all('OpportunityContactRole')).toMatchObject([
      { ContactId: ada, IsPrimary: true },
      { ContactId: bob, Role: 'Evaluator', IsPrimary: false },
    ]);
  });

  it('follow their opportunity through the parent path, two steps up', async () => {
    const [AccountId = ''] = sandbox.seed('Account', [{ Name: 'Alpha', [COMPANY]: '1' }]);
    const [ContactId = ''] = sandbox.seed('Contact', [{ LastName: 'Ada' }]);
    sandbox.seed('Opportunity', [{ ...deal, AccountId, ContactId, [DEAL]: '7' }]);

    const soql = `SELECT Opportunity.${DEAL}, Opportunity.Account.${COMPANY} FROM OpportunityContactRole WHERE Opportunity.Account.${COMPANY} IN ('1', '2')`;
    const { records } = await connection.query(soql);

    expect(records).toMatchObject([{ Opportunity: { [DEAL]: '7', Account: { [COMPANY]: '1' } } }]);
  });

  it('fail by API while the opportunity is locked', async () => {
    const [ContactId = ''] = sandbox.seed('Contact', [{ LastName: 'Ada' }]);
    const { Id: OpportunityId } = sandbox.create('Opportunity', deal);
    sandbox.lock(OpportunityId);
    const add = () => connection.create('OpportunityContactRole', [{ OpportunityId, ContactId }]);

    expect(codesOf(await add())).toEqual(['UNABLE_TO_LOCK_ROW']);
    expect(codesOf(await add())).toEqual([undefined]);
  });
});
