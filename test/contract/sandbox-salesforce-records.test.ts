import type { Connection } from 'jsforce';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { catchError, connect, findModelFaults, NO_ASSIGNMENT } from './sandbox-salesforce-support.ts';

const KEY = 'HubSpot_Contact_Id__c';
let now = Date.parse('2026-11-22T10:00:00Z');
let sandbox: SalesforceSandbox;
let connection: Connection;

beforeEach(async () => {
  now = Date.parse('2026-11-22T10:00:00Z');
  sandbox = await startSalesforceSandbox({ clock: () => now });
  connection = await connect(sandbox);
});
afterEach(() => sandbox.close());

async function raw(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: unknown; location: string | null }> {
  const headers = {
    authorization: `Bearer ${connection.accessToken}`,
    'content-type': 'application/json',
    ...NO_ASSIGNMENT,
  };
  const answer = await fetch(`${sandbox.url}/services/data/v67.0${path}`, {
    method,
    headers,
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    body: text === '' ? undefined : JSON.parse(text),
    location: answer.headers.get('location'),
  };
}

describe('one record (REST API guide, sObject Rows)', () => {
  it('creates with 201 and a location, gives an 18-character id with the prefix of the object', async () => {
    const answer = await raw('POST', '/sobjects/Lead', { LastName: 'Ada', Company: 'Alpha' });

    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({ id: expect.stringMatching(/^00Q[A-Za-z0-9]{15}$/), success: true, errors: [] });
    expect(answer.location).toMatch(/^\/services\/data\/v67\.0\/sobjects\/Lead\/00Q/);
  });

  it('fills what a create left out: owner, default status, name, audit fields', async () => {
    const { id } = await connection.create(
      'Lead',
      { FirstName: 'Ada', LastName: 'L', Company: 'x' },
      { headers: NO_ASSIGNMENT },
    );

    expect(sandbox.get('Lead', id ?? '')).toMatchObject({
      OwnerId: sandbox.runAsUserId,
      Status: 'Open - Not Contacted',
      Name: 'Ada L',
      IsConverted: false,
      CreatedDate: '2026-11-22T10:00:00.000+0000',
      LastModifiedById: sandbox.runAsUserId,
    });
  });

  it('updates and deletes with 204, and answers 404 for what is deleted or never was', async () => {
    const [id = ''] = sandbox.seed('Lead', [{ LastName: 'Ada', Company: 'x' }]);

    expect(await raw('PATCH', `/sobjects/Lead/${id}`, { Title: 'CEO' })).toMatchObject({
      status: 204,
      body: undefined,
    });
    expect(await raw('DELETE', `/sobjects/Lead/${id}`)).toMatchObject({ status: 204 });
    expect(await raw('GET', `/sobjects/Lead/${id}`)).toMatchObject({
      status: 404,
      body: [{ errorCode: 'ENTITY_IS_DELETED' }],
    });
    expect(await raw('PATCH', `/sobjects/Lead/${id}`, {})).toMatchObject({
      status: 404,
      body: [{ errorCode: 'ENTITY_IS_DELETED' }],
    });
    expect(await raw('GET', '/sobjects/Lead/00Q000000000999')).toMatchObject({
      status: 404,
      body: [{ errorCode: 'NOT_FOUND' }],
    });
    expect(await raw('GET', '/sobjects/Nothing/00Q000000000999')).toMatchObject({ status: 404 });
  });

  it('answers 404 for a path that cannot be decoded', async () => {
    expect(await raw('PATCH', `/sobjects/Lead/${KEY}/50%`, {})).toMatchObject({ status: 404 });
  });

  it('keeps a date-time to the second in UTC, whatever zone it came in', async () => {
    sandbox.addField('Lead', 'Seen__c', { type: 'datetime' });

    await raw('POST', '/sobjects/Lead', { LastName: 'A', Company: 'x', Seen__c: '2026-01-31T11:00:00.999+01:00' });

    expect(sandbox.all('Lead')[0]?.Seen__c).toBe('2026-01-31T10:00:00.000+0000');
  });

  it('clears a field by null, leaves an absent one, stores blank text as null', async () => {
    const [id = ''] = sandbox.seed('Lead', [{ LastName: 'Ada', Company: 'x', Title: 'CEO', City: 'Bonn', Phone: '1' }]);

    await connection.update('Lead', { Id: id, Title: null, Phone: '  ' });

    const lead = sandbox.get('Lead', id);
    expect([lead?.Title, lead?.City, lead?.Phone]).toEqual([null, 'Bonn', null]);
  });

  it('moves the stamps on every save, even one that changes nothing', async () => {
    const [id = ''] = sandbox.seed('Lead', [{ LastName: 'Ada', Company: 'x', Title: 'CEO' }]);
    now += 61_000;

    await connection.update('Lead', { Id: id, Title: 'CEO' });

    expect(sandbox.get('Lead', id)).toMatchObject({
      SystemModstamp: '2026-11-22T10:01:01.000+0000',
      LastModifiedById: sandbox.runAsUserId,
    });
  });

  it('reads one record with the fields asked for', async () => {
    const [id = ''] = sandbox.seed('Lead', [{ LastName: 'Ada', Company: 'x' }]);

    const lead = await connection.retrieve('Lead', id, { fields: ['LastName', 'Email'] });

    expect(lead).toEqual({ attributes: expect.anything(), LastName: 'Ada', Email: null, Id: id });
  });
});

describe('upsert by external id (REST API guide, dome_upsert; trap T6)', () => {
  it('creates with 201 and updates with 200, telling which', async () => {
    const first = await raw('PATCH', `/sobjects/Lead/${KEY}/42`, { LastName: 'Ada', Company: 'x' });
    const second = await raw('PATCH', `/sobjects/Lead/${KEY}/42`, { Title: 'CEO' });

    expect(first).toMatchObject({ status: 201, body: { success: true, created: true, errors: [] } });
    expect(second).toMatchObject({ status: 200, body: { success: true, created: false, errors: [] } });
    expect(sandbox.all('Lead')).toMatchObject([{ [KEY]: '42', Title: 'CEO' }]);
  });

  it('answers 300 with the urls where the external id is not unique and several records hold it', async () => {
    sandbox.addField('Lead', 'Old_Id__c', { isExternalId: true });
    const ids = sandbox.seed('Lead', [
      { LastName: 'A', Old_Id__c: '7' },
      { LastName: 'B', Old_Id__c: '7' },
    ]);

    const error = await catchError(connection.upsert('Lead', { Old_Id__c: '7', Title: 'x' }, 'Old_Id__c'));

    expect(error).toMatchObject({
      errorCode: 'MULTIPLE_CHOICES',
      data: ids.map((id) => `/services/data/v67.0/sobjects/Lead/${id}`),
    });
  });

  it.each([
    { path: `/sobjects/Lead/${KEY}/42`, body: { [KEY]: '42', LastName: 'A', Company: 'x' }, method: 'PATCH' },
    { path: '/sobjects/Lead/00Q000000000001', body: { Id: '00Q000000000001' }, method: 'PATCH' },
    { path: '/sobjects/Lead', body: { Id: '00Q000000000001', LastName: 'A', Company: 'x' }, method: 'POST' },
  ])('refuses a body that repeats the key of $path', async ({ path, body, method }) => {
    sandbox.seed('Lead', [{ LastName: 'A', Company: 'x' }]);

    expect(await raw(method, path, body)).toMatchObject({ status: 400, body: [{ errorCode: 'INVALID_FIELD' }] });
  });

  it('answers 404 where the key field does not exist or is no external id', async () => {
    expect(await raw('PATCH', '/sobjects/Lead/Title/x', {})).toMatchObject({
      status: 404,
      body: [{ errorCode: 'NOT_FOUND' }],
    });
  });

  it('inserts a second person after a merge, because the key sits on the deleted loser', async () => {
    const [winner = '', loser = ''] = sandbox.seed('Lead', [
      { LastName: 'Winner', Company: 'x' },
      { LastName: 'Loser', Company: 'x', [KEY]: '42' },
    ]);
    sandbox.merge('Lead', winner, [loser]);

    const answer = await raw('PATCH', `/sobjects/Lead/${KEY}/42`, { LastName: 'Again', Company: 'x' });

    expect(answer.status).toBe(201);
    expect(sandbox.all('Lead')).toHaveLength(2);
  });

  it('fails on a converted lead, and inserts a second contact where the id was not mapped on conversion', async () => {
    const fresh = await startSalesforceSandbox({ withHandoffFields: false });
    const other = await connect(fresh);
    for (const type of ['Lead', 'Contact']) fresh.addField(type, KEY, { isExternalId: true, isUnique: true });
    const [id = ''] = fresh.seed('Lead', [{ LastName: 'Ada', Company: 'x', [KEY]: '42' }]);
    fresh.convertLead(id);

    const onLead = await catchError(other.upsert('Lead', { [KEY]: '42', Title: 'x' }, KEY));
    const onContact = await other.upsert('Contact', { [KEY]: '42', LastName: 'Ada' }, KEY);
    await fresh.close();

    expect(onLead).toMatchObject({ errorCode: 'CANNOT_UPDATE_CONVERTED_LEAD' });
    expect(onContact).toMatchObject({ success: true, created: true });
    expect(fresh.all('Contact')).toHaveLength(2);
  });
});

describe('field-level security (trap T15)', () => {
  it('makes a hidden field unknown to describe, query and writes, while a person goes on using it', async () => {
    const [id = ''] = sandbox.seed('Lead', [{ LastName: 'Ada', Company: 'x' }]);
    sandbox.setFieldAccess('Lead', 'Title', 'none');

    const described = await connection.describe('Lead');
    sandbox.edit('Lead', id, { Title: 'CEO' });

    expect(described.fields.map(({ name }) => name)).not.toContain('Title');
    expect(await catchError(connection.query('SELECT Title FROM Lead'))).toMatchObject({ errorCode: 'INVALID_FIELD' });
    expect(await catchError(connection.update('Lead', { Id: id, Title: 'x' }))).toMatchObject({
      errorCode: 'INVALID_FIELD',
    });
    expect(sandbox.get('Lead', id)?.Title).toBe('CEO');
  });
});

describe('describe (REST API guide, sObject Describe) in the models of the client', () => {
  it('holds every member that jsforce declares', async () => {
    const described = await connection.describe('Lead');
    const global = await connection.describeGlobal();

    expect(findModelFaults('DescribeSObjectResult', described)).toEqual([]);
    expect(described.fields.flatMap((field) => findModelFaults('Field', field))).toEqual([]);
    expect(described.recordTypeInfos.flatMap((info) => findModelFaults('RecordTypeInfo', info))).toEqual([]);
    expect(global.sobjects.flatMap((object) => findModelFaults('DescribeGlobalSObjectResult', object))).toEqual([]);
  });

  it.each([
    { field: 'LastName', is: { length: 80, nillable: false, type: 'string', createable: true } },
    { field: 'Company', is: { length: 255, nillable: false } },
    { field: 'Email', is: { length: 80, type: 'email', idLookup: true } },
    { field: KEY, is: { length: 32, externalId: true, unique: true, custom: true } },
    { field: 'OwnerId', is: { type: 'reference', referenceTo: ['Group', 'User'], relationshipName: 'Owner' } },
    { field: 'IsConverted', is: { type: 'boolean', createable: false, updateable: false } },
  ])('describes $field', async ({ field, is }) => {
    const { fields } = await connection.describe('Lead');

    expect(fields.find(({ name }) => name === field)).toMatchObject(is);
  });
});
