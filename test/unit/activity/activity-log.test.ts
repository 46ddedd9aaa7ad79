import { describe, expect, it } from 'vitest';
import type { ActivityLine, ActivityPage, ActivityPosition } from '../../../src/ports/ledger-activity.ts';
import { createActivityLog } from '../../../src/usecases/activity/activity-log.ts';

const place = (id: string): ActivityPosition => ({ micros: '1763800000000001', kind: 'action', id });
const line: ActivityLine = {
  position: place('9'),
  atMs: 1_763_800_000_000,
  kind: 'action',
  ...{ system: 'hubspot', object: 'deal', recordId: '5', runId: null },
  action: {
    actor: 'jane',
    code: 'deal_resync',
    target: { kind: 'deal', id: '5' },
    details: {},
    outcome: 'done',
    problem: null,
  },
};

/** A log over these pages, each of which takes so long. */
function logOf(pages: readonly ActivityPage[], stepMs = 100) {
  let now = 0;
  const asked: (ActivityPosition | undefined)[] = [];
  const log = createActivityLog({
    ledger: () => ({
      activity: async (_filter, { after }) => {
        asked.push(after);
        now += stepMs;
        return pages[asked.length - 1] ?? { lines: [], next: null };
      },
    }),
    clock: { now: () => now, random: () => 0, sleep: async () => undefined },
  });
  return { log, asked };
}

const empty = (id: string): ActivityPage => ({ lines: [], next: place(id) });

describe('a page of the activity log', () => {
  it('looks on where nothing was found yet, behind where it had looked', async () => {
    const { log, asked } = logOf([empty('30'), empty('20'), { lines: [line], next: place('9') }]);

    const { items, nextCursor } = await log.list({}, { limit: 5 });
    expect(items).toMatchObject([
      {
        id: 'a9',
        actor: 'jane',
        text: 'Asked for deal 5 to be looked at again.',
        pair: { kind: 'deal', recordId: '5' },
      },
    ]);
    expect(nextCursor).toBe('1763800000000001.a9');
    expect(asked).toStrictEqual([undefined, place('30'), place('20')]);
  });

  it('answers without an entry rather than late, and says where to go on', async () => {
    const { log } = logOf([empty('30'), empty('20'), empty('10'), { lines: [line], next: null }], 900);

    expect(await log.list({}, { limit: 5 })).toStrictEqual({ items: [], nextCursor: '1763800000000001.a10' });
  });

  it('ends where the log ends', async () => {
    expect(await logOf([empty('30')]).log.list({}, { limit: 5 })).toStrictEqual({ items: [], nextCursor: null });
  });
});

describe('the whole log', () => {
  it('is read page by page, each when it is asked for', async () => {
    const { log, asked } = logOf([{ lines: [line], next: place('9') }, empty('5'), { lines: [line], next: null }]);
    const pages = log.all({});

    expect((await pages.next()).value).toHaveLength(1);
    expect(asked).toHaveLength(1);
    const rest: number[] = [];
    for await (const page of pages) rest.push(page.length);
    expect(rest).toStrictEqual([0, 1]);
  });
});
