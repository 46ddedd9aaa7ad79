import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { findOutdated, readAgain } from '../../../../web/src/api/outdated.ts';
import { Problem, unreachable } from '../../../../web/src/api/problem.ts';

let client: QueryClient;
beforeEach(() => {
  vi.useFakeTimers();
  client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
});
afterEach(() => {
  vi.useRealTimers();
});

const ledgerAway = new Problem(503, 'ledger_unreachable', 'The ledger is away.');

/** Something that was shown once; from then on it fails while `error` is set. */
async function show(name: string) {
  const view: { error: Error | null; asked: number } = { error: null, asked: 0 };
  const observer = new QueryObserver(client, {
    queryKey: [name],
    queryFn: async () => {
      view.asked += 1;
      if (view.error !== null) throw view.error;
      return view.asked;
    },
  });
  observer.subscribe(() => undefined);
  await vi.advanceTimersByTimeAsync(10);
  return view;
}

const readOnceMore = async () => await client.refetchQueries();
const found = () => findOutdated(client.getQueryCache());

it.each([
  ['the ledger is away', 'GET /runs', ledgerAway, ledgerAway],
  ['nobody answers, which is told elsewhere', 'GET /runs', unreachable(), null],
  ['the session has ended', 'GET /runs', new Problem(401, 'session_ended', 'Sign in.'), null],
  ['it reads the CRMs and tells for itself', 'explanation', ledgerAway, null],
])('what is shown and could not be read again: %s', async (_because, name, error, told) => {
  const view = await show(name);
  expect(found()).toBeNull();

  view.error = error;
  await readOnceMore();
  expect(found()?.error ?? null).toBe(told);

  view.error = null;
  await readOnceMore();
  expect(found()).toBeNull();
});

it('a first answer that fails is told on the page, and is not what is shown', async () => {
  const observer = new QueryObserver(client, { queryKey: ['GET /runs'], queryFn: () => Promise.reject(ledgerAway) });
  observer.subscribe(() => undefined);
  await vi.advanceTimersByTimeAsync(10);

  expect(observer.getCurrentResult().status).toBe('error');
  expect(found()).toBeNull();
});

it('is read again by itself until it can be', async () => {
  const view = await show('GET /runs');
  view.error = ledgerAway;
  await readOnceMore();
  const stop = readAgain(client);

  await vi.advanceTimersByTimeAsync(15_000);
  expect(view.asked).toBe(3);
  view.error = null;
  await vi.advanceTimersByTimeAsync(30_000);
  expect(found()).toBeNull();
  expect(view.asked).toBe(4);
  stop();
});
