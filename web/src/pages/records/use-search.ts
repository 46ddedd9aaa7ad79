import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { Answer } from '../../../../src/http/contract/index.ts';
import { call } from '../../api/client.ts';
import { type Pages, useApiPages } from '../../api/hooks.ts';
import type { Problem } from '../../api/problem.ts';
import type { RecordKind } from '../../parts/record-link.tsx';

const names = { contact: 'GET /contacts', company: 'GET /companies', deal: 'GET /deals' } as const;

type Name = (typeof names)[RecordKind];
type Found = Answer<Name>;

/** Told again after this long, when somebody comes back to it. */
const freshMs = 60_000;

/**
 * The records of one kind. Without a query the ledger answers, and changes show up by themselves. A search asks HubSpot, which allows few of
 * them: it is asked once, not with every change.
 */
export function useSearch(kind: RecordKind, query: string): Pages<Name> {
  const latest = useApiPages(names[kind], {}, { enabled: query === '' });
  const found = useInfiniteQuery<Found, Problem, { pages: Found[] }, readonly unknown[], string | null>({
    queryKey: ['search', kind, query],
    queryFn: ({ signal, pageParam }) =>
      call(names[kind], { query: { query, ...(pageParam === null ? {} : { cursor: pageParam }) } }, { signal }),
    initialPageParam: null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
    staleTime: freshMs,
    refetchOnWindowFocus: false,
    enabled: query !== '',
  });
  return query === '' ? latest : found;
}
