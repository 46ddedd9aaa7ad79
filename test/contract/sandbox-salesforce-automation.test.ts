import type { Connection } from 'jsforce';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { catchError, codesOf, compositeAnswer, connect } from './sandbox-salesforce-support.ts';

const lead = { LastName: 'Ada', Company: 'Alpha', Title: 'CTO' };
let sandbox: SalesforceSandbox;
let connection: Connection;

beforeEach(async () => {
  sandbox = await startSalesforceSandbox();
  connection = await connect(sandbox);
});
afterEach(() => sandbox.close());

const find = async (soql: string) => (await connection.query(soql)).records;

describe('field history (Object Reference, LeadHistory and ContactHistory)', () => {
  it('is empty while the org tracks nothing', async () => {
    const [id = ''] = sandbox.seed('Lead', [lead]);
    sandbox.edit('Lead', id, { Title: 'CEO' });

    expect(await find('SELECT Id FROM LeadHistory')).toEqual([]);
  });

  it('keeps old and new value of a tracked field with who and when, for our writes as well', async () => {
    sandbox.trackHistory('Lead', ['Title', 'OwnerId']);
    const [id = ''] = sandbox.seed('Lead', [lead]);
    const owner = sandbox.addUser({ email: 'new@x.example', firstName: 'New', lastName: 'Owner' });
    await connection.update(
      'Lead',
      { Id: id, Title: 'CEO', Phone: '1' },
      { headers: { 'Sforce-Auto-Assign': 'FALSE' } },
    );
    sandbox.edit('Lead', id, { OwnerId: owner.Id, Title: 'CEO' });

    const rows = await find(
      `SELECT Field, OldValue, NewValue, CreatedDate, CreatedById, CreatedBy.Name FROM LeadHistory WHERE LeadId = '${id}' ORDER BY Id`,
    );

    expect(rows).toMatchObject([
      { Field: 'Title', OldValue: 'CTO', NewValue: 'CEO', CreatedById: sandbox.runAsUserId },
      { Field: 'Owner', OldValue: 'Sales Person', NewValue: 'New Owner', CreatedById: sandbox.userId },
      { Field: 'Owner', OldValue: sandbox.userId, NewValue: owner.Id, CreatedBy: { Name: 'Sales Person' } },
    ]);
  });

  it('says that a contact was created, and that a lead was converted', async () => {
    sandbox.trackHistory('Lead', ['Status']);
    sandbox.trackHistory('Contact', ['Title']);
    const { Id } = sandbox.create('Lead', lead);
    const { contactId } = sandbox.convertLead(Id);

    expect((await find('SELECT Field FROM LeadHistory ORDER BY Id')).map(({ Field }) => Field)).toEqual([
      'created',
      'Status',
      'leadConverted',
    ]);
    expect(await find('SELECT Field, ContactId FROM ContactHistory')).toMatchObject([
      { Field: 'created', ContactId: contactId },
    ]);
  });

  it.each(['OldValue', 'NewValue'])('cannot be filtered by %s, nor written', async (field) => {
    const asked = await catchError(connection.query(`SELECT Id FROM ContactHistory WHERE ${field} = 'x'`));

    expect(asked).toMatchObject({ errorCode: 'INVALID_FIELD' });
    expect(codesOf(await connection.create('ContactHistory', [{ Field: 'Title' }]))).toEqual([
      'INVALID_TYPE_FOR_OPERATION',
    ]);
  });

  it('does not show the integration user what is hidden from it', async () => {
    sandbox.trackHistory('Lead', ['Title']);
    const [id = ''] = sandbox.seed('Lead', [lead]);
    sandbox.edit('Lead', id, { Title: 'CEO' });
    sandbox.setFieldAccess('Lead', 'Title', 'none');

    expect(await find('SELECT Id FROM LeadHistory')).toEqual([]);
    expect(await catchError(connection.query('SELECT Title FROM Lead'))).toMatchObject({ errorCode: 'INVALID_FIELD' });
    expect(codesOf(await connection.update('Lead', [{ Id: id, Title: 'x' }]))).toEqual(['INVALID_FIELD']);
  });
});

describe('automation of the org', () => {
  it('changes a record in the same save as ours, under our name, until it is taken away', async () => {
    const stop = sandbox.automate('Lead', (record, { before }) =>
      before !== undefined && record.Title !== before.Title ? { Rating: 'Hot' } : undefined,
    );
    const [one = '', two = ''] = sandbox.seed('Lead', [lead, lead]);

    await connection.update('Lead', { Id: one, Title: 'CEO' });
    stop();
    await connection.update('Lead', { Id: two, Title: 'CEO' });

    expect(sandbox.get('Lead', one)).toMatchObject({ Rating: 'Hot', LastModifiedById: sandbox.runAsUserId });
    expect(sandbox.get('Lead', two)?.Rating).not.toBe('Hot');
  });

  it('names another user of the org as the one who wrote', async () => {
    const app = sandbox.addUser({ email: 'app@x.example', firstName: 'Another', lastName: 'App' });
    const [id = ''] = sandbox.seed('Lead', [lead]);

    sandbox.edit('Lead', id, { Title: 'CEO' }, app.Id);

    expect(await find('SELECT LastModifiedBy.Name FROM Lead')).toMatchObject([
      { LastModifiedBy: { Name: 'Another App' } },
    ]);
  });

  it('runs on what people do, and before validation rules', () => {
    sandbox.automate('Lead', () => ({ Title: 'By flow' }));
    sandbox.addValidationRule({ object: 'Lead', when: { Title: 'CEO' }, message: 'no' });

    expect(sandbox.create('Lead', { ...lead, Title: 'CEO' })).toMatchObject({
      Title: 'By flow',
      LastModifiedById: sandbox.userId,
    });
  });
});

describe('deleting and what cannot be written any more', () => {
  it('deletes leads and contacts in one call and as a part of a composite, result by result', async () => {
    const [a = '', b = ''] = sandbox.seed('Lead', [lead, lead]);
    const [c = '', d = ''] = sandbox.seed('Contact', [{ LastName: 'C' }, { LastName: 'D' }]);
    const path = '/services/data/v67.0/composite/sobjects';

    const plain = await connection.requestDelete(`${path}?ids=${a},${c},${a}&allOrNone=false`);
    const compositeRequest = [
      { method: 'DELETE', url: `${path}?ids=${b},${d}&allOrNone=false`, referenceId: 'gone' },
      { method: 'DELETE', url: `/services/data/v67.0/sobjects/Lead/${a}`, referenceId: 'again' },
    ];
    const answer = compositeAnswer.parse(await connection.requestPost('/composite', { compositeRequest }));

    expect(codesOf(plain)).toEqual([undefined, undefined, 'ENTITY_IS_DELETED']);
    expect(answer.compositeResponse.map(({ httpStatusCode }) => httpStatusCode)).toEqual([200, 404]);
    expect(codesOf(answer.compositeResponse[0]?.body)).toEqual([undefined, undefined]);
    expect([...sandbox.all('Lead'), ...sandbox.all('Contact')]).toEqual([]);
  });

  it('refuses to write what is deleted, merged away or converted', async () => {
    const [deleted = '', winner = '', loser = '', converted = ''] = sandbox.seed('Lead', [lead, lead, lead, lead]);
    sandbox.remove('Lead', deleted);
    sandbox.merge('Lead', winner, [loser]);
    sandbox.convertLead(converted);

    const answer = await connection.update(
      'Lead',
      [deleted, loser, converted].map((Id) => ({ Id, Title: 'CEO' })),
    );

    expect(codesOf(answer)).toEqual(['ENTITY_IS_DELETED', 'ENTITY_IS_DELETED', 'CANNOT_UPDATE_CONVERTED_LEAD']);
  });
});

describe('the control plane for merges, conversions and the clock', () => {
  async function post(path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
    const answer = await fetch(`${sandbox.url}/__sandbox/${path}`, { method: 'POST', body: JSON.stringify(body) });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
  }

  it('merges, undeletes, converts with an opportunity, stamps and jumps', async () => {
    const [winner = '', loser = ''] = sandbox.seed('Lead', [lead, lead]);

    expect(await post(`Lead/${winner}/merge`, { losers: [loser] })).toMatchObject({
      status: 200,
      body: { Id: winner },
    });
    expect(sandbox.get('Lead', loser)).toMatchObject({ IsDeleted: true, MasterRecordId: winner });
    expect(await post(`Lead/${loser}/undelete`)).toMatchObject({ body: { IsDeleted: false, MasterRecordId: null } });
    expect(await post(`Lead/${winner}/convert`, { opportunityName: 'Deal' })).toMatchObject({
      body: { opportunityId: expect.stringMatching(/^006/) },
    });
    expect(await post('clock', { jumpMs: 60_000 })).toMatchObject({ body: { offsetMs: 60_000 } });
    expect(await post(`Lead/${loser}/touch`)).toMatchObject({ status: 204 });
    expect(await post(`Lead/${loser}/purge`)).toMatchObject({ status: 204 });
    expect(await post(`Lead/${winner}/dance`)).toMatchObject({ status: 404 });
  });
});
