import { describe, expect, it } from 'vitest';
import type { HubSpotRecord } from '../../../src/domain/record.ts';
import { createReservoir, mostSampled, sampleWalk, spread } from '../../../src/usecases/runs/sample.ts';

/** A portal whose ids are these, as a walk answers it. */
function portalOf(ids: readonly number[]) {
  let asked = 0;
  const walkFrom = async (afterId: string | null) => {
    asked += 1;
    const behind = ids.filter((id) => id > Number(afterId ?? 0));
    const records = behind
      .slice(0, 200)
      .map((id): HubSpotRecord => ({ id: String(id), properties: {}, mergedIds: [], updatedAtMs: 0 }));
    const nextAfterId = behind.length > 200 ? (records.at(-1)?.id ?? null) : null;
    return { records, nextAfterId, total: behind.length };
  };
  return { walkFrom, asked: () => asked };
}

const evenly = (count: number, first: number, step: number) =>
  Array.from({ length: count }, (_, index) => first + index * step);

describe('a sample of a walk', () => {
  it.each([0, 1, 200, 201, 400])('is everything where there are %i', async (count) => {
    const { total, strata, isAll } = await sampleWalk(portalOf(evenly(count, 101, 3)).walkFrom);
    expect({ total, isAll }).toEqual({ total: count, isAll: true });
    expect(strata.flatMap(({ rows }) => rows)).toHaveLength(count);
  });

  it.each([
    ['one after the other', evenly(20_000, 101, 1)],
    ['with wide gaps', evenly(20_000, 30_000_000_000, 17_531)],
    ['in two eras', [...evenly(10_000, 51, 1), ...evenly(10_000, 90_000_000_000, 11)]],
  ])('stands for all of them, where ids come %s, within 13 questions', async (_name, ids) => {
    const portal = portalOf(ids);
    const { total, strata, isAll } = await sampleWalk(portal.walkFrom);
    expect({ total, isAll }).toEqual({ total: 20_000, isAll: false });
    expect(strata.reduce((sum, { stands }) => sum + stands, 0)).toBe(20_000);
    expect(portal.asked()).toBeLessThanOrEqual(13);
    const sampled = strata.flatMap(({ rows }) => rows);
    expect(new Set(sampled.map(({ id }) => id)).size).toBe(sampled.length);
    expect(sampled.length).toBeGreaterThanOrEqual(150);
    expect(strata.length).toBeGreaterThan(2);
  });
});

it('spreads what it takes over the whole', () => {
  expect(spread(evenly(10, 0, 1), 5)).toEqual([0, 2, 4, 6, 8]);
  expect(spread([1, 2], 5)).toEqual([1, 2]);
});

it('gives everything that comes along the same chance', () => {
  let turn = 0;
  const next = () => {
    turn = (turn + 0.377) % 1;
    return turn;
  };
  const reservoir = createReservoir(mostSampled, next);
  for (let id = 0; id < 10_000; id += 1) reservoir.add(String(id));
  const kept = reservoir.ids().map(Number);
  expect(kept).toHaveLength(mostSampled);
  expect(Math.max(...kept)).toBeGreaterThan(9_000);
  expect(Math.min(...kept)).toBeLessThan(1_000);
});
