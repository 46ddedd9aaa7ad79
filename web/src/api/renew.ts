import type { Query, QueryClient } from '@tanstack/react-query';
import type { Topic } from '../../../src/http/contract/session.ts';

/** What must be asked anew when a topic has changed: endpoints by the first word of their path. */
const wordsOf: Readonly<Record<Topic, readonly string[]>> = {
  overview: ['overview', 'status', 'incidents'],
  records: ['contacts', 'companies', 'deals', 'stages', 'funnel'],
  failures: ['failures'],
  runs: ['runs', 'backfills'],
  mappings: ['mappings'],
  activity: ['activity'],
};

/** A busy sync tells of changes all the time: ask once for all of a moment, and not again before this time. */
const gatherMs = 400;
const leastMs = 3_000;

/** Whether an event tells of something that this page knows. */
export function isTopic(topic: unknown): topic is Topic {
  return typeof topic === 'string' && Object.hasOwn(wordsOf, topic);
}

type Words = ReadonlySet<string> | null;

/**
 * Asks anew for what is shown; what is read in calm is only marked as old. A request under way is left to end: one that is begun anew with each
 * change would never end while the sync is busy.
 *
 * @param words of the endpoints that are meant; null: all
 * @param old of those among them that have changed for certain
 */
export function renew(client: QueryClient, words: Words = null, old: Words = words): void {
  const isMeant = (query: Query, meant: Words) =>
    meant === null ? !asksCrm(query) || query.state.status === 'error' : meant.has(wordOf(query.queryKey[0]));
  const isCalm = ({ meta }: Query) => meta?.calm === true;
  void client.invalidateQueries(
    { predicate: (query) => !isCalm(query) && isMeant(query, words) },
    { cancelRefetch: false },
  );
  void client.invalidateQueries({ predicate: (query) => isCalm(query) && isMeant(query, old), refetchType: 'none' });
}

/** A search and an explanation read the CRMs, which allow few calls: they find out for themselves when to ask again. */
export function asksCrm({ queryKey: [name] }: Pick<Query, 'queryKey'>): boolean {
  return name === 'search' || name === 'explanation';
}

/** Gathers the topics of many events, and has asked anew for what they concern: soon, and then not again for a while. */
export function createGatherer(client: QueryClient) {
  const waiting = new Set<string>();
  const old = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let askedAtMs = 0;
  const wait = () => {
    if (waiting.size > 0) timer ??= setTimeout(flush, Math.max(gatherMs, askedAtMs + leastMs - Date.now()));
  };
  const flush = () => {
    const words = new Set(waiting);
    const changed = new Set(old);
    waiting.clear();
    old.clear();
    timer = undefined;
    askedAtMs = Date.now();
    // What is being asked may be answered from before the change: it is asked once more behind that.
    for (const word of wordsUnderWay(client)) if (words.has(word)) waiting.add(word);
    renew(client, words, changed);
    wait();
  };
  return {
    add(topics: readonly Topic[]) {
      for (const word of topics.flatMap((topic) => wordsOf[topic])) {
        waiting.add(word);
        old.add(word);
      }
      wait();
    },
    /** Nothing is known to have changed, and something may have. */
    addAll() {
      for (const word of Object.values(wordsOf).flat()) waiting.add(word);
      wait();
    },
    stop: () => clearTimeout(timer),
  };
}

function wordsUnderWay(client: QueryClient): readonly string[] {
  const asked = client.getQueryCache().findAll({ type: 'active', fetchStatus: 'fetching' });
  return asked.map(({ queryKey }) => wordOf(queryKey[0]));
}

/** `GET /contacts/{id}` → `contacts`. */
function wordOf(name: unknown): string {
  return typeof name === 'string' ? (/^GET \/(\w+)/.exec(name)?.[1] ?? '') : '';
}
