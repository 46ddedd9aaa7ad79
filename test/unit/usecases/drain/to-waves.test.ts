import { expect, it } from 'vitest';
import type { Batch } from '../../../../src/usecases/drain/batch.ts';
import { toWaves } from '../../../../src/usecases/drain/write-persons.ts';
import { givenLook, givenPlan, toCity } from './given.ts';

const update = { operation: 'update' as const, object: 'Lead' as const, id: 'x', changes: [toCity] };
const create = { operation: 'create' as const, object: 'Lead' as const, id: null, changes: [toCity] };
const looks = (count: number, write: typeof update | typeof create | null) =>
  Array.from({ length: count }, () => givenLook({ plan: givenPlan({ write }) }));

const sizesOf = (of: Parameters<typeof toWaves>[2], batch: Pick<Batch, 'isBackground'>, above?: number) => {
  const dependencies = above === undefined ? {} : { bulkCreatesAbove: above };
  return toWaves(dependencies, batch, of).map((wave) => wave.length);
};

it.each([
  { writing: 0, others: 500, sizes: [500] },
  { writing: 1, others: 0, sizes: [1] },
  { writing: 200, others: 0, sizes: [200] },
  { writing: 201, others: 3, sizes: [203, 1] },
  { writing: 500, others: 0, sizes: [200, 200, 100] },
])('$writing persons to write and $others others go in portions of $sizes', ({ writing, others, sizes }) => {
  expect(sizesOf([...looks(writing, update), ...looks(others, null)], {})).toEqual(sizes);
});

it.each([
  { creates: 2_001, updates: 0, isBackground: true, sizes: [2_001], what: 'together' },
  { creates: 2_001, updates: 201, isBackground: true, sizes: [200, 1, 2_001], what: 'together and last' },
  { creates: 401, updates: 0, isBackground: true, sizes: [401], what: 'together where the limit is lower', above: 400 },
  { creates: 200, updates: 0, isBackground: true, sizes: [200], what: 'by a call where one is enough', above: 0 },
  { creates: 401, updates: 0, isBackground: true, sizes: [200, 200, 1], what: 'by calls up to the limit' },
  { creates: 401, updates: 0, isBackground: false, sizes: [200, 200, 1], what: 'by calls in live work', above: 0 },
  {
    creates: 0,
    updates: 401,
    isBackground: true,
    sizes: [200, 200, 1],
    what: 'by calls where they are updates',
    above: 0,
  },
])('$creates creates beside $updates updates go $what', ({ creates, updates, isBackground, sizes, above }) => {
  expect(sizesOf([...looks(creates, create), ...looks(updates, update)], { isBackground }, above)).toEqual(sizes);
});
