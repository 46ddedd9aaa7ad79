import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Condition, IncidentChange } from '../../src/domain/alerts/types.ts';
import type { AlertMessage } from '../../src/domain/alerts/write-message.ts';
import type { Delivery } from '../../src/ports/alerts.ts';
import type { LedgerPort } from '../../src/ports/ledger.ts';
import { createLedger } from '../../src/store/ledger.ts';
import { listIncidents } from '../../src/usecases/alerts/list-incidents.ts';
import { tellPeople } from '../../src/usecases/alerts/tell-people.ts';
import { type AlertDependencies, watchAlerts } from '../../src/usecases/alerts/watch-alerts.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

let database: TestDatabase;
let ledger: LedgerPort;
let sent: AlertMessage[];
let answers: Delivery[];

beforeAll(async () => {
  database = await createTestDatabase();
  ledger = createLedger(database.pool);
});
afterAll(async () => await database.close());
beforeEach(async () => {
  await database.pool.query(`truncate incidents restart identity; delete from alert_watch; delete from waits; delete from processes;
    delete from frozen_fields; delete from run_counts; delete from runs; truncate pending; delete from failures; delete from pairs`);
  await database.pool.query(`insert into alert_watch (connection_id) values (1)`);
  await beat();
  sent = [];
  answers = [];
});

/** A worker lives. */
async function beat(): Promise<void> {
  await ledger.beat({ id: 'w', role: 'worker', works: true, mappingVersion: 1 });
}

function dependencies(changes: Partial<AlertDependencies> = {}): AlertDependencies {
  return {
    ledger,
    log,
    observe: false,
    watched: [],
    off: [],
    authCodes: new Set(['hubspot_unauthorised']),
    salesforceDaily: { share: 0.5 },
    pageUrl: 'https://handoff.example.com',
    isFirstTry: () => false,
    channel: {
      async send(message) {
        sent.push(message);
        return answers.shift() ?? { outcome: 'told' };
      },
    },
    ...changes,
  };
}

const round = async (changes: Partial<AlertDependencies> = {}) => await watchAlerts(dependencies(changes));
const lose = async (system = 'hubspot') =>
  await database.pool.query(
    `insert into waits (connection_id, system, until, code) values (1, $1, clock_timestamp() + interval '1 hour', 'hubspot_unauthorised')`,
    [system],
  );
const mend = async () => await database.pool.query('delete from waits');
/** Moves what is remembered into the past, as if so many minutes had gone by with a round in each. */
const later = async (minutes: number) =>
  await database.pool.query(
    `update incidents set clear_at = clear_at - make_interval(mins => $1),
     suspected_at = suspected_at - make_interval(mins => $1)`,
    [minutes],
  );
const dueNow = async () => await database.pool.query(`update alert_watch set try_at = '-infinity'`);
const texts = () => sent.map(({ text }) => text.replace(/\. Since [^.]*\./, '.'));

describe('incidents in the ledger', () => {
  it('each is told once when it begins and once when it is over, whatever rounds there are', async () => {
    await lose();
    for (let times = 0; times < 3; times++) await round();
    await mend();
    await round();
    await later(2);
    for (let times = 0; times < 3; times++) await round();

    expect(texts()).toStrictEqual([
      'Problem: HubSpot refuses our sign-in. Incident 1.',
      'Over: HubSpot refuses our sign-in. Incident 1.',
    ]);
  });

  it('many processes at once tell it once', async () => {
    await lose();
    await Promise.all(Array.from({ length: 8 }, () => round()));

    expect(sent).toHaveLength(1);
  });

  it('what was stored is told by the next process when the first one dies before it could', async () => {
    await lose();
    await round({ channel: null, ledger: { ...ledger, noteNobodyTold: async () => undefined } });
    const before = sent.length;
    await round();

    expect([before, sent.length]).toStrictEqual([0, 1]);
  });

  it('a process that dies between the message and its note doubles that message, and loses none', async () => {
    await lose();
    const dying = { ...ledger, noteTold: () => Promise.reject(new Error('killed')) };
    await expect(round({ ledger: dying })).rejects.toThrow('killed');
    await round();
    await round();

    expect(texts()).toStrictEqual(Array(2).fill('Problem: HubSpot refuses our sign-in. Incident 1.'));
  });

  it('whoever lost its turn stores nothing', async () => {
    const turn = await ledger.takeAlertTurn(60_000);
    await database.pool.query('update alert_watch set lease_token = $1', [randomUUID()]);
    const change: IncidentChange = { to: 'open', id: null, condition: condition(), suspectedMs: 0, clearMs: null };
    const watch = { lookedMs: 1, heldSinceMs: null, silenceFromMs: null };

    expect(await ledger.storeAlertRound(turn?.token ?? '', [change], watch)).toBe(false);
    expect(await ledger.incidents(10)).toStrictEqual([]);
  });

  it('whoever loses its turn between two messages sends no more, and the rest is told by whoever has it', async () => {
    await lose('hubspot');
    await lose('salesforce');
    const slow = {
      async send(message: AlertMessage): Promise<Delivery> {
        sent.push(message);
        await database.pool.query('update alert_watch set leased_until = clock_timestamp()');
        return { outcome: 'told' };
      },
    };
    await round({ channel: slow });
    const before = sent.length;
    await round();

    expect([before, sent.length, new Set(texts()).size]).toStrictEqual([1, 2, 2]);
  });

  it('the turn is held for longer by who has it, and by nobody else', async () => {
    const over = -1;
    const turn = await ledger.takeAlertTurn(over);
    const lost = await ledger.renewAlertTurn(turn?.token ?? '', 60_000);
    const next = await ledger.takeAlertTurn(60_000);

    expect([lost, await ledger.renewAlertTurn(next?.token ?? '', 60_000)]).toStrictEqual([false, true]);
    expect([await ledger.renewAlertTurn(randomUUID(), 60_000), await ledger.takeAlertTurn(1)]).toStrictEqual([
      false,
      null,
    ]);
  });

  it.each<[string, Delivery, string]>([
    ['429 with a time', { outcome: 'later', code: 'http_429', retryMs: 5_000 }, 'retrying'],
    ['500', { outcome: 'later', code: 'http_500', retryMs: null }, 'retrying'],
    ['no answer', { outcome: 'later', code: 'timeout', retryMs: null }, 'retrying'],
    ['a webhook that is gone', { outcome: 'gone', code: 'http_404' }, 'gone'],
  ])('%s: the message waits and is told later', async (_what, answer, state) => {
    answers = [answer];
    await lose();
    await round();
    await round();
    const during = { sent: sent.length, health: (await ledger.webhookHealth()).state };
    await dueNow();
    await round();

    expect(during).toStrictEqual({ sent: 1, health: state });
    expect(sent).toHaveLength(2);
    expect(await ledger.webhookHealth()).toStrictEqual({ state: 'ok', code: null, sinceMs: null });
  });

  it('a process that has just begun tries at once: somebody may have given another address', async () => {
    answers = [{ outcome: 'gone', code: 'http_410' }];
    await lose();
    await round();
    await round({ isFirstTry: () => true });

    expect(sent).toHaveLength(2);
  });

  it('what began and ended while the webhook was away is told in order', async () => {
    answers = [{ outcome: 'later', code: 'http_500', retryMs: null }];
    await lose();
    await round();
    await mend();
    await round();
    await later(2);
    await round();
    await dueNow();
    await round();

    expect(texts().slice(1)).toStrictEqual([
      'Problem: HubSpot refuses our sign-in. Incident 1.',
      'Over: HubSpot refuses our sign-in. Incident 1.',
    ]);
  });

  it('more than five at once are one message', async () => {
    await freeze(8);
    await round();
    await round();

    expect(texts()).toStrictEqual(['Handoff: 8 changes of incidents at once, 8 begun and 0 over.']);
  });

  it('without a webhook they are recorded, and a webhook that comes later is not told what was over a day before', async () => {
    await lose();
    await freeze(1);
    await round({ channel: null });
    await mend();
    await round({ channel: null });
    await later(2);
    await round({ channel: null });
    await database.pool.query(`update incidents set ended_at = ended_at - interval '1 day' where state = 'ended'`);
    await round({ channel: null });
    const { items } = await listIncidents(ledger, 10);
    await round();

    expect(items.map(({ code, state }) => [code, state])).toStrictEqual([
      ['field_frozen', 'open'],
      ['auth_lost', 'ended'],
    ]);
    expect(texts()).toStrictEqual(['Warning: A field is frozen. Incident 2.']);
  });

  it('a process without a webhook takes nothing from one that has it', async () => {
    await lose();
    await round({ channel: null });
    await mend();
    await round({ channel: null });
    await later(2);
    await round({ channel: null });
    await round();

    expect(texts()).toStrictEqual([
      'Problem: HubSpot refuses our sign-in. Incident 1.',
      'Over: HubSpot refuses our sign-in. Incident 1.',
    ]);
  });

  it('another severity, and more records, are the same incident', async () => {
    await freeze(1);
    await round();
    await freeze(1);
    await round();

    expect(sent).toHaveLength(1);
    expect((await ledger.incidents(10)).map(({ facts }) => facts.records)).toStrictEqual([2]);
  });

  it('those that opened in one moment are listed with the newest number first', async () => {
    await database.pool.query(`insert into incidents (connection_id, code, subject, state, severity, facts, since, suspected_at, judged_at, opened_at)
      select 1, 'field_frozen', n::text, 'open', 'warning', '{}', now(), now(), now(), now() from generate_series(1, 12) as n`);

    expect((await ledger.incidents(12)).map(({ id }) => Number(id))).toStrictEqual(
      Array.from({ length: 12 }, (_, at) => 12 - at),
    );
  });

  it('one of a newer version is shown as unknown and told by it alone', async () => {
    await database.pool.query(`insert into incidents (connection_id, code, subject, state, severity, facts, since, suspected_at, judged_at, opened_at, opening_told_at)
      values (1, 'moon_is_full', '', 'open', 'warning', '{}', now(), now(), now(), now(), now())`);
    await round();
    const { items } = await listIncidents(ledger, 10);

    expect(items.map(({ title, state }) => [title, state])).toStrictEqual([
      ['moon_is_full (unknown to this version)', 'open'],
    ]);
    expect(sent).toStrictEqual([]);
  });
});

describe('what the watch reads of the ledger', () => {
  it('silence: handoffs of a stretch, and of the same stretch of four weeks', async () => {
    for (const [week, count] of [3, 1, 2, 0, 4].entries())
      await database.pool.query(
        `insert into pairs (connection_id, object, handed_over_at)
         select 1, 'contact', clock_timestamp() - make_interval(days => 7 * $1, hours => 1) from generate_series(1, $2)`,
        [week, count],
      );
    const { handoffs } = await ledger.alertReadings([4], []);

    expect(handoffs.windows).toStrictEqual([{ hours: 4, now: 3, weeksBefore: [1, 2, 0, 4] }]);
  });

  it('failures of the last hour, by when they began', async () => {
    for (const [minutes, code] of [
      [5, 'a'],
      [20, 'b'],
      [30, 'b'],
      [90, 'c'],
      [3_000, 'd'],
    ] as const)
      await database.pool.query(
        `insert into failures (connection_id, system, object, record_id, kind, code, message, advice, first_at)
         values (1, 'hubspot', 'contact', $1, 'needs-human', $2, '', '', clock_timestamp() - make_interval(mins => $3))`,
        [String(minutes), code, minutes],
      );

    expect((await ledger.alertReadings([], [])).failures).toStrictEqual({ lastHour: 3, dayBefore: 1, commonCode: 'b' });
  });

  it('what is due of live work, and of what the mapping has on', async () => {
    for (const [object, priority, minutes] of [
      ['contact', 3, 90],
      ['company', 1, 60],
      ['deal', 2, 30],
    ] as const)
      await database.pool.query(
        `insert into pending (connection_id, system, object, record_id, priority, due_at, counter, source)
         values (1, 'hubspot', $1, '1', $2, clock_timestamp() - make_interval(mins => $3), 1, 'webhook')`,
        [object, priority, minutes],
      );
    const age = async (off: string[]) =>
      Math.round((Date.now() - ((await ledger.alertReadings([], off)).oldestDueMs ?? 0)) / 60_000);

    expect([await age([]), await age(['company'])]).toStrictEqual([60, 30]);
  });

  it('runs that wait for a person; a failed one until a later one of its kind, or for three days', async () => {
    const run = async (kind: string, object: string | null, state: string, endedDays: number | null) =>
      await database.pool.query(
        `insert into runs (connection_id, kind, object, state, creates_limit, changes_limit, ended_at)
         values (1, $1, $2, $3, 1, 1, clock_timestamp() - make_interval(days => $4))`,
        [kind, object, state, endedDays],
      );
    await run('backfill', 'contacts', 'failed', 1);
    await run('backfill', 'contacts', 'ended', 0);
    await run('backfill', 'deals', 'failed', 1);
    await run('backfill', 'leads', 'failed', 4);
    await run('rebuild', null, 'review', null);
    await run('backfill', 'companies', 'stopped', null);

    const { runs } = await ledger.alertReadings([], []);

    expect(runs.map(({ kind, object, state }) => `${kind} ${object} ${state}`)).toStrictEqual([
      'backfill deals failed',
      'rebuild null review',
      'backfill companies stopped',
    ]);
  });
});

it('tells nothing where there is nothing', async () => {
  await round();
  await tellPeople({ ...dependencies(), renew: async () => true });

  expect(sent).toStrictEqual([]);
});

function condition(): Condition {
  return { code: 'no_worker', subject: '', verdict: 'on', sinceMs: 0, severity: 'error', facts: {} };
}

/** So many records with one frozen field, or of so many fields one record. */
async function freeze(fields: number): Promise<void> {
  await database.pool.query(
    `with p as (insert into pairs (connection_id, object) select 1, 'contact' from generate_series(1, $1) returning id)
     insert into frozen_fields (connection_id, pair_id, system, field, code, text)
     select 1, id, 'hubspot', 'field' || row_number() over (order by id), 'field_frozen', '' from p`,
    [fields],
  );
}
