import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { z } from 'zod';
import { faultsOf } from './page-walk.ts';
import { addContactUnseen, type RunningDemo, untilShown } from './running-demo.ts';

const leads = z.object({ items: z.array(z.object({ IsDeleted: z.boolean() })) });

/** How many Leads sales has of this email. */
export async function countLeads(demo: RunningDemo, email: string): Promise<number> {
  return (await demo.salesforce('GET', `Lead?email=${encodeURIComponent(email)}`, undefined, leads)).items.filter(
    ({ IsDeleted }) => !IsDeleted,
  ).length;
}

const press = async (page: Page, name: string | RegExp) => await page.getByRole('button', { name }).click();
const inDialog = (page: Page) => page.getByRole('dialog');

async function confirm(page: Page, name: string | RegExp): Promise<void> {
  await inDialog(page).getByRole('button', { name }).click();
  await inDialog(page).waitFor({ state: 'detached' });
}

/** Until the page of a run says this state. */
const untilState = async (page: Page, state: string) =>
  await page.getByText(state, { exact: true }).first().waitFor({ timeout: 60_000 });

/** Somebody qualifies while nothing is written, and no webhook tells of it. @returns the id in HubSpot */
export async function qualifyWhilePaused(page: Page, demo: RunningDemo, email: string): Promise<string> {
  await page.goto(demo.url);
  await press(page, 'Pause all writes');
  await inDialog(page).getByLabel('Reason').fill('A run is tried out.');
  expect(await faultsOf(page)).toEqual([]);
  await confirm(page, 'Pause all writes');
  await page.getByText('A run is tried out.').waitFor();
  return await addContactUnseen(demo, {
    email,
    firstname: 'Rita',
    lastname: 'Run',
    lifecyclestage: 'salesqualifiedlead',
  });
}

/** The dry run, its result, and the confirmation that names the records. @returns the id of the run */
export async function planAndStart(page: Page, demo: RunningDemo, id: string): Promise<string> {
  await page.goto(`${demo.url}/runs/new`);
  await page.getByLabel('Ids').fill(id);
  await press(page, 'Plan it (dry run)');
  await untilShown(page, 'Dry run: backfill of contacts');
  await page.getByRole('button', { name: 'Write 1 record…' }).waitFor({ timeout: 60_000 });
  await page.getByText('1 record would be created and 0 records changed.').waitFor();
  expect(await faultsOf(page)).toEqual([]);
  await press(page, 'Write 1 record…');
  await inDialog(page).getByText('1 record will be created and 0 records changed').waitFor();
  await confirm(page, 'Write 1 record');
  await untilShown(page, 'Backfill of contacts');
  return /\d+$/.exec(page.url())?.[0] ?? '';
}

/** Lets writes go on, and watches the run to its end. */
export async function resumeAndWatch(page: Page, demo: RunningDemo, run: string): Promise<void> {
  await page.goto(demo.url);
  await press(page, 'Resume');
  await confirm(page, 'Resume writes');
  await page.goto(`${demo.url}/runs/${run}`);
  await untilState(page, 'Done');
  await page.getByText('Created in Salesforce').waitFor();
  expect(await faultsOf(page)).toEqual([]);
}

/** Reverts the run that is open: first what it would put back, then the real one. */
export async function revert(page: Page): Promise<void> {
  await press(page, 'Revert…');
  await inDialog(page)
    .getByLabel(/Delete them/)
    .check();
  expect(await faultsOf(page)).toEqual([]);
  await inDialog(page).getByRole('button', { name: 'See what would be put back' }).click();
  await untilShown(page, /Dry run: revert/);
  const start = page.getByRole('button', { name: /delete 1 record…/ });
  await start.waitFor({ timeout: 60_000 });
  expect(await faultsOf(page)).toEqual([]);
  await start.click();
  await confirm(page, /delete 1 record$/);
  await untilShown(page, /^Revert/);
  await untilState(page, 'Done');
}
