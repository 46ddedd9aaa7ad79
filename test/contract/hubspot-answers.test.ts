import nock from 'nock';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { SyncError } from '../../src/errors.ts';
import type { HubSpotWrite } from '../../src/ports/hubspot.ts';
import { openHubSpot, spend } from '../support/hubspot-adapter.ts';

const baseUrl = 'https://api.hubapi.test';
const accessToken = 'pat-na1-5ecret-0f-the-p0rtal';
const at = '2026-11-22T04:00:00.000Z';
const json = { 'content-type': 'application/json;charset=utf-8' };

beforeAll(() => nock.disableNetConnect());
afterEach(() => nock.cleanAll());
afterAll(() => {
  nock.enableNetConnect();
  nock.restore();
});

const inputsSchema = z.object({
  inputs: z.array(
    z.object({ id: z.string(), properties: z.record(z.string(), z.string()), objectWriteTraceId: z.string() }),
  ),
});
type Input = z.infer<typeof inputsSchema>['inputs'][number];
type Reply = [status: number, body: unknown, headers?: Record<string, string>];

function record(id: string, properties: Record<string, unknown> = {}): object {
  return { id, properties, createdAt: at, updatedAt: at, archived: false };
}

function open(timeoutMs?: number) {
  return openHubSpot({ baseUrl, accessToken, nowMs: 1_000_000, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
}

/** Answers every batch update by `answer`; gives the list of ids of each call. */
function answerUpdates(answer: (inputs: Input[]) => Reply): string[][] {
  const calls: string[][] = [];
  nock(baseUrl)
    .persist()
    .post('/crm/v3/objects/contacts/batch/update')
    .reply(async (request: Request): Promise<[number, nock.Body, Record<string, string>]> => {
      const { inputs } = inputsSchema.parse(await request.json());
      calls.push(inputs.map(({ id }) => id));
      const [status, content, headers] = answer(inputs);
      return [status, content as nock.Body, { ...json, ...headers }];
    });
  return calls;
}

function writes(count: number): HubSpotWrite[] {
  return Array.from({ length: count }, (_, index) => ({ id: String(1000 + index), properties: { jobtitle: 'CTO' } }));
}

const done = (inputs: Input[]): Reply => [
  200,
  {
    status: 'COMPLETE',
    results: inputs.map(({ id, properties }) => record(id, properties)),
    startedAt: at,
    completedAt: at,
  },
];

function errorOf(result: { ok: boolean; error?: SyncError } | undefined): SyncError | undefined {
  return result?.ok === false ? result.error : undefined;
}

describe('HubSpot answers of an update: a result for every record', () => {
  it('gives every input its own trace id', async () => {
    const traces: string[] = [];
    answerUpdates((inputs) => {
      traces.push(...inputs.map(({ objectWriteTraceId }) => objectWriteTraceId));
      return done(inputs);
    });

    await open().hubspot.update('contacts', writes(100), spend);

    expect(new Set(traces).size).toBe(100);
  });

  it('a record that is in neither results nor errors is looked at again', async () => {
    answerUpdates((inputs) => done(inputs.slice(1)));

    const results = await open().hubspot.update('contacts', writes(3), spend);

    expect(errorOf(results.get('1000'))).toMatchObject({ kind: 'retryable', code: 'record_missing_in_answer' });
    expect(results.get('1001')?.ok).toBe(true);
  });

  it('a record that does not parse fails alone', async () => {
    answerUpdates((inputs) => [
      200,
      { results: [{ id: '1000', properties: {} }, record('1001'), null, record('')], inputs },
    ]);

    const results = await open().hubspot.update('contacts', writes(2), spend);

    expect(results.get('1000')?.ok).toBe(false);
    expect(results.get('1001')?.ok).toBe(true);
  });

  it('an error of a 207 that names no record is given to the right one by sending them apart', async () => {
    const calls = answerUpdates((inputs) => {
      const good = inputs.filter(({ id }) => id !== '1002');
      const errors = [
        { status: 'error', category: 'VALIDATION_ERROR', message: 'x', context: {}, links: {}, errors: [] },
      ];
      if (good.length === inputs.length) return done(inputs);
      const results = inputs.length > 2 ? [] : good.map(({ id }) => record(id));
      return [207, { status: 'COMPLETE', results, numErrors: 1, errors, startedAt: at, completedAt: at }];
    });

    const results = await open().hubspot.update('contacts', writes(5), spend);

    expect(errorOf(results.get('1002'))?.code).toBe('hubspot_invalid_value');
    expect([...results.values()].filter(({ ok }) => ok)).toHaveLength(4);
    expect(calls.length).toBeLessThanOrEqual(7);
  });

  it('two guilty records of a hundred are found, the others are written', async () => {
    const guilty = new Set(['1017', '1080']);
    const calls = answerUpdates((inputs) => {
      if (inputs.some(({ id }) => guilty.has(id))) return [409, { category: 'CONFLICT', message: 'Existing ID: 77' }];
      return done(inputs);
    });

    const results = await open().hubspot.update('contacts', writes(100), spend);

    expect([...results].filter(([, { ok }]) => !ok).map(([id]) => id)).toEqual([...guilty]);
    expect(errorOf(results.get('1017'))?.detail.recordIds).toEqual(['77']);
    expect(calls.length).toBeLessThanOrEqual(1 + 2 * 2 * 7);
  });

  it('a hundred guilty records do not cost a call each: the rest is tried again later', async () => {
    const calls = answerUpdates(() => [409, { category: 'CONFLICT' }]);

    const results = await open().hubspot.update('contacts', writes(100), spend);

    const codes = [...results.values()].map((result) => errorOf(result)?.code);
    expect(calls.length).toBeLessThanOrEqual(64);
    expect(codes).toHaveLength(100);
    expect(codes.filter((code) => code === 'hubspot_duplicate_value').length).toBeGreaterThan(0);
    expect(codes.every((code) => code === 'hubspot_duplicate_value' || code === 'hubspot_batch_refused')).toBe(true);
  });

  it('slow refusals end the search after half a minute, as the lease must outlive it', async () => {
    let nowMs = 0;
    const calls = answerUpdates(() => {
      nowMs += 20_000;
      return [409, { category: 'CONFLICT' }];
    });
    const { hubspot } = openHubSpot({ baseUrl, accessToken, now: () => nowMs });

    const results = await hubspot.update('contacts', writes(100), spend);

    expect(calls).toHaveLength(2);
    expect([...results.values()].map((result) => errorOf(result)?.code)).toEqual(
      Array(100).fill('hubspot_batch_refused'),
    );
  });

  it('a property that does not exist fails the records that send it, without halving', async () => {
    const calls = answerUpdates((inputs) => {
      if (inputs.every(({ properties }) => properties.shoe_size === undefined)) return done(inputs);
      const message = 'Property values were not valid: [{"error":"PROPERTY_DOESNT_EXIST","name":"shoe_size"}]';
      return [400, { category: 'VALIDATION_ERROR', message }];
    });
    const list = writes(100).map((write, index) => (index % 2 ? write : { ...write, properties: { shoe_size: '38' } }));

    const results = await open().hubspot.update('contacts', list, spend);

    expect(errorOf(results.get('1000'))).toMatchObject({
      code: 'hubspot_unknown_property',
      detail: { fields: ['shoe_size'] },
    });
    expect(results.get('1001')?.ok).toBe(true);
    expect(calls).toHaveLength(2);
  });

  it.each([
    { status: 500, body: { status: 'error' } },
    { status: 401, body: { category: 'EXPIRED_AUTHENTICATION' } },
    { status: 423, body: { status: 'error' } },
    { status: 429, body: { policyName: 'TEN_SECONDLY_ROLLING' } },
  ])('$status is nobody’s own fault: one call, the same error for all', async ({ status, body }) => {
    const calls = answerUpdates(() => [status, body]);

    const results = await open().hubspot.update('contacts', writes(4), spend);

    expect(calls).toHaveLength(1);
    expect([...results.values()].every(({ ok }) => !ok)).toBe(true);
  });
});

describe('HubSpot answers that are odd: none of them loses its meaning', () => {
  it.each<{ name: string; reply: Reply; code: string; kind: string }>([
    {
      name: '502 with a page',
      reply: [502, '<html>bad gateway</html>', { 'content-type': 'text/html' }],
      code: 'hubspot_unavailable',
      kind: 'retryable',
    },
    {
      name: '502 with an empty body',
      reply: [502, '', { 'content-type': '' }],
      code: 'hubspot_unavailable',
      kind: 'retryable',
    },
    { name: '503 with broken JSON', reply: [503, '{"status":"er'], code: 'hubspot_unavailable', kind: 'retryable' },
    {
      name: '524 with an octet stream',
      reply: [524, 'x', { 'content-type': 'application/octet-stream' }],
      code: 'hubspot_unavailable',
      kind: 'retryable',
    },
    {
      name: '429 with a page',
      reply: [429, '<html>', { 'content-type': 'text/html' }],
      code: 'hubspot_rate_limit',
      kind: 'wait',
    },
    {
      name: '200 with broken JSON',
      reply: [200, '{"results":['],
      code: 'hubspot_unreadable_answer',
      kind: 'retryable',
    },
    {
      name: '200 with a page',
      reply: [200, '<html>login</html>', { 'content-type': 'text/html' }],
      code: 'hubspot_unreadable_answer',
      kind: 'retryable',
    },
    { name: '200 with null', reply: [200, 'null'], code: 'hubspot_unreadable_answer', kind: 'retryable' },
    {
      name: '200 with results that are no list',
      reply: [200, { results: { a: 1 } }],
      code: 'hubspot_unreadable_answer',
      kind: 'retryable',
    },
    {
      name: '404 page of a wrong base URL',
      reply: [404, '<html>', { 'content-type': 'text/html' }],
      code: 'hubspot_request_refused',
      kind: 'retryable',
    },
    {
      name: 'a redirect',
      reply: [302, '', { location: 'https://elsewhere.test/' }],
      code: 'hubspot_unreachable',
      kind: 'retryable',
    },
  ])('$name: $code', async ({ reply: [status, body, headers], code, kind }) => {
    nock(baseUrl)
      .persist()
      .post(/batch/)
      .reply(status, body as nock.Body, { ...json, ...headers });
    const { hubspot } = open();

    const read = (await hubspot.read('contacts', ['1'], ['email'], spend)).get('1');
    const written = errorOf((await hubspot.update('contacts', writes(1), spend)).get('1000'));

    expect(read?.kind === 'error' && read.error).toMatchObject({ code, kind });
    expect(written).toMatchObject({ code, kind });
  });

  it('477 waits as long as HubSpot says, and everything with it', async () => {
    nock(baseUrl)
      .post(/batch/)
      .reply(477, { status: 'error' }, { ...json, 'retry-after': '90' });
    const { hubspot, recorded } = open();

    await hubspot.read('contacts', ['1'], ['email'], spend);

    expect(recorded.pauses).toEqual([{ untilMs: 1_000_000 + 90_000, code: 'hubspot_account_moving' }]);
  });

  it('a connection that breaks before an answer', async () => {
    nock(baseUrl)
      .post(/batch/)
      .replyWithError(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));

    const read = (await open().hubspot.read('contacts', ['1'], ['email'], spend)).get('1');

    expect(read?.kind === 'error' && read.error).toMatchObject({ kind: 'retryable', code: 'hubspot_unreachable' });
  });
});

describe('HubSpot answers of a read', () => {
  function answerRead(status: number, results: object[], errors: object[] = []): void {
    nock(baseUrl)
      .post('/crm/v3/objects/contacts/batch/read')
      .reply(
        status,
        { status: 'COMPLETE', results, errors, numErrors: errors.length, startedAt: at, completedAt: at },
        json,
      );
  }

  it('the ids of one error group are asked for one by one', async () => {
    const missing = {
      status: 'error',
      category: 'OBJECT_NOT_FOUND',
      message: 'x',
      context: { ids: ['2', '3', '4'] },
      links: {},
      errors: [],
    };
    answerRead(207, [record('1')], [missing]);
    nock(baseUrl)
      .get('/crm/v3/objects/contacts/2')
      .query(true)
      .reply(404, { status: 'error', message: 'resource not found' }, json);
    nock(baseUrl)
      .get('/crm/v3/objects/contacts/3')
      .query(true)
      .reply(200, record('9', { hs_merged_object_ids: '3;8' }), json);
    nock(baseUrl).get('/crm/v3/objects/contacts/4').query(true).reply(500, {}, json);
    const { hubspot } = open();

    const reads = await hubspot.read('contacts', ['1', '2', '3', '4'], ['email'], spend);

    expect(reads.get('1')?.kind).toBe('found');
    expect(reads.get('2')).toEqual({ kind: 'missing' });
    expect(reads.get('3')).toMatchObject({
      kind: 'merged',
      record: { id: '9', mergedIds: ['3', '8'] },
      readAtMs: 1_000_000,
    });
    expect(reads.get('4')).toMatchObject({ kind: 'error', error: { code: 'hubspot_unavailable' } });
  });

  it('a survivor in the batch answer saves the single read', async () => {
    answerRead(200, [record('9', { hs_merged_object_ids: '3;8' })]);
    const { hubspot, recorded } = open();

    const reads = await hubspot.read('contacts', ['3'], ['email'], spend);

    expect(reads.get('3')).toMatchObject({ kind: 'merged', record: { id: '9' } });
    expect(recorded.taken).toHaveLength(1);
  });

  it('a very long list of properties never goes into a URL', async () => {
    answerRead(200, []);
    answerRead(200, [record('9', { hs_merged_object_ids: '3', p7: 'seven' })]);
    const asked: string[] = [];
    nock(baseUrl)
      .get('/crm/v3/objects/contacts/3')
      .query(({ properties }) => asked.push(String(properties)) > 0)
      .reply(200, record('9'), json);
    const properties = Array.from({ length: 300 }, (_, index) => `p${index}`.padEnd(30, 'x'));

    const reads = await open().hubspot.read('contacts', ['3'], properties, spend);

    expect(reads.get('3')).toMatchObject({ kind: 'merged', record: { id: '9', properties: { p7: 'seven' } } });
    expect(asked.at(-1)).toBe('hs_merged_object_ids');
  });

  it('a 404 for a whole batch does not make its records missing unasked', async () => {
    nock(baseUrl)
      .post(/batch.read/)
      .reply(404, { status: 'error', message: 'resource not found' }, json);
    nock(baseUrl).get('/crm/v3/objects/contacts/1').query(true).reply(200, record('1'), json);

    expect((await open().hubspot.read('contacts', ['1'], ['email'], spend)).get('1')?.kind).toBe('found');
  });

  it('a proxy’s 404 page for a single read is an error, not a deleted record', async () => {
    answerRead(200, []);
    nock(baseUrl).get('/crm/v3/objects/contacts/1').query(true).reply(404, '<html>', { 'content-type': 'text/html' });

    expect((await open().hubspot.read('contacts', ['1'], ['email'], spend)).get('1')?.kind).toBe('error');
  });

  it('NUL characters are cleaned, and numbers become text', async () => {
    answerRead(200, [record('1', { jobtitle: 'C\u0000TO', num: 7, empty: null })]);

    const read = (await open().hubspot.read('contacts', ['1'], ['jobtitle'], spend)).get('1');

    expect(read).toMatchObject({ record: { properties: { jobtitle: 'CTO', num: '7', empty: null } } });
  });

  it('a budget that is spent is an error for every id, and nothing is sent', async () => {
    const spent = new SyncError('wait', 'daily_budget_spent', 'spent');
    const { hubspot } = openHubSpot({ baseUrl, take: () => Promise.reject(spent) });

    const reads = await hubspot.read('contacts', ['1', '2'], ['email'], spend);
    const results = await hubspot.update('contacts', writes(2), spend);

    expect([...reads.values()]).toEqual([
      { kind: 'error', error: spent },
      { kind: 'error', error: spent },
    ]);
    expect([...results.values()]).toEqual([
      { ok: false, error: spent },
      { ok: false, error: spent },
    ]);
  });
});

describe('HubSpot answers of lists', () => {
  const window = { fromMs: 5, untilMs: 9, afterId: '100' };

  it.each(['contacts', 'companies', 'deals'] as const)(
    'a search of %s walks by id, small and without an offset',
    async (type) => {
      let sent: Record<string, unknown> = {};
      nock(baseUrl)
        .post(`/crm/v3/objects/${type}/search`, (body) => {
          sent = body;
          return true;
        })
        .reply(200, { total: 1, results: [record('151234567890')] }, json);
      const name = type === 'contacts' ? 'lastmodifieddate' : 'hs_lastmodifieddate';

      const page = await open().hubspot.searchModified(type, window, spend);

      expect(page).toEqual({ records: [{ id: '151234567890', modifiedAtMs: Date.parse(at) }], nextAfterId: null });
      expect(sent).toEqual({
        limit: 200,
        sorts: ['hs_object_id'],
        properties: [name],
        filterGroups: [
          {
            filters: [
              { propertyName: name, operator: 'BETWEEN', value: '5', highValue: '9' },
              { propertyName: 'hs_object_id', operator: 'GT', value: '100' },
            ],
          },
        ],
      });
      expect(JSON.stringify(sent).length).toBeLessThan(3000);
    },
  );

  it.each([[['102', '101']], [['100']], [['101', '101']], [['x']]])(
    'a search that does not rise (%j) would lose records and is refused',
    async (ids) => {
      nock(baseUrl)
        .post(/search/)
        .reply(200, { total: 2, results: ids.map((id) => record(id)) }, json);

      await expect(open().hubspot.searchModified('contacts', window, spend)).rejects.toMatchObject({
        code: 'hubspot_unreadable_answer',
      });
    },
  );

  it('owners whose cursor comes back do not go on for ever', async () => {
    const owner = { id: '1', email: 'a@example.com', archived: false, createdAt: at, updatedAt: at, type: 'PERSON' };
    nock(baseUrl)
      .persist()
      .get(/owners/)
      .query(true)
      .reply(200, { results: [owner], paging: { next: { after: '1' } } }, json);

    await expect(open().hubspot.owners(spend)).rejects.toMatchObject({ code: 'hubspot_unreadable_answer' });
  });
});

describe('secrets and personal data stay inside', () => {
  it('neither token, email nor value appears in an error, a log line or on the console', async () => {
    const email = 'ada.lovelace@example.com';
    const printed = (['log', 'info', 'warn', 'error', 'debug'] as const).map((level) => vi.spyOn(console, level));
    const replies: Reply[] = [
      [400, { category: 'VALIDATION_ERROR', message: `${email} is bad` }],
      [401, { category: 'INVALID_AUTHENTICATION', message: `token ${accessToken}` }],
      [429, { policyName: 'TEN_SECONDLY_ROLLING', message: email }],
      [500, { message: email }],
      [502, `<html>${email}</html>`],
      [200, `{"broken": "${email}`],
    ];
    const seen: string[] = [];
    for (const [status, body] of replies) {
      nock.cleanAll();
      nock(baseUrl)
        .persist()
        .intercept(/./, 'GET')
        .reply(status, body as nock.Body, json);
      nock(baseUrl)
        .persist()
        .intercept(/./, 'POST')
        .reply(status, body as nock.Body, json);
      const { hubspot, recorded } = open();
      const thrown = await hubspot.contactIdByEmail(email, spend).catch((error: unknown) => error);
      const results = await hubspot.update('contacts', [{ id: '1', properties: { email } }], spend);
      const account = await hubspot.account(spend).catch((error: unknown) => error);
      for (const error of [thrown, account, errorOf(results.get('1'))]) {
        expect(error).toBeInstanceOf(SyncError);
        if (error instanceof SyncError)
          seen.push(error.message, String(error.stack), JSON.stringify(error), String(error.cause));
      }
      seen.push(...recorded.log, JSON.stringify(recorded.pauses));
    }

    const text = seen.join('\n');
    expect(text).toContain('called HubSpot');
    for (const secret of [accessToken, 'Bearer', email, encodeURIComponent(email)]) expect(text).not.toContain(secret);
    for (const spy of printed) expect(spy).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });
});
