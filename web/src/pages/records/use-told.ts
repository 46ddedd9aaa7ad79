import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { call } from '../../api/client.ts';
import { useApi } from '../../api/hooks.ts';
import type { Problem } from '../../api/problem.ts';
import type { RecordKind } from '../../parts/record-link.tsx';
import type { ContactTold, RecordTold, TimelineEntry } from './told.ts';

const explanations = { company: 'GET /companies/{id}/explain', deal: 'GET /deals/{id}/explain' } as const;
const timelines = {
  contact: 'GET /contacts/{id}/timeline',
  company: 'GET /companies/{id}/timeline',
  deal: 'GET /deals/{id}/timeline',
} as const;

/** As long as a look is due, its end is looked for in the ledger this often, should no event tell of it. */
const pendingMs = 5_000;

/** What an address names: only an id is asked about. */
type Asked = { kind: RecordKind; id: string; enabled: boolean };

/** Where one contact stands, asked again whenever something has happened to it. */
export function useContactTold(id: string, enabled: boolean): UseQueryResult<ContactTold, Problem> {
  const given = { params: { id } };
  return useTold({ kind: 'contact', id, enabled }, (signal) => call('GET /contacts/{id}/explain', given, { signal }));
}

/** The same of a company or deal. */
export function useRecordTold(
  kind: 'company' | 'deal',
  id: string,
  enabled: boolean,
): UseQueryResult<RecordTold, Problem> {
  const given = { params: { id } };
  return useTold({ kind, id, enabled }, (signal) => call(explanations[kind], given, { signal }));
}

/**
 * An explanation reads both CRMs, so it is not asked for with every change of any record: the newest entry of the timeline, which the ledger
 * alone answers, says whether this one is meant.
 */
function useTold<Told extends { history: Pick<ContactTold['history'], 'pending'> }>(
  { kind, id, enabled }: Asked,
  ask: (signal: AbortSignal) => Promise<Told>,
): UseQueryResult<Told, Problem> {
  const query = useQuery<Told, Problem>({
    queryKey: ['explanation', kind, id],
    queryFn: ({ signal }) => ask(signal),
    staleTime: 30_000,
    refetchOnWindowFocus: false,
    enabled,
  });
  const { data } = query;
  const isPending = data !== undefined && data.history.pending !== null;
  const options = { enabled: query.isSuccess, refetchInterval: isPending ? pendingMs : (false as const) };
  const newest = useApi(timelines[kind], { params: { id }, query: { limit: 1 } }, options).data;
  useWhenMoved(newest === undefined ? null : momentOf(newest.items), () => void query.refetch());
  return query;
}

function momentOf([entry]: readonly TimelineEntry[]): string {
  return entry === undefined ? 'none' : `${entry.at} ${entry.kind} ${entry.code}`;
}

/** Null: not known yet. The first one that is known came with the explanation. */
function useWhenMoved(newest: string | null, moved: () => void): void {
  const seen = useRef<string | null>(null);
  useEffect(() => {
    if (newest === null || newest === seen.current) return;
    const isFirst = seen.current === null;
    seen.current = newest;
    if (!isFirst) moved();
  });
}
