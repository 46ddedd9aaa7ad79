import { describe, expect, it } from 'vitest';
import type { LedgerStatus } from '../../../src/ports/ledger-admin.ts';
import { checkReadiness } from '../../../src/service/readiness.ts';

const fine = { ok: true, detail: 'answers' };

const none = { paused: false, pausedReason: null, pausedBy: null, rebuild: null };

function sources(blockedBy: number | null, mode: LedgerStatus['mode'] = none) {
  return {
    draining: () => false,
    ledger: () => ({ ping: async () => undefined, status: async () => ({ waits: [], mode, watermarks: [] }) }),
    queue: () => ({ health: async () => ({ ok: true, backend: 'postgresql' as const, detail: 'answers' }) }),
    crms: { hubspot: fine, salesforce: fine },
    schemas: () => fine,
    poll: () => null,
    blockedBy: () => blockedBy,
  };
}

describe('a process that cannot work under the active mapping version', () => {
  it('still takes events, and says which version it is and what it needs', async () => {
    const { ready, status, checks } = await checkReadiness(sources(7));
    expect({ ready, status }).toEqual({ ready: true, status: 'degraded' });
    expect(checks.mapping).toEqual({ ok: false, detail: 'version 7 needs a newer build' });
  });

  it('is told apart from one that can', async () => {
    expect((await checkReadiness(sources(null))).status).toBe('ready');
  });
});

it('is degraded, and ready all the same, where nights go by without a comparison', async () => {
  const overdue = { sinceMs: 0, runId: '9' };
  const own = sources(null);
  const ledger = () => ({
    ...own.ledger(),
    status: async () => ({ ...(await own.ledger().status()), comparisonOverdue: overdue }),
  });
  const { ready, status, checks } = await checkReadiness({ ...own, ledger });
  expect({ ready, status }).toEqual({ ready: true, status: 'degraded' });
  expect(checks.comparison).toEqual({
    ok: false,
    detail: 'none has ended since 1970-01-01T00:00:00.000Z; run 9 stands in the way',
  });
});

it('says what keeps everything from being written', async () => {
  const detailWith = async (more: Partial<LedgerStatus['mode']>) =>
    (await checkReadiness(sources(null, { ...none, ...more }))).checks.ledger?.detail;

  expect(await detailWith({})).toBe('answers');
  expect(await detailWith({ paused: true })).toBe('answers; CRM writes are paused');
  expect(await detailWith({ paused: true, rebuild: { runId: '5', state: 'review' } })).toBe(
    'answers; CRM writes are paused for rebuild 5',
  );
});
