import { expect, it, vi } from 'vitest';
import type { Finding } from '../../../src/domain/finding.ts';
import { SyncError } from '../../../src/errors.ts';
import type { SchemaLedger } from '../../../src/ports/ledger-schemas.ts';
import { createSchemaCheck, refuseErrors } from '../../../src/service/schema-check.ts';
import type { CheckReport } from '../../../src/usecases/check/run-check.ts';

const finding: Finding = {
  severity: 'error',
  code: 'unknown_property',
  file: 'contacts.yaml',
  line: 7,
  column: 1,
  what: 'HubSpot contacts have no property x.',
  why: '',
  fix: '',
};
const warning: Finding = { ...finding, severity: 'warning', code: 'option_not_mapped' };
const fine: CheckReport = { findings: [], fresh: [], fault: null };
const wrong: CheckReport = { findings: [finding, warning], fresh: [], fault: null };
const away: CheckReport = {
  findings: [{ ...finding, code: 'hubspot_unreachable', file: '' }],
  fresh: [],
  fault: new SyncError('retryable', 'hubspot_unreachable', 'Away.'),
};
const minute = 60_000;
const day = 24 * 60 * minute;

function given(...reports: readonly CheckReport[]) {
  let now = 0;
  const [errors, warnings]: [object[], object[]] = [[], []];
  const log = { warn: (facts: object) => void warnings.push(facts), error: (facts: object) => void errors.push(facts) };
  const check = vi.fn(async () => reports[Math.min(check.mock.calls.length, reports.length) - 1] ?? fine);
  const lastCheck = vi.fn<SchemaLedger['lastCheck']>(async () => null);
  const checker = createSchemaCheck({ check, ledger: { lastCheck }, clock: { now: () => now }, log });
  const later = (ms: number) => {
    now += ms;
  };
  return { checker, check, lastCheck, errors, warnings, later };
}

it('knows nothing before the first check, logs each error by its line, and counts the warnings', async () => {
  const { checker, errors, warnings } = given(wrong);

  expect(checker.last()).toBeNull();
  await checker.run();

  expect(checker.last()).toEqual({ ok: false, detail: '1 of its lines do not fit, see handoff check; 1 warning' });
  expect(errors).toEqual([{ code: 'unknown_property', file: 'contacts.yaml', line: 7 }]);
  expect(warnings).toEqual([{ count: 1 }]);
});

it('looks again ten minutes later where something is wrong and somebody asks, for it may have been mended', async () => {
  const { checker, check, later } = given(wrong, fine);
  await checker.run();

  later(9 * minute);
  checker.last();
  expect(check).toHaveBeenCalledTimes(1);
  later(2 * minute);
  checker.last();

  await vi.waitFor(() => expect(checker.last()).toEqual({ ok: true, detail: 'fits what the CRMs have' }));
  later(day);
  checker.last();
  expect(check).toHaveBeenCalledTimes(2);
});

it('does not take a CRM that does not answer for a mapping that does not fit, and keeps what it knew', async () => {
  const first = given(away);
  const later = given(fine, away);

  await first.checker.run();
  await later.checker.run();
  await later.checker.run();

  expect(first.checker.last()).toEqual({ ok: false, detail: 'not compared yet: hubspot_unreachable' });
  expect([first.errors, first.warnings]).toEqual([[], [{ code: 'hubspot_unreachable' }]]);
  expect(later.checker.last()).toMatchObject({ ok: true });
});

it('checks once a day, whichever process did it last', async () => {
  const { checker, check, lastCheck, later } = given(fine);
  await checker.daily();
  expect(check).toHaveBeenCalledTimes(1);

  lastCheck.mockResolvedValue({ checkedAtMs: 0 } as never);
  later(23 * 60 * minute);
  await checker.daily();
  expect(check).toHaveBeenCalledTimes(1);
  later(60 * minute);
  await checker.daily();
  expect(check).toHaveBeenCalledTimes(2);
});

it('does not look a second time while it is looking', async () => {
  const { checker, check } = given(fine);

  await Promise.all([checker.run(), checker.daily(), checker.run()]);

  expect(check).toHaveBeenCalledTimes(1);
});

it('logs what was changed in a CRM since the last check', async () => {
  const change = { ...warning, code: 'schema_changed_removed', atMs: 0 };
  const { checker, warnings } = given({ ...fine, findings: [change], fresh: [change] });

  await checker.run();

  expect(warnings).toContainEqual({ code: 'schema_changed_removed', file: 'contacts.yaml', line: 7 });
});

it('refuses a start by a line for each error, and neither for warnings nor for a CRM that is away', () => {
  const thrown = () => refuseErrors(wrong);

  expect(thrown).toThrow(expect.objectContaining({ code: 'check_failed', kind: 'needs-human' }));
  expect(thrown).toThrow(
    expect.objectContaining({ faults: ['contacts.yaml:7 HubSpot contacts have no property x. [unknown_property]'] }),
  );
  expect(() => refuseErrors({ ...fine, findings: [warning] })).not.toThrow();
  expect(() => refuseErrors(away)).not.toThrow();
});
