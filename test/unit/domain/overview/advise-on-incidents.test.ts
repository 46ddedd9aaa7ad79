import { describe, expect, it } from 'vitest';
import { tellIncident } from '../../../../src/domain/alerts/tell-incident.ts';
import { type AlertCode, alertCodes } from '../../../../src/domain/alerts/types.ts';
import { advise, judgeHealth } from '../../../../src/domain/overview/advise.ts';
import type { OpenIncident, Situation } from '../../../../src/domain/overview/types.ts';
import { hour, minute, now, run, situation } from './situation.ts';

function incident(code: AlertCode, other: Partial<OpenIncident> & { facts?: Record<string, number> } = {}) {
  const { facts = {}, subject = '', ...rest } = other;
  const { text, fix, path } = tellIncident({ code, subject, facts });
  return { id: '31', code, subject, severity: 'warning' as const, text, fix, path, sinceMs: now - hour, ...rest };
}
const told = (given: Partial<Situation>) =>
  advise(situation(given)).map(({ severity, code, incidents = [] }) =>
    `${severity} ${code} ${incidents.join()}`.trim(),
  );

describe('open incidents in the overview', () => {
  it('one that nothing else says is the health: its sentence, its fix, its link', () => {
    const whole = situation({ incidents: [incident('no_handoffs', { facts: { hours: 24, usual: 12 } })] });
    const advice = advise(whole);

    expect(judgeHealth(whole, advice)).toEqual({
      level: 'warning',
      sentence:
        'Sales got no contact in the last 24 hours. The same time of the four weeks before always had some, 12 on average.',
    });
    expect(advice).toMatchObject([
      {
        code: 'incident',
        link: '/funnel',
        sinceMs: now - hour,
        incidents: ['31'],
        fix: expect.stringMatching(/^See in/),
      },
    ]);
  });

  it.each(alertCodes)('%s makes it not well, also where the figures of now show nothing', (code) => {
    const whole = situation({ incidents: [incident(code, { severity: 'error' })] });

    expect(judgeHealth(whole, advise(whole)).level).toBe('error');
  });

  const lead = {
    source: 'a',
    label: 'Leads',
    system: 'salesforce',
    atMs: now - 20 * minute,
    everyMs: 1,
    isLate: true,
  } as const;
  it.each<{ what: string; given: Partial<Situation>; expected: string[] }>([
    {
      what: 'advice about the same names it, and is as grave',
      given: {
        sources: [lead],
        incidents: [incident('sync_lag', { subject: 'salesforce', severity: 'error' })],
      },
      expected: ['error source_late 31'],
    },
    {
      what: 'the other CRM is another matter',
      given: { sources: [lead], incidents: [incident('sync_lag', { subject: 'hubspot' })] },
      expected: ['warning source_late', 'warning incident 31'],
    },
    {
      what: 'little drift is news, and a look once there is an incident',
      given: {
        lastComparison: { runId: '5', endedAtMs: now, drift: { missing: 1 } },
        incidents: [incident('drift_found')],
      },
      expected: ['warning drift_found 31'],
    },
    {
      what: 'a run that was stopped, and another that failed',
      given: {
        runs: [{ ...run, state: 'stopped' }],
        incidents: [
          incident('run_needs_person', { subject: '7' }),
          incident('run_needs_person', { subject: '8', id: '32' }),
        ],
      },
      expected: ['warning run_stopped 31', 'warning incident 32'],
    },
    {
      what: 'live sync was stopped, under whichever run of the day',
      given: {
        runs: [{ ...run, kind: 'live', state: 'stopped' }],
        incidents: [incident('run_needs_person', { subject: 'live', severity: 'error' })],
      },
      expected: ['error run_stopped 31'],
    },
    {
      what: 'several frozen fields are one advice',
      given: {
        frozenFields: 2,
        incidents: [
          incident('field_frozen', { subject: 'hubspot a' }),
          incident('field_frozen', { subject: 'hubspot b', id: '32' }),
        ],
      },
      expected: ['warning frozen_fields 31,32'],
    },
  ])('$what', ({ given, expected }) => {
    expect(told(given)).toEqual(expected);
  });

  it('one of a newer version is told, too', () => {
    const unknown = { ...incident('no_handoffs'), code: 'moon_is_full' };

    expect(told({ incidents: [unknown] })).toEqual(['warning incident 31']);
  });
});

describe('the webhook in the overview', () => {
  it('one that is gone is told, with what to do', () => {
    const webhook = { state: 'gone', code: 'http_404', sinceMs: now - hour } as const;

    expect(advise(situation({ webhook }))).toEqual([
      {
        severity: 'warning',
        code: 'webhook_gone',
        text: 'Nobody is told of incidents: the webhook of alerts takes no messages any more (http 404).',
        fix: 'Give another address in ALERT_WEBHOOK_URL and restart; what waits is sent at once.',
        link: null,
        sinceMs: now - hour,
      },
    ]);
  });

  it.each([
    { what: 'there is none', webhook: null },
    { what: 'it is tried again', webhook: { state: 'retrying', code: 'timeout', sinceMs: now } as const },
  ])('nothing is told where $what', ({ webhook }) => {
    expect(told({ webhook })).toEqual([]);
  });
});
