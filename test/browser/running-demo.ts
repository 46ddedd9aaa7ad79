import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Page } from 'playwright-core';
import { z } from 'zod';
import {
  type CommandProcess,
  makeWorkFolder,
  pressControlC,
  runCommand,
  untilSaid,
  type WorkFolder,
} from '../support/command-process.ts';

/** The demo after its story: the service with its page, and the hands of people in both local CRMs. */
export type RunningDemo = {
  url: string;
  token: string;
  work: WorkFolder;
  /** Control of the local HubSpot: what curl can do there. */
  hubspot<Answer>(method: string, path: string, body: unknown, answer: z.ZodType<Answer>): Promise<Answer>;
  salesforce<Answer>(method: string, path: string, body: unknown, answer: z.ZodType<Answer>): Promise<Answer>;
  stop(): ReturnType<typeof pressControlC>;
};

/** What a local CRM answers when it made a record. */
export const created = z.object({ id: z.string() });

/** Starts `handoff demo` and waits until its story is over. */
export async function startDemo(): Promise<RunningDemo> {
  const work = makeWorkFolder();
  const process = runCommand(['demo'], { cwd: work.folder, temporary: work.temporary });
  await untilSaid(process, 'deals/ID');
  const { out } = process.text;
  const find = (pattern: RegExp) => pattern.exec(out)?.[1] ?? missing(pattern, process);
  const sandboxes = [find(/curl -s (\S+)\/__sandbox\/contacts/), find(/curl -s (\S+)\/__sandbox\/Lead/)] as const;
  return {
    url: find(/The admin page: (\S+)\/sign-in/),
    token: find(/#token=(\S+)/),
    work,
    hubspot: (method, path, body, answer) => control(sandboxes[0], { method, path, body }, answer),
    salesforce: (method, path, body, answer) => control(sandboxes[1], { method, path, body }, answer),
    stop: () => pressControlC(process),
  };
}

function missing(pattern: RegExp, { text }: CommandProcess): never {
  throw new Error(`the demo did not say ${pattern}:\n${text.out}`);
}

async function control<Answer>(
  url: string,
  { method, path, body }: { method: string; path: string; body: unknown },
  answer: z.ZodType<Answer>,
): Promise<Answer> {
  const response = await fetch(`${url}/__sandbox/${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`the sandbox answered ${response.status} to ${method} ${path}`);
  return answer.parse(response.status === 204 ? undefined : await response.json());
}

const contacts = z.object({ contacts: z.array(z.object({ properties: z.record(z.string(), z.string().nullable()) })) });

/** Somebody marketing has found: a contact of Grace's owner, whom sales knows too. @returns the id */
export async function addContact({ hubspot }: RunningDemo, fields: Record<string, string>): Promise<string> {
  const { contacts: all } = await hubspot('GET', 'contacts', undefined, contacts);
  const owner = all.find(({ properties }) => properties.firstname === 'Grace')?.properties.hubspot_owner_id;
  const body = { country: 'Germany', hubspot_owner_id: owner ?? '', ...fields };
  return (await hubspot('POST', 'contacts', body, created)).id;
}

/** The same, of whom no webhook tells: they go where nobody listens meanwhile, as when HubSpot loses them. */
export async function addContactUnseen(demo: RunningDemo, fields: Record<string, string>): Promise<string> {
  const elsewhere = createServer((request, response) => {
    request.resume();
    response.writeHead(204).end();
  }).listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
  const address = elsewhere.address();
  const port = typeof address === 'object' ? address?.port : null;
  const target = async (url: string) => await demo.hubspot('POST', 'webhook-target', { url }, z.undefined());
  await target(`http://127.0.0.1:${port}/`);
  const id = await addContact(demo, fields);
  await demo.hubspot('POST', 'flush', undefined, z.unknown());
  await target(`${demo.url}/webhooks/hubspot`);
  elsewhere.close();
  return id;
}

/** Signs in through the page with an address as the demo prints it. */
export async function signIn(
  page: Page,
  { url, token }: Pick<RunningDemo, 'url' | 'token'>,
  then = '/',
): Promise<void> {
  await page.goto(`${url}/sign-in?then=${encodeURIComponent(then)}#token=${token}`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await untilSignedIn(page);
}

/** Of a phone the navigation is folded away, and there all the same. */
export async function untilSignedIn(page: Page): Promise<void> {
  await page.locator('nav[aria-label=Pages]').waitFor({ state: 'attached' });
}

/** Waits until what the page shows is there: no grey rows any more. */
export async function untilShown(page: Page, title: string | RegExp): Promise<void> {
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
  await page.locator('[role=status][aria-label=Loading]').first().waitFor({ state: 'detached' });
}
