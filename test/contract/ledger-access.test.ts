import { createHash, createHmac, randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { NewAction } from '../../src/ports/ledger-access.ts';
import { createLedger } from '../../src/store/ledger.ts';
import { retire } from '../../src/store/retention.ts';
import { useLedger } from '../support/ledger.ts';

const bench = useLedger();
beforeEach(async () => {
  await bench.database.pool.query('truncate sessions, actions, idempotency_keys restart identity');
});

const hourMs = 3_600_000;
const rows = async (text: string) => (await bench.database.pool.query(text)).rows;

describe('a session', () => {
  const idHash = randomBytes(32);
  const tokenProof = randomBytes(32);
  const begin = async () => await bench.ledger.startSession({ idHash, name: 'ann', tokenProof, lastsMs: 12 * hourMs });
  const use = async () => await bench.ledger.findSession(idHash, { idleMs: 2 * hourMs, isUse: true });

  it('is known until it ends, and tells when that is', async () => {
    const expiresAtMs = await begin();

    expect(await use()).toEqual({ name: 'ann', tokenProof, expiresAtMs });
    expect(expiresAtMs - Date.now()).toBeGreaterThan(11.9 * hourMs);
  });

  it.each([
    ['past its end', "expires_at = now() - interval '1 second'"],
    ['not used for two hours', "seen_at = now() - interval '121 minutes'"],
  ])('serves nobody when it is %s', async (_what, change) => {
    await begin();
    await bench.database.pool.query(`update sessions set ${change}`);

    expect(await use()).toBeNull();
  });

  it('stays while it is used, and is written once a minute at most', async () => {
    await begin();
    await bench.database.pool.query("update sessions set seen_at = now() - interval '119 minutes'");
    await use();
    const [first] = await rows('select seen_at from sessions');
    await use();

    expect(first.seen_at.getTime()).toBeGreaterThan(Date.now() - 60_000);
    expect(await rows('select seen_at from sessions')).toEqual([first]);
  });

  it('is gone once it was signed out', async () => {
    await begin();
    await bench.ledger.endSession(idHash);

    expect([await use(), await rows('select 1 from sessions')]).toEqual([null, []]);
  });
});

describe('sessions of one name', () => {
  const begin = async (name: string, n: number) =>
    await bench.ledger.startSession({
      idHash: createHash('sha256').update(`${name} ${n}`).digest(),
      name,
      tokenProof: randomBytes(32),
      lastsMs: 12 * hourMs,
    });

  it('are twenty at most: the one that was used longest ago goes, and nobody else loses theirs', async () => {
    await begin('dash', 0);
    for (let n = 0; n < 20; n++) await begin('ann', n);
    const idle = createHash('sha256').update('ann 7').digest();
    const change = "update sessions set seen_at = now() - interval '1 hour' where id_hash = $1";
    await bench.database.pool.query(change, [idle]);
    await begin('ann', 20);

    expect(await rows('select name, count(*)::int from sessions group by name order by name')).toEqual([
      { name: 'ann', count: 20 },
      { name: 'dash', count: 1 },
    ]);
    expect(await bench.ledger.findSession(idle, { idleMs: 2 * hourMs, isUse: true })).toBeNull();
  });
});

describe('an action', () => {
  const action: NewAction = {
    actor: 'ann',
    role: 'admin',
    via: 'page',
    code: 'backfill_start',
    target: null,
    details: { object: 'contacts' },
  };

  it('is there before it is done, and completed behind it', async () => {
    const id = await bench.ledger.askAction(action);
    const [asked] = await rows('select outcome, status, finished_at from actions');
    const target = { kind: 'run', id: '7' };
    await bench.ledger.endAction(id, { outcome: 'done', status: 201, problem: null, target, details: { count: 3 } });

    expect(asked).toEqual({ outcome: 'asked', status: null, finished_at: null });
    expect(await rows('select * from actions')).toEqual([
      expect.objectContaining({
        actor: 'ann',
        role: 'admin',
        via: 'page',
        code: 'backfill_start',
        target_kind: 'run',
        target_id: '7',
        details: { object: 'contacts', count: 3 },
        outcome: 'done',
        status: 201,
        finished_at: expect.any(Date),
      }),
    ]);
  });

  it('ends once: a late word does not change how it ended', async () => {
    const id = await bench.ledger.askAction(action);
    await bench.ledger.endAction(id, { outcome: 'refused', status: 403, problem: 'forbidden' });
    await bench.ledger.endAction(id, { outcome: 'done', status: 200, problem: null });

    expect(await rows('select outcome, problem from actions')).toEqual([{ outcome: 'refused', problem: 'forbidden' }]);
  });
});

describe('an idempotency key', () => {
  const hashOf = (text: string) => createHash('sha256').update(text).digest();
  const request = { actor: 'ann', key: 'press-1', requestHash: hashOf('a') };
  const take = async (more = {}) => await bench.ledger.takeKey({ ...request, ...more }, 60_000);
  const kept = { status: 201, location: '/api/v1/runs/7', answer: { id: '7', nested: { list: [1, null] } } };

  it('is given to one of many who come at once', async () => {
    const other = createLedger(bench.database.connect());
    const asked = [0, 1, 2, 3].map((n) => (n % 2 === 0 ? bench.ledger : other).takeKey(request, 60_000));

    expect((await Promise.all(asked)).map(({ state }) => state).sort()).toEqual([
      'mine',
      'running',
      'running',
      'running',
    ]);
  });

  it('gives back what was answered, and only for the same request', async () => {
    const mine = await take();
    if (mine.state !== 'mine') throw new Error('the key is taken');
    await bench.ledger.settleKey(request, mine.worker, kept);

    expect(await take()).toEqual({ state: 'kept', kept });
    expect(await take({ requestHash: hashOf('b') })).toEqual({ state: 'other' });
    expect(await take({ actor: 'eve' })).toMatchObject({ state: 'mine' });
  });

  it('is kept with a hash that nobody can make of a guess without the key of the ledger', async () => {
    await take();
    const [{ request_hash: hash, hash_key: key }] = await rows(
      'select request_hash, hash_key from idempotency_keys k join connections c on c.id = k.connection_id',
    );

    expect(hash).not.toEqual(request.requestHash);
    expect(hash).toEqual(createHmac('sha256', key).update(request.requestHash).digest());
  });

  it('is free again where nothing was kept', async () => {
    const mine = await take();
    if (mine.state === 'mine') await bench.ledger.settleKey(request, mine.worker, null);

    expect(await take()).toMatchObject({ state: 'mine' });
  });

  it('is taken over a minute after whoever had it died, and what the dead one says late counts no more', async () => {
    const dead = await take();
    await bench.database.pool.query("update idempotency_keys set beat_at = now() - interval '61 seconds'");
    const [wrong, heir] = [await take({ requestHash: hashOf('b') }), await take()];
    if (dead.state !== 'mine') throw new Error('the key is taken');
    await bench.ledger.settleKey(request, dead.worker, kept);

    expect([wrong.state, heir.state, (await take()).state]).toEqual(['other', 'mine', 'running']);
  });

  it('is not taken over while the work goes on', async () => {
    const mine = await take();
    await bench.database.pool.query("update idempotency_keys set beat_at = now() - interval '61 seconds'");
    if (mine.state === 'mine') await bench.ledger.beatKey(request, mine.worker);

    expect(await take()).toEqual({ state: 'running' });
  });

  it('belongs to nobody after a day', async () => {
    const mine = await take();
    if (mine.state === 'mine') await bench.ledger.settleKey(request, mine.worker, kept);
    await bench.database.pool.query("update idempotency_keys set asked_at = now() - interval '25 hours'");

    expect(await take({ requestHash: hashOf('b') })).toMatchObject({ state: 'mine' });
  });
});

it('maintenance drops sessions past their end or without use, keys past their day and actions past the audit log', async () => {
  await bench.database.pool.query(`
    insert into sessions (id_hash, connection_id, name, token_proof, expires_at)
    select decode(n::text, 'hex'), 1, 'ann', '\\x', now() + (n - 12) * interval '1 minute' from unnest(array[11, 13]) n;
    insert into sessions (id_hash, connection_id, name, token_proof, seen_at, expires_at)
    select decode(n::text, 'hex'), 1, 'ann', '\\x', now() - (n - 1000) * interval '1 minute', now() + interval '1 hour'
    from unnest(array[1119, 1121]) n;
    insert into idempotency_keys (connection_id, actor, key, request_hash, worker, asked_at)
    select 1, 'ann', n::text, '\\x', gen_random_uuid(), now() - n * interval '1 hour' from unnest(array[1, 23, 25]) n;
    insert into actions (connection_id, actor, via, code, at)
    select 1, 'ann', 'cli', 'pause', now() - n * interval '1 month' from unnest(array[1, 23, 26]) n`);

  expect(await retire(bench.database.pool)).toMatchObject({ sessions: 2, idempotencyKeys: 1, actions: 1 });
  expect(await retire(bench.database.pool)).toMatchObject({ sessions: 0, idempotencyKeys: 0, actions: 0 });
});
