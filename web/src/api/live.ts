import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Topic } from '../../../src/http/contract/session.ts';
import { reportLive, useConnection } from './connection.ts';
import { readAgain, useOutdated } from './outdated.ts';
import { createGatherer, isTopic, renew } from './renew.ts';

const firstDelayMs = 1_000;
const longestDelayMs = 30_000;
const knockMs = 5_000;

/** Listens to the service while the page can be seen, and has shown data asked anew when it has changed. */
export function useLive(): void {
  const client = useQueryClient();
  const { reachable } = useConnection();
  useEffect(() => listen(client), [client]);
  useEffect(() => (reachable ? undefined : knock(client)), [client, reachable]);
  const isOutdated = useOutdated() !== null;
  useEffect(() => (isOutdated ? readAgain(client) : undefined), [client, isOutdated]);
}

/** Asks until somebody answers; then all that is shown is asked anew. */
function knock(client: QueryClient): () => void {
  const ask = () => void client.refetchQueries({ queryKey: ['GET /session'] });
  const timer = setInterval(ask, knockMs);
  return () => {
    clearInterval(timer);
    renew(client);
  };
}

/** A hidden page gives its connection back: browsers allow six per service. When it is seen again it asks for everything. */
function listen(client: QueryClient): () => void {
  let close = document.hidden ? null : open(client);
  const turn = () => {
    close?.();
    close = document.hidden ? null : open(client, { missed: true });
  };
  document.addEventListener('visibilitychange', turn);
  return () => {
    document.removeEventListener('visibilitychange', turn);
    close?.();
  };
}

function open(client: QueryClient, { missed } = { missed: false }): () => void {
  const gather = createGatherer(client);
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let delayMs = firstDelayMs;
  let hasMissed = missed;
  const connect = () => {
    source = new EventSource('/api/v1/events');
    source.onopen = () => {
      delayMs = firstDelayMs;
      reportLive(true);
      if (hasMissed) renew(client);
      // What was committed between the page's first answers and this moment is told to nobody.
      else gather.addAll();
      hasMissed = false;
    };
    source.addEventListener('changed', ({ data }) => gather.add(topicsOf(data)));
    source.onerror = () => {
      source?.close();
      reportLive(false);
      hasMissed = true;
      // A stream cannot say why it ended: asking who is signed in finds out whether the session has.
      void client.invalidateQueries({ queryKey: ['GET /session'] });
      timer = setTimeout(connect, delayMs * (0.75 + Math.random() / 2));
      delayMs = Math.min(longestDelayMs, delayMs * 2);
    };
  };
  connect();
  return () => {
    clearTimeout(timer);
    gather.stop();
    source?.close();
    reportLive(false);
  };
}

function topicsOf(data: unknown): readonly Topic[] {
  try {
    const told: unknown = JSON.parse(String(data));
    const topics: unknown = typeof told === 'object' && told !== null ? Reflect.get(told, 'topics') : null;
    return Array.isArray(topics) ? topics.filter(isTopic) : [];
  } catch {
    return [];
  }
}
