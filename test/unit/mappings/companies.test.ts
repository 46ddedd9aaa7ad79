import { describe, expect, it } from 'vitest';
import { compiled, load, marked, shippedWith, switched } from './faulty.ts';

const on = { companies: switched('companies', 'on') };
const toAccount = { object: 'Account', maxLength: () => undefined } as const;

describe('the shipped companies.yaml', () => {
  it.each([
    { how: 'is switched off', companies: switched('companies', 'off') },
    { how: 'is not there', companies: null },
  ])('is off where it $how, and contacts have no account then', ({ companies }) => {
    const { company, contact } = compiled({ companies });

    expect(company.isOn).toBe(false);
    expect(contact.salesforceFields.Contact).not.toContain('AccountId');
    expect(contact.hubspotProperties).not.toContain('associatedcompanyid');
  });

  it('keeps its fields while it is switched off, as that is a pause, and has none where there is no file', () => {
    expect(compiled({ companies: switched('companies', 'off') }).company.fields).toHaveLength(12);
    expect(compiled({ companies: null }).company).toMatchObject({ fields: [], createInSalesforce: 'never' });
  });

  it('creates nothing without a person, deletes nothing, and moves stages forward', () => {
    const { company } = compiled(on);

    expect(company).toMatchObject({
      isOn: true,
      createInSalesforce: 'with_person',
      createInHubSpot: 'with_person',
      matchByDomain: true,
      contactRule: 'newest',
      stageFollowsDeals: true,
      required: ['Name'],
      events: {
        deletedInHubSpot: 'unlink',
        deletedInSalesforce: 'unlink',
        restoredInSalesforce: 'relink',
        mergedInSalesforce: 'follow',
      },
    });
    expect(company.ignoredDomains).toEqual(new Set());
  });

  it('reads what finds the Account and what is mapped, and of contacts their company', () => {
    const { company, contact } = compiled(on);

    expect(company.hubspotProperties).toEqual(
      expect.arrayContaining(['name', 'domain', 'lifecyclestage', 'salesforce_account_id', 'hubspot_owner_id', 'zip']),
    );
    expect(company.salesforceFields).toEqual(
      expect.arrayContaining(['Name', 'Website', 'OwnerId', 'BillingPostalCode', 'Industry']),
    );
    expect(contact.hubspotProperties).toContain('associatedcompanyid');
    expect(contact.salesforceFields.Contact).toContain('AccountId');
    expect(contact.salesforceFields.Lead).not.toContain('AccountId');
  });

  it('maps every field to the Account alone, once', () => {
    const { company } = compiled(on);
    const names = company.fields.map(({ salesforce }) => Object.entries(salesforce));

    expect(names.every((each) => each.length === 1 && each[0]?.[0] === 'Account')).toBe(true);
    expect(company.fields.filter(({ unit }) => unit === 'address')).toHaveLength(5);
  });

  it.each([
    ['https://www.Example.com/about', 'example.com'],
    ['http://example.com:8080?x=1', 'example.com'],
    ['www2.example.com.', 'example.com'],
    ['ftp://jane@shop.example.com', 'shop.example.com'],
    ['example.com', 'example.com'],
  ])('takes the Website %s for the domain %s', (website, domain) => {
    const field = compiled(on).company.fields.find(({ hubspot }) => hubspot === 'domain');

    expect(field?.convertBack(website, 'text')).toEqual({ kind: 'value', value: domain });
  });

  it.each(['tbd', 'see notes', 'https://', 'http://10.0.0.1/', 'localhost:8080'])(
    'takes the Website %s, which names no site, for no domain and for no clearing of it',
    (website) => {
      const field = compiled(on).company.fields.find(({ hubspot }) => hubspot === 'domain');

      expect(field?.convertBack(website, 'text')).toEqual({ kind: 'skip', code: 'website_without_domain' });
    },
  );

  it.each([null, ''])('takes a Website that was emptied (%j) for a clearing of the domain', (website) => {
    const field = compiled(on).company.fields.find(({ hubspot }) => hubspot === 'domain');

    expect(field?.convertBack(website, 'text')).toEqual({ kind: 'value', value: null });
  });

  it.each([
    { because: 'a name goes before the domain', given: { name: 'Example', domain: 'example.com' }, becomes: 'Example' },
    { because: 'the domain stands in', given: { name: ' ', domain: 'example.com' }, becomes: 'example.com' },
    { because: 'nothing is known', given: { name: null, domain: null }, becomes: null },
  ])('names an Account where $because', ({ given, becomes }) => {
    const field = compiled(on).company.fields.find(({ hubspot }) => hubspot === 'name');

    expect(field?.convert(given, toAccount)).toEqual({ kind: 'value', value: becomes });
  });

  it('does not let a domain stand in for a name that was not read', () => {
    const field = compiled(on).company.fields.find(({ hubspot }) => hubspot === 'name');

    expect(field?.convert({ domain: 'example.com' }, toAccount)).toEqual({ kind: 'skip', code: 'property_not_read' });
  });

  it('has owners of its own rule, with the emails and fallbacks of owners.yaml', () => {
    const owners = 'rule: hubspot\nfallback: Desk@example.com\nemails: { a@example.com: b@example.com }\n';
    const companies = on.companies.replace('\nowner: newest', '\nowner: { before: hubspot, after: salesforce }');

    const { company, contact } = compiled({ owners, companies });

    expect(contact.owner.rule.after).toBe('hubspot');
    expect(company.owner).toMatchObject({
      rule: { before: 'hubspot', after: 'salesforce' },
      fallbackEmail: 'desk@example.com',
    });
    expect(company.owner.emails.get('a@example.com')).toBe('b@example.com');
  });

  it('reads company.<property> in a transform', () => {
    const field = `fields:\n  - { hubspot: name, salesforce: Name, rule: hubspot, transform: company.name + '!' }\n`;
    const { company } = compiled({ companies: field });

    expect(company.fields[0]?.convert({ name: 'Example' }, toAccount)).toEqual({ kind: 'value', value: 'Example!' });
    expect(company.hubspotProperties).toContain('name');
  });
});

const faults = [
  {
    name: 'an unknown key',
    code: 'unknown_key',
    fix: 'Did you mean "contact_company"?',
    yaml: `
contact_compny: newest
^
fields:
  - { hubspot: name, salesforce: Name, rule: newest }
`,
  },
  {
    name: 'an unknown key of match',
    code: 'unknown_key',
    fix: 'Did you mean "by_domain"?',
    yaml: `
match: { by_domains: true }
         ^
fields:
  - { hubspot: name, salesforce: Name, rule: newest }
`,
  },
  {
    name: 'an unknown way to create',
    code: 'unknown_value',
    fix: 'Use one of: with_person, never.',
    yaml: `
create_in_salesforce: always
                      ^
fields:
  - { hubspot: name, salesforce: Name, rule: newest }
`,
  },
  {
    name: 'a domain that is none',
    code: 'wrong_shape',
    fix: 'Correct the value.',
    yaml: `
match: { ignored_domains: [example.com, example] }
                                        ^
fields:
  - { hubspot: name, salesforce: Name, rule: newest }
`,
  },
  {
    name: 'a field per object, as only contacts have it',
    code: 'wrong_shape',
    fix: 'Correct the value.',
    yaml: `
fields:
  - { hubspot: name, salesforce: { lead: Name }, rule: newest }
                                 ^
`,
  },
  {
    name: 'a property that is decided elsewhere',
    code: 'reserved_field',
    fix: 'Remove this line.',
    yaml: `
fields:
  - { hubspot: lifecyclestage, salesforce: Type, rule: hubspot }
               ^
`,
  },
  {
    name: 'the id in Salesforce',
    code: 'reserved_field',
    fix: 'Remove this line.',
    yaml: `
fields:
  - { hubspot: name, salesforce: HubSpot_Company_Id__c, rule: hubspot }
                                 ^
`,
  },
  {
    name: 'a property that HubSpot calculates, written to',
    code: 'read_only_property',
    fix: /one_way/,
    yaml: `
fields:
  - { hubspot: num_associated_contacts, salesforce: Contacts__c, rule: newest }
               ^
`,
  },
  {
    name: 'a field that Salesforce fills, written to',
    code: 'read_only_field',
    fix: /rule salesforce or never/,
    yaml: `
fields:
  - { hubspot: founded, salesforce: CreatedDate, rule: hubspot }
                                    ^
`,
  },
  {
    name: 'a property that stands in for itself',
    code: 'if_empty_itself',
    fix: /another property/,
    yaml: `
fields:
  - { hubspot: name, salesforce: Name, rule: newest, if_empty: name }
                                                               ^
`,
  },
  {
    name: 'a property twice',
    code: 'property_twice',
    fix: /Remove one/,
    yaml: `
fields:
  - { hubspot: name, salesforce: Name, rule: newest }
  - { hubspot: name, salesforce: Site, rule: newest }
               ^
`,
  },
  {
    name: 'a field twice',
    code: 'field_twice',
    fix: /another field/,
    yaml: `
fields:
  - { hubspot: name, salesforce: Name, rule: newest }
  - { hubspot: title, salesforce: Name, rule: newest }
                                  ^
`,
  },
  {
    name: 'an ambiguous way back',
    code: 'ambiguous_way_back',
    fix: /"Technology": HARDWARE/,
    yaml: `
fields:
  - { hubspot: industry, salesforce: Industry, rule: newest, values: { HARDWARE: Technology, SOFTWARE: Technology } }
                                                                     ^
`,
  },
  {
    name: 'a unit of two rules',
    code: 'unit_of_two_rules',
    fix: /same rule/,
    yaml: `
fields:
  - { hubspot: city, salesforce: BillingCity, rule: newest, unit: address }
  - { hubspot: zip, salesforce: BillingPostalCode, rule: hubspot, unit: address }
                                                         ^
`,
  },
  {
    name: 'a transform over a contact',
    code: 'bad_expression',
    fix: /expressions.md/,
    yaml: `
fields:
  - { hubspot: name, salesforce: Name, rule: hubspot, transform: contact.name }
                                                                 ^
`,
  },
  {
    name: 'a required field that nothing fills',
    code: 'required_unreachable',
    fix: /under defaults/,
    yaml: `
fields:
  - { hubspot: name, salesforce: Name, rule: newest }
required: [Name, Region__c]
                 ^
`,
  },
  {
    name: 'a default for the owner',
    code: 'reserved_field',
    fix: 'Remove this line.',
    yaml: `
fields:
  - { hubspot: name, salesforce: Name, rule: newest }
defaults: { OwnerId: x }
            ^
`,
  },
  {
    name: 'an unknown event',
    code: 'unknown_key',
    fix: 'Did you mean "merged_in_salesforce"?',
    yaml: `
fields:
  - { hubspot: name, salesforce: Name, rule: newest }
events: { mergd_in_salesforce: ask }
          ^
`,
  },
];

describe('a faulty companies.yaml', () => {
  it.each(faults)('$name is found at its place', ({ code, fix, yaml }) => {
    const { text, line, column } = marked(yaml);

    const { ok, findings } = load({ companies: text.includes('required:') ? text : `${text}required: []\n` });

    expect(ok).toBe(false);
    const finding = findings.find((each) => each.code === code);
    expect(finding).toMatchObject({ severity: 'error', file: 'companies.yaml', line, column });
    if (typeof fix === 'string') expect(finding?.fix).toBe(fix);
    else expect(finding?.fix).toMatch(fix);
  });

  it('is refused even while it says sync: false', () => {
    expect(load({ companies: shippedWith('companies', 'owner: newest', 'owner: newst') }).ok).toBe(false);
  });

  it('that is empty is a finding: a folder without companies has no such file', () => {
    expect(load({ companies: '' }).findings).toMatchObject([{ code: 'missing_key', file: 'companies.yaml' }]);
  });

  it('has an example that does not come out as written, told at its line', () => {
    const text = shippedWith('companies', 'BillingCity: Graz\n', 'BillingCity: Linz\n');
    const { ok, findings } = load({ companies: text });

    expect(ok).toBe(false);
    expect(findings).toMatchObject([{ code: 'example_failed', file: 'companies.yaml' }]);
    expect(findings[0]?.what).toContain('Account.BillingCity becomes "Graz", not "Linz"');
    expect(text.split('\n')[(findings[0]?.line ?? 0) - 1]).toContain('BillingCity: Linz');
  });

  it('makes contacts.yaml leave the account of a contact to it', () => {
    const contacts = [
      'fields:',
      '  - { hubspot: email, salesforce: Email, rule: hubspot }',
      '  - { hubspot: account, salesforce: { contact: AccountId }, rule: hubspot }',
      'required: { lead: [], contact: [] }',
      '',
    ].join('\n');

    expect(load({ ...on, contacts }).findings).toMatchObject([
      { code: 'reserved_field', file: 'contacts.yaml', line: 3 },
    ]);
    expect(load({ contacts, companies: switched('companies', 'off') }).ok).toBe(true);
  });
});
