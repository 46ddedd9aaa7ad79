import type { Connection } from 'jsforce';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { catchError, codesOf, connect } from './sandbox-salesforce-support.ts';

const deal = { Name: 'Deal', StageName: 'Prospecting', CloseDate: '2026-12-31' };
let sandbox: SalesforceSandbox;
let connection: Connection;

beforeEach(async () => {
  sandbox = await startSalesforceSandbox();
  connection = await connect(sandbox);
});
afterEach(() => sandbox.close());

/** Body in, body out, as they stand on the wire: the client's own JSON would round. */
async function send(method: string, path: string, body?: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${sandbox.url}/services/data/v67.0/${path}`, {
    method,
    headers: { authorization: `Bearer ${connection.accessToken}`, 'content-type': 'application/json' },
    body,
  });
  return { status: answer.status, text: await answer.text() };
}

async function amountOf(id: string): Promise<string | undefined> {
  const { text } = await send('GET', `sobjects/Opportunity/${id}?fields=Amount`);
  return /"Amount":([^,}]+)/.exec(text)?.[1];
}

async function createWith(amount: string): Promise<{ status: number; text: string; id: string }> {
  const body = JSON.stringify(deal).replace(/}$/, `,"Amount":${amount}}`);
  const made = await send('POST', 'sobjects/Opportunity', body);
  return { ...made, id: /"id":"(\w{18})"/.exec(made.text)?.[1] ?? '' };
}

describe('amounts (Object Reference, Opportunity.Amount; help articles 000385689 and 000387302)', () => {
  it.each([
    { sent: '1234567890123456.78', kept: '1234567890123456.78' },
    { sent: '-1234567890123456.78', kept: '-1234567890123456.78' },
    { sent: '"1234567890123456.78"', kept: '1234567890123456.78' },
    { sent: '12.10', kept: '12.1' },
    { sent: '1e3', kept: '1000.0' },
    { sent: '0', kept: '0.0' },
    { sent: '0.005', kept: '0.005' },
    { sent: '49.9999999999999972', kept: '49.9999999999999972' },
    { sent: 'null', kept: 'null' },
  ])('$sent is kept to the digit, also beyond two places: $kept', async ({ sent, kept }) => {
    const made = await createWith(sent);

    expect(made.status).toBe(201);
    expect(await amountOf(made.id)).toBe(kept);
  });

  it.each(['12345678901234567', '"12345678901234567.1"', '1e16', '-99999999999999999'])(
    'refuses %s: more than 16 digits before the point',
    async (sent) => {
      const { status, text } = await createWith(sent);

      expect(status).toBe(400);
      expect(JSON.parse(text)).toMatchObject([{ errorCode: 'NUMBER_OUTSIDE_VALID_RANGE', fields: ['Amount'] }]);
    },
  );

  it.each(['"a lot"', '"1,000.00"', '""', 'true', '{}'])('cannot read %s as an amount', async (sent) => {
    const { status, text } = await createWith(sent);

    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject([{ errorCode: 'JSON_PARSER_ERROR' }]);
  });

  it('keeps the digits through collections and composite calls, and in queries', async () => {
    const row = `{"attributes":{"type":"Opportunity"},"Name":"Deal","StageName":"Prospecting","CloseDate":"2026-12-31","Amount":1234567890123456.78}`;
    const compositeRequest = `[{"method":"POST","url":"/services/data/v67.0/composite/sobjects","referenceId":"made","body":{"records":[${row}]}},
      {"method":"GET","url":"/services/data/v67.0/query?q=SELECT+Amount+FROM+Opportunity+WHERE+Id='@{made[0].id}'","referenceId":"read"}]`;

    const { text } = await send('POST', 'composite', `{"compositeRequest":${compositeRequest}}`);

    expect(text).toContain('"Amount":1234567890123456.78');
  });

  it('multiplies by the probability without a float', async () => {
    const { id } = await createWith('1234567890123456.78');

    const { text } = await send('GET', `sobjects/Opportunity/${id}?fields=ExpectedRevenue`);

    expect(text).toContain('"ExpectedRevenue":123456789012345.678');
  });

  it('takes hands’ amounts as numbers and as texts, and sorts and compares them as numbers', async () => {
    for (const Amount of ['1234567890123456.78', 9, '10.5']) sandbox.create('Opportunity', { ...deal, Amount });
    const [seeded = ''] = sandbox.seed('Opportunity', [{ ...deal, Amount: '1000.50' }]);

    const { records } = await connection.query('SELECT Id FROM Opportunity WHERE Amount > 9.5 ORDER BY Amount DESC');

    expect(records.map(({ Id }) => sandbox.get('Opportunity', String(Id))?.Amount)).toEqual([
      '1234567890123456.78',
      1000.5,
      10.5,
    ]);
    expect(records[1]?.Id).toBe(seeded);
  });

  it.each([
    { literal: '1234567890123456.78', found: 1 },
    { literal: '1234567890123456.79', found: 0 },
  ])('is found in a query by all its digits: $literal', async ({ literal, found }) => {
    sandbox.create('Opportunity', { ...deal, Amount: '1234567890123456.78' });
    const by = async (condition: string) =>
      (await connection.query(`SELECT Id FROM Opportunity WHERE Amount ${condition}`)).totalSize;

    expect([await by(`= ${literal}`), await by(`IN (${literal}, 1)`)]).toEqual([found, found]);
    expect(await by('> 999999999999999.5')).toBe(1);
  });

  it('describes the digits of a number', async () => {
    const { fields } = await connection.describe('Opportunity');
    const of = (name: string) => fields.find((field) => field.name === name);

    expect(of('Amount')).toMatchObject({ type: 'currency', precision: 18, scale: 2, soapType: 'xsd:double' });
    expect(of('Probability')).toMatchObject({ type: 'percent', precision: 3, scale: 0 });
    expect(of('ExpectedRevenue')).toMatchObject({ createable: false, updateable: false });
  });
});

describe('other values of an opportunity', () => {
  it.each([
    { values: { CloseDate: null }, code: 'REQUIRED_FIELD_MISSING' },
    { values: { StageName: null }, code: 'REQUIRED_FIELD_MISSING' },
    { values: { Name: 'x'.repeat(121) }, code: 'STRING_TOO_LONG' },
    { values: { Probability: 1000 }, code: 'NUMBER_OUTSIDE_VALID_RANGE' },
    { values: { IsClosed: true }, code: 'INVALID_FIELD_FOR_INSERT_UPDATE' },
    { values: { ExpectedRevenue: 1 }, code: 'INVALID_FIELD_FOR_INSERT_UPDATE' },
  ])('$values: $code', async ({ values, code }) => {
    expect(codesOf(await connection.create('Opportunity', [{ ...deal, ...values }]))).toEqual([code]);
  });

  it.each(['2026-02-30', 'tomorrow', '2026-12-31T23:30:00Z', '31.12.2026'])(
    'cannot read %s as a close date, which is a day and nothing more',
    async (CloseDate) => {
      const error = await catchError(connection.create('Opportunity', [{ ...deal, CloseDate }, deal]));

      expect(error).toMatchObject({ errorCode: 'JSON_PARSER_ERROR' });
      expect(sandbox.all('Opportunity')).toEqual([]);
    },
  );

  it('limits whole numbers of an account', async () => {
    const error = await catchError(connection.create('Account', { Name: 'A', NumberOfEmployees: 1_431_655_766 }));

    expect(error).toMatchObject({ errorCode: 'NUMBER_OUTSIDE_VALID_RANGE' });
    expect(sandbox.create('Account', { Name: 'A', NumberOfEmployees: 1_431_655_765 }).NumberOfEmployees).toBe(
      1_431_655_765,
    );
  });
});
