import type { Connection } from 'jsforce';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { catchError, codesOf, compositeAnswer, connect, NO_ASSIGNMENT } from './sandbox-salesforce-support.ts';

const KEY = 'HubSpot_Contact_Id__c';
const V = '/services/data/v67.0';
let sandbox: SalesforceSandbox;
let connection: Connection;

beforeEach(async () => {
  sandbox = await startSalesforceSandbox();
  connection = await connect(sandbox);
});
afterEach(() => sandbox.close());

function leads(count: number): { LastName: string; Company: string; [KEY]: string }[] {
  return Array.from({ length: count }, (_, index) => ({
    LastName: `L${index}`,
    Company: 'x',
    [KEY]: String(index + 1),
  }));
}

describe('composite (REST API guide, Composite)', () => {
  async function compose(compositeRequest: unknown[], options: Record<string, unknown> = {}) {
    const answer = await connection.requestPost('/composite', { ...options, compositeRequest });
    return compositeAnswer.parse(answer).compositeResponse;
  }

  it('runs subrequests in order as one API call and hands results on by reference', async () => {
    const soql = encodeURIComponent("SELECT Id, LastName FROM Contact WHERE AccountId = '@{account.id}'");

    const answers = await compose([
      { method: 'POST', url: `${V}/sobjects/Account`, referenceId: 'account', body: { Name: 'Alpha' } },
      {
        method: 'POST',
        url: `${V}/sobjects/Contact`,
        referenceId: 'contact',
        body: { LastName: 'Ada', AccountId: '@{account.id}' },
      },
      {
        method: 'GET',
        url: `${V}/query?q=${soql.replace('%40%7Baccount.id%7D', '@{account.id}')}`,
        referenceId: 'found',
      },
      {
        method: 'PATCH',
        url: `${V}/sobjects/Contact/@{found.records[0].Id}`,
        referenceId: 'edit',
        body: { Title: 'CEO' },
      },
    ]);

    expect(answers.map(({ referenceId, httpStatusCode }) => [referenceId, httpStatusCode])).toEqual([
      ['account', 201],
      ['contact', 201],
      ['found', 200],
      ['edit', 204],
    ]);
    expect(answers[0]?.httpHeaders.Location).toMatch(/sobjects\/Account\/001/);
    expect(sandbox.all('Contact')).toMatchObject([{ LastName: 'Ada', Title: 'CEO' }]);
    expect(sandbox.countedCalls()).toBe(1);
  });

  it('reads, writes and reads again the same ids in one call, so that the second read sees the write', async () => {
    const ids = sandbox.seed('Lead', leads(3));
    const read = { method: 'POST', url: `${V}/composite/sobjects/Lead`, body: { ids, fields: ['Title'] } };
    const records = ids.map((id) => ({ attributes: { type: 'Lead' }, id, Title: 'CEO' }));

    const [before, written, after] = await compose(
      [
        { ...read, referenceId: 'before' },
        {
          method: 'PATCH',
          url: `${V}/composite/sobjects`,
          referenceId: 'write',
          body: { records },
          httpHeaders: NO_ASSIGNMENT,
        },
        { ...read, referenceId: 'after' },
      ],
      { collateSubrequests: false },
    );

    expect(before?.body).toMatchObject([{ Title: null }, { Title: null }, { Title: null }]);
    expect(codesOf(written?.body)).toEqual([undefined, undefined, undefined]);
    expect(after?.body).toMatchObject([{ Title: 'CEO' }, { Title: 'CEO' }, { Title: 'CEO' }]);
  });

  it('goes on after a failure without allOrNone, and halts only what refers to it', async () => {
    const answers = await compose([
      { method: 'POST', url: `${V}/sobjects/Account`, referenceId: 'bad', body: {} },
      {
        method: 'POST',
        url: `${V}/sobjects/Contact`,
        referenceId: 'child',
        body: { LastName: 'A', AccountId: '@{bad.id}' },
      },
      { method: 'POST', url: `${V}/sobjects/Contact`, referenceId: 'other', body: { LastName: 'B' } },
    ]);

    expect(answers.map(({ httpStatusCode }) => httpStatusCode)).toEqual([400, 400, 201]);
    expect(answers[1]?.body).toMatchObject([{ errorCode: 'PROCESSING_HALTED' }]);
  });

  it('takes everything back with allOrNone, also for one failed row in a collection', async () => {
    const records = [{ attributes: { type: 'Contact' }, LastName: 'B' }, { attributes: { type: 'Contact' } }];

    const answers = await compose(
      [
        { method: 'POST', url: `${V}/sobjects/Account`, referenceId: 'good', body: { Name: 'x' } },
        { method: 'POST', url: `${V}/composite/sobjects`, referenceId: 'rows', body: { records } },
      ],
      { allOrNone: true },
    );

    expect(answers[0]).toMatchObject({ httpStatusCode: 400, body: [{ errorCode: 'PROCESSING_HALTED' }] });
    expect(codesOf(answers[1]?.body)).toEqual(['ALL_OR_NONE_OPERATION_ROLLED_BACK', 'REQUIRED_FIELD_MISSING']);
    expect([sandbox.all('Account'), sandbox.all('Contact')]).toEqual([[], []]);
  });

  it.each([
    { what: 'over 25 subrequests', url: `${V}/sobjects/Account`, count: 26 },
    { what: 'over 5 queries', url: `${V}/query?q=x`, count: 6 },
    { what: 'over 5 collections', url: `${V}/composite/sobjects`, count: 6 },
  ])('refuses $what as a whole', async ({ url, count }) => {
    const requests = Array.from({ length: count }, (_, index) => ({
      method: 'POST',
      url,
      referenceId: `r${index}`,
      body: {},
    }));

    expect(await catchError(compose(requests))).toMatchObject({ errorCode: 'LIMIT_EXCEEDED' });
  });

  it('takes headers per subrequest and none from the outside: auto-assign stays TRUE inside unless said there', async () => {
    const body = { LastName: 'A', Company: 'x' };
    const requests = [
      { method: 'POST', url: `${V}/sobjects/Lead`, referenceId: 'assigned', body },
      { method: 'POST', url: `${V}/sobjects/Lead`, referenceId: 'kept', body, httpHeaders: NO_ASSIGNMENT },
    ];

    await connection.requestPost('/composite', { compositeRequest: requests }, { headers: NO_ASSIGNMENT });

    expect(sandbox.all('Lead').map(({ OwnerId }) => OwnerId)).toEqual([sandbox.leadQueueId, sandbox.runAsUserId]);
    expect(await catchError(compose([{ ...requests[0], httpHeaders: { Authorization: 'x' } }]))).toMatchObject({
      errorCode: 'INVALID_INPUT',
    });
  });
});
