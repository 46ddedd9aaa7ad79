import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import { useSearchParams } from 'wouter';
import { withParam } from './with-param.ts';

const restMs = 250;
/** As long as the API takes; a text that is longer is cut, as no email, name or id is. */
const longest = 200;

/** The text of a search field: typed here, kept in the address once the typing rests, and taken from there on the way back. */
export function useSearchText() {
  const [params, setParams] = useSearchParams();
  const query = params.get('query') ?? '';
  const [text, setText] = useState(query);
  const sent = useRef(query);
  const send = useDebouncedCallback((value: string) => {
    sent.current = value;
    setParams(withParam('query', value, ''), { replace: true });
  }, restMs);
  useEffect(() => {
    // The address has changed by something else than this field: a link, or the way back.
    if (query === sent.current) return;
    sent.current = query;
    setText(query);
  }, [query]);
  const type = (value: string) => {
    setText(value);
    send(value.slice(0, longest).trim());
  };
  return { query: query.slice(0, longest), text, type };
}
