import { expect, it } from 'vitest';
import type { FieldChange } from '../../../../src/domain/plan/types.ts';
import { personIdProperty } from '../../../../src/domain/record.ts';
import { afterJob } from '../../../../src/usecases/drain/bulk-writes.ts';
import { keepContactsFresh } from '../../../../src/usecases/drain/keep-fresh.ts';
import { givenBatch, givenDependencies, givenLook, now } from './given.ts';

const ourId: FieldChange = { field: personIdProperty, before: null, after: '00Q000000000001EAA', rule: 'id' };
const city: FieldChange = { field: 'city', before: 'Ulm', after: 'Bonn', rule: 'newest' };

it.each([
  { what: 'only our id is written without another read', changes: [ourId], reads: 0 },
  { what: 'more than our id is compared once more', changes: [ourId, city], reads: 1 },
])('after a job of minutes, a contact that gets $what', async ({ changes, reads }) => {
  let asked = 0;
  const { dependencies } = givenDependencies({
    atMs: now + 600_000,
    hubspot: {
      read: async () => {
        asked += 1;
        return new Map();
      },
    },
  });
  const look = { ...afterJob(dependencies, givenLook(), changes), changes };

  await keepContactsFresh(dependencies, { ...givenBatch(), isBackground: true }, [look]);

  expect(asked).toBe(reads);
});
