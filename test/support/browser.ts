import { existsSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

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

/** What one person sees: cookies and storage of its own. What its pages log as errors and throw is kept in `faults`. */
export type BrowserLook = {
  context: BrowserContext;
  faults: string[];
  open(url: string): Promise<Page>;
};

/** A browser with a first look; `look` opens more, as quick as a new window. */
export type TestBrowser = BrowserLook & {
  look(options?: LookOptions): Promise<BrowserLook>;
  close(): Promise<void>;
};

type LookOptions = { colorScheme?: 'light' | 'dark'; width?: number; height?: number };

/** Starts Chromium. Times are shown in UTC and numbers the English way. @throws when this machine has no browser */
export async function startBrowser(first: LookOptions = {}): Promise<TestBrowser> {
  const executablePath = findBrowser();
  if (executablePath === null) throw new Error('there is no Chromium on this machine');
  const browser = await chromium.launch({ executablePath, args: flags, headless: true });
  return {
    ...(await openLook(browser, first)),
    look: (options) => openLook(browser, options),
    close: () => browser.close(),
  };
}

async function openLook(
  browser: Browser,
  { colorScheme = 'light', width = 1280, height = 900 }: LookOptions = {},
): Promise<BrowserLook> {
  const context = await browser.newContext({
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
  };
}

/** Of all rules these alone see the colours. */
const colourRules = ['color-contrast', 'link-in-text-block'];

/** What an accessibility scan finds that is serious or critical, one line each. `colours`: by the rules about colours alone. */
export async function seriousFindings(page: Page, { colours = false } = {}): Promise<readonly string[]> {
  // Our page holds no frames: the scan of frames would open a page of its own each time.
  const scan = new AxeBuilder({ page }).setLegacyMode();
  scan.options({
    resultTypes: ['violations'],
    ...(colours ? { runOnly: { type: 'rule', values: colourRules } } : {}),
  });
  const { violations } = await scan.analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}
