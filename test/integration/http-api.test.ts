import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type HttpService, startHttpService, tokens, unusedPort } from '../support/http-service.ts';

let http: HttpService;
beforeAll(async () => {
  http = await startHttpService();
  await http.service.ready;
});
afterAll(async () => await http.close());

const call = async (path: string, token?: string, init: RequestInit = {}) =>
  await fetch(`${http.url}${path}`, {
    ...init,
    headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...init.headers },
  });

describe('the API: who may use it', () => {
  it.each(['/api/v1/status', '/api/v1/failures', '/api/v1/contacts/1/explain', '/api/v1/anything', '/metrics'])(
    '%s answers 401 without a token',
    async (path) => {
      const answers = [await call(path), await call(path, 'guessed'), await call(path, '')];

      expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
      expect(await answers[0]?.json()).toMatchObject({ status: 401, code: 'unauthorized' });
    },
  );

  it.each([
    '/api/v1/failures/retry',
    ...['contacts', 'companies', 'deals'].flatMap((kind) => [`/api/v1/${kind}/1/resync`, `/api/v1/${kind}/1/thaw`]),
  ])('a viewer may look but not %s', async (path) => {
    expect((await call(path, tokens.viewer, { method: 'POST' })).status).toBe(403);
  });

  it('never prints a token into the log', () => {
    expect(http.lines.join('')).not.toContain(tokens.viewer);
  });
});

describe('the API: what it tells and does', () => {
  it('status tells modes and amounts', async () => {
    const answer = await call('/api/v1/status', tokens.viewer);

    expect(await answer.json()).toMatchObject({
      mode: 'observe',
      paused: false,
      failures: 0,
      pending: { leased: 0 },
      pairsByObject: { contact: 0, company: 0, deal: 0 },
    });
  });

  it.each([
    ['contacts', 'contact', '4711'],
    ['companies', 'company', '4712'],
    ['deals', 'deal', '4713'],
  ])('resync under %s marks the %s once more', async (kind, object, id) => {
    const answer = await call(`/api/v1/${kind}/${id}/resync`, tokens.operator, { method: 'POST' });
    const { rows } = await http.pool.query('select object, source from pending where record_id = $1', [id]);

    expect([answer.status, rows]).toEqual([202, [{ object, source: 'resync' }]]);
  });

  it('a deal is told with its standing, and 404 says that there is none', async () => {
    const id = http.hubspot.createDeal({ dealname: 'Told', pipeline: 'default', dealstage: 'closedwon' });

    const answers = await Promise.all(
      [id, `${id}/explain`, '999999'].map((path) => call(`/api/v1/deals/${path}`, tokens.viewer)),
    );

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 404]);
    expect(await answers[0]?.json()).toMatchObject({ kind: 'deal', recordId: id, standing: 'unknown_to_the_ledger' });
    expect(await answers[1]?.json()).toMatchObject({ recordId: id, outcome: expect.any(String), mode: 'observe' });
    expect(await answers[2]?.json()).toMatchObject({ code: 'record_not_found' });
  });

  it('explain says what the gate lacks for a contact below it', async () => {
    const id = http.createContact({ email: 'below@example.com', lifecyclestage: 'lead' });

    const answer = await call(`/api/v1/contacts/${id}/explain`, tokens.viewer);

    expect(await answer.json()).toMatchObject({
      contactId: id,
      outcome: 'below_gate',
      gate: { passes: false },
      person: null,
    });
  });

  it('a contact is told with both sides of each field and who changed it last', async () => {
    const id = http.createContact({ email: 'both@example.com', lifecyclestage: 'lead', jobtitle: 'Buyer' });

    const answer = await call(`/api/v1/contacts/${id}`, tokens.viewer);

    expect(await answer.json()).toMatchObject({
      contactId: id,
      standing: 'unknown_to_the_ledger',
      person: null,
      fields: expect.arrayContaining([
        {
          rule: 'newest',
          frozen: false,
          held: null,
          hubspot: {
            name: 'jobtitle',
            value: 'Buyer',
            changedAt: expect.any(String),
            changedBy: expect.any(String),
            changeOf: 'field',
          },
          salesforce: { name: 'Title', value: null, changedAt: null, changedBy: null, changeOf: null },
        },
      ]),
    });
  });

  it('lists that are empty are lists', async () => {
    const answers = [
      await call('/api/v1/contacts/4712/timeline', tokens.viewer),
      await call('/api/v1/stages/disagreements', tokens.viewer),
      await call('/api/v1/erasures', tokens.admin),
    ];

    for (const answer of answers) expect(await answer.json()).toEqual({ items: [], nextCursor: null });
  });

  it('erasures are for an admin alone', async () => {
    expect((await call('/api/v1/erasures', tokens.operator)).status).toBe(403);
  });

  it('thaw says how many fields it was about', async () => {
    const answer = await call('/api/v1/contacts/4712/thaw', tokens.operator, { method: 'POST' });

    expect([answer.status, await answer.json()]).toEqual([202, { thawed: 0 }]);
  });

  it('explain answers 404 for a contact that HubSpot does not know', async () => {
    const answer = await call('/api/v1/contacts/999999/explain', tokens.viewer);

    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      404,
      expect.stringContaining('application/problem+json'),
    ]);
  });

  it('failures are a list, and a retry says how many it marked', async () => {
    const list = await call('/api/v1/failures', tokens.viewer);
    const retry = await call('/api/v1/failures/retry', tokens.operator, { method: 'POST' });

    expect(await list.json()).toEqual({ items: [], nextCursor: null });
    expect([retry.status, await retry.json()]).toEqual([202, { marked: 0 }]);
  });

  it('failures by cause are a list too, and one record of them is looked at again', async () => {
    await http.pool.query(
      `insert into failures (connection_id, system, object, record_id, kind, code, message, advice)
       select 1, 'hubspot', 'contact', n::text, 'needs-human', 'value_unmapped', 'No.', 'Mend it.' from generate_series(901, 903) n`,
    );
    const retry = async (body: object) => {
      const headers = { 'content-type': 'application/json' };
      const init = { method: 'POST', headers, body: JSON.stringify(body) };
      return await (await call('/api/v1/failures/retry', tokens.operator, init)).json();
    };

    const groups = await (await call('/api/v1/failures/groups', tokens.viewer)).json();
    const one = await retry({ system: 'hubspot', object: 'contact', recordId: '902' });
    const none = await retry({ system: 'hubspot', object: 'deal', recordId: '902' });
    const all = await retry({ code: 'value_unmapped' });

    expect(groups).toMatchObject({ items: [{ code: 'value_unmapped', count: 3, newInDay: 3 }], nextCursor: null });
    expect([one, none, all]).toEqual([{ marked: 1 }, { marked: 0 }, { marked: 3 }]);
    await http.pool.query("delete from failures where code = 'value_unmapped'");
    await http.pool.query("delete from pending where record_id in ('901', '902', '903')");
  });

  it.each([
    ['/api/v1/contacts/abc/explain', 'GET'],
    ['/api/v1/contacts/abc', 'GET'],
    ['/api/v1/contacts/1/timeline?cursor=nonsense', 'GET'],
    ['/api/v1/contacts/1/timeline?limit=0', 'GET'],
    ['/api/v1/stages/disagreements?limit=many', 'GET'],
    ['/api/v1/stages/disagreements?cursor=nonsense', 'GET'],
    ['/api/v1/failures?limit=0', 'GET'],
    ['/api/v1/failures?limit=many', 'GET'],
    ['/api/v1/failures?cursor=nonsense', 'GET'],
  ])('%s is answered 400', async (path, method) => {
    expect((await call(path, tokens.operator, { method })).status).toBe(400);
  });

  it('a body that is not JSON is answered 400, not 500', async () => {
    const init = { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } };

    expect((await call('/api/v1/failures/retry', tokens.operator, init)).status).toBe(400);
  });

  it.each([
    ['/api/v1/contacts/4713/thaw', '{"field":"nope"}'],
    ['/api/v1/failures/retry', '{"code":"bogus"}'],
  ])('%s with a body that does not say it is JSON is answered 415, and is not taken for all', async (path, body) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await call(path, tokens.operator, { method: 'POST', body, headers });

    expect(await answer.json()).toMatchObject({ status: 415, code: 'not_json' });
  });

  it.each([
    ['/api/v1/contacts/4713/thaw', '{"feild":"Email"}'],
    ['/api/v1/failures/retry', '{"kode":"bogus"}'],
    ['/api/v1/failures/retry', '{"recordId":"4713"}'],
    ['/api/v1/failures/retry', '{"system":"hubspot","object":"contact","recordId":"1","code":"x"}'],
  ])('%s with a key that it does not know is answered 400, and is not taken for all', async (path, body) => {
    const headers = { 'content-type': 'application/json' };

    expect((await call(path, tokens.operator, { method: 'POST', body, headers })).status).toBe(400);
  });

  it('an unknown address is answered 404 as a problem', async () => {
    expect(await (await call('/api/v1/nothing', tokens.viewer)).json()).toMatchObject({
      status: 404,
      code: 'not_found',
    });
    expect((await call('/nothing')).status).toBe(404);
  });

  it('metrics print what Prometheus reads', async () => {
    const text = await (await call('/metrics', tokens.viewer)).text();

    expect(text).toContain('handoff_pending_records{state="due"}');
    expect(text).toContain('process_cpu_seconds_total');
  });
});

describe('health', () => {
  it('says that the process lives and the ledger can be written', async () => {
    const [lives, ready] = [await call('/healthz'), await call('/readyz')];

    expect([lives.status, ready.status]).toEqual([200, 200]);
    expect(await ready.json()).toMatchObject({
      status: 'ready',
      checks: { ledger: { ok: true }, queue: { ok: true }, hubspot: { ok: true }, salesforce: { ok: true } },
    });
  });
});

describe('a service whose database is away at the start', () => {
  it('lives, is not ready, answers webhooks with 503, and stops when asked', async () => {
    const waiting = await startHttpService({ databaseUrl: `postgresql://nobody@127.0.0.1:${await unusedPort()}/none` });
    const [lives, ready, webhook] = [
      await fetch(`${waiting.url}/healthz`),
      await fetch(`${waiting.url}/readyz`),
      await waiting.send(
        JSON.stringify([
          { subscriptionType: 'contact.creation', portalId: waiting.portalId, objectId: 1, occurredAt: 1 },
        ]),
      ),
    ];
    const failed = waiting.service.ready.catch((thrown: unknown) => thrown);
    await vi.waitFor(() => expect(waiting.lines.join('')).toContain('the database does not answer'), 20_000);
    await waiting.close();

    expect([lives.status, ready.status, webhook.status]).toEqual([200, 503, 503]);
    expect(await failed).toBeInstanceOf(Error);
  });
});
