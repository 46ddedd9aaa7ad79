import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bodyOf, remember } from '../../../../web/src/pages/runs/remembered.ts';

let kept: Map<string, string>;
beforeEach(() => {
  kept = new Map();
  vi.stubGlobal('sessionStorage', {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, text: string) => void kept.set(name, text),
  });
});
afterEach(() => vi.unstubAllGlobals());

const dryRun = { id: '7', object: 'contacts', filter: {} };

describe('what it takes to start a dry run for real', () => {
  it('is what this tab was asked for, its ids and its expression too', () => {
    const body = { object: 'contacts', since: '90d', where: 'contact.x == 1', ids: ['1', '2'] } as const;
    remember('7', { ...body, ids: [...body.ids], dryRun: true });
    expect(bodyOf({ ...dryRun, filter: { where: '(forgotten)', hasIds: true } })).toEqual({ ...body, dryRun: false });
  });

  it('is the filter of the run where another tab asked', () => {
    const filter = { since: '2026-01-01T00:00:00.000Z', stage: 'lead', list: '4' };
    expect(bodyOf({ ...dryRun, filter })).toEqual({ object: 'contacts', ...filter, dryRun: false });
  });

  it.each([
    ['ids that are not known here', { ...dryRun, filter: { hasIds: true } }],
    ['an expression that is not known here', { ...dryRun, filter: { where: '(forgotten)' } }],
    ['a kind of record that is not known here', { ...dryRun, object: 'tickets' }],
    ['no kind of record', { ...dryRun, object: null }],
  ])('is not known of a run with %s', (_what, run) => {
    expect(bodyOf(run)).toBeNull();
  });

  it.each([
    '{',
    'null',
    '7',
    '{"object":"tickets"}',
    '{"object":"contacts","ids":"1"}',
    '{"object":"contacts","ids":[1]}',
  ])('is not taken from %s in the storage of the tab', (text) => {
    kept.set('handoff.dry-run.7', text);
    expect(bodyOf({ ...dryRun, filter: { hasIds: true } })).toBeNull();
  });
});
