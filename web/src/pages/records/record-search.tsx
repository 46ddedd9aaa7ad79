import { CloseButton, Loader, TextInput } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { type KeyboardEvent, useRef } from 'react';
import { useLocation } from 'wouter';
import { PageHeader } from '../../parts/page-header.tsx';
import { type RecordKind, recordPath } from '../../parts/record-link.tsx';
import { listWords } from './found-words.ts';
import { moveFocus } from './move-focus.ts';
import classes from './search.module.css';
import { SearchResults } from './search-results.tsx';
import { useSearch } from './use-search.ts';
import { useSearchText } from './use-search-text.ts';

/** The list of one kind of record: search by typing, open with the keyboard. Without a query: those that changed last. */
export function RecordSearch({ kind }: { kind: RecordKind }) {
  const { query, text, type } = useSearchText();
  const [, navigate] = useLocation();
  const field = useRef<HTMLInputElement>(null);
  const place = useRef<HTMLDivElement>(null);
  const pages = useSearch(kind, query);
  useHotkeys([['/', () => field.current?.focus()]]);
  const openOnly = () => {
    const found = pages.data?.pages.flatMap(({ items }) => items) ?? [];
    const [only] = found;
    if (found.length === 1 && !pages.isPlaceholderData && only?.recordId && text.trim() === query)
      navigate(recordPath(kind, only.recordId));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (moveFocus(event.key, place.current, field.current)) event.preventDefault();
  };
  const words = listWords[kind];
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the arrows move between the field and its links, which all work without them.
    <div ref={place} onKeyDown={onKeyDown}>
      <PageHeader title={words.title} sentence={words.sentence} />
      <search className={classes.search}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            openOnly();
          }}
        >
          <TextInput
            ref={field}
            type="search"
            aria-label={`Search ${words.plural}`}
            placeholder={words.placeholder}
            value={text}
            onChange={({ currentTarget }) => type(currentTarget.value)}
            leftSection={<IconSearch size={16} aria-hidden="true" />}
            rightSection={
              <End isBusy={pages.isFetching && query !== ''} isEmpty={text === ''} clear={() => type('')} />
            }
            autoComplete="off"
            spellCheck={false}
          />
        </form>
      </search>
      <SearchResults kind={kind} query={query} pages={pages} />
    </div>
  );
}

function End({ isBusy, isEmpty, clear }: { isBusy: boolean; isEmpty: boolean; clear: () => void }) {
  if (isBusy) return <Loader size={14} aria-hidden="true" />;
  if (!isEmpty) return <CloseButton size="sm" aria-label="Clear the search" onClick={clear} />;
  return (
    <kbd className={classes.key} title="Press / to search">
      /
    </kbd>
  );
}
