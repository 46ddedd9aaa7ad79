import { describe, expect, it } from 'vitest';
import { bodyOfForm, emptyForm, idsOf } from '../../../../web/src/pages/runs/backfill-form.ts';

describe('the form of a backfill', () => {
  it.each([
    ['', []],
    ['  \n ', []],
    ['1\n2\r\n3', ['1', '2', '3']],
    ['1, 2;3 4,,', ['1', '2', '3', '4']],
  ])('%j holds the ids %j', (ids, found) => {
    expect(idsOf({ ids })).toEqual(found);
  });

  it('asks for a dry run, and leaves out what was left empty', () => {
    expect(bodyOfForm(emptyForm)).toEqual({ object: 'contacts', dryRun: true });
    expect(bodyOfForm({ ...emptyForm, object: 'leads', since: ' 90d ', stage: ' ', ids: '00Q1' })).toEqual({
      object: 'leads',
      since: '90d',
      ids: ['00Q1'],
      dryRun: true,
    });
  });

  it('takes contacts where the kind is none that exists', () => {
    expect(bodyOfForm({ ...emptyForm, object: 'people' }).object).toBe('contacts');
  });
});
