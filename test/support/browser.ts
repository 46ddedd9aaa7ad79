import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Chromium's path: TEST_BROWSER, or where Debian and its kin put it; null: there is none. */
export function findBrowser(): string | null {
  const given = process.env.TEST_BROWSER;
  return [...(given === undefined ? [] : [given]), ...places].find((path) => existsSync(path)) ?? null;
}

/** Chromium asks Google's hosts for this and that unless it is told not to; as root it has no sandbox of its own. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A browser of its own with an empty profile. What its pages log as errors and throw is kept in `faults`. */
export type TestBrowser = {
  context: BrowserContext;
  faults: string[];
  open(url: string): Promise<Page>;
  close(): Promise<void>;
};

export type BrowserLook = { colorScheme?: 'light' | 'dark'; width?: number; height?: number };

/** Starts Chromium. Times are shown in UTC and numbers the English way. @throws when this machine has no browser */
export async function startBrowser({
  colorScheme = 'light',
  width = 1280,
  height = 900,
}: BrowserLook = {}): Promise<TestBrowser> {
  const executablePath = findBrowser();
  if (executablePath === null) throw new Error('there is no Chromium on this machine');
  const profile = mkdtempSync(join(tmpdir(), 'handoff-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args: flags,
    headless: true,
    colorScheme,
    viewport: { width, height },
    timezoneId: 'UTC',
    locale: 'en-GB',
    reducedMotion: 'reduce',
  });
  const faults: string[] = [];
  context.on('page', (page) => {
    page.on('pageerror', (error) => faults.push(`${page.url()}: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(`${page.url()}: ${message.text()}`);
    });
  });
  return {
    context,
    faults,
    async open(url) {
      const page = await context.newPage();
      await page.goto(url);
      return page;
    },
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** What an accessibility scan finds that is serious or critical, one line each. */
export async function seriousFindings(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}
