import { readdirSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BrowserLook, findBrowser, startBrowser, type TestBrowser } from '../support/browser.ts';
import { showScript } from './hostile-fields.ts';
import { openView, viewsOf, walk } from './page-walk.ts';
import { takePictures } from './pictures.ts';
import { countLeads, planAndStart, qualifyWhilePaused, resumeAndWatch, revert } from './run-story.ts';
import { addContact, type RunningDemo, signIn, startDemo, untilShown } from './running-demo.ts';

let demo: RunningDemo;
let browser: TestBrowser | undefined;
beforeAll(async () => {
  demo = await startDemo();
  if (findBrowser() !== null) browser = await startBrowser();
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await demo?.stop();
  demo?.work.remove();
});

/** A window of somebody who is signed in. */
async function openWindow(): Promise<BrowserLook & { page: Page }> {
  if (browser === undefined) throw new Error('no browser was started');
  const look = await browser.look();
  const page = await look.context.newPage();
  await signIn(page, demo);
  return { ...look, page };
}

describe.runIf(findBrowser() !== null)('the page on the demo after its story', () => {
  it('shows every view in light, in dark and on a phone, without a serious finding of accessibility or an error', {
    timeout: 180_000,
  }, async () => {
    const { faults, context, page } = await openWindow();

    expect(await walk(page, demo, await viewsOf(demo))).toEqual({});
    // The browser itself logs each answer of 404 that the views of nothing ask for.
    expect(faults.filter((fault) => !/999.*404 \(Not Found\)/.test(fault))).toEqual([]);
    await context.close();
  });

  it('tells with the keyboard alone why somebody is not in Salesforce', { timeout: 60_000 }, async () => {
    const email = 'wanda.below@story.example';
    const id = await addContact(demo, {
      email,
      firstname: 'Wanda',
      lastname: 'Below',
      lifecyclestage: 'marketingqualifiedlead',
    });
    const { context, page } = await openWindow();
    await openView(page, demo, { path: '/contacts', title: 'Contacts' });
    await page.keyboard.press('/');
    await page.keyboard.type(email);
    await page.getByRole('link', { name: /Wanda Below/ }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await untilShown(page, /Wanda Below/);

    expect(page.url()).toBe(`${demo.url}/contacts/${id}`);
    const verdict = page.getByRole('region', { name: 'Is it in Salesforce' });
    expect(await verdict.textContent()).toMatch(/not in Salesforce.*SQL, Opportunity/i);
    await context.close();
  });

  it('shows a change by itself as soon as it is there', { timeout: 60_000 }, async () => {
    const { context, page } = await openWindow();
    await untilShown(page, 'Overview');
    const tile = page.getByRole('list', { name: 'Numbers of now' }).getByRole('listitem').first();
    const handoffs = async () => Number(/^Handoffs today(\d+)/.exec((await tile.textContent()) ?? '')?.[1]);
    await tile.waitFor();
    const before = await handoffs();

    await addContact(demo, {
      email: 'live.lena@story.example',
      firstname: 'Live',
      lastname: 'Lena',
      lifecyclestage: 'salesqualifiedlead',
    });

    await expect.poll(handoffs, { timeout: 30_000 }).toBe(before + 1);
    await context.close();
  });

  it('leads through a run: planned, confirmed, watched to its end, and put back', { timeout: 180_000 }, async () => {
    const { faults, context, page } = await openWindow();
    const email = 'rita.run@story.example';

    const id = await qualifyWhilePaused(page, demo, email);
    const run = await planAndStart(page, demo, id);
    expect(await countLeads(demo, email)).toBe(0);
    await resumeAndWatch(page, demo, run);
    expect(await countLeads(demo, email)).toBe(1);
    await revert(page);
    expect(await countLeads(demo, email)).toBe(0);
    expect(faults).toEqual([]);
    await context.close();
  });

  it.runIf(process.env.TEST_SCREENSHOTS)('has its pictures taken', { timeout: 180_000 }, async () => {
    const { context, page } = await openWindow();

    await takePictures(page, demo, process.env.TEST_SCREENSHOTS ?? '');

    await context.close();
  });

  it('shows script in the fields of a contact, a company and a deal as text', { timeout: 60_000 }, async () => {
    const { faults, context, page } = await openWindow();

    await showScript(page, demo);

    expect(await page.evaluate('window.ran')).toBeUndefined();
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe('npm run demo', () => {
  it('answers this machine alone', async () => {
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4');
    const { port } = new URL(demo.url);
    const answers = others.map(({ address }) =>
      fetch(`http://${address}:${port}/healthz`).then(
        () => address,
        () => null,
      ),
    );

    expect((await Promise.all(answers)).filter((address) => address !== null)).toEqual([]);
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  });

  it('stays up after the story and ends with 130 on Ctrl-C, leaving nothing behind; an open page says that it is gone', {
    timeout: 60_000,
  }, async () => {
    const page = browser === undefined ? null : (await openWindow()).page;
    if (page !== null) await untilShown(page, 'Overview');

    expect(await demo.stop()).toEqual({ code: 130, err: '' });

    expect(readdirSync(demo.work.temporary)).toEqual([]);
    await page?.getByText('The service cannot be reached').waitFor({ timeout: 30_000 });
  });
});
