import { describe, expect, it } from 'vitest';
import { namesFit } from '../../../../src/domain/records/company-names.ts';
import { companyDomains, domainOf } from '../../../../src/domain/records/domain-of.ts';

describe('the domain of a company', () => {
  it.each([
    ['acme.com', 'acme.com'],
    ['  WWW.Acme.COM  ', 'acme.com'],
    ['https://www.acme.com/en/about?x=1#top', 'acme.com'],
    ['http://user:secret@acme.com:8080/', 'acme.com'],
    ['acme.com.', 'acme.com'],
    ['https://shop.acme.co.uk', 'acme.co.uk'],
    ['acme.myshopify.com', 'acme.myshopify.com'],
    ['https://münchen.example', 'xn--mnchen-3ya.example'],
    ['XN--MNCHEN-3YA.example', 'xn--mnchen-3ya.example'],
    ['info@acme.com', 'acme.com'],
    ['acme', null],
    ['10.0.0.1', null],
    ['http://[::1]/', null],
    ['n/a', null],
    ['', null],
    [null, null],
    [undefined, null],
  ])('%s is %s', (text, domain) => {
    expect(domainOf(text)).toBe(domain);
  });

  it.each([
    [{ domain: 'acme.com', website: 'https://acme.org' }, ['acme.com', 'acme.org']],
    [{ domain: null, website: 'www.acme.com' }, ['acme.com']],
    [{ domain: 'acme.com', hs_additional_domains: 'acme.at;acme.com' }, ['acme.com', 'acme.at']],
    [{ domain: 'gmail.com' }, []],
    [{ domain: 'GMX.at', website: 'https://www.facebook.com/acme' }, []],
    [{ domain: 'partner.example' }, []],
    [{}, []],
  ] as const)('%j is matched by %j', (properties, domains) => {
    expect([...companyDomains(properties, new Set(['partner.example']))]).toStrictEqual(domains);
  });
});

describe('whether two names can be of one company', () => {
  it.each([
    ['Acme GmbH', 'ACME', true],
    ['Acme, Inc.', 'Acme Ltd', true],
    ['Acme S.p.A.', 'Acme', true],
    ['Société Générale SA', 'Societe Generale', true],
    ['Müller & Söhne', 'Muller Sohne', true],
    ['Acme Austria GmbH', 'Acme', true],
    ['Drop Box', 'Dropbox', true],
    ['Straße AG', 'Strasse', true],
    ['', 'Acme', true],
    [null, 'Acme', true],
    ['Acme', 'Zenith', false],
    ['Acme Austria', 'Acme Germany', false],
    ['Acme', 'Acmeister', false],
    ['Group Holding', 'Acme', false],
    ['東京株式会社', '大阪株式会社', false],
  ])('%s and %s: %s', (one, other, fits) => {
    expect(namesFit(one, other)).toBe(fits);
    expect(namesFit(other, one)).toBe(fits);
  });
});
