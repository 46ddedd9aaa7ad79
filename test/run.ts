import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildPage } from '../tools/build-page.ts';
import { findBrowser } from './support/browser.ts';
import { canConfine } from './support/confined.ts';
import { hasRedisServer, startOwnRedis } from './support/own-redis.ts';

/**
 * `npm test` and `npm run test:full`: starts a Redis of its own where the machine has one, runs every suite, and says by name what was
 * left out and why. Arguments after `--` go to vitest.
 */
const full = process.argv.includes('--full');
const more = process.argv.slice(2).filter((argument) => argument !== '--full');
const work = mkdtempSync(join(tmpdir(), 'handoff-run-'));
const leftOut: string[] = [];

const redis = await startRedis();
await buildPage();
if (findBrowser() === null)
  leftOut.push('the page in a browser: no Chromium on this machine and TEST_BROWSER is not set');
if (!canConfine())
  leftOut.push('the service on a read-only root: bubblewrap is not installed, or may not make user namespaces');
const report = join(work, 'report.json');
const code = await run(redis?.url);
await redis?.stop();
printSummary(code);
rmSync(work, { recursive: true, force: true });
process.exitCode = code;

async function startRedis(): Promise<{ url: string; stop(): Promise<void> } | null> {
  const given = process.env.TEST_REDIS_URL;
  if (given !== undefined && given !== '') return { url: given, stop: async () => undefined };
  if (hasRedisServer()) return await startOwnRedis();
  leftOut.push('everything that is repeated on Redis: no redis-server on this machine and TEST_REDIS_URL is not set');
  return null;
}

function run(redisUrl: string | undefined): Promise<number> {
  const env = {
    ...process.env,
    TEST_REDIS_URL: redisUrl ?? '',
    ...(full ? { HANDOFF_TEST_FULL: '1' } : {}),
  };
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...more];
  const vitest = join(import.meta.dirname, '../node_modules/vitest/vitest.mjs');
  const child = spawn(process.execPath, [vitest, ...args], { env, stdio: 'inherit' });
  return new Promise((done) => child.once('exit', (status) => done(status ?? 1)));
}

function printSummary(status: number): void {
  const print = (line: string) => process.stdout.write(`${line}\n`);
  for (const line of leftOut) print(`left out: ${line}`);
  if (!full) {
    print('big scenarios ran at a tenth of their size; `npm run test:full` runs them whole');
    print('left out: what the Dockerfile says, done in a folder; `npm run test:full` does it');
  }
  if (!existsSync(report)) {
    print(`no report was written; vitest ended with ${status}`);
    return;
  }
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, 'utf8'));
  print(`${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`);
}
