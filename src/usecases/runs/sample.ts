import type { HubSpotRecord } from '../../domain/record.ts';

/** Records that stand for a part of all: `stands` is how many they stand for. */
export type Stratum<Row> = { rows: readonly Row[]; stands: number };

/** One page of a walk by id. `total`: how many match behind the id that was asked for. */
export type WalkPage = { records: readonly HubSpotRecord[]; nextAfterId: string | null; total: number };

/** Most records of a sample. */
export const mostSampled = 400;

/** Questions beyond the first one: search allows about four a second. */
const mostProbes = 12;
/** A part that stands for no more than the eighth of all is not divided. */
const fineEnough = 8;

type Point = { afterId: number; page: WalkPage };

/**
 * A sample that is spread over all records of a walk. Their ids say nothing of how many there are in between, so it asks: each answer is a page
 * of records and the number of those behind it. All of them, where they are few.
 * @param most about so many records
 */
export async function sampleWalk(
  walkFrom: (afterId: string | null) => Promise<WalkPage>,
  most: number = mostSampled,
): Promise<{ total: number; strata: readonly Stratum<HubSpotRecord>[]; isAll: boolean }> {
  const first = await walkFrom(null);
  const { total } = first;
  if (total <= most) return { total, strata: [await readAll(first, walkFrom, most)], isAll: true };
  const points: Point[] = [{ afterId: 0, page: first }];
  const ask = async (afterId: number) => {
    const page = await walkFrom(String(afterId));
    points.push({ afterId, page });
    points.sort((one, other) => one.afterId - other.afterId);
    return page;
  };
  // If they went on as on the first page, they would end about there; else further away.
  const [begin, until] = [Number(first.records[0]?.id ?? 0), Number(first.records.at(-1)?.id ?? 0)];
  let step = Math.max(1, (until - begin) / first.records.length) * total;
  points[0] = { afterId: begin - 1, page: first };
  for (let probes = 0; probes < mostProbes / 2; probes += 1) {
    const end = Math.ceil(until + step);
    if (!Number.isSafeInteger(end) || (await ask(end)).total === 0) break;
    step *= 32;
  }
  while (points.length <= mostProbes) {
    const middle = middleOfWidest(points, total / fineEnough);
    if (middle === null) break;
    await ask(middle);
  }
  return { total, strata: toStrata(points, most), isAll: false };
}

async function readAll(
  first: WalkPage,
  walkFrom: (afterId: string | null) => Promise<WalkPage>,
  most: number,
): Promise<Stratum<HubSpotRecord>> {
  const rows = [...first.records];
  let next = first.nextAfterId;
  while (next !== null && rows.length < 2 * most) {
    const page = await walkFrom(next);
    rows.push(...page.records);
    next = page.nextAfterId;
  }
  return { rows, stands: rows.length };
}

/** The id in the middle of the part that stands for most records; null: none stands for more than these. */
function middleOfWidest(points: readonly Point[], most: number): number | null {
  let [widest, middle] = [most, null as number | null];
  for (const [index, { afterId, page }] of points.entries()) {
    const next = points[index + 1];
    const stands = page.total - (next?.page.total ?? 0);
    if (next === undefined || stands <= widest || next.afterId - afterId < 2) continue;
    [widest, middle] = [stands, Math.floor((afterId + next.afterId) / 2)];
  }
  return middle;
}

/** Each page stands for all records up to the next one. */
function toStrata(points: readonly Point[], most: number): Stratum<HubSpotRecord>[] {
  const strata = points.map(({ page }, index) => ({
    rows: page.records,
    stands: page.total - (points[index + 1]?.page.total ?? 0),
  }));
  const filled = strata.filter(({ rows, stands }) => rows.length > 0 && stands > 0);
  const each = Math.ceil(most / Math.max(1, filled.length));
  return filled.map(({ rows, stands }) => ({ rows: spread(rows, Math.min(each, stands)), stands }));
}

/** So many rows, evenly from the whole. */
export function spread<Row>(rows: readonly Row[], most: number): readonly Row[] {
  if (rows.length <= most) return rows;
  return Array.from({ length: most }, (_, index) => rows[Math.floor((index * rows.length) / most)]).flatMap(
    (row) => row ?? [],
  );
}

/** A sample of things that come one after the other, whose number nobody knows before: each has the same chance. */
export function createReservoir(most: number, random: () => number): { add(id: string): void; ids(): string[] } {
  const kept: string[] = [];
  let seen = 0;
  return {
    add(id) {
      seen += 1;
      if (kept.length < most) kept.push(id);
      else {
        const place = Math.floor(random() * seen);
        if (place < most) kept[place] = id;
      }
    },
    ids: () => kept,
  };
}
