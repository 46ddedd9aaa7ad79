import type { Connection } from 'jsforce';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { catchError, codesOf, connect, NO_ASSIGNMENT } from './sandbox-salesforce-support.ts';

const KEY = 'HubSpot_Contact_Id__c';
const ALLOW_SAVE = {
  'Sforce-Duplicate-Rule-Header': 'allowSave=true; includeRecordDetails=false; runAsCurrentUser=false',
};
const lead = { LastName: 'Ada', Company: 'Alpha', Email: 'ada@x.example' };
let now = Date.parse('2026-11-22T10:00:00Z');
let sandbox: SalesforceSandbox;
let connection: Connection;

beforeEach(async () => {
  now = Date.parse('2026-11-22T10:00:00Z');
  sandbox = await startSalesforceSandbox({ clock: () => now });
  connection = await connect(sandbox);
});
afterEach(() => sandbox.close());

describe('assignment rules (REST API guide, Assignment Rule Header; help 000395506; trap T7)', () => {
  it.each([
    { headers: undefined, owner: 'queue' },
    { headers: { 'Sforce-Auto-Assign': 'TRUE' }, owner: 'queue' },
    { headers: NO_ASSIGNMENT, owner: 'us' },
  ])('a lead created with $headers belongs to: $owner', async ({ headers, owner }) => {
    await connection.create('Lead', lead, headers === undefined ? {} : { headers });

    expect(sandbox.all('Lead')[0]?.OwnerId).toBe(owner === 'us' ? sandbox.runAsUserId : sandbox.leadQueueId);
  });

  it('reassigns on a harmless update too, unless the header says FALSE', async () => {
    const [id = ''] = sandbox.seed('Lead', [{ ...lead, OwnerId: sandbox.userId }]);

    await connection.update('Lead', { Id: id, Title: 'CEO' }, { headers: NO_ASSIGNMENT });
    const kept = sandbox.get('Lead', id)?.OwnerId;
    await connection.update('Lead', { Id: id, Title: 'CTO' });

    expect([kept, sandbox.get('Lead', id)?.OwnerId]).toEqual([sandbox.userId, sandbox.leadQueueId]);
  });

  it('does nothing where no rule is active', async () => {
    sandbox.setLeadAssignment(undefined);

    await connection.create('Lead', lead);

    expect(sandbox.all('Lead')[0]?.OwnerId).toBe(sandbox.runAsUserId);
  });
});

describe('validation rules (error FIELD_CUSTOM_VALIDATION_EXCEPTION)', () => {
  it('refuses with the message of the rule, at its field or at none, until the rule is taken away', async () => {
    const takeAway = sandbox.addValidationRule({
      object: 'Lead',
      when: { Country: null },
      message: 'Country is needed',
      field: 'Country',
    });
    sandbox.addValidationRule({ object: 'Lead', when: (record) => record.Title === 'CEO', message: 'No CEOs' });

    const refused = await connection.create('Lead', [
      lead,
      { ...lead, Country: 'DE', Title: 'CEO' },
      { ...lead, Country: 'DE' },
    ]);
    takeAway();

    expect(refused).toMatchObject([
      {
        success: false,
        errors: [
          { statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'Country is needed', fields: ['Country'] },
        ],
      },
      { success: false, errors: [{ statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'No CEOs', fields: [] }] },
      { success: true },
    ]);
    expect(codesOf(await connection.create('Lead', [lead]))).toEqual([undefined]);
  });

  it('stops a person in the browser as well', () => {
    sandbox.addValidationRule({ object: 'Lead', when: { Country: null }, message: 'Country is needed' });

    expect(() => sandbox.create('Lead', lead)).toThrow('FIELD_CUSTOM_VALIDATION_EXCEPTION');
  });
});

describe('duplicate rules (REST API guide, Duplicate Rules Header; trap T8)', () => {
  it.each([
    { action: 'alert', headers: undefined, saves: false },
    { action: 'alert', headers: ALLOW_SAVE, saves: true },
    { action: 'block', headers: undefined, saves: false },
    { action: 'block', headers: ALLOW_SAVE, saves: false },
  ] as const)('$action with $headers: saves $saves', async ({ action, headers, saves }) => {
    sandbox.addDuplicateRule({ object: 'Lead', action, match: 'email' });
    sandbox.seed('Lead', [{ ...lead, Email: 'ADA@x.example' }]);

    const answer = await connection.create('Lead', [{ ...lead }], headers === undefined ? {} : { headers });

    expect(codesOf(answer)).toEqual([saves ? undefined : 'DUPLICATES_DETECTED']);
  });

  it('carries the matches of a single record under the misspelt key duplicateResut', async () => {
    sandbox.addDuplicateRule({ object: 'Contact', action: 'alert', match: 'email', against: ['Contact', 'Lead'] });
    const [id] = sandbox.seed('Lead', [lead]);

    const error = await catchError(connection.create('Contact', { LastName: 'Ada', Email: 'ada@x.example' }));

    expect(error).toMatchObject({
      errorCode: 'DUPLICATES_DETECTED',
      data: {
        duplicateResut: {
          allowSave: true,
          duplicateRuleEntityType: 'Contact',
          matchResults: [{ entityType: 'Lead', matchRecords: [{ record: { Id: id } }], success: true }],
        },
      },
    });
  });

  it('matches by last name and company, and lets an update pass that does not touch them', async () => {
    const [, second = ''] = sandbox.seed('Lead', [lead, { ...lead, Email: 'b@x.example' }]);
    sandbox.addDuplicateRule({ object: 'Lead', action: 'block', match: 'last-name-and-company' });

    const created = await connection.create('Lead', [
      { LastName: 'ada', Company: 'ALPHA' },
      { LastName: 'Ada', Company: 'Beta' },
    ]);
    const updated = await connection.update('Lead', [{ Id: second, Title: 'CEO' }]);

    expect(codesOf(created)).toEqual(['DUPLICATES_DETECTED', undefined]);
    expect(codesOf(updated)).toEqual([undefined]);
  });
});

describe('locks (error UNABLE_TO_LOCK_ROW)', () => {
  it('fails the next writes on a record, and on the contacts of a locked account', async () => {
    const [account = ''] = sandbox.seed('Account', [{ Name: 'Alpha' }]);
    const [one = '', other = ''] = sandbox.seed('Contact', [{ LastName: 'A', AccountId: account }, { LastName: 'B' }]);
    sandbox.lock(account);
    sandbox.lock(other, 2);
    const write = () =>
      connection.update('Contact', [
        { Id: one, Title: 'x' },
        { Id: other, Title: 'x' },
      ]);

    expect(codesOf(await write())).toEqual(['UNABLE_TO_LOCK_ROW', 'UNABLE_TO_LOCK_ROW']);
    expect(codesOf(await write())).toEqual([undefined, 'UNABLE_TO_LOCK_ROW']);
    expect(codesOf(await write())).toEqual([undefined, undefined]);
  });
});

describe('the hands of people in the org', () => {
  it('edits under the name of the person and moves the stamps', () => {
    const [id = ''] = sandbox.seed('Lead', [lead]);
    now += 60_000;

    sandbox.edit('Lead', id, { Phone: '123' });

    expect(sandbox.get('Lead', id)).toMatchObject({
      Phone: '123',
      LastModifiedById: sandbox.userId,
      LastModifiedDate: '2026-11-22T10:01:00.000+0000',
      SystemModstamp: '2026-11-22T10:01:00.000+0000',
    });
  });

  it('converts a lead: contact and account are there, our id follows the mapping, the lead is read-only (SOAP API guide, convertLead)', async () => {
    const [id = ''] = sandbox.seed('Lead', [
      { ...lead, City: 'Bonn', Title: 'CEO', [KEY]: '42', OwnerId: sandbox.userId },
    ]);

    const { accountId, contactId, opportunityId } = sandbox.convertLead(id, { opportunityName: 'Deal' });

    expect(sandbox.get('Account', accountId)).toMatchObject({ Name: 'Alpha' });
    expect(sandbox.get('Contact', contactId)).toMatchObject({
      LastName: 'Ada',
      Email: 'ada@x.example',
      MailingCity: 'Bonn',
      AccountId: accountId,
      OwnerId: sandbox.userId,
      [KEY]: '42',
    });
    expect(sandbox.get('Opportunity', opportunityId ?? '')).toMatchObject({ Name: 'Deal', AccountId: accountId });
    expect(sandbox.get('Lead', id)).toMatchObject({
      IsConverted: true,
      ConvertedContactId: contactId,
      ConvertedAccountId: accountId,
    });
    expect(codesOf(await connection.update('Lead', [{ Id: id, Title: 'x' }]))).toEqual([
      'CANNOT_UPDATE_CONVERTED_LEAD',
    ]);
  });

  it('fills only the blanks of an existing contact on conversion', () => {
    const [contactId = ''] = sandbox.seed('Contact', [{ LastName: 'Kept', Title: 'CTO' }]);
    const [id = ''] = sandbox.seed('Lead', [{ ...lead, Title: 'CEO', Phone: '1' }]);

    sandbox.convertLead(id, { contactId });

    expect(sandbox.get('Contact', contactId)).toMatchObject({ LastName: 'Kept', Title: 'CTO', Phone: '1' });
  });

  it('undeletes under the same id, and moves the contacts of a merged account without touching their stamps', () => {
    const [winner = '', loser = ''] = sandbox.seed('Account', [{ Name: 'A' }, { Name: 'B' }]);
    const [contact = ''] = sandbox.seed('Contact', [{ LastName: 'Ada', AccountId: loser }]);
    now += 60_000;

    sandbox.merge('Account', winner, [loser]);
    const merged = sandbox.get('Account', loser);
    sandbox.undelete('Account', loser);

    expect(merged).toMatchObject({ IsDeleted: true, MasterRecordId: winner });
    expect(sandbox.get('Account', loser)).toMatchObject({ IsDeleted: false });
    expect(sandbox.get('Contact', contact)).toMatchObject({
      AccountId: winner,
      SystemModstamp: '2026-11-22T10:00:00.000+0000',
    });
  });
});

describe('the control plane for curl', () => {
  async function control(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
    const answer = await fetch(`${sandbox.url}/__sandbox/${path}`, { method, body: JSON.stringify(body) });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
  }

  it('lists, creates, edits, converts and deletes without a session and without being counted', async () => {
    const created = await control('POST', 'Lead', lead);
    const [{ Id: id = '' } = {}] = sandbox.all('Lead');

    expect(created).toMatchObject({ status: 201, body: { Id: id } });
    expect(await control('GET', 'lead?email=ADA@x.example')).toMatchObject({ body: { total: 1, items: [{ Id: id }] } });
    expect(await control('PATCH', `Lead/${id}`, { Title: 'CEO' })).toMatchObject({ body: { Title: 'CEO' } });
    expect(await control('POST', `Lead/${id}/convert`)).toMatchObject({
      status: 200,
      body: { contactId: expect.any(String) },
    });
    expect(await control('GET', 'Nothing')).toMatchObject({ status: 404 });
    expect(await control('POST', 'Lead', { Company: 'x' })).toMatchObject({ status: 400 });
    expect(await control('GET', 'requests')).toMatchObject({ body: { countedCalls: 0 } });
  });
});

describe('faults on the wire', () => {
  it('answers 503 without JSON when told to, and is well again afterwards', async () => {
    sandbox.faults.add({ kind: 'status', status: 503, raw: '<html>maintenance</html>', match: 'POST' });

    expect(await catchError(connection.create('Lead', lead))).toMatchObject({ errorCode: 'ERROR_HTTP_503' });
    expect(await connection.create('Lead', lead)).toMatchObject({ success: true });
  });

  it('commits a write whose answer is lost', async () => {
    sandbox.faults.add({ kind: 'cut-after', match: /PATCH .*composite/ });

    await expect(connection.upsert('Lead', [{ ...lead, [KEY]: '1' }], KEY)).rejects.toThrow();
    expect(sandbox.all('Lead')).toHaveLength(1);
  });
});
