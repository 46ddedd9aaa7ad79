import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type HttpService, type SendOptions, secrets, startHttpService } from '../support/http-service.ts';

let http: HttpService;
beforeAll(async () => {
  http = await startHttpService();
  await http.service.ready;
});
afterAll(async () => await http.close());
beforeEach(async () => void (await http.pool.query('delete from pending')));

type Row = { id: string; priority: number };

async function pending(): Promise<Row[]> {
  const text = 'select record_id as id, priority::int as priority from pending order by record_id::numeric';
  return (await http.pool.query<Row>(text)).rows;
}

function event(more: Record<string, unknown> = {}) {
  return {
    eventId: 1,
    subscriptionId: 2,
    portalId: http.portalId,
    appId: 3,
    occurredAt: Date.now(),
    subscriptionType: 'contact.propertyChange',
    attemptNumber: 0,
    objectId: 101,
    propertyName: 'city',
    propertyValue: 'Rome',
    changeSource: 'CRM_UI',
    ...more,
  };
}

const body = (...events: unknown[]) => JSON.stringify(events);

describe('webhooks: who may send them', () => {
  it('takes what is signed with the current secret, and with the old one during a rotation', async () => {
    const answers = [await http.send(body(event())), await http.send(body(event()), { secret: secrets.old })];

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await pending()).toEqual([{ id: '101', priority: 2 }]);
  });

  const faults: [string, SendOptions][] = [
    ['has no signature', { without: ['x-hubspot-signature-v3'] }],
    ['has an empty signature', { headers: { 'x-hubspot-signature-v3': '' } }],
    ['has a signature of another length', { headers: { 'x-hubspot-signature-v3': 'abc' } }],
    ['is signed with another secret', { secret: 'somebody-elses' }],
    ['was altered on its way', { signedBody: '[]' }],
    ['was signed for another address', { signedUrl: 'https://handoff.example.com/webhooks/hubspot' }],
    ['has no timestamp', { without: ['x-hubspot-request-timestamp'] }],
    ['has a timestamp that is none', { headers: { 'x-hubspot-request-timestamp': 'yesterday' } }],
    ['is six minutes old', { timestampMs: Date.now() - 6 * 60_000 }],
    ['comes from six minutes ahead', { timestampMs: Date.now() + 6 * 60_000 }],
  ];
  it.each(faults)('refuses with 401 what %s, and stores nothing', async (_fault, options) => {
    const answer = await http.send(body(event()), options);

    expect(answer.status).toBe(401);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await pending()).toEqual([]);
  });

  it('does not parse what it does not trust', async () => {
    expect((await http.send('this is not JSON', { secret: 'somebody-elses' })).status).toBe(401);
  });
});

describe('webhooks: what they may hold', () => {
  it.each([
    ['not JSON', 'once upon a time', 400, 'not_json'],
    ['nothing at all', '', 400, 'not_json'],
    ['an object', '{"subscriptionType":"contact.creation"}', 400, 'not_an_array'],
    ['a number', '7', 400, 'not_an_array'],
    ['null', 'null', 400, 'not_an_array'],
    ['an array of nonsense', '[1,null,"x",[],{"a":1}]', 400, 'no_events'],
    ['more than 1 MB', `["${'x'.repeat(1024 * 1024)}"]`, 413, 'too_large'],
  ])('%s is answered %s', async (_what, sent, status, code) => {
    const answer = await http.send(sent);

    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ status, code, type: 'about:blank' });
    expect(await pending()).toEqual([]);
  });

  it('an empty array is fine', async () => {
    const answer = await http.send('[]');

    expect([answer.status, await answer.json()]).toEqual([200, { accepted: 0, ignored: 0 }]);
  });

  it('a compressed body is not read, for the signature covers other bytes', async () => {
    const answer = await http.send(gzipSync(body(event())), { headers: { 'content-encoding': 'gzip' } });

    expect(answer.status).toBe(415);
  });

  it.each([['text/plain'], ['application/x-www-form-urlencoded'], [null]])(
    'the content type %s makes no difference',
    async (type) => {
      const options = type === null ? { without: ['content-type'] } : { headers: { 'content-type': type } };

      expect((await http.send(Buffer.from(body(event())), options)).status).toBe(200);
    },
  );

  it('marks what it can use and counts the rest as ignored', async () => {
    const answer = await http.send(
      body(
        event(),
        event({ objectId: 102, subscriptionType: 'contact.creation' }),
        event({ objectId: 103, subscriptionType: 'object.propertyChange', objectTypeId: '0-1' }),
        event({ subscriptionType: 'conversation.newMessage' }),
        event({ portalId: 999 }),
        event({ objectId: undefined }),
        'nonsense',
      ),
    );

    expect(await answer.json()).toEqual({ accepted: 3, ignored: 4 });
    expect((await pending()).map(({ id }) => id)).toEqual(['101', '102', '103']);
  });

  it('marks companies and deals under their own kind, and who an association belongs to', async () => {
    const change = { changeSource: 'INTEGRATION', sourceId: '3', propertyName: undefined, propertyValue: undefined };
    const answer = await http.send(
      body(
        event({ objectId: 7, subscriptionType: 'company.propertyChange', propertyName: 'domain' }),
        event({ objectId: 7, subscriptionType: 'object.creation', objectTypeId: '0-3' }),
        event({
          ...change,
          objectId: undefined,
          subscriptionType: 'contact.associationChange',
          associationType: 'CONTACT_TO_COMPANY',
          fromObjectId: 8,
          toObjectId: 7,
        }),
        event({
          ...change,
          objectId: 9,
          subscriptionType: 'object.associationChange',
          fromObjectTypeId: '0-1',
          toObjectTypeId: '0-3',
          fromObjectId: 9,
          toObjectId: 10,
        }),
        event({ ...change, subscriptionType: 'contact.associationChange', associationType: 'CONTACT_TO_TICKET' }),
      ),
    );

    expect(await answer.json()).toEqual({ accepted: 4, ignored: 1 });
    const text = `select object || '/' || record_id as record from pending order by record_id::numeric, object`;
    const { rows } = await http.pool.query<{ record: string }>(text);
    expect(rows.map(({ record }) => record)).toEqual(['company/7', 'deal/7', 'contact/8', 'deal/10']);
  });

  it('unknown types alone are acknowledged, so that HubSpot does not send them again', async () => {
    const answer = await http.send(body(event({ subscriptionType: 'ticket.creation' })));

    expect([answer.status, await answer.json()]).toEqual([200, { accepted: 0, ignored: 1 }]);
  });

  it('a stage that opens the gate overtakes other work, and the same record is marked once', async () => {
    const stage = { propertyName: 'lifecyclestage', propertyValue: 'salesqualifiedlead' };

    await http.send(body(event({ objectId: 7 }), event({ objectId: 8, ...stage }), event({ objectId: 8 })));

    expect(await pending()).toEqual([
      { id: '7', priority: 2 },
      { id: '8', priority: 1 },
    ]);
  });

  it('keeps values out of the log', async () => {
    await http.send(body(event({ propertyName: 'lastname', propertyValue: 'Lovelace' })));
    await http.send('{"lastname":"Lovelace"}');

    expect(http.lines.join('')).not.toContain('Lovelace');
  });
});

describe('webhooks: a ledger that is away', () => {
  it('answers 503 so that HubSpot sends it again, and takes it once the ledger is back', async () => {
    const control = http.database.connect();
    const { rows } = await control.query<{ name: string }>('select current_database() as name');
    const name = rows[0]?.name ?? '';
    const admin = await openPostgresDatabase();
    await admin.query(`alter database ${name} allow_connections false`);
    await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);

    const away = await http.send(body(event({ objectId: 55 })));
    const readyAway = await fetch(`${http.url}/readyz`);
    await admin.query(`alter database ${name} allow_connections true`);
    const back = await http.send(body(event({ objectId: 55 })));
    await admin.end();

    expect([away.status, readyAway.status, back.status]).toEqual([503, 503, 200]);
    expect(away.headers.get('retry-after')).not.toBeNull();
    expect((await pending()).map(({ id }) => id)).toEqual(['55']);
  });
});

async function openPostgresDatabase() {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ ...http.database.settings, database: 'postgres' });
  await client.connect();
  return client;
}
