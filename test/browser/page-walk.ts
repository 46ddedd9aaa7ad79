import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { z } from 'zod';
import { seriousFindings } from '../support/browser.ts';
import { type RunningDemo, untilShown } from './running-demo.ts';

/** One view of the page: its address and its headline. */
export type View = { path: string; title: string | RegExp };

const found = z.object({ items: z.array(z.object({ recordId: z.string().nullable() })) });

/** The HubSpot id of the first record that a search finds. @throws when the story has none */
export async function idOf(
  demo: RunningDemo,
  kind: 'contacts' | 'companies' | 'deals',
  query: string,
): Promise<string> {
  const address = `${demo.url}/api/v1/${kind}?query=${encodeURIComponent(query)}`;
  const answer = await fetch(address, { headers: { authorization: `Bearer ${demo.token}` } });
  const id = found.parse(await answer.json()).items[0]?.recordId;
  if (id == null) throw new Error(`the story has no ${kind} called ${query}`);
  return id;
}

/** Every page there is, with records of the story. Not `/api/docs`: that page is Swagger's, and so are its findings. */
export async function viewsOf(demo: RunningDemo): Promise<readonly View[]> {
  const grace = await idOf(demo, 'contacts', 'Grace');
  const company = await idOf(demo, 'companies', 'Lighthouse Labs');
  const deal = await idOf(demo, 'deals', 'Lighthouse Labs');
  return [
    { path: '/', title: 'Overview' },
    { path: '/contacts', title: 'Contacts' },
    { path: '/contacts?query=nobody%20at%20all', title: 'Contacts' },
    { path: `/contacts/${grace}`, title: /Grace/ },
    { path: `/contacts/${grace}?tab=timeline`, title: /Grace/ },
    { path: `/contacts/${grace}?tab=stages`, title: /Grace/ },
    { path: `/contacts/${grace}?tab=writes`, title: /Grace/ },
    { path: '/contacts/999999999', title: /contact/i },
    { path: '/companies', title: 'Companies' },
    { path: `/companies/${company}`, title: /Lighthouse/ },
    { path: '/deals', title: 'Deals' },
    { path: `/deals/${deal}`, title: /Lighthouse/ },
    { path: '/failures', title: 'Failures' },
    { path: '/runs', title: 'Runs' },
    { path: '/runs/1', title: /Live sync/ },
    { path: '/runs/999', title: 'Run 999' },
    { path: '/runs/new', title: 'Start a backfill' },
    { path: '/mappings', title: 'Mappings' },
    { path: '/mappings?part=contact', title: 'Mappings' },
    { path: '/mappings?part=deal', title: 'Mappings' },
    { path: '/mappings?part=files', title: 'Mappings' },
    { path: '/mappings/1', title: 'Mapping version 1' },
    { path: '/mappings/plan', title: 'Plan a change' },
    { path: '/funnel', title: 'Funnel' },
    { path: '/activity', title: 'Activity' },
    { path: '/nowhere', title: /not|no page/i },
  ];
}

/** Opens a view and waits until what it shows is there. */
export async function openView(page: Page, { url }: { url: string }, { path, title }: View): Promise<void> {
  await page.goto(`${url}${path}`);
  await untilShown(page, title);
}

const phone = { width: 390, height: 844 };
const desk = { width: 1280, height: 900 };

/** Walks through the views, each in light, in dark and on a phone. @returns what is wrong, by view */
export async function walk(
  page: Page,
  demo: RunningDemo,
  views: readonly View[],
): Promise<Record<string, readonly string[]>> {
  const faults: Record<string, readonly string[]> = {};
  for (const view of views) {
    await openView(page, demo, view);
    const wrong = await faultsOf(page);
    if (wrong.length > 0) faults[view.path] = wrong;
  }
  return faults;
}

/** Of what is open now: serious findings of the scan in light and in dark, and whether it is wider than a phone. */
export async function faultsOf(page: Page): Promise<readonly string[]> {
  const faults = [...(await seriousFindings(page))];
  await turn(page, 'dark');
  faults.push(...(await seriousFindings(page, { colours: true })).map((finding) => `in the dark: ${finding}`));
  await turn(page, 'light');
  await page.setViewportSize(phone);
  const width = await page.evaluate<number>('document.documentElement.scrollWidth');
  if (width > phone.width) faults.push(`phone: ${width} px wide`);
  await page.setViewportSize(desk);
  return faults;
}

/** Turns the light on or off, as the system does. */
export async function turn(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor();
}

/** Takes one picture of docs/screenshots of what is open: 1280 wide, and as high as it is up to 1400. */
export async function takePicture(page: Page, folder: string, name: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const { width } = page.viewportSize() ?? desk;
  const height = await page.evaluate<number>('document.documentElement.scrollHeight');
  await page.setViewportSize({ width, height: Math.min(Math.max(height, desk.height - 200), 1400) });
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await page.setViewportSize({ ...desk, width });
}
