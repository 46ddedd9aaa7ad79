import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadMappings } from '../src/mappings/load.ts';
import { generatedFiles } from '../tools/generated-files.ts';

const root = new URL('../', import.meta.url);

describe('the shipped mappings', () => {
  it('are without faults, and every example in them comes out as written', () => {
    const loaded = loadMappings('mappings');

    expect(loaded).toMatchObject({ ok: true, warnings: [] });
  });

  it('bring the contact fields of the contract', () => {
    const loaded = loadMappings('mappings');
    if (!loaded.ok) throw new Error('faulty');
    const { fields } = loaded.mapping.contact;
    const table = fields.map(({ hubspot, salesforce, rule }) => [
      hubspot,
      salesforce.Lead,
      salesforce.Contact,
      rule.after,
    ]);

    expect(table).toStrictEqual([
      ['email', 'Email', 'Email', 'hubspot'],
      ['firstname', 'FirstName', 'FirstName', 'newest'],
      ['lastname', 'LastName', 'LastName', 'newest'],
      ['company', 'Company', undefined, 'newest'],
      ['jobtitle', 'Title', 'Title', 'newest'],
      ['phone', 'Phone', 'Phone', 'newest'],
      ['mobilephone', 'MobilePhone', 'MobilePhone', 'newest'],
      ['website', 'Website', undefined, 'newest'],
      ['city', 'City', 'MailingCity', 'newest'],
      ['state', 'State', 'MailingState', 'newest'],
      ['country', 'Country', 'MailingCountry', 'newest'],
      ['zip', 'PostalCode', 'MailingPostalCode', 'newest'],
      ['hs_lead_status', 'Status', undefined, 'salesforce'],
      ['hs_analytics_source', 'LeadSource', 'LeadSource', 'salesforce'],
    ]);
  });

  it.each(['contacts', 'gate', 'lifecycle', 'owners', 'companies', 'deals'])(
    '%s.yaml tells editors its schema',
    (name) => {
      const text = readFileSync(new URL(`mappings/${name}.yaml`, root), 'utf8');

      expect(text.split('\n')[0]).toBe(`# yaml-language-server: $schema=./schema/${name}.json`);
    },
  );
});

describe('generated files', () => {
  it.each(generatedFiles())('$path is what npm run generate writes', ({ path, content }) => {
    expect(readFileSync(new URL(path, root), 'utf8')).toBe(content);
  });
});
