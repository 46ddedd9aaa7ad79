import type { Connection } from 'jsforce';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { catchError, connect, NO_ASSIGNMENT } from './sandbox-salesforce-support.ts';

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

describe('what a value must be (Object Reference; REST API guide, error codes)', () => {
  const lead = { LastName: 'Ada', Company: 'x' };

  it.each([
    { given: { Company: 'x' }, code: 'REQUIRED_FIELD_MISSING', fields: ['LastName'] },
    { given: { LastName: '', Company: ' ' }, code: 'REQUIRED_FIELD_MISSING', fields: ['LastName', 'Company'] },
    { given: { ...lead, LastName: 'x'.repeat(81) }, code: 'STRING_TOO_LONG', fields: ['LastName'] },
    { given: { ...lead, Title: 'x'.repeat(129) }, code: 'STRING_TOO_LONG', fields: ['Title'] },
    { given: { ...lead, PostalCode: 'x'.repeat(21) }, code: 'STRING_TOO_LONG', fields: ['PostalCode'] },
    { given: { ...lead, Email: 'not an email' }, code: 'INVALID_EMAIL_ADDRESS', fields: ['Email'] },
    { given: { ...lead, OwnerId: 'nobody' }, code: 'MALFORMED_ID', fields: ['OwnerId'] },
    { given: { ...lead, OwnerId: '005000000000999' }, code: 'INVALID_CROSS_REFERENCE_KEY', fields: [] },
    { given: { ...lead, IsConverted: true }, code: 'INVALID_FIELD_FOR_INSERT_UPDATE', fields: ['IsConverted'] },
    {
      given: { ...lead, CreatedDate: '2020-01-01T00:00:00Z' },
      code: 'INVALID_FIELD_FOR_INSERT_UPDATE',
      fields: ['CreatedDate'],
    },
  ])('refuses $given with $code', async ({ given, code, fields }) => {
    const answer = await raw('POST', '/sobjects/Lead', given);

    expect(answer).toMatchObject({ status: 400, body: [{ errorCode: code, fields }] });
    expect(sandbox.all('Lead')).toEqual([]);
  });

  it('answers JSON_PARSER_ERROR for text that is no text and for a body that is no JSON object', async () => {
    expect(await raw('POST', '/sobjects/Lead', { ...lead, Title: 5 })).toMatchObject({
      status: 400,
      body: [{ errorCode: 'JSON_PARSER_ERROR' }],
    });
    expect(await raw('POST', '/sobjects/Lead', [])).toMatchObject({
      status: 400,
      body: [{ errorCode: 'JSON_PARSER_ERROR' }],
    });
  });

  it('answers one element per error, which the client calls MULTIPLE_API_ERRORS', async () => {
    const error = await catchError(connection.create('Lead', { ...lead, Title: 'x'.repeat(200), Email: 'no' }));

    expect(error).toMatchObject({
      errorCode: 'MULTIPLE_API_ERRORS',
      data: [{ errorCode: 'STRING_TOO_LONG' }, { errorCode: 'INVALID_EMAIL_ADDRESS' }],
    });
  });

  it('refuses an inactive owner with INACTIVE_OWNER_OR_USER', async () => {
    const user = sandbox.addUser({ email: 'gone@x.example', isActive: false });

    expect(await raw('POST', '/sobjects/Lead', { ...lead, OwnerId: user.Id })).toMatchObject({
      body: [{ errorCode: 'INACTIVE_OWNER_OR_USER', fields: ['OwnerId'] }],
    });
  });

  it('stores an unknown value of an open picklist and refuses it on a restricted one', async () => {
    expect(await raw('POST', '/sobjects/Lead', { ...lead, LeadSource: 'Moon' })).toMatchObject({ status: 201 });
    sandbox.setPicklist('Lead', 'LeadSource', ['Web', 'Other'], { restricted: true });

    expect(await raw('POST', '/sobjects/Lead', { ...lead, LeadSource: 'Moon' })).toMatchObject({
      status: 400,
      body: [{ errorCode: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', fields: ['LeadSource'] }],
    });
  });

  it('refuses a second holder of a unique external id with DUPLICATE_VALUE and names the first', async () => {
    const [id] = sandbox.seed('Lead', [{ LastName: 'First', Company: 'x', [KEY]: '42' }]);

    const answer = await raw('POST', '/sobjects/Lead', { ...lead, [KEY]: '42' });

    expect(answer).toMatchObject({
      status: 400,
      body: [{ errorCode: 'DUPLICATE_VALUE', message: expect.stringContaining(`${id}`) }],
    });
  });

  it('obeys a field that the org made required, longer or shorter', async () => {
    sandbox.setRequired('Lead', 'Country', true);
    sandbox.setFieldLength('Lead', 'City', 5);

    expect(await raw('POST', '/sobjects/Lead', lead)).toMatchObject({
      body: [{ errorCode: 'REQUIRED_FIELD_MISSING', fields: ['Country'] }],
    });
    expect(await raw('POST', '/sobjects/Lead', { ...lead, Country: 'DE', City: 'Bremen' })).toMatchObject({
      body: [{ errorCode: 'STRING_TOO_LONG', fields: ['City'] }],
    });
  });
});
