import type { Connection } from 'jsforce';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { catchError, codesOf, connect } from './sandbox-salesforce-support.ts';

const KEY = 'HubSpot_Contact_Id__c';
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
