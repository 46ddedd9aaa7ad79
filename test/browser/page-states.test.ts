import type { Server } from 'node:http';
import { join } from 'node:path';
import express from 'express';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPageRouter } from '../../src/http/page.ts';
import { findBrowser, seriousFindings, startBrowser, type TestBrowser } from '../support/browser.ts';

/** The page alone, with an API that answers what a test wants: states that the demo never comes to. */
let server: Server;
let url: string;
let browser: TestBrowser;
beforeAll(async () => {
  if (findBrowser() === null) return;
  const app = express().use(createPageRouter(join(import.meta.dirname, '../../web/dist')));
  server = await new Promise<Server>((listening) => {
    const started = app.listen(0, '127.0.0.1', () => listening(started));
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the page has no port');
  url = `http://127.0.0.1:${address.port}`;
  browser = await startBrowser();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  server?.closeAllConnections();
  server?.close();
});

const session = {
  name: 'ada',
  role: 'operator',
  expiresAt: null,
  mode: 'live',
  demo: false,
  version: '0.0.0',
  hubspot: null,
  salesforce: null,
};
const code = 'salesforce_validation_rule';
const failure = {
  kind: 'needs-human',
  code,
  message: 'A rule of the org refused the record.',
  advice: 'Correct the record as the rule asks.',
  fields: ['Country'],
  firstAt: '2026-11-20T00:00:00.000Z',
  lastAt: '2026-11-21T00:00:00.000Z',
};
const group = {
  ...failure,
  count: 10_000,
  newInDay: 12,
  newInDayBefore: 3,
  objects: ['hubspot contact'],
  samples: [],
};

function failuresFrom(query: URLSearchParams) {
  const from = Number(query.get('cursor') ?? 0);
  const limit = Number(query.get('limit'));
  const items = Array.from({ length: limit }, (_, index) => ({
    ...failure,
    system: 'hubspot',
    object: 'contact',
    recordId: String(1_000 + from + index),
    recordIds: [],
    attempts: 2,
  }));
  return { items, nextCursor: String(from + limit) };
}

type Answers = Readonly<Record<string, (query: URLSearchParams) => object>>;

/** Opens the page on an API that answers by method and path; all else is not there. @returns the bodies of what was posted */
async function open(path: string, answers: Answers): Promise<{ page: Page; posted: unknown[] }> {
  const posted: unknown[] = [];
  const all: Answers = { 'GET /session': () => session, ...answers };
  const page = await browser.context.newPage();
  // As somebody who has signed in: the page asks nothing of anybody else.
  await page.addInitScript("localStorage.setItem('handoff-signed-in-until', '2100-01-01T00:00:00.000Z')");
  await page.route('**/api/v1/**', async (route) => {
    const request = route.request();
    const { pathname, searchParams } = new URL(request.url());
    const name = `${request.method()} ${pathname.replace('/api/v1', '')}`;
    if (request.method() === 'POST') posted.push(request.postDataJSON());
    const answer = all[name];
    if (answer !== undefined) return await route.fulfill({ json: answer(searchParams) });
    await route.fulfill({
      status: 503,
      json: { status: 503, code: 'ledger_unreachable', detail: 'The ledger is away.' },
    });
  });
  await page.goto(`${url}${path}`);
  return { page, posted };
}

describe.runIf(findBrowser() !== null)('10,000 failures', () => {
  const answers: Answers = {
    'GET /failures/groups': () => ({ items: [group], nextCursor: null }),
    'GET /failures': failuresFrom,
    'POST /failures/retry': () => ({ marked: 10_000 }),
  };

  it('are drawn fifty at a time', async () => {
    const { page } = await open(`/failures?code=${code}`, answers);
    const rows = page.locator('tbody tr');
    await rows.first().waitFor();

    expect(await rows.count()).toBe(50);
    await page.getByRole('button', { name: 'Load 50 more' }).click();
    await page.getByText('100 of 10,000 shown').waitFor();
    expect(await rows.count()).toBe(100);
    expect(await seriousFindings(page)).toEqual([]);
  }, 60_000);

  it('are retried once somebody has confirmed how many they are', async () => {
    const { page, posted } = await open('/failures', answers);
    await page.getByRole('button', { name: 'Retry 10,000 records' }).click();
    const dialog = page.getByRole('dialog', { name: 'Retry this cause?' });

    expect(await dialog.textContent()).toContain('10,000 records are looked at again.');
    expect(posted).toEqual([]);
    await dialog.getByRole('button', { name: 'Retry 10,000 records' }).click();
    await page.getByText('10,000 records are looked at again now.').waitFor();
    expect(posted).toEqual([{ code }]);
  }, 60_000);
});

describe.runIf(findBrowser() !== null)('a search', () => {
  it('says that HubSpot could not be asked, beside what the ledger knows', async () => {
    const notice = 'HubSpot cannot be asked now: only what the ledger knows was searched.';
    const { page } = await open('/contacts?query=ada', {
      'GET /contacts': () => ({ items: [], nextCursor: null, notice }),
    });

    await page.getByText(notice).waitFor();
    await page.getByText('Nothing found for “ada”.').waitFor();
  }, 60_000);

  it('cuts a text that no record could be called by, and asks as little as it may', async () => {
    const asked: string[] = [];
    const { page } = await open('/contacts', {
      'GET /contacts': (query) => {
        asked.push(query.get('query') ?? '');
        return { items: [], nextCursor: null, notice: null };
      },
    });
    await page.getByRole('searchbox').fill('x'.repeat(500_000));
    await page.getByText('Nothing found for').waitFor();

    expect(asked).toEqual(['', 'x'.repeat(200)]);
  }, 60_000);

  it('tells what went wrong, its code, and offers another try', async () => {
    const { page } = await open('/deals?query=rollout', {});

    await page.getByText('The ledger is away.').waitFor({ timeout: 30_000 });
    await page.getByText('ledger_unreachable').waitFor();
    expect(await page.getByRole('button', { name: 'Try again' }).isVisible()).toBe(true);
  }, 60_000);
});
