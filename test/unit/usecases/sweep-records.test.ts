import { describe, expect, it } from 'vitest';
import type { HubSpotObject } from '../../../src/domain/record.ts';
import { SyncError } from '../../../src/errors.ts';
import type { Mark } from '../../../src/ports/ledger-claim.ts';
import type { Watermark } from '../../../src/ports/ledger-sweep.ts';
import { contactSweepSource, sweepModified, sweepRecords } from '../../../src/usecases/sweep-records.ts';

const hour = 3_600_000;
type Page = { records: { id: string; modifiedAtMs: number }[]; nextAfterId: string | null };

/** A ledger and a HubSpot that hold just what a sweep asks of them. */
function scene(watermark: Watermark | null, pages: Page[], own: string[] = []) {
  const state = {
    watermark,
    marks: [] as string[],
    windows: [] as { fromMs: number; untilMs: number; afterId: string | null }[],
  };
  const remember = (marks: readonly Mark[]) => state.marks.push(...marks.map(({ recordId }) => recordId));
  const ledger = {
    watermark: async () => state.watermark,
    ownWrites: async () => new Set(own),
    mark: async (marks: readonly Mark[]) => remember(marks),
    async advance(from: Watermark | null, to: Watermark, marks: readonly Mark[]) {
      if (from?.atMs !== state.watermark?.atMs) return false;
      state.watermark = to;
      remember(marks);
      return true;
    },
  };
  const hubspot = {
    async searchModified(_type: string, window: (typeof state.windows)[number]) {
      state.windows.push(window);
      const page = pages.shift();
      if (page === undefined) throw new Error('no further page was expected');
      return page;
    },
  };
  return { state, dependencies: { ledger, hubspot, clock: { now: () => 10 * hour }, settleMs: 1_000 } };
}

const at = (atMs: number): Watermark => ({ source: contactSweepSource, atMs, cursor: null });

describe('the sweep: a webhook that never came costs minutes and not a record', () => {
  it('begins at the first start: older contacts enter only by a backfill', async () => {
    const { state, dependencies } = scene(null, []);

    await expect(sweepModified(dependencies, 'contact')).resolves.toEqual({ read: 0, marked: 0, moved: true });
    expect(state.windows).toEqual([]);
    expect(state.watermark?.atMs).toBe(10 * hour - 1_000);
  });

  it('walks all pages by id within one frozen window that overlaps the last one', async () => {
    const pages = [
      { records: [{ id: '1', modifiedAtMs: 1 }], nextAfterId: '1' },
      { records: [{ id: '2', modifiedAtMs: 2 }], nextAfterId: null },
    ];
    const { state, dependencies } = scene(at(9 * hour), pages);

    await expect(sweepModified(dependencies, 'contact')).resolves.toEqual({ read: 2, marked: 2, moved: true });
    expect(state.windows.map(({ afterId }) => afterId)).toEqual([null, '1']);
    expect(new Set(state.windows.map(({ fromMs, untilMs }) => `${fromMs}-${untilMs}`)).size).toBe(1);
    expect(state.windows[0]?.fromMs).toBeLessThan(9 * hour);
    expect(state.marks).toEqual(['1', '2']);
  });

  it('passes over rows that our own write modified', async () => {
    const pages = [
      {
        records: [
          { id: '1', modifiedAtMs: 1 },
          { id: '2', modifiedAtMs: 2 },
        ],
        nextAfterId: null,
      },
    ];
    const { state, dependencies } = scene(at(9 * hour), pages, ['1']);

    await sweepModified(dependencies, 'contact');

    expect(state.marks).toEqual(['2']);
  });

  it('leaves the watermark where it was when a page fails, so that nothing is passed over', async () => {
    const { state, dependencies } = scene(at(9 * hour), [{ records: [], nextAfterId: '1' }]);

    await expect(sweepModified(dependencies, 'contact')).rejects.toThrow('no further page');
    expect(state.watermark?.atMs).toBe(9 * hour);
  });

  it('stops between two pages when asked to, and leaves the watermark', async () => {
    const stop = new AbortController();
    const { state, dependencies } = scene(at(9 * hour), [
      { records: [{ id: '1', modifiedAtMs: 1 }], nextAfterId: '1' },
    ]);
    const mark = dependencies.ledger.mark;
    dependencies.ledger.mark = async (marks) => {
      stop.abort();
      return mark(marks);
    };

    await expect(sweepModified(dependencies, 'contact', stop.signal)).resolves.toMatchObject({ moved: false });
    expect(state.watermark?.atMs).toBe(9 * hour);
  });

  it('asks nothing while the watermark is ahead of the clock', async () => {
    const { state, dependencies } = scene(at(11 * hour), []);

    await expect(sweepModified(dependencies, 'contact')).resolves.toEqual({ read: 0, marked: 0, moved: false });
    expect(state.watermark?.atMs).toBe(11 * hour);
  });
});

describe('the sweep of several kinds', () => {
  /** A portal in which one record of each kind was modified; searching deals or companies may fail. */
  function portal(given: { refuses?: string; own?: HubSpotObject } = {}) {
    const watermarks = new Map<string, Watermark>();
    const marks: string[] = [];
    const asked: string[] = [];
    const begun = (source: string) => ({ source, atMs: 9 * hour, cursor: null });
    const remember = (all: readonly Mark[]) =>
      marks.push(...all.map(({ object, recordId }) => `${object}/${recordId}`));
    const dependencies = {
      ledger: {
        watermark: async (source: string) => watermarks.get(source) ?? begun(source),
        ownWrites: async (records: readonly { id: string }[], object?: HubSpotObject) =>
          new Set(object === given.own ? records.map(({ id }) => id) : []),
        mark: async (all: readonly Mark[]) => remember(all),
        async advance(_from: Watermark | null, to: Watermark, all: readonly Mark[]) {
          watermarks.set(to.source, to);
          remember(all);
          return true;
        },
      },
      hubspot: {
        async searchModified(type: string) {
          asked.push(type);
          if (type === given.refuses) throw new SyncError('wait', 'hubspot_search_limit', 'Wait.');
          return { records: [{ id: '7', modifiedAtMs: 1 }], nextAfterId: null };
        },
      },
      clock: { now: () => 10 * hour },
    };
    return { dependencies, marks, asked, moved: () => [...watermarks.keys()] };
  }
  const mapping = { company: { isOn: true }, deal: { isOn: true } };

  it('marks each under its own kind, with watermarks of their own', async () => {
    const { dependencies, marks, moved } = portal();

    await expect(sweepRecords({ ...dependencies, mapping })).resolves.toEqual({ read: 3, marked: 3 });
    expect(marks).toEqual(['contact/7', 'company/7', 'deal/7']);
    expect(moved()).toEqual(['hubspot.contacts.modified', 'hubspot.companies.modified', 'hubspot.deals.modified']);
  });

  it('passes over our own write of a deal, not the contact of the same id', async () => {
    const { dependencies, marks } = portal({ own: 'deal' });

    await sweepRecords({ ...dependencies, mapping });

    expect(marks).toEqual(['contact/7', 'company/7']);
  });

  it.each([
    { off: 'company', asked: ['contacts', 'deals'] },
    { off: 'deal', asked: ['contacts', 'companies'] },
  ])('asks nothing about a kind that is not synced: $off', async ({ off, asked: kinds }) => {
    const { dependencies, asked } = portal();

    await sweepRecords({ ...dependencies, mapping: { ...mapping, [off]: { isOn: false } } });

    expect(asked).toEqual(kinds);
  });

  it('goes on with deals when companies could not be read, and tells of it', async () => {
    const { dependencies, marks, moved } = portal({ refuses: 'companies' });

    await expect(sweepRecords({ ...dependencies, mapping })).rejects.toMatchObject({ code: 'hubspot_search_limit' });
    expect(marks).toEqual(['contact/7', 'deal/7']);
    expect(moved()).not.toContain('hubspot.companies.modified');
  });
});
