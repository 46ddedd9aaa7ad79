import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '..');
const made = join(root, 'web/dist');
const stamp = join(made, '.made-from');

/**
 * Builds the admin page into `web/dist` where it is missing or was made from other sources. An installation without development packages
 * keeps the page it came with. Others may read the page meanwhile: it is replaced whole.
 *
 * @returns what was done: `built`, `kept` (nothing has changed), or `left out` (there is no page and nothing to build it with)
 */
export async function buildPage(): Promise<'built' | 'kept' | 'left out'> {
  const sources = fingerprint();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return 'kept';
  const vite = await import('vite').catch(() => null);
  if (vite === null) return existsSync(join(made, 'index.html')) ? 'kept' : 'left out';
  const unfinished = `${made}.${process.pid}`;
  const configFile = join(root, 'web/vite.config.ts');
  const build = { outDir: unfinished, emptyOutDir: true };
  await vite.build({ root: join(root, 'web'), configFile, build, logLevel: 'warn' });
  writeFileSync(join(unfinished, '.made-from'), sources);
  replace(unfinished);
  return 'built';
}

/** Whoever was faster made the same page. */
function replace(unfinished: string): void {
  const old = `${made}.old.${process.pid}`;
  if (existsSync(made)) renameSync(made, old);
  renameSync(unfinished, made);
  rmSync(old, { recursive: true, force: true });
}

function fingerprint(): string {
  const hash = createHash('sha256');
  const files = globSync(['web/**/*', 'src/domain/**/*.ts', 'src/http/contract/*.ts'], {
    cwd: root,
    withFileTypes: true,
  })
    .filter((entry) => entry.isFile() && !join(entry.parentPath, '/').includes('/web/dist'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of [...files, join(root, 'package-lock.json')]) hash.update(file).update(readFileSync(file));
  return hash.digest('hex');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const done = await buildPage();
  if (done === 'built') process.stderr.write('the admin page was built\n');
  if (done === 'left out')
    process.stderr.write('the admin page cannot be built: npm ci without --omit=dev brings what it takes\n');
}
