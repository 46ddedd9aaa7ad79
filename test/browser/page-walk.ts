import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { z } from 'zod';
import { seriousFindings } from '../support/browser.ts';
import { type RunningDemo, untilShown } from './running-demo.ts';

/** One view of the page: its address, its headline, and the name of its picture in docs/screenshots, where it has one. */
export type View = { path: string; title: string | RegExp; picture?: string };

const found = z.object({ items: z.array(z.object({ recordId: z.string().nullable() })) });

/** Every page there is, with records of the story. */
export async function viewsOf(demo: RunningDemo): Promise<readonly View[]> {
  const idOf = async (kind: 'contacts' | 'companies' | 'deals', query: string) => {
    const address = `${demo.url}/api/v1/${kind}?query=${encodeURIComponent(query)}`;
    const answer = await fetch(address, { headers: { authorization: `Bearer ${demo.token}` } });
    const id = found.parse(await answer.json()).items[0]?.recordId;
    if (id == null) throw new Error(`the story has no ${kind} called ${query}`);
    return id;
  };
  const grace = await idOf('contacts', 'Grace');
  const company = await idOf('companies', 'Lighthouse Labs');
  const deal = await idOf('deals', 'Lighthouse Labs');
  return [
    { path: '/', title: 'Overview', picture: 'overview' },
    { path: '/contacts', title: 'Contacts' },
    { path: `/contacts/${grace}`, title: /Grace/, picture: 'contact' },
    { path: `/contacts/${grace}?tab=timeline`, title: /Grace/ },
    { path: '/companies', title: 'Companies' },
    { path: `/companies/${company}`, title: /Lighthouse/ },
    { path: '/deals', title: 'Deals' },
    { path: `/deals/${deal}`, title: /Lighthouse/, picture: 'deal' },
    { path: '/failures', title: 'Failures' },
    { path: '/runs', title: 'Runs' },
    { path: '/runs/1', title: /Live sync/ },
    { path: '/runs/new', title: 'Start a backfill' },
    { path: '/mappings', title: 'Mappings', picture: 'mappings' },
    { path: '/mappings?part=contact', title: 'Mappings' },
    { path: '/mappings?part=deal', title: 'Mappings' },
    { path: '/mappings/1', title: 'Mapping version 1' },
    { path: '/mappings/plan', title: 'Plan a change' },
    { path: '/funnel', title: 'Funnel', picture: 'funnel' },
    { path: '/activity', title: 'Activity', picture: 'activity' },
    { path: '/nowhere', title: /not|no page/i },
  ];
}

/** Opens a view and waits until what it shows is there. */
export async function openView(page: Page, demo: RunningDemo, { path, title }: View): Promise<void> {
  await page.goto(`${demo.url}${path}`);
  await untilShown(page, title);
}

/** Walks through the views. @returns what an accessibility scan finds that is serious, by view */
export async function walk(
  page: Page,
  demo: RunningDemo,
  views: readonly View[],
): Promise<Record<string, readonly string[]>> {
  const findings: Record<string, readonly string[]> = {};
  for (const view of views) {
    await openView(page, demo, view);
    const serious = await seriousFindings(page);
    if (serious.length > 0) findings[view.path] = serious;
  }
  return findings;
}

/**
 * Takes the pictures of docs/screenshots: only when TEST_SCREENSHOTS names a folder, as times and ids differ each time.
 * @param look such as `dark`
 */
export async function takePictures(page: Page, demo: RunningDemo, views: readonly View[], look: string): Promise<void> {
  const folder = process.env.TEST_SCREENSHOTS;
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  for (const view of views) {
    if (view.picture === undefined) continue;
    await openView(page, demo, view);
    await page.screenshot({
      path: join(folder, `${view.picture}-${look}.png`),
      fullPage: look === 'light' || look === 'dark',
    });
  }
}
