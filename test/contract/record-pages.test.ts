import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';

let hubspot: HubSpotSandbox;
let salesforce: SalesforceSandbox;

beforeAll(async () => {
  [hubspot, salesforce] = await Promise.all([startHubSpotSandbox(), startSalesforceSandbox()]);
});
afterAll(async () => {
  await Promise.all([hubspot.close(), salesforce.close()]);
});

const hostile = `<script>alert("1")</script>'&amp;`;
const shown = '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;amp;';

async function open(url: string) {
  const response = await fetch(url, { redirect: 'error' });
  return { status: response.status, headers: response.headers, html: await response.text() };
}

describe('record pages of the local CRMs', () => {
  it('shows a HubSpot contact at the address that links lead to, its values as text', async () => {
    const [id = ''] = hubspot.seedContacts([{ email: 'a@x.example', firstname: hostile }]);

    const page = await open(`${hubspot.url}/contacts/${hubspot.portalId}/record/0-1/${id}`);

    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.html).toContain(`<td>${shown}</td>`);
    expect(page.html).not.toContain('<script');
    expect(page.html).toContain('a@x.example');
  });

  it('shows a Salesforce lead by its long and its short id, its values as text', async () => {
    const { Id: id } = salesforce.create('Lead', { LastName: hostile, Company: 'X', Email: 'b@x.example' });

    const pages = await Promise.all(
      [id, id.slice(0, 15)].map((each) => open(`${salesforce.url}/lightning/r/Lead/${each}/view`)),
    );

    for (const page of pages) {
      expect(page.status).toBe(200);
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(page.html).toContain(`<td>${shown}</td>`);
      expect(page.html).not.toContain('<script');
    }
  });

  it.each([
    ['another portal', () => `${hubspot.url}/contacts/1/record/0-1/1`],
    ['a contact that is not there', () => `${hubspot.url}/contacts/${hubspot.portalId}/record/0-1/1`],
    ['a lead that is not there', () => `${salesforce.url}/lightning/r/Lead/00Q000000000999AAA/view`],
  ])('answers 404 as a page for %s', async (_what, url) => {
    const page = await open(url());

    expect(page.status).toBe(404);
    expect(page.html).toContain('No such record');
  });
});
