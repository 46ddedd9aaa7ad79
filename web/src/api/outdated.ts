import { type Query, type QueryCache, type QueryClient, type QueryState, useQueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { isAway, Problem } from './problem.ts';
import { asksCrm } from './renew.ts';
import { mayRetry } from './retry.ts';

/** So often something that is shown and could not be read again is asked for once more. */
const againMs = 15_000;

/** `readAtMs`: when what is shown was read, epoch milliseconds. */
type Outdated = { problem: Problem; readAtMs: number };

/** What is shown although it could not be read again, the oldest of it; null: nothing. A service that is away is told of elsewhere. */
export function useOutdated(): Outdated | null {
  const cache = useQueryClient().getQueryCache();
  // The state is an object of its own after each change, and the same until then.
  const state = useSyncExternalStore(
    (changed) => cache.subscribe(changed),
    () => findOutdated(cache),
  );
  return state?.error instanceof Problem ? { problem: state.error, readAtMs: state.dataUpdatedAt } : null;
}

/** The oldest answer on the page that could not be read again. */
export function findOutdated(cache: QueryCache): QueryState<unknown, Error> | null {
  const found = cache.findAll({ type: 'active', predicate: isOutdated }).map(({ state }) => state);
  return found.toSorted((one, other) => one.dataUpdatedAt - other.dataUpdatedAt)[0] ?? null;
}

/** Reads again what could not be, until it can. @returns stops it */
export function readAgain(client: QueryClient): () => void {
  const predicate = (query: Query) => isOutdated(query) && query.state.error !== null && mayRetry(0, query.state.error);
  const timer = setInterval(
    () => void client.refetchQueries({ type: 'active', predicate }, { cancelRefetch: false }),
    againMs,
  );
  return () => clearInterval(timer);
}

/** A page more of a list is told where it was asked for; what reads the CRMs tells for itself. */
function isOutdated(query: Query): boolean {
  const { status, data, error, fetchMeta } = query.state;
  if (status !== 'error' || data === undefined || fetchMeta?.fetchMore !== undefined || asksCrm(query)) return false;
  return error instanceof Problem && !isAway(error) && error.status !== 401;
}
