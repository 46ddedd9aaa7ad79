import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BrowserLook, findBrowser, startBrowser, type TestBrowser } from '../support/browser.ts';
import { type HttpService, startHttpService, tokens, unusedPort } from '../support/http-service.ts';
import { faultsOf, openView } from './page-walk.ts';
import { signIn, untilShown, untilSignedIn } from './running-demo.ts';

let environment: Record<string, string>;
let http: HttpService;
let browser: TestBrowser;
beforeAll(async () => {
  if (findBrowser() === null) return;
  environment = { PORT: String(await unusedPort()) };
  [http, browser] = await Promise.all([startHttpService({ environment }), startBrowser()]);
  await http.service.ready;
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await http?.close();
});

async function openAs(
  role: keyof typeof tokens,
  then = '/',
): Promise<BrowserLook & { page: Awaited<ReturnType<BrowserLook['open']>> }> {
  const look = await browser.look();
  const page = await look.context.newPage();
  await signIn(page, { url: http.url, token: tokens[role] }, then);
  return { ...look, page };
}

describe.runIf(findBrowser() !== null)('the page of a service that has just been set up', () => {
  it('says on each page that nothing is there yet, and what makes it so', { timeout: 90_000 }, async () => {
    const { context, faults, page } = await openAs('admin');
    const wrong: Record<string, unknown> = {};
    for (const [path, title, text] of [
      ['/', 'Overview', 'Nothing was written in the last 24 hours.'],
      ['/contacts', 'Contacts', 'No contacts yet.'],
      ['/companies', 'Companies', 'No companies yet.'],
      ['/deals', 'Deals', 'No deals yet.'],
      ['/failures', 'Failures', 'Nothing is failing.'],
      ['/runs', 'Runs', 'No runs yet.'],
      ['/runs?kind=revert', 'Runs', 'No run fits these filters.'],
      ['/funnel', 'Funnel', 'No contact has moved in this period.'],
      ['/activity?kind=write', 'Activity', 'Nothing fits these filters.'],
    ] as const) {
      await openView(page, http, { path, title });
      const isThere = await page
        .getByText(text)
        .waitFor({ timeout: 5_000 })
        .then(
          () => true,
          () => false,
        );
      const found = await faultsOf(page);
      if (!isThere || found.length > 0) wrong[path] = { text, isThere, found };
    }

    expect(wrong).toEqual({});
    expect(faults).toEqual([]);
    await context.close();
  });

  it('keeps filters, tabs and searches in the address, through a reload and the sign-in', {
    timeout: 60_000,
  }, async () => {
    const { context, page } = await openAs('viewer', '/contacts?query=wanda');
    const search = page.getByRole('searchbox', { name: 'Search contacts' });
    await page.getByText('Nothing found for').waitFor();
    expect(await search.inputValue()).toBe('wanda');
    await search.fill('karl');
    await page.waitForURL('**/contacts?query=karl');
    await page.reload();
    await page.getByText('Nothing found for “karl”.').waitFor();
    expect(await search.inputValue()).toBe('karl');
    for (const [path, tab] of [
      ['/mappings?part=deal', 'Deals'],
      ['/mappings?part=files', 'Files'],
    ] as const) {
      await openView(page, http, { path, title: 'Mappings' });
      await page.reload();
      await page.getByRole('tab', { name: tab, selected: true }).waitFor();
    }
    await openView(page, http, { path: '/runs?state=failed', title: 'Runs' });
    await page.reload();
    expect(await page.getByLabel('State').first().inputValue()).toBe('Failed');
    await context.clearCookies();
    await page.reload();
    await page.getByLabel('Access token').fill(tokens.viewer);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await untilShown(page, 'Runs');
    expect(page.url()).toBe(`${http.url}/runs?state=failed`);
    await context.close();
  });

  it('is worked with the keyboard: the skip link, a dialog that keeps the focus and gives it back', {
    timeout: 60_000,
  }, async () => {
    const { context, page } = await openAs('admin');
    await openView(page, http, { path: '/', title: 'Overview' });
    const focused = () =>
      page.evaluate<{ text: string; inDialog: boolean; seen: boolean }>(`(() => {
        const { activeElement: one } = document;
        const { outlineStyle, boxShadow } = getComputedStyle(one);
        const seen = outlineStyle !== 'none' || boxShadow !== 'none';
        return { text: one.textContent.trim() || one.id, inDialog: one.closest('[role=dialog]') !== null, seen };
      })()`);
    await page.keyboard.press('Tab');
    expect(await focused()).toMatchObject({ text: 'Skip to the page', seen: true });
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');

    await page.keyboard.press('Tab');
    expect(await focused()).toMatchObject({ text: 'Pause all writes', seen: true });
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByLabel('Reason').waitFor();
    for (let press = 0; press < 5; press += 1) {
      expect((await focused()).inDialog).toBe(true);
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await expect.poll(focused).toMatchObject({ text: 'Pause all writes' });
    await context.close();
  });

  it('says that the service is away, and goes on by itself when it is back', { timeout: 90_000 }, async () => {
    const { context, page } = await openAs('viewer', '/runs');
    await untilShown(page, 'Runs');
    const banner = page.getByText('The service cannot be reached.');

    await http.service.close();
    await banner.waitFor();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Runs');

    const before = http;
    http = await startHttpService({ databaseUrl: before.databaseUrl, portalId: before.portalId, environment });
    await http.service.ready;
    await banner.waitFor({ state: 'detached' });
    await page.getByText('Live', { exact: true }).waitFor();
    // The session is kept by the ledger: nobody signs in again.
    await untilSignedIn(page);
    await context.close();
    await http.close();
    http = before;
  });
});
