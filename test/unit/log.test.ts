import { describe, expect, it } from 'vitest';
import { SyncError } from '../../src/errors.ts';
import { createLog, describeError, type LogLevel } from '../../src/log.ts';

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
