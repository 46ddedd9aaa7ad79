import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endpoints } from '../../src/http/contract/index.ts';
import { findBrowser, startBrowser } from '../support/browser.ts';
import { type HttpService, startHttpService, tokens } from '../support/http-service.ts';

let http: HttpService;
beforeAll(async () => {
  http = await startHttpService();
  await http.service.ready;
});
afterAll(async () => await http.close());

const asViewer = { authorization: `Bearer ${tokens.viewer}` };
const open = async (path: string, headers: Record<string, string> = {}) =>
  await fetch(`${http.url}${path}`, { headers, redirect: 'manual' });

describe('the API reference at /api/docs', () => {
  it('leads a browser that is not signed in to where that is done, and answers a program 401', async () => {
    const [person, program] = await Promise.all([
      open('/api/docs', { accept: 'text/html,*/*;q=0.8' }),
      open('/api/docs/swagger-ui-bundle.js'),
    ]);

    expect([person.status, person.headers.get('location')]).toEqual([302, '/sign-in?then=%2Fapi%2Fdocs']);
    expect([program.status, await program.json()]).toMatchObject([401, { code: 'unauthorized' }]);
  });

  it('is files of this service under the strict policy of the page, without any script in the document', async () => {
    const answer = await open('/api/docs', asViewer);
    const html = await answer.text();
    const named = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => String(path));
    const files = await Promise.all(
      named.filter((path) => path.startsWith('/api/docs/')).map((path) => open(path, asViewer)),
    );

    expect(answer.headers.get('content-security-policy')).toContain("script-src 'self';style-src 'self';");
    expect(named.filter((path) => !path.startsWith('/') || path.startsWith('//'))).toEqual([]);
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=/);
    expect(files.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 200));
  });

  it.each([
    '/api/docs/package.json',
    '/api/docs/index.html',
    '/api/docs/..%2f..%2fopenapi.ts',
    '/api/docs/%2e%2e/app.ts',
  ])('%s is not served', async (path) => {
    expect((await open(path, asViewer)).status).toBe(404);
  });

  it.skipIf(findBrowser() === null)(
    'shows every address in a browser, in the dark, and asks nobody else',
    async () => {
      const browser = await startBrowser({ colorScheme: 'dark' });
      try {
        await browser.context.setExtraHTTPHeaders(asViewer);
        const asked = new Set<string>();
        browser.context.on('request', (request) => asked.add(new URL(request.url()).origin));
        const page = await browser.open(`${http.url}/api/docs`);
        await page.locator('.opblock').first().waitFor();
        await page.locator('#operations-Contacts-getContactsIdExplain button').first().click();
        await page.getByText('Needs the role viewer').first().waitFor();

        expect(await page.locator('.opblock').count()).toBe(Object.keys(endpoints).length);
        expect(await page.locator('html').getAttribute('class')).toBe('dark-mode');
        expect([...asked].filter((origin) => !/^(null|data:)/.test(origin))).toEqual([new URL(http.url).origin]);
        expect(browser.faults).toEqual([]);
      } finally {
        await browser.close();
      }
    },
    60_000,
  );
});
