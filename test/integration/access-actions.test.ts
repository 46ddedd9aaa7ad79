import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type HttpService, startHttpService, tokens } from '../support/http-service.ts';
import { openPage, type PageClient, problemOf } from '../support/page-client.ts';

let http: HttpService;
let page: PageClient;
beforeAll(async () => {
  http = await startHttpService();
  await http.service.ready;
  page = openPage(http.url);
  await page.signIn(tokens.admin);
});
afterAll(async () => await http.close());
beforeEach(async () => {
  await http.pool.query(
    'truncate actions, idempotency_keys; truncate runs cascade; update connections set paused_at = null',
  );
});

const rows = async (text: string) => (await http.pool.query(text)).rows;
const actions = async () =>
  await rows(
    'select actor, role, via, code, target_kind, target_id, details, outcome, status, problem from actions order by id',
  );
const backfills = async () => await rows("select id::text, state from runs where kind = 'backfill' order by id");
const idOf = async (answer: Response) => z.object({ id: z.string() }).parse(await answer.json()).id;
const withKey = (key: string) => ({ headers: { 'idempotency-key': key } });
const wanted = { object: 'contacts', ids: ['987654321'] };
const start = async (from: PageClient, key: string, body: unknown = wanted) =>
  await from.call('POST', '/backfills', { body, ...withKey(key) });

describe('the audit log of people', () => {
  const eve = { actor: 'eve', role: 'admin', via: 'page', target_kind: null, target_id: null, details: {} };

  it('names who paused and resumed, and leaves their words where they belong', async () => {
    const paused = await page.call('POST', '/pause', { body: { reason: 'anna@example.com asked for it' } });
    const { mode } = { mode: await rows('select paused_by, paused_reason from connections') };
    const resumed = await page.call('POST', '/resume', { body: {} });

    expect([await paused.json(), await resumed.json()]).toEqual([
      { paused: true },
      { paused: false, pausedReason: null },
    ]);
    expect(mode).toEqual([{ paused_by: 'eve', paused_reason: 'anna@example.com asked for it' }]);
    const done = { ...eve, outcome: 'done', status: 200, problem: null };
    expect(await actions()).toEqual([
      { ...done, code: 'pause' },
      { ...done, code: 'resume' },
    ]);
  });

  it('says what a program did with a token, on which record, and what came of it', async () => {
    const headers = { authorization: `Bearer ${tokens.operator}`, 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: '{"field":"phone"}' };
    await fetch(`${http.url}/api/v1/contacts/4711/thaw`, init);
    await fetch(`${http.url}/api/v1/failures/retry`, { ...init, body: '{"code":"value_unmapped"}' });

    const ann = { actor: 'ann', role: 'operator', via: 'token' };
    expect(await actions()).toEqual([
      {
        ...ann,
        code: 'contact_thaw',
        target_kind: 'contact',
        target_id: '4711',
        details: { field: 'phone' },
        outcome: 'refused',
        status: 404,
        problem: 'field_not_frozen',
      },
      {
        ...eve,
        ...ann,
        code: 'failures_retry',
        details: { code: 'value_unmapped', marked: 0 },
        outcome: 'done',
        status: 202,
        problem: null,
      },
    ]);
  });

  it('names the run that was started, with its filter and without the words of an expression', async () => {
    const where = 'contact.email == "anna@example.com"';
    const answer = await page.call('POST', '/backfills', {
      body: { object: 'contacts', stage: 'lead', where, dryRun: true },
    });

    expect(await actions()).toEqual([
      {
        ...eve,
        code: 'backfill_start',
        target_kind: 'run',
        target_id: await idOf(answer),
        details: { object: 'contacts', stage: 'lead', where: true, dryRun: true },
        outcome: 'done',
        status: 201,
        problem: null,
      },
    ]);
  });

  it('keeps what was refused: for its role, its input, or the state that things are in', async () => {
    const viewer = { authorization: `Bearer ${tokens.viewer}` };
    await page.call('POST', '/resume', { headers: viewer, body: {} });
    await page.call('POST', '/pause', { body: { reasn: 'typo with anna@example.com' } });
    await page.call('POST', '/runs/999/cancel', { body: {} });

    const refused = { ...eve, outcome: 'refused' };
    expect(await actions()).toEqual([
      { ...refused, actor: 'dash', role: 'viewer', via: 'token', code: 'resume', status: 403, problem: 'forbidden' },
      { ...refused, code: 'pause', status: 400, problem: 'bad_request' },
      { ...refused, code: 'run_cancel', target_kind: 'run', target_id: '999', status: 404, problem: 'run_not_found' },
    ]);
  });

  it('keeps no text that is not of the form that an id or a name has, wherever it stands', async () => {
    const anna = encodeURIComponent('anna@example.com');
    const ask = async (path: string, body: unknown = {}) => (await page.call('POST', path, { body })).status;
    const statuses = [
      await ask(`/contacts/${anna}/resync`),
      await ask(`/runs/${anna}/cancel`),
      await ask('/mappings/Anna%20Huber%20555/activate'),
      await ask('/contacts/4711/thaw', { field: 'anna@example.com' }),
      await ask('/failures/retry', { code: 'anna@example.com' }),
      await ask('/backfills', { object: 'contacts', stage: 'Anna Huber', since: 'anna@example.com', dryRun: true }),
      (await page.call('GET', `/activity.csv?actor=${anna}&field=Anna%20Huber&object=${anna}`)).status,
    ];

    expect(statuses).toEqual([400, 400, 400, 400, 400, 400, 200]);
    const noted = await actions();
    expect(noted).toHaveLength(statuses.length);
    expect(JSON.stringify(noted)).not.toMatch(/anna/i);
    expect(noted.slice(-2).map(({ details }) => details)).toEqual([
      { object: 'contacts', stage: true, since: true, dryRun: true },
      { actor: true, field: true, object: true, lines: 0 },
    ]);
  });

  it('what cannot be noted is not done', async () => {
    await http.pool.query('alter table actions rename to actions_away');
    const answer = await page.call('POST', '/pause', { body: { reason: 'x' } });
    await http.pool.query('alter table actions_away rename to actions');

    expect(answer.status).toBe(503);
    expect(await rows('select paused_at from connections')).toEqual([{ paused_at: null }]);
  });

  it('to look at something is no action, and nobody is noted who is not known', async () => {
    await page.call('GET', '/status');
    await openPage(http.url).call('POST', '/pause', { body: { reason: 'x' } });

    expect(await actions()).toEqual([]);
  });
});

describe('a POST with an Idempotency-Key', () => {
  it('sent twice is done once, and answered the same', async () => {
    const [first, second] = [await start(page, 'press-1'), await start(page, 'press-1')];
    const told = [await first.json(), await second.json()];

    expect([first.status, second.status]).toEqual([201, 201]);
    expect(told[1]).toEqual(told[0]);
    expect([first, second].map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, 'true']);
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
    expect(await backfills()).toHaveLength(1);
    expect((await actions()).map(({ outcome, details }) => [outcome, details.replayed])).toEqual([
      ['done', undefined],
      ['done', true],
    ]);
  });

  it('two tabs with the same key at the same moment: one run, and both see it', async () => {
    const other = openPage(http.url);
    other.cookie = page.cookie;
    const press = async (tab: PageClient): Promise<Response> => {
      const answer = await start(tab, 'press-2');
      if (answer.status !== 409) return answer;
      expect(await problemOf(answer)).toEqual({ status: 409, code: 'in_progress' });
      expect(answer.headers.get('retry-after')).toBe('2');
      return await press(tab);
    };
    const both = await Promise.all([press(page), press(other)]);

    expect(both.map(({ status }) => status)).toEqual([201, 201]);
    const [one, two] = await Promise.all(both.map(idOf));
    expect(two).toBe(one);
    expect(await backfills()).toHaveLength(1);
  });

  it('two tabs with keys of their own at the same moment: one run, and the other one is told of it', async () => {
    const both = await Promise.all([start(page, 'tab-1'), start(page, 'tab-2')]);
    const [begun, refused] = both.sort((one, two) => one.status - two.status);

    expect(begun?.status).toBe(201);
    expect(await problemOf(refused as Response)).toEqual({ status: 409, code: 'run_overlaps' });
    expect(await backfills()).toHaveLength(1);
  });

  it.each([
    ['another body', '/backfills', { object: 'contacts', ids: ['1'] }],
    ['another address', '/pause', { reason: 'x' }],
  ])('used again for %s is refused, and nothing is done', async (_what, path, body) => {
    await start(page, 'press-3');
    const answer = await page.call('POST', path, { body, ...withKey('press-3') });

    expect(await problemOf(answer)).toEqual({ status: 422, code: 'idempotency_key_reused' });
    expect([await backfills(), await rows('select paused_at from connections')]).toEqual([
      [expect.anything()],
      [{ paused_at: null }],
    ]);
  });

  it('is its own for each caller', async () => {
    await page.call('POST', '/failures/retry', { body: {}, ...withKey('k') });
    const headers = { ...withKey('k').headers, authorization: `Bearer ${tokens.operator}` };
    const answer = await page.call('POST', '/failures/retry', { body: { code: 'other' }, headers });

    expect(answer.status).toBe(202);
  });

  it('a refusal is answered again as it was, although it would go through by now', async () => {
    const id = await idOf(await start(page, 'press-4'));
    const resume = async () => await page.call('POST', `/runs/${id}/resume`, { body: {}, ...withKey('too-early') });
    const first = await problemOf(await resume());
    await page.call('POST', `/runs/${id}/pause`, { body: {} });
    const again = await resume();

    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.headers.get('content-type')).toContain('application/problem+json');
    expect([first, await problemOf(again)]).toEqual(Array(2).fill({ status: 409, code: 'run_not_paused' }));
  });

  it('a fault on our side is not kept: the same request may be sent again', async () => {
    await http.pool.query('alter table runs rename to runs_away');
    const first = await start(page, 'press-5');
    await http.pool.query('alter table runs_away rename to runs');

    expect(first.status).toBe(503);
    expect((await start(page, 'press-5')).status).toBe(201);
  });

  it('what a plan answers holds values of records, so it is not kept', async () => {
    const ask = async () => await page.call('POST', '/plan', { body: { sample: 1 }, ...withKey('plan') });
    const answers = [await ask(), await ask()];

    expect(answers.map(({ status, headers }) => [status, headers.get('idempotency-replayed')])).toEqual([
      [200, null],
      [200, null],
    ]);
    expect(await rows('select 1 from idempotency_keys')).toEqual([]);
  });

  it('keeps nothing of an expression that a run goes by: neither its answers nor its refusals', async () => {
    const ask = async (key: string, where: string) =>
      await start(page, key, { object: 'contacts', dryRun: true, where });
    const anna = 'contact.email == "anna@example.com"';
    const [first, again, wrong] = [await ask('w-1', anna), await ask('w-1', anna), await ask('w-2', 'contact.anna')];
    const id = await idOf(first);
    await page.call('POST', `/runs/${id}/pause`, { body: {}, ...withKey('w-3') });
    const kept = await rows('select * from idempotency_keys');

    expect([first.status, again.status, wrong.status, await idOf(again)]).toEqual([201, 201, 400, id]);
    expect(kept.map(({ key }) => key).sort()).toEqual(['w-1', 'w-3']);
    expect(JSON.stringify(kept)).not.toContain('anna');
    const shown = await page.call('GET', `/runs/${id}`);
    expect(await shown.json()).toMatchObject({ filter: { where: anna } });
  });

  it('is the same request in another order of keys, with what is the default, and with a slash at its end', async () => {
    const first = await start(page, 'press-6', { object: 'contacts', ids: ['1'], dryRun: true, stage: 'lead' });
    const again = await page.call('POST', '/backfills/', {
      body: { stage: 'lead', dryRun: true, ids: ['1'], object: 'contacts' },
      ...withKey('press-6'),
    });

    expect([first.status, again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 201, 'true']);
  });

  it.each(['', 'x'.repeat(201), 'naïve'])('%j is refused as no key, and nothing is done', async (key) => {
    const answer = await page.call('POST', '/pause', { body: { reason: 'x' }, ...withKey(key) });

    expect(await problemOf(answer)).toEqual({ status: 400, code: 'bad_idempotency_key' });
    expect(await rows('select paused_at from connections')).toEqual([{ paused_at: null }]);
  });
});
