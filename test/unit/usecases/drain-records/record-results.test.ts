import { expect, it } from 'vitest';
import { kinds } from '../../../../src/usecases/drain-records/kinds.ts';
import { recordFacts } from '../../../../src/usecases/drain-records/record-results.ts';
import { givenRecordLook } from './given.ts';

const change = (field: string, after: string | null) => ({ field, before: '*', after, rule: 'newest' as const });

it('marks the contacts that lose their part in a deal, and no others: its stage follows the deal no more', () => {
  const changes = [change('contacts/7', null), change('contacts/8', 'Buyer'), change('contacts/primary', null)];
  const { marks = [] } = recordFacts(
    kinds.deal,
    givenRecordLook({ plan: { changes: [...changes, change('amount', null)] } }),
  );

  expect(marks.map(({ object, recordId }) => [object, recordId])).toEqual([['contact', '7']]);
});
