import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BrowserLook, findBrowser, startBrowser, type TestBrowser } from '../support/browser.ts';
import { newContact } from '../support/deals.ts';
import { tokens } from '../support/http-service.ts';
import { beginBackfill, finishRun } from '../support/runs.ts';
import { startToldService, type ToldService } from '../support/told-service.ts';
import { activateProposed, compareProposed, planProposed } from './mapping-story.ts';
import { faultsOf, openView } from './page-walk.ts';
import { signIn, untilShown } from './running-demo.ts';

let told: ToldService;
let browser: TestBrowser;
beforeAll(async () => {
  if (findBrowser() === null) return;
  [told, browser] = await Promise.all([startToldService(), startBrowser()]);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await told?.close();
});

async function openAs(role: keyof typeof tokens, then = '/'): Promise<BrowserLook & { page: Page }> {
  const look = await browser.look();
  const page = await look.context.newPage();
  await signIn(page, { url: told.url, token: tokens[role] }, then);
  return { ...look, page };
}

/** The names of buttons and links that change something. Seeing what a plan would do needs an operator too. */
const acting = /pause|resume|retry|look again|resync|start a backfill|revert|cancel run|activate|^plan|thaw|erase/i;

/** Those that can be pressed; each that cannot must say who may. */
async function actionsOn(page: Page): Promise<readonly string[]> {
  const main = page.locator('main');
  const seen = await main.getByRole('button').or(main.locator('a[class*=Button]')).all();
  const told = await Promise.all(
    seen.map(async (one) => ({
      name: (await one.innerText()).trim(),
      off: await one.isDisabled(),
      title: await one.getAttribute('title'),
    })),
  );
  return told
    .filter(({ name, off, title }) => acting.test(name) && !(off && title?.includes('an operator can')))
    .map(({ name }) => name);
}

const viewsOf = ({ cast }: ToldService) => [
  { path: '/', title: 'Overview' },
  { path: `/contacts/${cast.contact}`, title: /./ },
  { path: `/contacts/${cast.failing}`, title: /./ },
  { path: `/contacts/${cast.fought}`, title: /./ },
  { path: `/deals/${cast.deal}`, title: /./ },
  { path: '/failures', title: 'Failures' },
  { path: '/runs', title: 'Runs' },
  { path: `/runs/${cast.run}`, title: 'Backfill of contacts' },
  { path: '/runs/new', title: 'Start a backfill' },
  { path: '/mappings', title: 'Mappings' },
  { path: '/mappings/plan', title: 'Plan a change' },
];

describe.runIf(findBrowser() !== null)('what the page offers', () => {
  it('to a viewer: everything to see, and no button to press that changes anything', { timeout: 120_000 }, async () => {
    const { context, faults, page } = await openAs('viewer');
    const offered: Record<string, readonly string[]> = {};
    for (const view of viewsOf(told)) {
      await openView(page, told, view);
      offered[view.path] = await actionsOn(page);
    }

    expect(Object.values(offered).flat()).toEqual([]);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('to an admin: those buttons', { timeout: 60_000 }, async () => {
    const { context, page } = await openAs('admin', `/runs/${told.cast.run}`);
    await untilShown(page, 'Backfill of contacts');
    expect(await actionsOn(page)).toEqual(['Revert…']);
    await openView(page, told, { path: '/failures', title: 'Failures' });
    expect((await actionsOn(page)).length).toBeGreaterThan(0);
    expect(await faultsOf(page)).toEqual([]);
    await context.close();
  });

  it('says why a button does nothing whose role was taken away meanwhile', { timeout: 60_000 }, async () => {
    const { context, page } = await openAs('viewer');
    await page.route('**/api/v1/session', async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: { ...(await answer.json()), role: 'admin' } });
    });
    await openView(page, told, { path: '/', title: 'Overview' });
    await page.getByRole('button', { name: 'Pause all writes' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('May I?');
    await dialog.getByRole('button', { name: 'Pause all writes' }).click();

    const alert = dialog.getByRole('alert');
    await alert.waitFor();
    expect(await alert.textContent()).toMatch(/role/i);
    expect(await alert.textContent()).toContain('forbidden');
    await context.close();
  });
});

describe.runIf(findBrowser() !== null)('two tabs of one person', () => {
  const openTab = async (context: BrowserContext, path: string, title: string) => {
    const page = await context.newPage();
    await openView(page, told, { path, title });
    return page;
  };

  it('start one run of a dry run; the other one is told which', { timeout: 90_000 }, async () => {
    const { engine } = told;
    newContact(engine, null);
    const { id } = await finishRun(engine, await beginBackfill(engine, { filter: { sinceMs: 0 }, isDryRun: true }));
    const { context, page } = await openAs('admin', `/runs/${id}`);
    const tabs = [page, await openTab(context, `/runs/${id}`, 'Dry run: backfill of contacts')];
    for (const tab of tabs) {
      await tab.getByRole('button', { name: /^Write .*…$/ }).click();
      await tab.getByRole('dialog').waitFor();
    }
    await Promise.all(
      tabs.map((tab) =>
        tab
          .getByRole('dialog')
          .getByRole('button', { name: /^Write/ })
          .click(),
      ),
    );
    const ends = await Promise.all(
      tabs.map((tab) =>
        Promise.race([
          tab
            .getByRole('heading', { level: 1, name: /^Backfill/ })
            .waitFor()
            .then(() => 'started'),
          tab
            .getByRole('dialog')
            .getByRole('alert')
            .waitFor()
            .then(() => 'told'),
        ]),
      ),
    );

    expect([...ends].sort()).toEqual(['started', 'told']);
    const other = tabs[ends.indexOf('told')];
    const started = /\d+$/.exec(tabs[ends.indexOf('started')]?.url() ?? '')?.[0];
    expect(await other?.getByRole('dialog').getByRole('alert').textContent()).toContain(`Run ${started} `);
    await context.close();
  });

  it('one signs out: the other one is led to the sign-in, and back to where it was', { timeout: 60_000 }, async () => {
    const { context, page } = await openAs('viewer');
    const other = await openTab(context, '/contacts?query=person', 'Contacts');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in to Handoff' }).waitFor();

    await other.getByRole('link', { name: 'Runs' }).click();
    await other.getByRole('heading', { name: 'Sign in to Handoff' }).waitFor();
    await other.getByLabel('Access token').fill(tokens.viewer);
    await other.getByRole('button', { name: 'Sign in' }).click();
    await untilShown(other, 'Runs');
    expect(new URL(other.url()).pathname).toBe('/runs');
    await context.close();
  });
});

describe.runIf(findBrowser() !== null)('a changed mapping', () => {
  it('is compared, planned on live records, and made the live one', { timeout: 120_000 }, async () => {
    const { context, faults, page } = await openAs('admin');

    await compareProposed(page, told);
    await planProposed(page);
    await activateProposed(page);

    expect(faults).toEqual([]);
    await context.close();
  });
});

describe.runIf(findBrowser() !== null)('10,000 failures', () => {
  it('are shown by cause at once, and 50 at a time of one cause', { timeout: 90_000 }, async () => {
    await told.engine.database.pool.query(
      `insert into failures (connection_id, system, object, record_id, kind, code, message, advice)
       select connection_id, 'hubspot', 'contact', (500000000 + n)::text, 'permanent', 'salesforce_validation_rule',
              'A validation rule of the org refused the record.', 'Correct the record as the rule asks.'
       from failures, generate_series(1, 10000) n limit 10000`,
    );
    const { context, faults, page } = await openAs('operator');
    const count = () => page.evaluate<number>("document.querySelectorAll('*').length");
    const began = performance.now();
    await openView(page, told, { path: '/failures', title: 'Failures' });
    await page
      .getByText(/10,00\d/)
      .first()
      .waitFor();
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(await count()).toBeLessThan(2_000);

    await openView(page, told, { path: '/failures?code=salesforce_validation_rule', title: /validation rule/i });
    await page.getByText(/^50 of 10,00\d shown/).waitFor();
    await page.getByRole('button', { name: 'Load 50 more' }).click();
    await page.getByText(/^100 of 10,00\d shown/).waitFor();
    expect(await count()).toBeLessThan(6_000);
    expect(await faultsOf(page)).toEqual([]);
    expect(faults).toEqual([]);
    await context.close();
  });
});
