import { describe, expect, it } from 'vitest';
import { toVersionedUrl } from '../../src/hubspot/paths.ts';

const base = 'https://api.hubapi.com';

describe('HubSpot paths: the dated API replaces the client paths by a setting', () => {
  it.each([
    ['/crm/v3/objects/contacts/batch/read?archived=false', '/crm/objects/2026-03/contacts/batch/read?archived=false'],
    ['/crm/v3/objects/contacts/search', '/crm/objects/2026-03/contacts/search'],
    ['/crm/v3/objects/companies/batch/update', '/crm/objects/2026-03/companies/batch/update'],
    [
      '/crm/v3/objects/contacts/ada%40example.com?idProperty=email',
      '/crm/objects/2026-03/contacts/ada%40example.com?idProperty=email',
    ],
    ['/crm/v4/objects/deals/1/associations/contacts/2', '/crm/objects/2026-03/deals/1/associations/contacts/2'],
    ['/crm/v4/associations/deals/contacts/batch/read', '/crm/associations/2026-03/deals/contacts/batch/read'],
    ['/crm/associations/v4/deals/contacts/labels', '/crm/associations/2026-03/deals/contacts/labels'],
    ['/crm/v3/owners/?limit=100&after=7', '/crm/owners/2026-03?limit=100&after=7'],
    ['/crm/v3/owners', '/crm/owners/2026-03'],
    ['/crm/v3/pipelines/deals', '/crm/pipelines/2026-03/deals'],
    ['/crm/v3/properties/contacts/salesforce_person_id', '/crm/properties/2026-03/contacts/salesforce_person_id'],
    ['/webhooks/v3/42/settings', '/webhooks/2026-03/42/settings'],
    ['/crm/v3/lists/7/memberships?limit=250', '/crm/lists/2026-03/7/memberships?limit=250'],
    ['/account-info/v3/details', '/account-info/2026-03/details'],
    ['/account-info/v3/api-usage/daily/private-apps', '/account-info/2026-03/api-usage/daily/private-apps'],
    ['/crm/v3/ownership', '/crm/v3/ownership'],
    ['/oauth/v1/token', '/oauth/v1/token'],
  ])('%s', (clientPath, datedPath) => {
    expect(toVersionedUrl(base + clientPath, '2026-03')).toBe(base + datedPath);
    expect(toVersionedUrl(base + clientPath, 'v3')).toBe(base + clientPath);
  });

  it('leaves the host alone, also on loopback with a port', () => {
    const url = toVersionedUrl('http://127.0.0.1:3999/crm/v3/objects/contacts/search', '2026-03');

    expect(url).toBe('http://127.0.0.1:3999/crm/objects/2026-03/contacts/search');
  });
});
