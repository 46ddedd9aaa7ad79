import { expect, it } from 'vitest';
import { toWaves } from '../../../../src/usecases/drain/write-persons.ts';
import { givenLook, givenPlan, toCity } from './given.ts';

const write = { operation: 'update' as const, object: 'Lead' as const, id: 'x', changes: [toCity] };
const looks = (writing: number, others: number) => [
  ...Array.from({ length: writing }, () => givenLook({ plan: givenPlan({ write }) })),
  ...Array.from({ length: others }, () => givenLook()),
];

it.each([
  { writing: 0, others: 500, sizes: [500] },
  { writing: 1, others: 0, sizes: [1] },
  { writing: 200, others: 0, sizes: [200] },
  { writing: 201, others: 3, sizes: [203, 1] },
  { writing: 500, others: 0, sizes: [200, 200, 100] },
])('$writing persons to write and $others others go in portions of $sizes', ({ writing, others, sizes }) => {
  const waves = toWaves(looks(writing, others));

  expect(waves.map((wave) => wave.length)).toEqual(sizes);
});
