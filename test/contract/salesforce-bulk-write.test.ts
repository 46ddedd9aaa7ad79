import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BulkWriteOptions, PersonWriteRequest, SalesforcePort } from '../../src/ports/salesforce.ts';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { connectTo, createOf, createWarnings, spend, writeOptions } from './salesforce-support.ts';

/** A little more than is written by one call of collections. */
const rows = 210;
const minuteMs = 60_000;

describe('writing persons by a bulk job', () => {
  let sandbox: SalesforceSandbox;
  let now = 0;
  let slept: number[] = [];
  let kept = 0;
  let warnings: ReturnType<typeof createWarnings>;
  let salesforce: SalesforcePort;

  beforeEach(async () => {
    now = Date.parse('2026-11-01T10:00:00Z');
    slept = [];
    kept = 0;
    sandbox = await startSalesforceSandbox({ clock: () => now, keepBodies: true });
    warnings = createWarnings();
    const sleep = async (delayMs: number) => {
      slept.push(delayMs);
      now += delayMs;
    };
    salesforce = connectTo(sandbox, { clock: { now: () => now, sleep }, log: warnings }).salesforce;
    await salesforce.identity(spend);
    sandbox.resetRequests();
  });
  afterEach(() => sandbox.close());

  const creates = (count = rows, more: Partial<PersonWriteRequest> = {}) =>
    Array.from({ length: count }, (_, index) => createOf(String(index + 1), more));

  function write(writes: readonly PersonWriteRequest[], more: Partial<BulkWriteOptions> = {}) {
    const keepAlive = async () => {
      kept += 1;
    };
    const options = { ...writeOptions, keepAlive, signal: new AbortController().signal, ...more };
    return salesforce.bulkWritePersons(writes, options, spend);
  }

  const calls = () =>
    sandbox.requests.map(({ method, path }) => `${method} ${path.replace(/.*v67.0/, '').replace(/750\w+/, 'id')}`);
  const jobBody = () => JSON.parse(sandbox.requests.find(({ path }) => path.endsWith('/jobs/ingest'))?.body ?? '{}');

  it('makes one job for all, answers every row and reads back what is held', async () => {
    const results = await write(creates());
    expect(calls()).toEqual([
      'POST /jobs/ingest',
      'PUT /jobs/ingest/id/batches',
      'PATCH /jobs/ingest/id',
      'GET /jobs/ingest/id',
      'GET /jobs/ingest/id/successfulResults',
      'POST /composite',
    ]);
    expect(jobBody()).toEqual({
      object: 'Lead',
      operation: 'upsert',
      externalIdFieldName: 'HubSpot_Contact_Id__c',
      contentType: 'CSV',
      columnDelimiter: 'COMMA',
      lineEnding: 'LF',
    });
    expect(results.size).toBe(rows);
    for (const lead of sandbox.all('Lead')) {
      expect(results.get(String(lead.HubSpot_Contact_Id__c))).toEqual({
        ok: true,
        id: lead.Id,
        created: true,
        held: { LastName: lead.LastName, Company: 'Example Ltd', City: null },
        modifiedAtMs: Date.parse(String(lead.SystemModstamp)),
      });
    }
  });

  it('creates nobody twice when it is repeated', async () => {
    await write(creates());
    const again = await write(creates());
    expect([...again.values()].every((result) => result.ok && !result.created)).toBe(true);
    expect(sandbox.all('Lead')).toHaveLength(rows);
  });

  it('makes a job for each object and operation, and writes what is few by ordinary calls', async () => {
    const updated = Array.from({ length: rows }, () => sandbox.create('Contact', { LastName: 'Before' }).Id);
    const one = sandbox.create('Lead', { LastName: 'Before', Company: 'X' }).Id;
    const update = (id: string, object: 'Lead' | 'Contact', contactId: string) =>
      createOf(contactId, { operation: 'update', object, id, fields: { LastName: 'After' } });
    const updates = updated.map((id, index) => update(id, 'Contact', `c${index}`));
    const results = await write([...creates(), ...updates, update(one, 'Lead', 'one')]);
    expect([...results.values()].every(({ ok }) => ok)).toBe(true);
    expect(sandbox.all('Contact').every(({ LastName }) => LastName === 'After')).toBe(true);
    expect(sandbox.get('Lead', one)?.LastName).toBe('After');
    expect(calls().filter((call) => call === 'POST /jobs/ingest')).toHaveLength(2);
  });

  it('carries values as REST does, and clears what is null', async () => {
    const texts = ['a "quoted", text', 'two\nlines', 'semi;colon | ` ^', ' #N/A', 'Zoë 漢字 😀', 'true', '007'];
    sandbox.addField('Lead', 'Number__c', { type: 'currency', precision: 18, scale: 2 });
    sandbox.addField('Lead', 'Flag__c', { type: 'boolean' });
    sandbox.addField('Lead', 'Day__c', { type: 'date' });
    sandbox.addField('Lead', 'At__c', { type: 'datetime' });
    const fieldsOf = (index: number) => ({
      LastName: texts[index % texts.length] ?? '',
      Company: 'Example Ltd',
      Flag__c: index % 2 === 0,
      Number__c: ['9999999999999999.5', 12.5, -1, 0, null][index % 5] ?? null,
      Day__c: index % 3 === 0 ? null : '2026-02-28',
      At__c: '2026-02-28T23:59:59.000+0000',
      ...(index % 4 === 0 ? {} : { City: null }),
    });
    const both = ['bulk', 'calls'].map((way) =>
      Array.from({ length: rows }, (_, index) => createOf(`${way}${index}`, { fields: fieldsOf(index) })),
    );
    // Somebody has filled what is to be cleared, and what is not named.
    for (const { contactId } of both.flat()) {
      const known = {
        LastName: 'Before',
        Company: 'Before',
        City: 'Before',
        Number__c: 1,
        HubSpot_Contact_Id__c: contactId,
      };
      sandbox.create('Lead', known);
    }
    const results = [...(await write(both[0] ?? [])).values()];
    expect(results.filter(({ ok }) => !ok)).toEqual([]);
    expect(warnings.lines).toEqual([]);
    for (let start = 0; start < rows; start += 200) {
      await salesforce.writePersons((both[1] ?? []).slice(start, start + 200), writeOptions, spend);
    }
    const leads = new Map(sandbox.all('Lead').map((lead) => [lead.HubSpot_Contact_Id__c, lead]));
    const pick = (key: string) => {
      const { Id, HubSpot_Contact_Id__c, SystemModstamp, LastModifiedDate, ...rest } = leads.get(key) ?? { Id: '' };
      return rest;
    };
    for (let index = 0; index < rows; index += 1) expect(pick(`bulk${index}`)).toEqual(pick(`calls${index}`));
    expect(pick('bulk0').City).toBe('Before');
    expect(pick('bulk1').City).toBeNull();
  });

  it('writes by an ordinary call what no cell can say', async () => {
    const odd = createOf('odd', { fields: { LastName: '#N/A', Company: 'Example Ltd' } });
    const results = await write([...creates(), odd]);
    expect(results.get('odd')?.ok).toBe(true);
    expect(sandbox.all('Lead').filter(({ LastName }) => LastName === '#N/A')).toHaveLength(1);
  });

  it('assigns leads by the rule that is asked for, and by none else', async () => {
    const owner = sandbox.leadQueueId;
    await write(creates());
    expect(sandbox.all('Lead').some(({ OwnerId }) => OwnerId === owner)).toBe(false);
    sandbox.resetRequests();
    await write(
      creates().map((each) => ({ ...each, contactId: `r${each.contactId}` })),
      { assignmentRule: '01Q000000000001AAA' },
    );
    expect(jobBody().assignmentRuleId).toBe('01Q000000000001AAA');
    expect(sandbox.all('Lead').filter(({ OwnerId }) => OwnerId === owner)).toHaveLength(rows);
  });

  it('tells of each refused row why, in the words of an ordinary call', async () => {
    const bad: [string, Record<string, string | null>][] = [
      ['long', { LastName: 'x'.repeat(300), Company: 'X' }],
      ['blank', { LastName: null, Company: 'X' }],
      ['email', { LastName: 'X', Company: 'X', Email: 'nobody' }],
    ];
    const named = bad.map(([contactId, fields]) => createOf(contactId, { fields }));
    const byCalls = await salesforce.writePersons(named, writeOptions, spend);
    const results = await write([...creates(), ...named]);
    for (const { contactId } of named) {
      const [one, other] = [byCalls.get(contactId), results.get(contactId)];
      if (one === undefined || one.ok || other === undefined || other.ok) throw new Error('it was written');
      const { kind, code, detail } = one.error;
      expect(other.error).toMatchObject({
        kind,
        code,
        detail: { vendorCode: detail.vendorCode, fields: detail.fields },
      });
      expect(other.error.detail.mayHaveHappened).toBeUndefined();
    }
    expect([...results.values()].filter(({ ok }) => ok)).toHaveLength(rows);
  });

  it.each([true, false])('asks ordinary calls about duplicates (allowed: %s)', async (allowDuplicates) => {
    sandbox.addDuplicateRule({ object: 'Lead', action: 'alert', match: 'email' });
    sandbox.create('Lead', { LastName: 'X', Company: 'X', Email: 'ada@example.com' });
    const twin = createOf('twin', { fields: { LastName: 'X', Company: 'X', Email: 'ada@example.com' } });
    const result = (await write([...creates(), twin], { allowDuplicates })).get('twin');
    if (allowDuplicates) expect(result?.ok).toBe(true);
    else
      expect(result).toMatchObject({
        ok: false,
        error: { code: 'salesforce_duplicate_rule' },
      });
  });

  it('asks in growing gaps, sleeps two seconds at most, and keeps the lease', async () => {
    sandbox.setBulk({ delayMs: 45_000 });
    const results = await write(creates());
    expect([...results.values()].every(({ ok }) => ok)).toBe(true);
    expect(Math.max(...slept)).toBe(2_000);
    expect(kept).toBeGreaterThanOrEqual(slept.length);
    expect(calls().filter((call) => call === 'GET /jobs/ingest/id').length).toBeLessThanOrEqual(12);
  });

  it('goes by ordinary calls where Salesforce will not have the job', async () => {
    const body = [{ errorCode: 'FEATURENOTENABLED', message: 'no' }];
    sandbox.faults.add({ kind: 'status', match: 'POST /services/data/v67.0/jobs/ingest', status: 400, body });
    const results = await write(creates());
    expect([...results.values()].filter(({ ok }) => ok)).toHaveLength(rows);
  });

  it.each([
    ['the making', 'POST /services/data/v67.0/jobs/ingest'],
    ['the upload', 'PUT '],
  ])('has written nothing where %s of the job was not answered', async (_what, match) => {
    sandbox.faults.add({ kind: 'cut-after', match });
    const results = await write(creates());
    for (const result of results.values()) {
      expect(result).toMatchObject({ ok: false, error: { kind: 'retryable', detail: { mayHaveHappened: false } } });
    }
    now += 60 * minuteMs;
    await salesforce.countRows('Lead', {}, spend);
    expect(sandbox.all('Lead')).toEqual([]);
  });

  it.each(['cut-before', 'cut-after'] as const)('finds out where the closing was not answered (%s)', async (kind) => {
    sandbox.faults.add({ kind, match: 'PATCH /services/data/v67.0/jobs/ingest' });
    const results = await write(creates());
    expect([...results.values()].filter(({ ok }) => ok)).toHaveLength(rows);
    expect(sandbox.all('Lead')).toHaveLength(rows);
  });

  it('asks again where the state or a result was not answered, or came cut', async () => {
    sandbox.faults.add({ kind: 'cut-after', match: /GET .*jobs\/ingest\/\w+$/ });
    sandbox.setBulk({ cutResults: 2 });
    const results = await write(creates());
    expect([...results.values()].filter(({ ok }) => ok)).toHaveLength(rows);
  });

  it('writes the rest by ordinary calls where the job failed in the middle', async () => {
    sandbox.setBulk({ nextFaults: ['fail-partly'] });
    const results = await write(creates());
    expect([...results.values()].filter(({ ok }) => ok)).toHaveLength(rows);
    expect(sandbox.all('Lead')).toHaveLength(rows);
    expect(warnings.lines).toEqual([{ jobId: expect.any(String), state: 'Failed' }]);
  });

  it('does not send updates again that a job left undone: they are minutes old', async () => {
    sandbox.setBulk({ nextFaults: ['fail'] });
    const ids = Array.from({ length: rows }, () => sandbox.create('Contact', { LastName: 'Before' }).Id);
    const updates = ids.map((id) =>
      createOf(id, { operation: 'update', object: 'Contact', id, fields: { LastName: 'After' } }),
    );
    const results = await write(updates);
    for (const result of results.values()) {
      expect(result).toMatchObject({ ok: false, error: { code: 'salesforce_bulk_undone', kind: 'retryable' } });
    }
    expect(sandbox.all('Contact').every(({ LastName }) => LastName === 'Before')).toBe(true);
  });

  it('gives a job up that stands still for ten minutes; what it has not told of may have happened', async () => {
    sandbox.setBulk({ nextFaults: ['stall'] });
    const startedAt = now;
    const results = [...(await write(creates())).values()];
    expect(now - startedAt).toBeGreaterThan(10 * minuteMs);
    expect(now - startedAt).toBeLessThan(12 * minuteMs);
    expect(results.filter(({ ok }) => ok)).toHaveLength(rows / 2);
    for (const result of results.filter(({ ok }) => !ok)) {
      expect(result).toMatchObject({
        error: { code: 'salesforce_bulk_unfinished', detail: { mayHaveHappened: true } },
      });
    }
    expect(calls().filter((call) => call === 'PATCH /jobs/ingest/id')).toHaveLength(2);
  });

  it('gives the job up when it is asked to stop', async () => {
    sandbox.setBulk({ delayMs: minuteMs });
    const stop = new AbortController();
    const keepAlive = async () => stop.abort();
    const results = await write(creates(), { signal: stop.signal, keepAlive });
    for (const result of results.values()) {
      expect(result).toMatchObject({ ok: false, error: { detail: { mayHaveHappened: true } } });
    }
    now += 60 * minuteMs;
    await salesforce.countRows('Lead', {}, spend);
    expect(sandbox.all('Lead')).toEqual([]);
  });

  it('stops the job where the lease is lost, and says so', async () => {
    sandbox.setBulk({ delayMs: minuteMs });
    const lost = new Error('lost');
    await expect(write(creates(), { keepAlive: () => Promise.reject(lost) })).rejects.toBe(lost);
    expect(calls().filter((call) => call === 'PATCH /jobs/ingest/id')).toHaveLength(2);
  });

  it('waits no longer where the calls of the day are used up', async () => {
    sandbox.setBulk({ delayMs: minuteMs });
    const startedAt = now;
    const results = await write(creates(), { keepAlive: async () => sandbox.setDailyUsed(100_000) });
    for (const result of results.values()) {
      expect(result).toMatchObject({ ok: false, error: { detail: { mayHaveHappened: true } } });
    }
    expect(now - startedAt).toBeLessThan(10_000);
  });

  it('knows nothing of rows whose results cannot be read', async () => {
    sandbox.setBulk({ cutResults: 99 });
    const results = await write(creates());
    for (const result of results.values()) {
      expect(result).toMatchObject({ ok: false, error: { detail: { mayHaveHappened: true } } });
    }
  });
});
