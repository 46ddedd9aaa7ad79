import { Button } from '@mantine/core';
import { IconDownload, IconRefresh } from '@tabler/icons-react';
import { useSearchParams } from 'wouter';
import { addressOf } from '../../api/client.ts';
import { useApi, useApiPages } from '../../api/hooks.ts';
import { Empty } from '../../parts/empty.tsx';
import { Failed } from '../../parts/failed.tsx';
import { formatUnits } from '../../parts/format.ts';
import { Loading } from '../../parts/loading.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import classes from './activity.module.css';
import { Entries } from './entries.tsx';
import { readFilter, toQuery } from './filter.ts';
import { Filters } from './filters.tsx';

/** The audit log of people and of syncs. */
export function Page() {
  const [params] = useSearchParams();
  const filter = readFilter(params);
  const query = toQuery(filter);
  return (
    <>
      <PageHeader
        title="Activity"
        sentence="What people asked for, what was written to which CRM, and which stages moved: the newest first."
        actions={
          <Button
            component="a"
            variant="default"
            href={addressOf('GET /activity.csv', { query })}
            download
            leftSection={<IconDownload size={16} stroke={1.7} aria-hidden="true" />}
          >
            Download as CSV
          </Button>
        }
      />
      <Filters key={JSON.stringify(filter)} filter={filter} />
      <List query={query} isNarrowed={Object.keys(filter).length > 0} />
    </>
  );
}

function List({ query, isNarrowed }: { query: ReturnType<typeof toQuery>; isNarrowed: boolean }) {
  const list = useApiPages('GET /activity', { query: { ...query, limit: 50 } }, { calm: true });
  const newest = useApi('GET /activity', { query: { ...query, limit: 1 } });
  const { data, error } = list;
  if (data === undefined && error !== null) return <Failed problem={error} retry={() => void list.refetch()} />;
  if (data === undefined) return <Loading rows={12} height={45} />;
  const entries = data.pages.flatMap(({ items }) => items);
  // An event may be told of twice: only another first entry is worth a button.
  const isNewer = newest.dataUpdatedAt > list.dataUpdatedAt && newest.data?.items[0]?.id !== entries[0]?.id;
  const newer = isNewer && (
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
  return (
    <>
      <div className={classes.status} role="status">
        <span className={classes.dim}>
          {formatUnits(entries.length, 'entry', 'entries')}
          {list.hasNextPage && ', and there are more'}
        </span>
        {newer}
      </div>
      {entries.length === 0 ? <Nothing isNarrowed={isNarrowed} /> : <Entries entries={entries} />}
      {error !== null && <Failed problem={error} retry={() => void list.refetch()} />}
      {list.hasNextPage && (
        <Button
          className={classes.more}
          variant="default"
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          Show more
        </Button>
      )}
    </>
  );
}

function Nothing({ isNarrowed }: { isNarrowed: boolean }) {
  if (isNarrowed) return <Empty title="Nothing fits these filters." text="Take one away, or choose a longer time." />;
  return (
    <Empty
      title="Nothing has happened yet."
      text="As soon as a record is written or somebody starts something, it stands here."
    />
  );
}
