import { Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { Answer } from '../../../../src/http/contract/index.ts';
import { call } from '../../api/client.ts';
import { type Pages, useApiPages } from '../../api/hooks.ts';
import type { Problem } from '../../api/problem.ts';
import { Empty } from '../../parts/empty.tsx';
import { Failed, FailedAgain } from '../../parts/failed.tsx';
import { formatUnits } from '../../parts/format.ts';
import { Loading } from '../../parts/loading.tsx';
import classes from './activity.module.css';
import { Entries } from './entries.tsx';
import type { toQuery } from './filter.ts';
import { useGoOn } from './use-go-on.ts';

type Props = { query: ReturnType<typeof toQuery>; isNarrowed: boolean };

/** The entries that fit the filters, page by page. */
export function List({ query, isNarrowed }: Props) {
  const list = useApiPages('GET /activity', { query: { ...query, limit: 50 } }, { calm: true });
  const goesOn = useGoOn(list);
  const { data, error, hasNextPage } = list;
  if (data === undefined && error !== null) return <Failed problem={error} retry={() => void list.refetch()} />;
  if (data === undefined || goesOn) return <Loading rows={12} height={45} />;
  const entries = data.pages.flatMap(({ items }) => items);
  return (
    <>
      <div className={classes.status} role="status">
        <span className={classes.dim}>{countText(entries.length, hasNextPage)}</span>
        <Newer query={query} list={list} shownId={entries[0]?.id} />
      </div>
      {entries.length === 0 ? <Nothing isNarrowed={isNarrowed} more={hasNextPage} /> : <Entries entries={entries} />}
      <FailedAgain problem={error} retry={() => void list.refetch()} />
      {hasNextPage && (
        <Button
          className={classes.more}
          variant="default"
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {entries.length === 0 ? 'Look further back' : 'Show more'}
        </Button>
      )}
    </>
  );
}

function countText(count: number, more: boolean): string {
  if (count === 0 && more) return 'Nothing found yet';
  return `${formatUnits(count, 'entry', 'entries')}${more ? ', and there are more' : ''}`;
}

type NewerProps = Pick<Props, 'query'> & { list: Pages<'GET /activity'>; shownId: string | undefined };

/** A filter that little fits has the service look far back: this is asked now and then, and not with every change. */
const newerEveryMs = 20_000;

/** An event may be told of twice: only another first entry is worth a button. */
function Newer({ query, list, shownId }: NewerProps) {
  const newest = useQuery<Answer<'GET /activity'>, Problem>({
    queryKey: ['newest activity', query],
    queryFn: ({ signal }) => call('GET /activity', { query: { ...query, limit: 1 } }, { signal }),
    refetchInterval: newerEveryMs,
    staleTime: newerEveryMs,
  });
  const first = newest.data?.items[0]?.id;
  if (newest.dataUpdatedAt <= list.dataUpdatedAt || first === undefined || first === shownId) return null;
  return (
    <Button
      size="compact-sm"
      variant="light"
      loading={list.isRefetching}
      leftSection={<IconRefresh size={14} aria-hidden="true" />}
      onClick={() => void list.refetch()}
    >
      Show what is newer
    </Button>
  );
}

function Nothing({ isNarrowed, more }: { isNarrowed: boolean; more: boolean }) {
  if (more) {
    return <Empty title="Nothing found yet." text="The newest entries fit none of these filters. Older ones may." />;
  }
  if (isNarrowed) return <Empty title="Nothing fits these filters." text="Take one away, or choose a longer time." />;
  return (
    <Empty
      title="Nothing has happened yet."
      text="As soon as a record is written or somebody starts something, it stands here."
    />
  );
}
