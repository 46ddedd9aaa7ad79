import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import type { CompiledMapping } from '../../src/domain/mapping/types.ts';
import { idNames } from '../../src/domain/record.ts';
import { loadMappings } from '../../src/mappings/load.ts';
import type { SalesforceField } from '../../src/ports/salesforce.ts';
import { compareAllRecords } from '../../src/usecases/check-crms.ts';
import { fieldLines } from '../../src/usecases/field-lines.ts';
import { type DealSchemas, readRecordSchemas } from '../../src/usecases/record-schemas.ts';
import { field, options, picklist, pointedAt, property, shippedMappings } from './live-schemas.ts';

type Values = Readonly<Record<string, unknown>>;
type Given = {
  deals: { -readonly [Key in keyof DealSchemas]: DealSchemas[Key] };
  companies: DealSchemas['properties'];
  account: SalesforceField[];
};

const numeric: Readonly<Record<string, string>> = {
  NumberOfEmployees: 'int',
  AnnualRevenue: 'currency',
  Amount: 'currency',
  Probability: 'percent',
};
const numbers = ['numberofemployees', 'annualrevenue', 'amount', 'hs_deal_stage_probability'];

function propertiesOf(mapping: CompiledMapping, kind: 'company' | 'deal') {
  return mapping[kind].hubspotProperties.map((name) =>
    property(name, {
      type: numbers.includes(name) ? 'number' : 'string',
      hasUniqueValue: name === idNames[kind].property,
      ...(name === 'deal_currency_code' ? { options: options('EUR') } : {}),
    }),
  );
}

function fieldsOf(mapping: CompiledMapping, kind: 'company' | 'deal'): SalesforceField[] {
  const { object, field: idField } = idNames[kind];
  const lines = fieldLines(mapping, kind).flatMap(({ salesforce }) => salesforce[object] ?? []);
  const names = new Set([...mapping[kind].salesforceFields, ...lines]);
  return [
    ...[...names].map((name) => field(name, { type: numeric[name] ?? 'string' })),
    field(idField, { externalId: true, unique: true }),
  ];
}

/** Pipelines, stages and record types that are as deals.yaml has them. */
function salesOf({ deal }: CompiledMapping): Pick<DealSchemas, 'pipelines' | 'sales'> {
  const { list } = deal.pipelines;
  const ends = (name: string) => ({ isClosed: name.startsWith('Closed'), isWon: name === 'Closed Won' });
  const names = [...new Set(list.flatMap(({ stagesBack }) => [...stagesBack.keys()]))];
  const probability = (name: string) => (name === 'Closed Won' ? '1.0' : name === 'Closed Lost' ? '0.0' : '0.4');
  return {
    pipelines: list.map(({ hubspot, stages }) => ({
      id: hubspot,
      label: `Pipeline ${hubspot}`,
      stages: [...stages].map(([id, name]) => ({ id, label: id, probability: probability(name) })),
    })),
    sales: {
      stages: names.map((name) => ({ name, isActive: true, ...ends(name) })),
      recordTypes: list.flatMap(({ salesforce, stagesBack }, index) =>
        salesforce === null
          ? []
          : [
              {
                id: `012${index}`,
                developerName: salesforce,
                isAvailable: true,
                picklists: new Map([['StageName', [...stagesBack.keys()]]]),
              },
            ],
      ),
      currencies: null,
    },
  };
}

/** What `handoff check` says of the shipped files with these values, where both CRMs fit but for the change; with what it points at. */
async function check(values: Values, change: (given: Given) => void = () => undefined) {
  const dir = mkdtempSync(join(tmpdir(), 'handoff-deals-'));
  try {
    cpSync(shippedMappings, dir, { recursive: true });
    for (const [file, own] of Object.entries({ 'companies.yaml': {}, 'deals.yaml': values })) {
      const document = parseDocument(readFileSync(join(dir, file), 'utf8'));
      for (const [path, value] of Object.entries({ sync: true, examples: [], examples_back: [], ...own })) {
        document.setIn(path.split('.'), value);
      }
      writeFileSync(join(dir, file), document.toString());
    }
    const loaded = loadMappings(dir);
    if (!loaded.ok) throw new Error(loaded.findings.map(({ what }) => what).join('; '));
    const { mapping } = loaded;
    const Opportunity = fieldsOf(mapping, 'deal');
    const given: Given = {
      deals: {
        kind: 'deal',
        file: 'deals',
        properties: propertiesOf(mapping, 'deal'),
        fields: { Opportunity },
        homeCurrency: 'EUR',
        roleFields: [picklist('Role', ['Decision Maker', '-Retired'])],
        labels: ['Decider'],
        ...salesOf(mapping),
      },
      companies: propertiesOf(mapping, 'company'),
      account: fieldsOf(mapping, 'company'),
    };
    change(given);
    const { deals } = given;
    const records = await readRecordSchemas(
      {
        hubspot: {
          account: async () => ({
            portalId: '1',
            timeZone: 'UTC',
            homeCurrency: deals.homeCurrency,
            url: 'https://app.hubspot.com',
          }),
          properties: async (type) => (type === 'deals' ? deals.properties : given.companies),
          dealPipelines: async () => deals.pipelines,
          associationLabels: async () => deals.labels ?? [],
        },
        salesforce: {
          describe: async (object) =>
            object === 'Account'
              ? given.account
              : object === 'Opportunity'
                ? (deals.fields.Opportunity ?? [])
                : deals.roleFields,
          salesFacts: async () => deals.sales,
        },
      },
      mapping,
      { priority: 2, prepaid: 0 },
    );
    return compareAllRecords(records, mapping).map(({ severity, code, what, why, fix, ...place }) => {
      expect(why.length * fix.length).toBeGreaterThan(0);
      return { severity, code, what, at: place.file === '' ? '' : pointedAt(dir, place) };
    });
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const changed = (fields: readonly SalesforceField[] | undefined, name: string, more: Partial<SalesforceField>) =>
  (fields ?? []).map((each) => (each.name === name ? { ...each, ...more } : each));

const withStages = (
  given: Given,
  change: (stages: Given['deals']['sales']['stages']) => Given['deals']['sales']['stages'],
) => {
  given.deals.sales = { ...given.deals.sales, stages: change(given.deals.sales.stages) };
};

const records = { 'pipelines.field': 'RecordTypeId', 'pipelines.list.0.salesforce': 'New_Business' };
const withType = (given: Given, more: Partial<DealSchemas['sales']['recordTypes'][number]>) => {
  const recordTypes = given.deals.sales.recordTypes.map((type) => ({ ...type, ...more }));
  given.deals.sales = { ...given.deals.sales, recordTypes };
};

const namesOf = ({ deals }: Given) => deals.sales.stages.map(({ name }) => name);

const currencies = (...codes: string[]) => codes.map((code) => ({ code, isActive: !code.startsWith('-') }));

describe('handoff check: companies and deals against both live schemas', () => {
  it.each([{}, records])('finds nothing where both CRMs have what the files ask for, with %j', async (values) => {
    expect(await check(values)).toEqual([]);
  });

  it.each<{ because: string; values?: Values; change: (given: Given) => void; expected: object }>([
    {
      because: 'a pipeline was deleted in HubSpot',
      change: ({ deals }) => {
        deals.pipelines = [];
      },
      expected: { severity: 'error', code: 'deal_pipeline_missing', at: expect.stringMatching(/^default/) },
    },
    {
      because: 'a mapped stage was deleted in HubSpot',
      change: ({ deals }) => {
        deals.pipelines = deals.pipelines.map((each) => ({ ...each, stages: each.stages.slice(1) }));
      },
      expected: { severity: 'error', code: 'deal_stage_missing', at: expect.stringMatching(/^Qualification/) },
    },
    {
      because: 'nobody decided about stages of a mapped pipeline',
      change: ({ deals }) => {
        const more = ['1', '2'].map((id) => ({ id, label: `New ${id}`, probability: '0.5' }));
        deals.pipelines = deals.pipelines.map((each) => ({ ...each, stages: [...each.stages, ...more] }));
      },
      expected: {
        severity: 'error',
        code: 'deal_stage_not_mapped',
        what: expect.stringContaining('1 (New 1), 2 (New 2)'),
        at: expect.stringMatching(/^appointmentscheduled/),
      },
    },
    {
      because: 'nobody decided about a pipeline',
      change: ({ deals }) => {
        deals.pipelines = [...deals.pipelines, { id: '77', label: 'Renewals', stages: [] }];
      },
      expected: {
        severity: 'warning',
        code: 'deal_pipeline_not_mapped',
        what: expect.stringContaining('77 (Renewals)'),
      },
    },
    {
      because: 'a StageName is switched off',
      change: (given) =>
        withStages(given, (stages) => stages.map((each) => ({ ...each, isActive: each.name !== 'Qualification' }))),
      expected: {
        severity: 'error',
        code: 'stage_name_missing',
        what: expect.stringContaining('switched off'),
        at: 'Qualification',
      },
    },
    {
      because: 'a StageName of the way back is not there',
      change: (given) => withStages(given, (stages) => stages.filter(({ name }) => name !== 'Prospecting')),
      expected: { severity: 'error', code: 'stage_name_missing', at: expect.stringMatching(/^appointmentscheduled/) },
    },
    {
      because: 'nobody decided about an active StageName',
      change: (given) =>
        withStages(given, (stages) => [...stages, { name: 'Legal', isActive: true, isClosed: false, isWon: false }]),
      expected: {
        severity: 'error',
        code: 'stage_name_not_mapped',
        what: expect.stringContaining('Salesforce: Legal.'),
      },
    },
    {
      because: 'a won stage becomes one that is not',
      change: ({ deals }) => {
        const lose = (stage: { id: string; label: string; probability: string }) =>
          stage.id === 'closedwon' ? { ...stage, probability: '0.9' } : stage;
        deals.pipelines = deals.pipelines.map((each) => ({ ...each, stages: each.stages.map(lose) }));
      },
      expected: { severity: 'warning', code: 'stage_ends_differ', what: expect.stringMatching(/open.*won/) },
    },
    {
      because: 'a record type is not there',
      values: records,
      change: (given) => withType(given, { developerName: 'Other' }),
      expected: { severity: 'error', code: 'record_type_missing', at: expect.stringMatching(/^New_Business/) },
    },
    {
      because: 'our user may not use a record type',
      values: records,
      change: (given) => withType(given, { isAvailable: false }),
      expected: { severity: 'error', code: 'record_type_not_permitted' },
    },
    {
      because: 'the sales process lacks a mapped stage',
      values: records,
      change: (given) =>
        withType(given, {
          picklists: new Map([['StageName', namesOf(given).filter((name) => name !== 'Closed Won')]]),
        }),
      expected: { severity: 'error', code: 'stage_outside_process', at: expect.stringMatching(/^Closed Won/) },
    },
    {
      because: 'the record type does not offer a mapped value of a picklist',
      values: records,
      change: (given) => {
        const Type = picklist('Type', ['New Customer', 'Existing Customer - Upgrade'], { restrictedPicklist: true });
        const others = (given.deals.fields.Opportunity ?? []).filter(({ name }) => name !== 'Type');
        given.deals.fields = { Opportunity: [...others, Type] };
        withType(given, { picklists: new Map([['Type', ['New Customer']]]) });
      },
      expected: {
        severity: 'error',
        code: 'value_outside_record_type',
        what: 'The record type New_Business does not offer "Existing Customer - Upgrade" (existingbusiness) in the picklist Opportunity.Type.',
        at: expect.stringMatching(/^Existing Customer - Upgrade/),
      },
    },
    {
      because: 'the record type does not offer a default',
      values: { ...records, defaults: { LeadSource: 'Web' } },
      change: (given) => {
        given.deals.fields = {
          Opportunity: [...(given.deals.fields.Opportunity ?? []), picklist('LeadSource', ['Web', 'Fair'])],
        };
        withType(given, { picklists: new Map([['LeadSource', ['Fair']]]) });
      },
      expected: { severity: 'warning', code: 'value_outside_record_type', at: 'Web' },
    },
    {
      because: 'nobody decided about a stage of the sales process',
      values: records,
      change: (given) => {
        withStages(given, (stages) => [...stages, { name: 'Legal', isActive: true, isClosed: false, isWon: false }]);
        withType(given, { picklists: new Map([['StageName', namesOf(given)]]) });
      },
      expected: {
        severity: 'error',
        code: 'stage_name_not_mapped',
        what: expect.stringContaining('record type New_Business: Legal.'),
      },
    },
    {
      because: 'nobody decided about a record type',
      values: records,
      change: (given) => {
        const other = { id: '0129', developerName: 'Renewal', isAvailable: true, picklists: null };
        given.deals.sales = { ...given.deals.sales, recordTypes: [...given.deals.sales.recordTypes, other] };
      },
      expected: { severity: 'warning', code: 'record_type_not_mapped', what: expect.stringContaining('Renewal') },
    },
    {
      because: 'a role is switched off',
      values: { 'roles.labels': { Decider: 'Retired' } },
      change: () => undefined,
      expected: {
        severity: 'error',
        code: 'unknown_picklist_value',
        what: expect.stringContaining('"Retired" (Decider)'),
      },
    },
    {
      because: 'a label is not there',
      values: { 'roles.labels': { Boss: 'Decision Maker' } },
      change: () => undefined,
      expected: { severity: 'error', code: 'association_label_unknown', what: expect.stringContaining('"Boss"') },
    },
    {
      because: 'HubSpot has currencies that the only one of the org is not',
      values: { org_currency: 'USD' },
      change: () => undefined,
      expected: {
        severity: 'warning',
        code: 'currency_not_carried',
        what: expect.stringMatching(/USD alone.*EUR/),
        at: 'USD',
      },
    },
    {
      because: 'a currency is not active in the org',
      change: ({ deals }) => {
        const named = property('deal_currency_code', { options: options('EUR', 'CHF') });
        deals.properties = [...deals.properties.filter(({ name }) => name !== named.name), named];
        deals.sales = { ...deals.sales, currencies: [...currencies('EUR'), { code: 'CHF', isActive: false }] };
      },
      expected: { severity: 'warning', code: 'currency_inactive', what: expect.stringContaining(': CHF.') },
    },
    {
      because: 'a currency of the org is not in HubSpot',
      change: ({ deals }) => {
        deals.sales = { ...deals.sales, currencies: currencies('EUR', 'JPY') };
      },
      expected: { severity: 'warning', code: 'currency_not_carried', what: expect.stringContaining(': JPY.') },
    },
    {
      because: 'a mapped property is not there',
      change: (given) => {
        given.companies = given.companies.filter(({ name }) => name !== 'annualrevenue');
      },
      expected: { severity: 'error', code: 'unknown_property', at: expect.stringMatching(/^annualrevenue/) },
    },
    {
      because: 'a mapped field is hidden',
      change: ({ deals }) => {
        deals.fields = { Opportunity: (deals.fields.Opportunity ?? []).filter(({ name }) => name !== 'NextStep') };
      },
      expected: { severity: 'error', code: 'unknown_field', at: expect.stringMatching(/^NextStep/) },
    },
    {
      because: 'a mapped field cannot be written',
      change: (given) => {
        given.account = changed(given.account, 'Phone', { updateable: false });
      },
      expected: { severity: 'error', code: 'read_only_field', what: expect.stringContaining('Account.Phone') },
    },
    {
      because: 'the stage cannot be written',
      change: ({ deals }) => {
        deals.fields = { Opportunity: changed(deals.fields.Opportunity, 'StageName', { updateable: false }) };
      },
      expected: { severity: 'error', code: 'read_only_field', what: expect.stringContaining('Opportunity.StageName') },
    },
    {
      because: 'types do not fit',
      change: (given) => {
        given.account = changed(given.account, 'NumberOfEmployees', { type: 'string' });
      },
      expected: {
        severity: 'warning',
        code: 'types_differ',
        what: expect.stringContaining('numberofemployees (number)'),
      },
    },
    {
      because: 'Salesforce requires a field that nothing fills',
      change: ({ deals }) => {
        const Region = field('Region__c', { nillable: false });
        deals.fields = { Opportunity: [...(deals.fields.Opportunity ?? []), Region] };
      },
      expected: {
        severity: 'error',
        code: 'required_unmapped',
        what: expect.stringContaining('Opportunity.Region__c'),
      },
    },
    {
      because: 'an id field is not unique',
      change: (given) => {
        given.account = changed(given.account, idNames.company.field, { unique: false });
      },
      expected: { severity: 'error', code: 'id_field_missing', at: '' },
    },
    {
      because: 'an id property is not unique',
      change: ({ deals }) => {
        deals.properties = deals.properties.map((each) => ({ ...each, hasUniqueValue: false }));
      },
      expected: { severity: 'error', code: 'id_property_missing', at: '' },
    },
  ])('finds it where $because', async ({ values = {}, change, expected }) => {
    expect(await check(values, change)).toContainEqual(expect.objectContaining(expected));
  });

  it('takes what is named under not_synced for a decision', async () => {
    const values = {
      'pipelines.not_synced': { pipelines: ['77'], stages: ['1'], values: ['Renewal'], stage_names: ['Legal'] },
    };
    const findings = await check(values, (given) => {
      const stage = { id: '1', label: 'Parked', probability: '0.5' };
      const all = given.deals.pipelines.map((each) => ({ ...each, stages: [...each.stages, stage] }));
      given.deals.pipelines = [...all, { id: '77', label: 'Renewals', stages: [] }];
      withStages(given, (stages) => [...stages, { name: 'Legal', isActive: true, isClosed: false, isWon: false }]);
    });

    expect(findings).toEqual([]);
  });
});
