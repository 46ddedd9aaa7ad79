import { useEffect } from 'react';
import type { Pages } from '../../api/hooks.ts';

/** So many pages are read before somebody is asked whether to go on. */
const pagesByItself = 3;

/**
 * A page holds no entry where a filter fits none of the rows that it looked at; older ones may fit. Goes on to the next page by itself.
 * @returns whether it does
 */
export function useGoOn(list: Pages<'GET /activity'>): boolean {
  const { data, hasNextPage, isFetching, error, fetchNextPage } = list;
  const isEmpty = data?.pages.every(({ items }) => items.length === 0) ?? false;
  const goesOn = isEmpty && hasNextPage && error === null && (data?.pages.length ?? 0) < pagesByItself;
  const isDue = goesOn && !isFetching;
  useEffect(() => {
    if (isDue) void fetchNextPage();
  }, [isDue, fetchNextPage]);
  return goesOn;
}
