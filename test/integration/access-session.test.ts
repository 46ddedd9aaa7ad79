import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type HttpService, startHttpService, tokens, unusedPort } from '../support/http-service.ts';
import { openPage, type PageClient, problemOf } from '../support/page-client.ts';

let http: HttpService;
beforeAll(async () => {
  http = await startHttpService();
  await http.service.ready;
});
afterAll(async () => await http.close());

const signedIn = async (token: string = tokens.admin): Promise<PageClient> => {
  const page = openPage(http.url);
  expect((await page.signIn(token)).status).toBe(200);
  return page;
};
const actions = async () =>
  (await http.pool.query('select actor, role, via, code, outcome, status, problem from actions order by id')).rows;
const sessionRows = async () => (await http.pool.query('select * from sessions')).rows;

beforeEach(async () => {
  await http.pool.query('truncate sessions, actions, idempotency_keys');
});

describe('signing in', () => {
  it('answers who it is and sets a cookie that no script reads and no other site sends', async () => {
    const page = openPage(http.url);
    const answer = await page.signIn(tokens.operator);
    const [cookie = ''] = answer.headers.getSetCookie();

    expect(await answer.json()).toEqual({
      name: 'ann',
      role: 'operator',
      expiresAt: expect.any(String),
      mode: 'observe',
      demo: false,
      version: '0.1.0',
      hubspot: { portalId: String(http.portalId), url: expect.stringContaining('http://') },
      salesforce: { orgId: expect.any(String), url: expect.stringContaining('http://') },
    });
    expect(cookie).toMatch(
      /^handoff_session=[\w-]{43}; Max-Age=43200; Path=\/; Expires=.*; HttpOnly; SameSite=Strict$/,
    );
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('over TLS sets the cookie for TLS alone', async () => {
    // Behind a proxy that calls us by another name.
    const headers = { origin: 'https://handoff.example.com' };
    const proxied = await startHttpService({
      databaseUrl: http.databaseUrl,
      portalId: http.portalId,
      environment: { PUBLIC_URL: 'https://handoff.example.com' },
    });
    await proxied.service.ready;
    const page = openPage(proxied.url);
    const answer = await page.call('POST', '/session', { body: { token: tokens.viewer }, headers });
    await proxied.close();

    expect(answer.headers.getSetCookie()[0]).toContain('; Secure');
  });

  it('the ledger can neither be used to sign in nor to guess a token', async () => {
    const page = await signedIn();
    const [row] = await sessionRows();
    const value = page.cookie.split('=')[1] ?? '';
    const stored = JSON.stringify(row, (_key, part) =>
      part?.type === 'Buffer' ? [Buffer.from(part.data).toString('hex'), Buffer.from(part.data).toString()] : part,
    );

    expect(stored).not.toContain(value);
    expect(stored).not.toContain(tokens.admin);
    expect(
      (
        await fetch(`${http.url}/api/v1/session`, {
          headers: { cookie: `handoff_session=${row.id_hash.toString('hex')}` },
        })
      ).status,
    ).toBe(401);
  });

  it('once more leaves one session behind', async () => {
    const page = await signedIn();
    const first = page.cookie;
    await page.signIn(tokens.viewer);
    const again = openPage(http.url);
    again.cookie = first;

    expect(await sessionRows()).toHaveLength(1);
    expect(await problemOf(await again.call('GET', '/session'))).toEqual({ status: 401, code: 'session_ended' });
    expect(await (await page.call('GET', '/session')).json()).toMatchObject({ name: 'dash', role: 'viewer' });
  });

  it.each([
    ['a wrong token', { token: 'guessed' }, 401, 'wrong_token'],
    ['a token with a blank more', { token: `${tokens.admin} ` }, 401, 'wrong_token'],
    ['half a token', { token: tokens.admin.slice(0, 8) }, 401, 'wrong_token'],
    ['no token', {}, 400, 'bad_request'],
    ['a list of tokens', { token: [tokens.admin] }, 400, 'bad_request'],
    ['an endless token', { token: 'x'.repeat(501) }, 400, 'bad_request'],
  ])('%s is refused, sets no cookie, and is not written into the ledger', async (_what, body, status, code) => {
    const answer = await openPage(http.url).call('POST', '/session', { body });

    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(await problemOf(answer)).toEqual({ status, code });
    expect([await sessionRows(), await actions()]).toEqual([[], []]);
  });

  it('is noted, and so is signing out', async () => {
    const page = await signedIn();
    await page.call('DELETE', '/session');

    const eve = { actor: 'eve', role: 'admin', via: 'page', outcome: 'done', problem: null };
    expect(await actions()).toEqual([
      { ...eve, code: 'session_start', status: null },
      { ...eve, code: 'session_end', status: 204 },
    ]);
  });

  it('neither token nor cookie reaches the log', async () => {
    const page = await signedIn();
    await page.call('GET', '/status');
    await page.call('POST', '/session', { body: { token: 'a-guess-that-stays-out-of-the-log' } });
    const log = http.lines.join('');

    for (const secret of [...Object.values(tokens), page.cookie.split('=')[1] ?? '', 'a-guess-that'])
      expect(log).not.toContain(secret);
  });
});

describe('a session', () => {
  it('lets do what the role may, and no more: a viewer who calls an action by hand is refused, and that is noted', async () => {
    const page = await signedIn(tokens.viewer);
    const looked = await page.call('GET', '/status');
    const paused = await page.call('POST', '/pause', { body: { reason: 'by hand' } });
    const { rows } = await http.pool.query('select paused_at from connections');

    expect([looked.status, await problemOf(paused)]).toEqual([200, { status: 403, code: 'forbidden' }]);
    expect(rows).toEqual([{ paused_at: null }]);
    expect((await actions()).at(-1)).toEqual({
      actor: 'dash',
      role: 'viewer',
      via: 'page',
      code: 'pause',
      outcome: 'refused',
      status: 403,
      problem: 'forbidden',
    });
  });

  it.each([
    ['after twelve hours', "expires_at = now() - interval '1 second'"],
    ['after two hours in which nobody used it', "seen_at = now() - interval '121 minutes'"],
  ])('has ended %s', async (_when, change) => {
    const page = await signedIn();
    await http.pool.query(`update sessions set ${change}`);

    expect(await problemOf(await page.call('GET', '/status'))).toEqual({ status: 401, code: 'session_ended' });
    expect(await problemOf(await page.call('POST', '/pause', { body: { reason: 'late' } }))).toMatchObject({
      status: 401,
    });
  });

  it.each([
    ['a press', 'POST', '/failures/retry', {}, true],
    ['a question of a person', 'GET', '/status', {}, true],
    ['a question that the page asks by itself', 'GET', '/status', { 'x-handoff-automatic': '1' }, false],
  ] as const)('counts %s as use: %s %s', async (_what, method, path, headers, isUse) => {
    const page = await signedIn();
    await http.pool.query("update sessions set seen_at = now() - interval '90 minutes'");
    await page.call(method, path, { headers, ...(method === 'GET' ? {} : { body: {} }) });
    const { rows } = await http.pool.query<{ fresh: boolean }>(
      "select seen_at > now() - interval '1 minute' as fresh from sessions",
    );

    expect(rows).toEqual([{ fresh: isUse }]);
  });

  it('that was signed out does not come back with its cookie', async () => {
    const page = await signedIn();
    const out = await page.call('DELETE', '/session');

    expect([out.status, out.headers.getSetCookie()[0]]).toEqual([
      204,
      expect.stringMatching(/^handoff_session=;.*1970/),
    ]);
    expect(await problemOf(await page.call('GET', '/session'))).toEqual({ status: 401, code: 'session_ended' });
    expect((await page.signIn(tokens.viewer)).status).toBe(200);
  });

  it.each([
    ['a made-up one', `handoff_session=${'A'.repeat(43)}`],
    ['an endless one', `handoff_session=${'A'.repeat(4_000)}`],
    ['one with quotes and percent signs', "handoff_session=%00'; drop table sessions; --"],
  ])('is not opened by %s', async (_what, cookie) => {
    await signedIn();
    const page = openPage(http.url);
    page.cookie = cookie;

    expect((await page.call('GET', '/session')).status).toBe(401);
    expect(await sessionRows()).toHaveLength(1);
  });

  it.each([
    ['is gone', `ann:operator:${tokens.operator}`],
    ['was changed', `eve:admin:another-token-of-eve`],
    ['went to another name with another text', `ann:admin:something-else,eve:viewer:other`],
  ])('ends with its token: the service starts again and the token %s', async (_what, adminTokens) => {
    const page = await signedIn();
    const next = await startHttpService({
      databaseUrl: http.databaseUrl,
      portalId: http.portalId,
      environment: { ADMIN_TOKENS: adminTokens },
    });
    await next.service.ready;
    const there = openPage(next.url);
    there.cookie = page.cookie;
    const answer = await problemOf(await there.call('GET', '/session'));
    await next.close();

    expect(answer).toEqual({ status: 401, code: 'session_ended' });
    // While tokens are changed a process that was started before knows it still: nobody is thrown out there.
    expect((await page.call('GET', '/session')).status).toBe(200);
  });

  it('has the role that its token has now, also after a restart', async () => {
    const page = await signedIn();
    const environment = { ADMIN_TOKENS: `eve:viewer:${tokens.admin}` };
    const next = await startHttpService({ databaseUrl: http.databaseUrl, portalId: http.portalId, environment });
    await next.service.ready;
    const there = openPage(next.url);
    there.cookie = page.cookie;
    const answers = [await there.call('GET', '/session'), await there.call('POST', '/resume', { body: {} })];
    await next.close();

    expect(await answers[0]?.json()).toMatchObject({ name: 'eve', role: 'viewer' });
    expect(answers[1]?.status).toBe(403);
  });

  it('a token that is sent along counts alone: a wrong one is refused whatever the cookie says', async () => {
    const page = await signedIn();
    const wrong = await page.call('GET', '/session', { headers: { authorization: 'Bearer guessed' } });
    const other = await page.call('GET', '/session', { headers: { authorization: `Bearer ${tokens.viewer}` } });

    expect(wrong.status).toBe(401);
    expect(await other.json()).toMatchObject({ name: 'dash', expiresAt: null });
  });
});

describe('a service whose ledger is away', () => {
  it('signs nobody in or out: who has a cookie is told to try again, not to sign in', async () => {
    const away = await startHttpService({
      databaseUrl: `postgresql://nobody@127.0.0.1:${await unusedPort()}/none`,
      portalId: http.portalId,
    });
    const page = openPage(away.url);
    page.cookie = `handoff_session=${'A'.repeat(43)}`;
    const answers = [
      await page.call('GET', '/session'),
      await page.call('POST', '/pause', { body: { reason: 'x' } }),
      await page.call('DELETE', '/session'),
      await openPage(away.url).signIn(tokens.admin),
    ];
    away.service.ready.catch(() => undefined);
    await away.close();

    for (const answer of answers) expect(await problemOf(answer)).toEqual({ status: 503, code: 'starting' });
    expect(answers.flatMap(({ headers }) => headers.getSetCookie())).toEqual([]);
  });
});

describe('a cookie that cannot be ours', () => {
  it('is not looked up: a service whose ledger is away knows that nobody is signed in', async () => {
    const away = await startHttpService({
      databaseUrl: `postgresql://nobody@127.0.0.1:${await unusedPort()}/none`,
      portalId: http.portalId,
    });
    const page = openPage(away.url);
    const answers: { status: number; code: string }[] = [];
    for (const value of ['A'.repeat(42), 'A'.repeat(44), `${'A'.repeat(42)}%`]) {
      page.cookie = `handoff_session=${value}`;
      answers.push(await problemOf(await page.call('GET', '/session')));
    }
    away.service.ready.catch(() => undefined);
    await away.close();

    expect(answers).toEqual(Array(3).fill({ status: 401, code: 'unauthorized' }));
  });
});

describe('a forged request from another site', () => {
  const evil = 'https://evil.example';

  it.each([
    ['of another origin', { origin: evil }],
    ['that the browser calls cross-site', { 'sec-fetch-site': 'cross-site' }],
    ['of a neighbour on the same domain', { 'sec-fetch-site': 'same-site' }],
    ['of a sandboxed frame', { origin: 'null' }],
  ])('%s changes nothing although the cookie is with it', async (_what, headers) => {
    const page = await signedIn();
    await http.pool.query('truncate actions');
    const answers = [
      await page.call('POST', '/pause', { body: { reason: 'forged' }, headers }),
      await page.call('POST', '/backfills', { body: { object: 'contacts' }, headers }),
      await page.call('DELETE', '/session', { headers }),
    ];
    const { rows } = await http.pool.query(
      `select (select count(*)::int from runs where kind = 'backfill') as runs, (select paused_at from connections) as paused`,
    );

    for (const answer of answers) expect(await problemOf(answer)).toEqual({ status: 403, code: 'cross_site' });
    expect(rows).toEqual([{ runs: 0, paused: null }]);
    expect(await sessionRows()).toHaveLength(1);
  });

  it.each([
    ['a form', 'application/x-www-form-urlencoded', 'reason=forged'],
    ['plain text that reads as JSON', 'text/plain', '{"reason":"forged"}'],
    ['a form with a file', 'multipart/form-data; boundary=x', '--x--'],
  ])('%s is taken from nobody, our own page included', async (_what, type, body) => {
    const page = await signedIn();
    const headers = { cookie: page.cookie, origin: http.url, 'sec-fetch-site': 'same-origin', 'content-type': type };
    const answer = await fetch(`${http.url}/api/v1/pause`, { method: 'POST', headers, body });

    expect(await problemOf(answer)).toEqual({ status: 415, code: 'not_json' });
    expect((await http.pool.query('select paused_at from connections')).rows).toEqual([{ paused_at: null }]);
  });

  it('signs nobody in as somebody else', async () => {
    const page = openPage(http.url);
    const answer = await page.call('POST', '/session', { body: { token: tokens.viewer }, headers: { origin: evil } });

    expect([answer.status, answer.headers.getSetCookie()]).toEqual([403, []]);
  });

  it('may not read what we answer: nobody is told that they may', async () => {
    const page = await signedIn();
    const asked = { headers: { cookie: page.cookie, origin: evil, 'access-control-request-method': 'POST' } };
    const answers = [
      await fetch(`${http.url}/api/v1/status`, asked),
      await fetch(`${http.url}/api/v1/pause`, { ...asked, method: 'OPTIONS' }),
    ];

    for (const { headers } of answers) expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  it("a token that is sent along is nobody else's to send: programs need no origin", async () => {
    const headers = { authorization: `Bearer ${tokens.operator}`, 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: '{"code":"none_of_them"}' };

    expect((await fetch(`${http.url}/api/v1/failures/retry`, init)).status).toBe(202);
  });
});

describe('guessing tokens', () => {
  it('is over after ten attempts a minute, while who is signed in goes on working', async () => {
    const own = await startHttpService({ databaseUrl: http.databaseUrl, portalId: http.portalId });
    await own.service.ready;
    const page = openPage(own.url);
    await page.signIn(tokens.viewer);
    const guess = async (n: number) => await openPage(own.url).signIn(`guess-${n}`);
    const guesses: Response[] = [];
    for (let n = 0; n < 12; n++) guesses.push(await guess(n));
    const after = [await page.call('GET', '/status'), await openPage(own.url).signIn(tokens.viewer)];
    const others = await fetch(`${own.url}/api/v1/status`, { headers: { authorization: 'Bearer guessed' } });
    await own.close();

    expect(guesses.map(({ status }) => status)).toEqual([...Array(10).fill(401), 429, 429]);
    expect(await problemOf(guesses[10] as Response)).toEqual({ status: 429, code: 'too_many_failures' });
    expect(guesses[10]?.headers.get('retry-after')).toBe('60');
    // A right token that is short enough to be guessed is refused as well: else guessing would go on.
    expect(after.map(({ status }) => status)).toEqual([200, 429]);
    expect(others.status).toBe(401);
  });

  it('keeps nobody out whose token cannot be guessed', async () => {
    const long = 'q3K8-a-token-as-openssl-rand-base64-32-makes';
    const own = await startHttpService({
      databaseUrl: http.databaseUrl,
      portalId: http.portalId,
      environment: { ADMIN_TOKENS: `ann:operator:${long},dash:viewer:${tokens.viewer}` },
    });
    await own.service.ready;
    for (let n = 0; n < 11; n++) await openPage(own.url).signIn(`guess-${n}`);
    const answers: number[] = [];
    for (const token of [long, tokens.viewer, `${long}x`]) answers.push((await openPage(own.url).signIn(token)).status);
    await own.close();

    expect(answers).toEqual([200, 429, 429]);
  });

  it.each([
    ['no proxy is trusted: the addresses that callers name themselves count for nothing', '0', [429, 429]],
    ['one proxy is trusted: each of its callers is counted alone', '1', [429, 200]],
  ])('where %s, and nothing is written past the log', async (_what, trusted, expected) => {
    const own = await startHttpService({
      databaseUrl: http.databaseUrl,
      portalId: http.portalId,
      environment: { TRUST_PROXY: trusted },
    });
    await own.service.ready;
    const written = vi.spyOn(console, 'error');
    const signIn = async (token: string, address: string) =>
      await openPage(own.url).call('POST', '/session', { body: { token }, headers: { 'x-forwarded-for': address } });
    // The proxy adds the address that it sees at the end; what stands before it is what the caller made up.
    for (let n = 0; n < 10; n++) await signIn(`guess-${n}`, `10.9.8.${n}, 203.0.113.7`);
    const after = [await signIn(tokens.viewer, '203.0.113.7:4711'), await signIn(tokens.viewer, '203.0.113.8')];
    const shown = [...written.mock.calls];
    written.mockRestore();
    await own.close();

    expect(after.map(({ status }) => status)).toEqual(expected);
    expect(shown).toEqual([]);
  });

  it('is not what happens while the ledger is away, or with a body that cannot be read', async () => {
    const away = await startHttpService({
      databaseUrl: `postgresql://nobody@127.0.0.1:${await unusedPort()}/none`,
      portalId: http.portalId,
    });
    const statuses: number[] = [];
    for (let n = 0; n < 12; n++) statuses.push((await openPage(away.url).signIn(tokens.admin)).status);
    for (let n = 0; n < 12; n++)
      statuses.push((await openPage(away.url).call('POST', '/session', { body: {} })).status);
    away.service.ready.catch(() => undefined);
    await away.close();

    expect(statuses).toEqual([...Array(12).fill(503), ...Array(12).fill(400)]);
  });

  it('by requests for other things locks out nobody who is signed in', async () => {
    const own = await startHttpService({ databaseUrl: http.databaseUrl, portalId: http.portalId });
    await own.service.ready;
    const page = openPage(own.url);
    await page.signIn(tokens.viewer);
    const guess = async () =>
      (await fetch(`${own.url}/api/v1/status`, { headers: { authorization: 'Bearer x' } })).status;
    const guesses: number[] = [];
    for (let round = 0; round < 31; round++) guesses.push(...(await Promise.all(Array.from({ length: 10 }, guess))));
    const bearer = { headers: { authorization: `Bearer ${tokens.viewer}` } };
    const good = [await page.call('GET', '/status'), await fetch(`${own.url}/api/v1/status`, bearer)];
    await own.close();

    expect(guesses.filter((status) => status === 429)).toHaveLength(10);
    expect(good.map(({ status }) => status)).toEqual([200, 200]);
  });
});
