import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

type Step = { stage: string; name: string; rest: string };

/** The last stage of the Dockerfile has no name of its own. */
const last = 'last';

/** The instructions of the Dockerfile, continued lines joined, each with the name of its stage. */
function steps(): readonly Step[] {
  let stage = '';
  return readFileSync(join(root, 'Dockerfile'), 'utf8')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const [name = '', ...words] = line.trim().split(/\s+/);
      if (name === 'FROM') stage = words[2] ?? last;
      return { stage, name, rest: words.join(' ') };
    });
}

/**
 * Does in a folder what the Dockerfile says. What only an engine can do (users, volumes, the entry point) is left out.
 * @returns the folder that the image has as `/app`
 */
export function followDockerfile(home: string): string {
  for (const { stage, name, rest } of steps()) {
    mkdirSync(join(home, stage, 'app'), { recursive: true });
    if (name === 'COPY') copy(rest, home, stage);
    else if (name === 'RUN' && !rest.startsWith('mkdir')) run(rest, join(home, stage, 'app'));
  }
  return join(home, last, 'app');
}

function copy(rest: string, home: string, stage: string): void {
  const words = rest.split(' ').filter((word) => !word.startsWith('--'));
  const from = /--from=(\S+)/.exec(rest)?.[1];
  const target = words.at(-1) ?? '.';
  for (const source of words.slice(0, -1)) {
    const place = join(home, stage, 'app', target === './' ? source : target);
    if (from === undefined) cpSync(join(root, source), place, { recursive: true, filter: isInContext });
    else cpSync(join(home, from, source), place, { recursive: true, verbatimSymlinks: true });
  }
}

/** What .dockerignore leaves out wherever it lies. */
function isInContext(path: string): boolean {
  return !/\/(node_modules|dist|\.env)$|\.log$/.test(path);
}

/** With the Node that runs the tests under the name that the image has for it. */
function run(command: string, folder: string): void {
  const bin = mkdtempSync(join(tmpdir(), 'handoff-bin-'));
  symlinkSync(process.execPath, join(bin, 'node'));
  const env = { HOME: process.env.HOME, PATH: `${bin}:${process.env.PATH}` };
  // The cache is not the image's own here.
  const [first = ''] = command.split(' && npm cache clean');
  try {
    execFileSync('sh', ['-c', first], { cwd: folder, env, stdio: ['ignore', 'ignore', 'inherit'] });
  } finally {
    rmSync(bin, { recursive: true });
  }
}
