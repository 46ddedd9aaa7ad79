import type { Page } from 'playwright-core';
import type { z } from 'zod';
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

/** Signs in through the page with the address that the demo prints. */
export async function signIn(
  page: Page,
  { url, token }: Pick<RunningDemo, 'url' | 'token'>,
  then = '/',
): Promise<void> {
  await page.goto(`${url}/sign-in?then=${encodeURIComponent(then)}#token=${token}`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Pages', includeHidden: true }).waitFor({ state: 'attached' });
}

/** Waits until what the page shows is there: no grey rows any more. */
export async function untilShown(page: Page, title: string | RegExp): Promise<void> {
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
  await page.locator('[role=status][aria-label=Loading]').first().waitFor({ state: 'detached' });
}
