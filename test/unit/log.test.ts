import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SyncError } from '../../src/errors.ts';
import { allowedKeys, createLog, describeError, type LogLevel } from '../../src/log.ts';

function record(level: LogLevel = 'debug') {
  const lines: string[] = [];
  const log = createLog(level, { write: (line: string) => void lines.push(line) });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> };
}

describe('log: one JSON object per line', () => {
  it('carries time, level, sentence and the allowed facts', () => {
    const { log, last } = record();

    log.warn({ errorCode: 'row_locked', attempt: 2, recordIds: ['1', '2'] }, 'write rejected, will retry');

    expect(last()).toMatchObject({
      level: 'warn',
      msg: 'write rejected, will retry',
      errorCode: 'row_locked',
      attempt: 2,
      recordIds: ['1', '2'],
    });
    expect(last().time).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it('adds what the log was made with', () => {
    const { log, last } = record();

    log.with({ job: 'contacts.sync', slot: 1 }).info({ worked: 3 }, 'done');

    expect(last()).toMatchObject({ job: 'contacts.sync', slot: 1, worked: 3 });
  });

  it('carries the ids of the job or request that is under way, whoever writes the line', async () => {
    const { log, lines } = record();
    const elsewhere = async (count: number) => {
      await Promise.resolve();
      log.info({ count }, 'done');
    };

    await Promise.all([
      log.during({ job: 'contacts.sync', jobId: '1' }, () => elsewhere(1)),
      log.during({ requestId: 'abc' }, () => log.during({ runId: '7' }, () => elsewhere(2))),
    ]);
    await elsewhere(3);

    const told = lines.map((line) => JSON.parse(line)).map(({ time, level, msg, ...facts }) => facts);
    expect(told.toSorted((one, other) => one.count - other.count)).toStrictEqual([
      { job: 'contacts.sync', jobId: '1', count: 1 },
      { requestId: 'abc', runId: '7', count: 2 },
      { count: 3 },
    ]);
  });

  it('allows every fact that the code gives it: none is left out by mistake', () => {
    const calls = /\blog\??\.(?:debug|info|warn|error|with|during)\??\.?\(\s*\{([^}]*)\}/g;
    const files = globSync('{src,jobs}/**/*.ts').filter((file) => !/src\/(sandbox|demo)\//.test(file));
    const given = files.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(calls)].flatMap(([, facts = '']) =>
        facts.split(',').flatMap((fact) => /^(\w+)/.exec(fact.trim())?.[1] ?? []),
      ),
    );

    expect(given.length).toBeGreaterThan(100);
    expect([...new Set(given)].filter((name) => !allowedKeys.has(name))).toStrictEqual([]);
  });

  it('keeps quiet below its level', () => {
    const { log, lines } = record('warn');

    log.info({}, 'not told');
    log.debug({}, 'not told either');

    expect(lines).toEqual([]);
  });
});

describe('log: nothing personal and nothing secret', () => {
  it('leaves out facts that are not on the list', () => {
    const { log, last } = record();

    log.info({ email: 'x', firstname: 'Ada', accessToken: 't', body: '{}', worked: 1 }, 'done');

    expect(Object.keys(last()).toSorted()).toEqual(['level', 'msg', 'time', 'worked']);
  });

  it('never writes an object, so that no record passes', () => {
    const { log, lines } = record();

    log.info({ detail: { lastname: 'Lovelace' }, fields: [{ value: 'Lovelace' }] }, 'done');

    expect(lines.join()).not.toContain('Lovelace');
  });

  it.each([
    ['an email', 'no owner for ada.lovelace@example.com', 'ada'],
    ['a HubSpot token', 'pat-eu1-0123abcd-9999', '0123abcd'],
    ['a Salesforce session', '00D000000000001!AQ0AQ.secretpart', 'secretpart'],
    ['a bearer header', 'Authorization: Bearer abc.def', 'abc.def'],
    ['the cookie of a session', 'cookie: theme=dark; handoff_session=Zm9v-YmFy; x=1', 'Zm9v'],
    ['the password of a URL', 'postgres://handoff:hunter2@db/handoff', 'hunter2'],
  ])('redacts %s inside an allowed fact', (_what, text, secret) => {
    const { log, lines } = record();

    log.error({ detail: text }, 'failed');

    expect(lines.join()).not.toContain(secret);
  });

  it('tells of an error its kind, code and place, but not its foreign text', () => {
    const { log, last, lines } = record();
    const cause = new Error('invalid input for Ada');
    const error = new SyncError('retryable', 'ledger_failed', 'The ledger refused.', { vendorCode: '22P02', cause });

    log.error(describeError(error), 'failed');

    expect(last()).toMatchObject({ kind: 'retryable', errorCode: 'ledger_failed', vendorCode: '22P02', name: 'Error' });
    expect(String(last().detail)).toContain('log.test.ts');
    expect(lines.join()).not.toContain('Ada');
  });
});
