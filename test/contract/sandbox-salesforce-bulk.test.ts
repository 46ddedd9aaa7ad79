import type { Connection } from 'jsforce';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { catchError, connect } from './sandbox-salesforce-support.ts';

const job = z.looseObject({ id: z.string().length(18), state: z.string(), createdDate: z.string() });

describe('jobs of Bulk API 2.0 in the sandbox', () => {
  let sandbox: SalesforceSandbox;
  let connection: Connection;
  let now = 0;
  beforeEach(async () => {
    now = Date.parse('2026-11-01T10:00:00Z');
    sandbox = await startSalesforceSandbox({ clock: () => now });
    connection = await connect(sandbox);
  });
  afterEach(() => sandbox.close());

  const call = async (method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown) =>
    job.parse(
      await connection.request({
        method,
        url: path,
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      }),
    );
  const upload = (id: string, body: string) =>
    connection.request({
      method: 'PUT',
      url: `/jobs/ingest/${id}/batches`,
      body,
      headers: { 'content-type': 'text/csv' },
    });
  const insert = { object: 'Lead', operation: 'insert' };
  const twoLeads = 'LastName,Company\nOne,X\nTwo,X\n';

  it('answer the official client: an upload with a result for each row', async () => {
    const records = [
      { LastName: 'One', Company: 'X' },
      { LastName: null, Company: 'X' },
    ];
    const results = await connection.bulk2.loadAndWaitForResults({ ...insert, operation: 'insert', input: records });
    expect(results.successfulResults).toMatchObject([{ sf__Created: 'true', LastName: 'One' }]);
    expect(results.failedResults[0]?.sf__Error).toMatch(/^REQUIRED_FIELD_MISSING:.*:LastName --$/);
    expect(results.unprocessedRecords).toEqual([]);
  });

  it('answer the official client: a query', async () => {
    sandbox.create('Lead', { LastName: 'One', Company: 'X, "Y"' });
    const stream = await connection.bulk2.query('SELECT LastName, Company, Owner.Name FROM Lead ORDER BY Id');
    expect(await stream.toArray()).toMatchObject([{ LastName: 'One', Company: 'X, "Y"' }]);
  });

  it('do nothing before they are closed, and take the time they are given then', async () => {
    sandbox.setBulk({ delayMs: 10_000, rowMs: 1_000 });
    const made = await call('POST', '/jobs/ingest', insert);
    expect(made).toMatchObject({ state: 'Open', contentUrl: `services/data/v67.0/jobs/ingest/${made.id}/batches` });
    await upload(made.id, twoLeads);
    now += 3_600_000;
    expect(await call('GET', `/jobs/ingest/${made.id}`)).toMatchObject({ state: 'Open' });
    expect(await call('PATCH', `/jobs/ingest/${made.id}`, { state: 'UploadComplete' })).toMatchObject({
      state: 'UploadComplete',
    });
    now += 11_000;
    expect(await call('GET', `/jobs/ingest/${made.id}`)).toMatchObject({
      state: 'InProgress',
      numberRecordsProcessed: 0,
    });
    expect(sandbox.all('Lead')).toEqual([]);
    now += 1_000;
    expect(await call('GET', `/jobs/ingest/${made.id}`)).toMatchObject({
      state: 'JobComplete',
      numberRecordsProcessed: 2,
    });
    expect(sandbox.all('Lead')).toHaveLength(2);
  });

  it('are worked off though nobody asks for them', async () => {
    sandbox.setBulk({ delayMs: 10_000 });
    const { id } = await call('POST', '/jobs/ingest', insert);
    await upload(id, twoLeads);
    await call('PATCH', `/jobs/ingest/${id}`, { state: 'UploadComplete' });
    now += 10_000;
    await connection.query('SELECT Id FROM User');
    await connection.query('SELECT Id FROM User');
    expect(sandbox.all('Lead')).toHaveLength(2);
  });

  it('leave a field alone where a cell is empty, and clear it by #N/A', async () => {
    const lead = sandbox.create('Lead', { LastName: 'One', Company: 'X', City: 'Bonn', Title: 'Dr' }).Id;
    const { id } = await call('POST', '/jobs/ingest', { object: 'Lead', operation: 'update' });
    await upload(id, `Id,City,Title\n${lead},,#N/A\n`);
    await call('PATCH', `/jobs/ingest/${id}`, { state: 'UploadComplete' });
    await call('GET', `/jobs/ingest/${id}`);
    expect(sandbox.get('Lead', lead)).toMatchObject({ City: 'Bonn', Title: null });
  });

  it('refuse what the documentation does not allow', async () => {
    const asQuery = (query: string) => catchError(call('POST', '/jobs/query', { operation: 'query', query }));
    expect(await asQuery('SELECT COUNT() FROM Lead')).toMatchObject({ errorCode: 'API_ERROR' });
    expect(await asQuery('SELECT Id FROM Lead LIMIT 1 OFFSET 1')).toMatchObject({ errorCode: 'API_ERROR' });
    expect(await asQuery('SELECT Nothing__c FROM Lead')).toMatchObject({ errorCode: 'INVALID_FIELD' });
    const { id } = await call('POST', '/jobs/ingest', insert);
    const results = connection.request(`/jobs/ingest/${id}/successfulResults`);
    expect(await catchError(results)).toMatchObject({ errorCode: 'INVALIDJOBSTATE' });
    await upload(id, twoLeads);
    expect(await catchError(upload(id, twoLeads))).toMatchObject({ errorCode: 'INVALIDJOBSTATE' });
    expect(await catchError(call('GET', '/jobs/ingest/750000000000999AAA'))).toMatchObject({ errorCode: 'NOT_FOUND' });
  });

  it('fail as a whole where a column is none of the object', async () => {
    const { id } = await call('POST', '/jobs/ingest', insert);
    await upload(id, 'LastName,Nothing__c\nOne,1\n');
    await call('PATCH', `/jobs/ingest/${id}`, { state: 'UploadComplete' });
    const failed = await call('GET', `/jobs/ingest/${id}`);
    expect(failed).toMatchObject({ state: 'Failed', errorMessage: expect.stringContaining('Nothing__c') });
  });

  it('count against the limits of the day, as calls do', async () => {
    const limits = z.record(z.string(), z.object({ Max: z.number(), Remaining: z.number() }));
    await call('POST', '/jobs/query', { operation: 'query', query: 'SELECT Id FROM Lead' });
    const { id } = await call('POST', '/jobs/ingest', insert);
    await upload(id, twoLeads);
    const left = limits.parse(await connection.request('/limits'));
    expect(left).toMatchObject({
      DailyBulkApiBatches: { Max: 15_000, Remaining: 14_999 },
      DailyBulkV2QueryJobs: { Max: 10_000, Remaining: 9_999 },
      DailyApiRequests: { Remaining: 99_996 },
    });
  });
});
