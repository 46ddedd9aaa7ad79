import { Button, Table } from '@mantine/core';
import type { Pages } from '../../api/hooks.ts';
import { Empty } from '../../parts/empty.tsx';
import { Failed, FailedMore } from '../../parts/failed.tsx';
import { formatUnits } from '../../parts/format.ts';
import { Loading } from '../../parts/loading.tsx';
import parts from '../../parts/parts.module.css';
import type { RecordKind } from '../../parts/record-link.tsx';
import { FoundRow } from './found-row.tsx';
import { type Found, foundKey, listWords } from './found-words.ts';
import { Notice } from './notices.tsx';
import shared from './records.module.css';
import classes from './search.module.css';

type Props = { kind: RecordKind; query: string; pages: Pages<'GET /contacts' | 'GET /companies' | 'GET /deals'> };

/** What a search found, and what it could not ask. */
export function SearchResults({ kind, query, pages }: Props) {
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = pages;
  if (data === undefined) {
    return error === null ? <Loading rows={10} height={40} /> : <Failed problem={error} retry={() => void refetch()} />;
  }
  const words = listWords[kind];
  const found = data.pages.flatMap(({ items }) => items);
  // What an earlier query found says nothing of this one.
  if (found.length === 0 && pages.isPlaceholderData) return <Loading rows={10} height={40} />;
  const notice = data.pages[0]?.notice ?? null;
  return (
    <div className={shared.stack}>
      <FailedMore list={pages} />
      {notice !== null && <Notice tone="warning">{notice}</Notice>}
      <p className={shared.unseen} role="status">
        {formatUnits(found.length, 'record')} shown
      </p>
      {found.length > 0 && query === '' && <p className={shared.dim}>{words.latest}</p>}
      {found.length === 0 ? <Nothing kind={kind} query={query} /> : <Results kind={kind} query={query} found={found} />}
      {hasNextPage && (
        <div>
          <Button size="xs" variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Load more
          </Button>
        </div>
      )}
    </div>
  );
}

function Nothing({ kind, query }: { kind: RecordKind; query: string }) {
  const { plural } = listWords[kind];
  if (query === '') {
    return (
      <Empty
        title={`No ${plural} yet.`}
        text={`Handoff has looked at no ${plural} so far. They show up here with the first change, or with a backfill.`}
      />
    );
  }
  return (
    <Empty
      title={`Nothing found for “${shortened(query)}”.`}
      text="Try the whole email address, a part of the name, or the id from the address of the record in HubSpot or Salesforce."
    />
  );
}

function Results({ kind, query, found }: { kind: RecordKind; query: string; found: readonly Found[] }) {
  const words = listWords[kind];
  return (
    <div className={classes.list}>
      <Table className={parts.table} highlightOnHover aria-label={query === '' ? 'Changed last' : 'Found'}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{words.record}</Table.Th>
            <Table.Th scope="col">{words.detail}</Table.Th>
            <Table.Th scope="col">{words.stage}</Table.Th>
            <Table.Th scope="col">Where it is</Table.Th>
            <Table.Th scope="col">Last change</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {found.map((each) => (
            <FoundRow key={foundKey(each)} found={each} />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

const longestEcho = 60;

function shortened(query: string): string {
  return query.length > longestEcho ? `${query.slice(0, longestEcho)}…` : query;
}
