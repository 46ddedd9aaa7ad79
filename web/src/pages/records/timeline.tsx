import { Button, SegmentedControl } from '@mantine/core';
import { useSearchParams } from 'wouter';
import { useApiPages } from '../../api/hooks.ts';
import { Empty } from '../../parts/empty.tsx';
import { Failed, FailedMore } from '../../parts/failed.tsx';
import { Loading } from '../../parts/loading.tsx';
import type { RecordKind } from '../../parts/record-link.tsx';
import shared from './records.module.css';
import classes from './timeline.module.css';
import { Entry } from './timeline-entry.tsx';
import { filterOf, isShown, timelineFilters } from './timeline-words.ts';
import type { ValueWords } from './value-words.ts';
import { withParam } from './with-param.ts';

const names = {
  contact: 'GET /contacts/{id}/timeline',
  company: 'GET /companies/{id}/timeline',
  deal: 'GET /deals/{id}/timeline',
} as const;

const pageSize = 50;

/** All that happened to a record, the newest first. The kind that is shown stands in the address. */
export function Timeline({ kind, id, words }: { kind: RecordKind; id: string; words: ValueWords }) {
  const [params, setParams] = useSearchParams();
  const filter = filterOf(params.get('kind'));
  const pages = useApiPages(names[kind], { params: { id }, query: { limit: pageSize } });
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage } = pages;
  const choose = (value: string) => setParams(withParam('kind', value, 'all'), { replace: true });
  const all = data?.pages.flatMap(({ items }) => items) ?? [];
  const entries = all.filter((entry) => isShown(filter, entry.kind));
  return (
    <>
      <div className={shared.bar}>
        <SegmentedControl
          size="xs"
          className={shared.choices}
          value={filter}
          onChange={choose}
          aria-label="Which entries"
          data={timelineFilters.map(({ value, label }) => ({ value, label }))}
        />
      </div>
      {data === undefined && error !== null && <Failed problem={error} retry={() => void pages.refetch()} />}
      <FailedMore list={pages} />
      {data === undefined && error === null && <Loading rows={6} height={48} />}
      {data !== undefined && entries.length === 0 && <Nothing isFiltered={all.length > 0} more={hasNextPage} />}
      <ol className={classes.list} aria-label="What happened, the newest first">
        {entries.map((entry, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: entries have no id, and two of one moment are alike.
          <Entry key={`${entry.at} ${entry.code} ${index}`} entry={entry} words={words} />
        ))}
      </ol>
      {hasNextPage && (
        <div className={shared.more}>
          <Button size="xs" variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Load older entries
          </Button>
          <span className={shared.dim}>{all.length} loaded</span>
        </div>
      )}
    </>
  );
}

function Nothing({ isFiltered, more }: { isFiltered: boolean; more: boolean }) {
  if (!isFiltered) return <Empty title="Nothing has happened yet." text="The first look at it is told here." />;
  const text = more ? 'Load older entries, or choose another kind.' : 'Choose another kind.';
  return <Empty title="There is no such entry." text={text} />;
}
