import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createGatherer, renew } from '../../../../web/src/api/renew.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const passMs = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** Something that is shown, and how often it was asked for and answered. */
function show(client: QueryClient, name: string, takesMs: number) {
  const seen = { asked: 0, answered: 0, aborted: 0 };
  const observer = new QueryObserver(client, {
    queryKey: [name],
    queryFn: async ({ signal }) => {
      seen.asked += 1;
      signal.addEventListener('abort', () => {
        seen.aborted += 1;
      });
      await new Promise((resolve) => setTimeout(resolve, takesMs));
      seen.answered += 1;
      return seen.answered;
    },
  });
  observer.subscribe(() => undefined);
  return seen;
}

describe('a busy sync', () => {
  it('has a slow view answered again and again, and no request given up', async () => {
    const client = new QueryClient();
    const overview = show(client, 'GET /overview', 2_000);
    await passMs(2_100);
    const gatherer = createGatherer(client);

    for (let second = 0; second < 20; second += 1) {
      gatherer.add(['overview']);
      await passMs(1_000);
    }

    expect(overview.aborted).toBe(0);
    expect(overview.answered).toBeGreaterThanOrEqual(5);
    expect(overview.asked).toBeLessThanOrEqual(9);
    gatherer.stop();
  });

  it('a change that comes while it is asked is asked for behind that', async () => {
    const client = new QueryClient();
    const runs = show(client, 'GET /runs', 10_000);
    await passMs(1_000);
    const gatherer = createGatherer(client);
    gatherer.add(['runs']);

    await passMs(15_000);

    expect(runs).toEqual({ asked: 2, answered: 1, aborted: 0 });
    gatherer.stop();
  });

  it('asks for nothing that the change does not concern', async () => {
    const client = new QueryClient();
    const failures = show(client, 'GET /failures/groups', 10);
    await passMs(100);
    const gatherer = createGatherer(client);
    gatherer.add(['runs']);

    await passMs(5_000);

    expect(failures.asked).toBe(1);
    gatherer.stop();
  });
});

it('what reads the CRMs is not asked for with all the rest', async () => {
  const client = new QueryClient();
  const [search, list] = [show(client, 'search', 10), show(client, 'GET /contacts', 10)];
  await passMs(100);

  renew(client);
  await passMs(100);

  expect([search.asked, list.asked]).toEqual([1, 2]);
});

it('a page that begins to listen asks once more for what it shows, and takes no calm list for old', async () => {
  const client = new QueryClient();
  const runs = show(client, 'GET /runs', 10);
  await client.fetchQuery({ queryKey: ['GET /activity'], queryFn: () => 1, meta: { calm: true } });
  await passMs(100);
  const gatherer = createGatherer(client);
  const isOld = () => client.getQueryState(['GET /activity'])?.isInvalidated;

  gatherer.addAll();
  await passMs(5_000);
  expect([runs.asked, isOld()]).toEqual([2, false]);

  gatherer.add(['activity']);
  await passMs(5_000);
  expect([runs.asked, isOld()]).toEqual([2, true]);
  gatherer.stop();
});
