import { readdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findBrowser, startBrowser, type TestBrowser } from '../support/browser.ts';
import { openView, takePictures, type View, viewsOf, walk } from './page-walk.ts';
import { type RunningDemo, signIn, startDemo, untilShown } from './running-demo.ts';

let demo: RunningDemo;
let views: readonly View[];
const browsers: TestBrowser[] = [];
beforeAll(async () => {
  demo = await startDemo();
  views = await viewsOf(demo);
}, 180_000);
afterAll(async () => {
  for (const browser of browsers) await browser.close();
  demo.work.remove();
});

async function openBrowser(
  look: Parameters<typeof startBrowser>[0] = {},
): Promise<{ browser: TestBrowser; page: Page }> {
  const browser = await startBrowser(look);
  browsers.push(browser);
  const page = await browser.context.newPage();
  await signIn(page, demo);
  return { browser, page };
}

const created = z.object({ id: z.string() });

describe.runIf(findBrowser() !== null)('the page on the demo after its story', () => {
  it.each(['light', 'dark'] as const)(
    'shows every view in %s, without an error or a serious finding of accessibility',
    async (colorScheme) => {
      const { browser, page } = await openBrowser({ colorScheme });

      expect(await walk(page, demo, views)).toEqual({});
      expect(browser.faults).toEqual([]);
      await takePictures(page, demo, views, colorScheme);
    },
    180_000,
  );

  it('fits a phone: nothing is wider than the screen', async () => {
    const { page } = await openBrowser({ width: 390, height: 844 });
    const tooWide: string[] = [];
    for (const view of views) {
      await openView(page, demo, view);
      const width = await page.evaluate<number>('document.documentElement.scrollWidth');
      if (width > 390) tooWide.push(`${view.path}: ${width} px`);
    }

    expect(tooWide).toEqual([]);
    await takePictures(
      page,
      demo,
      views.filter(({ picture }) => picture === 'overview' || picture === 'contact'),
      'phone',
    );
  }, 120_000);

  it('tells with the keyboard alone why somebody is not in Salesforce', async () => {
    const { id } = await demo.hubspot(
      'POST',
      'contacts',
      {
        email: 'wanda.below@story.example',
        firstname: 'Wanda',
        lastname: 'Below',
        lifecyclestage: 'marketingqualifiedlead',
      },
      created,
    );
    const { page } = await openBrowser();
    await page.goto(`${demo.url}/contacts`);
    await untilShown(page, 'Contacts');
    await page.keyboard.press('/');
    await page.keyboard.type('wanda.below@story.example');
    await page.getByRole('link', { name: /Wanda Below/ }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await untilShown(page, /Wanda Below/);

    expect(page.url()).toBe(`${demo.url}/contacts/${id}`);
    const verdict = page.getByRole('region', { name: 'Is it in Salesforce' });
    expect(await verdict.textContent()).toMatch(/not in Salesforce/i);
    expect(await verdict.textContent()).toMatch(/SQL, Opportunity/);
  }, 60_000);

  it('shows a change by itself as soon as it is there', async () => {
    const { page } = await openBrowser();
    await untilShown(page, 'Overview');
    const handoffs = page.getByRole('link', { name: /Handoffs today/ });
    const before = await page.locator('body').innerText();
    await handoffs.waitFor();

    await demo.hubspot(
      'POST',
      'contacts',
      {
        email: 'live.lena@story.example',
        firstname: 'Live',
        lastname: 'Lena',
        company: 'Story',
        country: 'Germany',
        lifecyclestage: 'salesqualifiedlead',
      },
      created,
    );
    const count = Number(/(\d+) handoffs/.exec(before)?.[1]);

    await page.getByText(`${count + 1} handoffs`).waitFor({ timeout: 20_000 });
  }, 60_000);

  it('shows script in the fields of a record as text', async () => {
    const script = '<img src=x onerror="window.ran=1"><script>window.ran=1</script>';
    const { id } = await demo.hubspot(
      'POST',
      'contacts',
      {
        email: 'mallory@story.example',
        firstname: script,
        lastname: script,
        company: script,
        jobtitle: script,
        city: script,
        phone: '+49 30 1234567',
        lifecyclestage: 'salesqualifiedlead',
      },
      created,
    );
    const { browser, page } = await openBrowser();
    for (const path of [
      '/contacts?query=mallory%40story.example',
      `/contacts/${id}`,
      `/contacts/${id}?tab=timeline`,
      `/activity?record=${id}`,
      '/failures',
    ]) {
      await page.goto(`${demo.url}${path}`);
      await page.locator('[role=status][aria-label=Loading]').first().waitFor({ state: 'detached' });
    }
    await page.goto(`${demo.url}/contacts/${id}`);
    await page.getByText(script).first().waitFor();

    expect(await page.evaluate('window.ran')).toBeUndefined();
    expect(browser.faults).toEqual([]);
  }, 60_000);
});

describe('npm run demo', () => {
  it('stays up after the story and ends with 130 on Ctrl-C, leaving nothing behind; an open page says that it is gone', async () => {
    const page = findBrowser() === null ? null : (await openBrowser()).page;
    if (page !== null) await untilShown(page, 'Overview');

    expect(await demo.stop()).toEqual({ code: 130, err: '' });

    expect(readdirSync(demo.work.temporary)).toEqual([]);
    await page?.getByText('The service cannot be reached').waitFor({ timeout: 30_000 });
  }, 60_000);
});
