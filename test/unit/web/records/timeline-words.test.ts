import { describe, expect, it } from 'vitest';
import { filterOf, isRefused, isShown, timelineFilters } from '../../../../web/src/pages/records/timeline-words.ts';

const kinds = ['write', 'stage', 'link', 'frozen', 'thawed', 'erased', 'decision', 'failure'] as const;

describe('the filter of a timeline', () => {
  it('lets everything through where the address names no filter that there is', () => {
    expect(filterOf(null)).toBe('all');
    expect(filterOf("'; drop table")).toBe('all');
    expect(kinds.every((kind) => isShown('all', kind))).toBe(true);
  });

  it('lets each kind through by exactly one filter besides "all"', () => {
    const through = kinds.map((kind) => timelineFilters.filter(({ value }) => value !== 'all' && isShown(value, kind)));

    expect(through.map((filters) => filters.length)).toEqual(kinds.map(() => 1));
  });

  it('keeps thawing with freezing', () => {
    expect(isShown(filterOf('frozen'), 'thawed')).toBe(true);
    expect(isShown(filterOf('frozen'), 'write')).toBe(false);
  });
});

it('tells a refused write from one that was carried out', () => {
  expect(isRefused('create_refused')).toBe(true);
  expect(isRefused('create')).toBe(false);
});
