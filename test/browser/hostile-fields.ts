import type { Page } from 'playwright-core';
import { z } from 'zod';
import { addContact, created, type RunningDemo } from './running-demo.ts';

const script = '<img src=x onerror="window.ran=1"><script>window.ran=1</script>';

/** A contact, a company and a deal, told with script in every field that holds any text, and handed over. */
async function makeHostileRecords(demo: RunningDemo) {
  const make = async (kind: 'companies' | 'deals', fields: Record<string, string>) =>
    (await demo.hubspot('POST', kind, fields, created)).id;
  const company = await make('companies', { name: script, domain: 'mallory.example', city: script });
  const contact = await addContact(demo, {
    email: 'mallory@story.example',
    ...Object.fromEntries(
      ['firstname', 'lastname', 'company', 'jobtitle', 'city', 'phone'].map((name) => [name, script]),
    ),
  });
  const deal = await make('deals', {
    dealname: script,
    pipeline: 'default',
    dealstage: 'appointmentscheduled',
    description: script,
  });
  const ends = { contact: { type: 'contacts', id: contact }, company: { type: 'companies', id: company } } as const;
  const link = async (from: object, to: object) =>
    await demo.hubspot('POST', 'associations', { from, to }, z.unknown());
  await link(ends.contact, ends.company);
  await link({ type: 'deals', id: deal }, ends.contact);
  await demo.hubspot('PATCH', `contacts/${contact}`, { lifecyclestage: 'salesqualifiedlead' }, z.unknown());
  return { company, contact, deal };
}

/** Shows them on every page that tells of them, and waits until each says the script as text. */
export async function showScript(page: Page, demo: RunningDemo): Promise<void> {
  const { contact, company, deal } = await makeHostileRecords(demo);
  for (const path of [
    '/contacts?query=mallory%40story.example',
    `/contacts/${contact}`,
    `/contacts/${contact}?tab=timeline`,
    `/companies/${company}`,
    `/deals/${deal}`,
    `/activity?record=${contact}`,
  ]) {
    await page.goto(`${demo.url}${path}`);
    const fields = page.getByRole('button', { name: /^\d+ fields$/ }).first();
    if (path.startsWith('/activity')) await fields.click();
    await page.locator('main').getByText('<img src=x').first().waitFor();
  }
}
