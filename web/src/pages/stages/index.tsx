import { Button } from '@mantine/core';
import { useApiPages } from '../../api/hooks.ts';
import { Empty } from '../../parts/empty.tsx';
import { Failed, FailedMore } from '../../parts/failed.tsx';
import { formatUnits } from '../../parts/format.ts';
import { Loading } from '../../parts/loading.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Pairs } from './pairs.tsx';
import classes from './stages.module.css';

const pageSize = 50;

/** The pairs whose two sides do not agree on the lifecycle stage. */
export function Page() {
  return (
    <>
      <PageHeader
        title="Stages that differ"
        sentence="Contacts whose stage in HubSpot is not what Salesforce says, each with the reason. The newest pair comes first."
      />
      <List />
    </>
  );
}

function List() {
  const list = useApiPages('GET /stages/disagreements', { query: { limit: pageSize } });
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = list;
  if (data === undefined && error !== null) return <Failed problem={error} retry={() => void refetch()} />;
  if (data === undefined) return <Loading rows={8} height={64} />;
  const pairs = data.pages.flatMap(({ items }) => items);
  return (
    <>
      <FailedMore list={list} />
      <p className={classes.status} role="status">
        {pairs.length > 0 && formatUnits(pairs.length, 'contact')}
        {hasNextPage && ', and there are more'}
      </p>
      {pairs.length === 0 ? (
        <Empty
          title="Both sides agree everywhere."
          text="Every contact that is in both CRMs has the stage that Salesforce says. There is nothing to do here."
        />
      ) : (
        <Pairs pairs={pairs} />
      )}
      {hasNextPage && (
        <Button
          className={classes.more}
          variant="default"
          loading={isFetchingNextPage}
          onClick={() => void fetchNextPage()}
        >
          Load {pageSize} more
        </Button>
      )}
    </>
  );
}
