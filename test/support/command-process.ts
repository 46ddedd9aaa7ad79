import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const main = join(import.meta.dirname, '../../src/main.ts');

/** A folder to run commands in, and the one in which they make what is temporary. */
export type WorkFolder = { folder: string; temporary: string; remove(): void };

/** Makes both. Root lends PostgreSQL another account, which must be able to come here. */
export function makeWorkFolder(): WorkFolder {
  const folder = mkdtempSync(join(tmpdir(), 'handoff-demo-test-'));
  const temporary = mkdtempSync(join(folder, 'tmp-'));
  for (const path of [folder, temporary]) chmodSync(path, 0o755);
  return { folder, temporary, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A command that runs, with what it has said so far. */
export type CommandProcess = {
  child: ChildProcess;
  text: { out: string; err: string };
  ended: Promise<unknown[]>;
};

/** Runs the command in a process group of its own, as a terminal does. */
export function runCommand(
  args: readonly string[],
  { cwd, temporary, env = {} }: { cwd: string; temporary: string; env?: Record<string, string> },
): CommandProcess {
  const child = spawn(process.execPath, [main, ...args], {
    cwd,
    detached: true,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: temporary, ...env },
  });
  const text = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text.out += part));
  child.stderr.setEncoding('utf8').on('data', (part: string) => (text.err += part));
  return { child, text, ended: once(child, 'close') };
}

/** Waits until it has said these words. @throws when it ends before */
export async function untilSaid({ child, text, ended }: CommandProcess, words: string): Promise<void> {
  while (!text.out.includes(words)) {
    const ending = ended.then(() => {
      throw new Error(`it ended before it said "${words}":\n${text.out}\n${text.err}`);
    });
    await Promise.race([child.stdout === null ? ending : once(child.stdout, 'data'), ending]);
  }
}

/** What Ctrl-C can do: the terminal signals the whole group, and what started us passes the signal on once more. */
export async function pressControlC({ child, ended, text }: CommandProcess): Promise<{ code: unknown; err: string }> {
  if (child.exitCode === null && child.signalCode === null) {
    process.kill(-(child.pid ?? 0), 'SIGINT');
    child.kill('SIGINT');
  }
  const [code] = await ended;
  return { code, err: text.err };
}
