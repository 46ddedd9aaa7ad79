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

  it('bring the fields of companies and deals', () => {
    const loaded = loadMappings('mappings');
    if (!loaded.ok) throw new Error('faulty');
    const { company, deal } = loaded.mapping;
    const table = (fields: typeof company.fields) =>
      fields.map(({ hubspot, salesforce, rule }) => [hubspot, ...Object.values(salesforce), rule.after]);

    expect(table(company.fields)).toStrictEqual([
      ['name', 'Name', 'newest'],
      ['domain', 'Website', 'newest'],
      ['phone', 'Phone', 'newest'],
      ['numberofemployees', 'NumberOfEmployees', 'newest'],
      ['annualrevenue', 'AnnualRevenue', 'newest'],
      ['description', 'Description', 'newest'],
      ['address', 'BillingStreet', 'newest'],
      ['city', 'BillingCity', 'newest'],
      ['state', 'BillingState', 'newest'],
      ['country', 'BillingCountry', 'newest'],
      ['zip', 'BillingPostalCode', 'newest'],
      ['industry', 'Industry', 'newest'],
    ]);
    expect(table(deal.fields)).toStrictEqual([
      ['dealname', 'Name', 'newest'],
      ['description', 'Description', 'newest'],
      ['hs_next_step', 'NextStep', 'newest'],
      ['dealtype', 'Type', 'newest'],
      ['hs_manual_forecast_category', 'ForecastCategoryName', 'salesforce'],
      ['hs_deal_stage_probability', 'Probability', 'never'],
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
