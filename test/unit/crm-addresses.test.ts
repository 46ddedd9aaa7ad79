import { describe, expect, it } from 'vitest';
import { toPeopleUrl } from '../../src/hubspot/people-url.ts';
import { accountSchema } from '../../src/hubspot/schemas.ts';
import { noAddresses, withTold } from '../../src/usecases/crm-addresses.ts';

const account = { portalId: '62', url: 'https://app-eu1.hubspot.com' };
const identity = { orgId: '00D000000000062EAA', url: 'https://acme.my.salesforce.com' };

describe('where people open records', () => {
  it.each([
    ['https://api.hubapi.com', 'app-eu1.hubspot.com', 'https://app-eu1.hubspot.com'],
    ['https://api.hubapi.com', 'APP.hubspot.com', 'https://app.hubspot.com'],
    ['https://api.hubapi.com', null, 'https://app.hubspot.com'],
    ['http://127.0.0.1:4010', 'app.hubspot.com', 'http://127.0.0.1:4010'],
    ['http://localhost:4010/', 'app.hubspot.com', 'http://localhost:4010'],
  ])('of the API at %s that tells %s it is %s', (baseUrl, uiDomain, url) => {
    expect(toPeopleUrl(baseUrl, uiDomain)).toBe(url);
  });

  it.each(['javascript:alert(1)', 'app.hubspot.com/x', 'a b.example', 'evil@app.hubspot.com', '', 'localhost', 7])(
    'takes no host out of %j',
    (uiDomain) => {
      const told = accountSchema.parse({ portalId: 62, timeZone: 'UTC', companyCurrency: 'EUR', uiDomain });

      expect(told.uiDomain).toBeNull();
    },
  );

  it('knows what each CRM has told, and keeps it when the other one tells', () => {
    const first = withTold(noAddresses, { account });
    const both = withTold(first, { identity });

    expect(first).toEqual({ hubspot: account, salesforce: null });
    expect(both).toEqual({ hubspot: account, salesforce: identity });
  });
});
