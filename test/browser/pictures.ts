import type { Page } from 'playwright-core';
import { idOf, openView, takePicture, turn } from './page-walk.ts';
import { addContact, addContactUnseen, type RunningDemo } from './running-demo.ts';

/** A dry run over all contacts, of whom one was missed. @returns its address */
async function planBackfill(page: Page, demo: RunningDemo): Promise<string> {
  const lastname = 'Late';
  const email = 'luca.late@story.example';
  await addContactUnseen(demo, { email, firstname: 'Luca', lastname, lifecyclestage: 'salesqualifiedlead' });
  await openView(page, demo, { path: '/runs/new', title: 'Start a backfill' });
  await page.getByRole('button', { name: 'Plan it (dry run)' }).click();
  await page.getByRole('button', { name: /^Write .*…$/ }).waitFor({ timeout: 60_000 });
  return new URL(page.url()).pathname;
}

/** Takes the pictures of docs/screenshots. @param folder where they go; those that are there are replaced */
export async function takePictures(page: Page, demo: RunningDemo, folder: string): Promise<void> {
  // Nobody owns her, so that there is something to mend.
  await addContact(demo, {
    email: 'nina.nobody@story.example',
    firstname: 'Nina',
    lastname: 'Nobody',
    hubspot_owner_id: '',
    lifecyclestage: 'salesqualifiedlead',
  });
  const grace = await idOf(demo, 'contacts', 'Grace');
  const wanda = await idOf(demo, 'contacts', 'wanda.below@story.example');
  const views = [
    { path: '/', title: 'Overview', name: 'overview' },
    { path: `/contacts/${wanda}`, title: /Wanda/, name: 'contact-not-in-salesforce' },
    { path: `/contacts/${grace}`, title: /Grace/, name: 'contact' },
    { path: '/failures', title: 'Failures', name: 'failures' },
    { path: await planBackfill(page, demo), title: 'Dry run: backfill of contacts', name: 'run' },
    { path: '/mappings', title: 'Mappings', name: 'mappings' },
    { path: '/funnel', title: 'Funnel', name: 'funnel' },
    { path: '/activity', title: 'Activity', name: 'activity' },
  ];
  const dark = new Set(['overview', 'contact']);
  for (const view of views) {
    await openView(page, demo, view);
    await takePicture(page, folder, view.name);
    if (!dark.has(view.name)) continue;
    await turn(page, 'dark');
    await takePicture(page, folder, `${view.name}-dark`);
    await turn(page, 'light');
  }
  await page.setViewportSize({ width: 390, height: 844 });
  await openView(page, demo, { path: `/contacts/${wanda}`, title: /Wanda/ });
  await takePicture(page, folder, 'contact-phone');
}
