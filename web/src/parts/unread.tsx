import type { ReactNode } from 'react';
import type { Problem } from '../api/problem.ts';
import { Failed } from './failed.tsx';

type Props = {
  query: { error: Problem | null; refetch: () => unknown };
  /** As large as what is waited for. */
  waiting: ReactNode;
};

/**
 * Stands where there is no data yet: its outline, or why there is none. Where there is data it is shown, whatever became of reading it once more:
 * a banner tells of that, and nothing moves. So pages ask for `data === undefined`, and never whether a query has failed.
 */
export function Unread({ query, waiting }: Props) {
  return query.error === null ? waiting : <Failed problem={query.error} retry={() => void query.refetch()} />;
}
