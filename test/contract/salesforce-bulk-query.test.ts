import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RowCursor, RowPage, RowQuestion, SalesforcePort } from '../../src/ports/salesforce.ts';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { connectTo, createWarnings, spend } from './salesforce-support.ts';

/** So many rows are expected that a Bulk job is made. */
const many = 100_000;
const minuteMs = 60_000;

type Walked<Row> = { rows: Row[]; waits: number[]; cursors: (RowCursor | null)[] };

describe('a walk through a bulk job', () => {
  let sandbox: SalesforceSandbox;
  let now = Date.parse('2026-11-01T10:00:00Z');
  let warnings: ReturnType<typeof createWarnings>;
  let salesforce: SalesforcePort;

  beforeEach(async () => {
    now = Date.parse('2026-11-01T10:00:00Z');
    sandbox = await startSalesforceSandbox({ clock: () => now });
    warnings = createWarnings();
    salesforce = connect();
  });
  afterEach(() => sandbox.close());

  /** A process of its own, which knows nothing of what others did. */
  function connect(): SalesforcePort {
    return connectTo(sandbox, { clock: { now: () => now }, log: warnings }).salesforce;
  }

  function addLeads(count: number): string[] {
    const create = () => sandbox.create('Lead', { LastName: 'Example', Company: 'Example Ltd' }).Id;
    return Array.from({ length: count }, create).sort();
  }

  /** Reads page after page and lets the time pass that it is told to wait. */
  async function walk<Row>(readPage: (cursor: RowCursor | null) => Promise<RowPage<Row>>): Promise<Walked<Row>> {
    const walked: Walked<Row> = { rows: [], waits: [], cursors: [] };
    let cursor: RowCursor | null = null;
    do {
      const page: RowPage<Row> = await readPage(cursor);
      walked.rows.push(...page.rows);
      walked.cursors.push(page.next);
      if (page.waitMs > 0) walked.waits.push(page.waitMs);
      now += page.waitMs;
      // As a run stores it between its pages.
      cursor = JSON.parse(JSON.stringify(page.next));
    } while (cursor !== null);
    return walked;
  }

  const question = (cursor: RowCursor | null, more: Partial<RowQuestion> = {}): RowQuestion => ({
    filter: {},
    fields: ['LastName'],
    expected: many,
    cursor,
    ...more,
  });
  const walkLeads = (more: Partial<RowQuestion> = {}) =>
    walk((cursor) => salesforce.walkPersons('Lead', question(cursor, more), spend));

  it('waits for the job in growing gaps and then gives every row once, rising by id', async () => {
    const ids = addLeads(30);
    sandbox.setBulk({ delayMs: 40_000 });
    const { rows, waits } = await walkLeads();
    expect(rows.map(({ id }) => id)).toEqual(ids);
    expect(waits).toEqual([...waits].sort((one, other) => one - other));
    expect([waits[0], waits.length]).toEqual([1_000, 10]);
    expect(Math.max(...waits)).toBeLessThanOrEqual(30_000);
    expect(sandbox.countByPattern()).toMatchObject({ 'GET /services/data/v67.0/jobs/query/{id}/results 200': 1 });
  });

  it('reads a large result page by page, and another process may go on with it', async () => {
    const ids = addLeads(21_000);
    const { rows, cursors } = await walk((cursor) => {
      salesforce = connect();
      return salesforce.walkPersons('Lead', question(cursor), spend);
    });
    expect(rows.map(({ id }) => id)).toEqual(ids);
    expect(cursors.map((cursor) => cursor?.kind ?? null)).toEqual(['bulk', 'bulk', 'bulk', null]);
  });

  it('makes no job for few rows', async () => {
    addLeads(3);
    const { cursors } = await walkLeads({ expected: 10_000 });
    expect(cursors).toEqual([null]);
    expect(warnings.lines).toEqual([]);
  });

  it('takes the same filter as REST', async () => {
    addLeads(2);
    const marked = sandbox.create('Lead', { LastName: 'X', Company: 'X', HubSpot_Contact_Id__c: '5' }).Id;
    const { rows } = await walkLeads({ filter: { hubspotId: 'set' } });
    expect(rows.map(({ id, externalId }) => [id, externalId])).toEqual([[marked, '5']]);
  });

  it('goes by REST where Salesforce will not have the job', async () => {
    const ids = addLeads(3);
    sandbox.faults.add({
      kind: 'status',
      match: '/jobs/query',
      status: 400,
      body: [{ errorCode: 'FEATURENOTENABLED', message: 'no' }],
    });
    const { rows } = await walkLeads();
    expect(rows.map(({ id }) => id)).toEqual(ids);
    expect(warnings.texts).toHaveLength(1);
  });

  it('goes by REST where the job fails', async () => {
    const ids = addLeads(3);
    sandbox.setBulk({ nextFaults: ['fail'] });
    const { rows } = await walkLeads();
    expect(rows.map(({ id }) => id)).toEqual(ids);
    expect(warnings.lines).toEqual([{ jobId: expect.any(String), state: 'Failed' }]);
  });

  it('aborts a job that stands still for more than ten minutes, and goes by REST', async () => {
    const ids = addLeads(3);
    sandbox.setBulk({ nextFaults: ['stall'] });
    const startedAt = now;
    const { rows } = await walkLeads();
    expect(rows.map(({ id }) => id)).toEqual(ids);
    expect(now - startedAt).toBeGreaterThan(10 * minuteMs);
    expect(now - startedAt).toBeLessThan(12 * minuteMs);
    expect(sandbox.countByPattern()).toMatchObject({ 'PATCH /services/data/v67.0/jobs/query/{id} 200': 1 });
  });

  it('goes on by REST behind the last row where the result is older than the seven days that it is kept', async () => {
    const ids = addLeads(12_000);
    let pages = 0;
    const { rows, cursors } = await walk((cursor) => {
      pages += 1;
      if (pages === 3) now += 8 * 24 * 60 * minuteMs;
      return salesforce.walkPersons('Lead', question(cursor), spend);
    });
    expect(rows.map(({ id }) => id)).toEqual(ids);
    expect(cursors.map((cursor) => cursor?.kind ?? null)).toEqual(['bulk', 'bulk', 'id', null]);
  });

  it('reads a page again that came cut', async () => {
    const ids = addLeads(500);
    sandbox.setBulk({ cutResults: 2 });
    const { rows } = await walkLeads();
    expect(rows.map(({ id }) => id)).toEqual(ids);
    expect(warnings.lines).toEqual([]);
  });

  it('goes by REST where a page comes cut again and again', async () => {
    const ids = addLeads(500);
    sandbox.setBulk({ cutResults: 99 });
    const { rows } = await walkLeads();
    expect(rows.map(({ id }) => id)).toEqual(ids);
    expect(warnings.lines).toEqual([{ jobId: expect.any(String), errorCode: 'salesforce_bad_answer' }]);
  });

  it('keeps its place where an answer is lost', async () => {
    const ids = addLeads(30);
    const first = await salesforce.walkPersons('Lead', question(null), spend);
    sandbox.faults.add({ kind: 'status', match: '/jobs/query', status: 503, body: [] });
    await expect(salesforce.walkPersons('Lead', question(first.next), spend)).rejects.toMatchObject({
      kind: 'retryable',
    });
    const again = await salesforce.walkPersons('Lead', question(first.next), spend);
    expect(again.rows.map(({ id }) => id)).toEqual(ids);
  });

  describe('values come as by REST', () => {
    const values: [type: string, value: unknown][] = [
      ['string', 'plain'],
      ['string', 'a "quoted", text; with | and ` and ^\tand\nlines'],
      ['string', 'spaces   within'],
      ['string', '00123'],
      ['string', '1.50'],
      ['string', 'true'],
      ['string', '#N/A'],
      ['string', 'Zoë 漢字 😀'],
      ['string', '2026-01-31T10:00:00.000Z'],
      ['string', null],
      ['textarea', 'first\r\nsecond'],
      ['email', 'ada@example.com'],
      ['phone', '+49 30 123'],
      ['url', 'https://example.com/?a=1,2'],
      ['picklist', 'One; Two'],
      ['boolean', true],
      ['boolean', false],
      ['date', '2026-02-28'],
      ['datetime', '2026-02-28T23:59:59.000+0000'],
      ['int', 0],
      ['int', 1_431_655_765],
      ['int', null],
      ['double', -0.125],
      ['double', 12_345_678],
      ['percent', 12.5],
      ['currency', 0.1],
      ['currency', 15_000_000],
      ['currency', 1_234_567_890.12],
      ['currency', '1234567890123456.78'],
      ['currency', '9999999999999999.5'],
      ['currency', null],
    ];

    it.each(values)('%s %j', async (type, value) => {
      const length = type === 'textarea' ? 255 : 120;
      sandbox.addField('Lead', 'Value__c', { type: type as 'string', length, precision: 18, scale: 2 });
      sandbox.create('Lead', { LastName: 'X', Company: 'X', ...(value === null ? {} : { Value__c: value as string }) });
      const more = { fields: ['LastName', 'Value__c'] };
      const byRest = await walkLeads({ ...more, expected: 1 });
      const byBulk = await walkLeads(more);
      expect(byBulk.cursors[0]).toMatchObject({ kind: 'bulk' });
      expect(byRest.rows[0]?.fields.Value__c).toEqual(value);
      expect(byBulk.rows).toEqual(byRest.rows);
    });

    it('references and all that is told of records', async () => {
      const account = sandbox.create('Account', { Name: 'Example', Website: 'example.com' }).Id;
      const values = {
        Name: 'Deal',
        StageName: 'Qualification',
        CloseDate: '2026-12-31',
        AccountId: account,
        Amount: 5,
      };
      sandbox.create('Opportunity', values);
      for (const object of ['Account', 'Opportunity'] as const) {
        const fields = object === 'Account' ? ['Name', 'Website', 'OwnerId'] : ['Amount', 'CloseDate', 'OwnerId'];
        const read = (expected: number) =>
          walk((cursor) => salesforce.walkRecords(object, question(cursor, { fields, expected }), spend));
        const [byRest, byBulk] = [await read(1), await read(many)];
        expect(byBulk.cursors[0]).toMatchObject({ kind: 'bulk' });
        expect(byBulk.rows).toEqual(byRest.rows);
        expect(byRest.rows[0]?.lastModifiedBy?.name).toEqual(expect.any(String));
      }
    });
  });
});
