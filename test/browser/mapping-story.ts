import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { ToldService } from '../support/told-service.ts';
import { faultsOf, openView } from './page-walk.ts';
import { untilShown } from './running-demo.ts';

/** Somebody changes a file, and the service proposes it; the page tells what it says otherwise. */
export async function compareProposed(page: Page, told: ToldService): Promise<void> {
  told.engine.hubspot.editContact(told.cast.contact, { jobtitle: 'Chief' });
  await told.engine.look(told.cast.contact);
  await told.propose({
    'contacts.yaml': { 'fields.4.salesforce': 'Description', 'fields.6.rule': 'hubspot', examples: [] },
  });
  await openView(page, told, { path: '/mappings', title: 'Mappings' });
  await page.getByText('Version 2 is proposed and waits for somebody to activate it.').waitFor();
  await page.getByRole('link', { name: 'What it changes' }).click();
  await untilShown(page, 'Mapping version 2');
  const differences = page.getByRole('region', { name: 'Differences' });
  expect(await differences.getByRole('row').count()).toBe(3);
  expect(await differences.textContent()).toContain('jobtitle');
  expect(await faultsOf(page)).toEqual([]);
}

/** The plan on live records, reached from the version; it names records. */
export async function planProposed(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Plan it on live records' }).click();
  await untilShown(page, 'Plan a change');
  expect(new URL(page.url()).searchParams.get('version')).toBe('2');
  await page.getByRole('button', { name: 'Plan it' }).click();
  await page.getByRole('heading', { name: 'Version 2 instead of 1' }).waitFor({ timeout: 60_000 });
  await page.getByRole('region', { name: 'Changes by field and rule' }).getByText('Chief').first().waitFor();
  expect(await faultsOf(page)).toEqual([]);
}

/** Makes it the live one, after a confirmation. */
export async function activateProposed(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Activate…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('From now on every look at a record goes by version 2.').waitFor();
  expect(await faultsOf(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Activate' }).click();
  await untilShown(page, 'Mappings');
  await page.getByRole('row', { name: /Version 2 Live/ }).waitFor();
}
