import { Button } from '@mantine/core';
import { useApiPages } from '../../api/hooks.ts';
import { Empty } from '../../parts/empty.tsx';
import { FailedMore } from '../../parts/failed.tsx';
import { formatUnits } from '../../parts/format.ts';
import { Loading } from '../../parts/loading.tsx';
import { Newer } from '../../parts/newer.tsx';
import { Unread } from '../../parts/unread.tsx';
import classes from './activity.module.css';
import { Entries } from './entries.tsx';
import type { toQuery } from './filter.ts';
import { useGoOn } from './use-go-on.ts';

type Props = { query: ReturnType<typeof toQuery>; isNarrowed: boolean };

/** The entries that fit the filters, page by page. */
export function List({ query, isNarrowed }: Props) {
  const list = useApiPages('GET /activity', { query: { ...query, limit: 50 } }, { calm: true });
  const goesOn = useGoOn(list);
  const { data, hasNextPage } = list;
  const waiting = <Loading rows={12} height={45} />;
  if (data === undefined) return <Unread query={list} waiting={waiting} />;
  if (goesOn) return waiting;
  const entries = data.pages.flatMap(({ items }) => items);
  return (
    <>
      <div className={classes.status} role="status">
        <span className={classes.dim}>{countText(entries.length, hasNextPage)}</span>
        {/* Whether a change fits the filters is not known before it is asked, which may cost the service a look far back. */}
        <Newer list={list} {...(isNarrowed ? { label: 'Look for newer entries' } : {})} />
      </div>
      {entries.length === 0 ? <Nothing isNarrowed={isNarrowed} more={hasNextPage} /> : <Entries entries={entries} />}
      <FailedMore list={list} />
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
