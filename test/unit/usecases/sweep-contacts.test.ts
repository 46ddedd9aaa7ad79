import { describe, expect, it } from 'vitest';
import type { Mark } from '../../../src/ports/ledger-claim.ts';
import type { Watermark } from '../../../src/ports/ledger-sweep.ts';
import { contactSweepSource, sweepContacts } from '../../../src/usecases/sweep-contacts.ts';

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

    await expect(sweepContacts(dependencies)).resolves.toEqual({ read: 0, marked: 0, moved: true });
    expect(state.windows).toEqual([]);
    expect(state.watermark?.atMs).toBe(10 * hour - 1_000);
  });

  it('walks all pages by id within one frozen window that overlaps the last one', async () => {
    const pages = [
      { records: [{ id: '1', modifiedAtMs: 1 }], nextAfterId: '1' },
      { records: [{ id: '2', modifiedAtMs: 2 }], nextAfterId: null },
    ];
    const { state, dependencies } = scene(at(9 * hour), pages);

    await expect(sweepContacts(dependencies)).resolves.toEqual({ read: 2, marked: 2, moved: true });
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

    await sweepContacts(dependencies);

    expect(state.marks).toEqual(['2']);
  });

  it('leaves the watermark where it was when a page fails, so that nothing is passed over', async () => {
    const { state, dependencies } = scene(at(9 * hour), [{ records: [], nextAfterId: '1' }]);

    await expect(sweepContacts(dependencies)).rejects.toThrow('no further page');
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

    await expect(sweepContacts(dependencies, stop.signal)).resolves.toMatchObject({ moved: false });
    expect(state.watermark?.atMs).toBe(9 * hour);
  });

  it('asks nothing while the watermark is ahead of the clock', async () => {
    const { state, dependencies } = scene(at(11 * hour), []);

    await expect(sweepContacts(dependencies)).resolves.toEqual({ read: 0, marked: 0, moved: false });
    expect(state.watermark?.atMs).toBe(11 * hour);
  });
});
