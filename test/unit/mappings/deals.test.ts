import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compiled, load, marked, shippedWith, switched } from './faulty.ts';

const on = { deals: switched('deals', 'on') };
const toOpportunity = { object: 'Opportunity', maxLength: () => undefined } as const;

/** The stages of a new Salesforce org, in its order. */
const standardStageNames = [
  'Prospecting',
  'Qualification',
  'Needs Analysis',
  'Value Proposition',
  'Id. Decision Makers',
  'Perception Analysis',
  'Proposal/Price Quote',
  'Negotiation/Review',
  'Closed Won',
  'Closed Lost',
];

describe('the shipped deals.yaml', () => {
  it('is off where it says so or is not there', () => {
    expect(compiled({ deals: switched('deals', 'off') }).deal).toMatchObject({ isOn: false });
    expect(compiled({ deals: null }).deal).toMatchObject({ isOn: false, createInSalesforce: 'never', fields: [] });
  });

  it('works without companies.yaml', () => {
    const { deal, company } = compiled({ ...on, companies: null });

    expect([deal.isOn, company.isOn]).toEqual([true, false]);
  });

  it('has another identity than a folder without it', () => {
    expect(compiled(on).hash).not.toBe(compiled({ deals: null }).hash);
  });

  it('creates nothing below the gate, deletes nothing, invents no date and converts no currency', () => {
    expect(compiled(on).deal).toMatchObject({
      createInSalesforce: 'passed_gate',
      createInHubSpot: 'linked',
      amountRule: { rule: 'newest', fallback: 'salesforce' },
      orgCurrency: null,
      closeDateDays: null,
      accountRule: 'newest',
      roles: { rule: 'newest', fallback: 'salesforce', roles: new Map(), labels: new Map(), primaryLabel: null },
      events: {
        deletedInHubSpot: 'unlink',
        deletedInSalesforce: 'unlink',
        restoredInSalesforce: 'relink',
        mergedInSalesforce: 'follow',
      },
    });
  });

  it('leads every stage of a new portal to a stage of a new org, and all of these back', () => {
    const { pipelines } = compiled(on).deal;
    const [pipeline] = pipelines.list;

    expect(pipelines).toMatchObject({ field: null, rule: 'newest', fallback: 'salesforce' });
    expect([...(pipeline?.stages ?? [])]).toEqual([
      ['appointmentscheduled', 'Qualification'],
      ['qualifiedtobuy', 'Needs Analysis'],
      ['presentationscheduled', 'Value Proposition'],
      ['decisionmakerboughtin', 'Id. Decision Makers'],
      ['contractsent', 'Negotiation/Review'],
      ['closedwon', 'Closed Won'],
      ['closedlost', 'Closed Lost'],
    ]);
    expect([...(pipeline?.stagesBack.keys() ?? [])].sort()).toEqual([...standardStageNames].sort());
  });

  it('comes back from every stage to the one that leads there', () => {
    const [pipeline] = compiled(on).deal.pipelines.list;

    for (const [id, name] of pipeline?.stages ?? []) expect(pipeline?.stagesBack.get(name)).toBe(id);
  });

  it('reads stage, close date, money and company of every deal, and no currency of an org that may have one only', () => {
    const { hubspotProperties, salesforceFields } = compiled(on).deal;

    expect(hubspotProperties).toEqual(
      expect.arrayContaining([
        ...['pipeline', 'dealstage', 'closedate', 'amount', 'deal_currency_code', 'hubspot_owner_id'],
        ...['hs_primary_associated_company', 'salesforce_opportunity_id', 'hs_merged_object_ids'],
      ]),
    );
    expect(salesforceFields).toEqual(
      expect.arrayContaining(['Name', 'StageName', 'CloseDate', 'Amount', 'AccountId', 'OwnerId', 'Probability']),
    );
    expect(salesforceFields).not.toContain('CurrencyIsoCode');
    expect(new Set(salesforceFields).size).toBe(salesforceFields.length);
  });

  it.each([
    ['dealtype', 'New Customer', 'newbusiness'],
    ['dealtype', 'Existing Customer - Downgrade', 'existingbusiness'],
    ['dealtype', 'New Business', 'newbusiness'],
    ['hs_manual_forecast_category', 'Best Case', 'BEST_CASE'],
    ['hs_manual_forecast_category', 'Most Likely', 'BEST_CASE'],
    ['hs_manual_forecast_category', 'Omitted', 'OMIT'],
  ])('leads %s back from %s to %s', (property, value, expected) => {
    const field = compiled(on).deal.fields.find(({ hubspot }) => hubspot === property);

    expect(field?.convertBack(value, 'picklist')).toEqual({ kind: 'value', value: expected });
  });

  it('shows the probability in percent and never writes it', () => {
    const field = compiled(on).deal.fields.find(({ hubspot }) => hubspot === 'hs_deal_stage_probability');

    expect(field?.rule).toEqual({ before: 'never', after: 'never' });
    expect(field?.convert({ hs_deal_stage_probability: '0.2' }, toOpportunity)).toEqual({ kind: 'value', value: 20 });
  });

  it('cuts a name at what Salesforce takes', () => {
    const field = compiled(on).deal.fields.find(({ hubspot }) => hubspot === 'dealname');
    const conversion = field?.convert({ dealname: 'x'.repeat(121) }, toOpportunity);

    expect(conversion).toEqual({ kind: 'value', value: 'x'.repeat(120), note: 'truncated' });
  });
});

const fields = 'fields:\n  - { hubspot: dealname, salesforce: Name, rule: newest }\n';
const pipelines = 'pipelines:\n  list:\n    - { hubspot: default, stages: { won: Closed Won } }\n';

describe('pipelines of deals.yaml', () => {
  it('are told apart by record type, with stages by number, and some are left alone', () => {
    const yaml = `
pipelines:
  field: RecordTypeId
  rule: salesforce
  fallback: hubspot
  list:
    - { hubspot: default, salesforce: New_Business, stages: { won: Closed Won } }
    - { hubspot: 77, salesforce: Renewal, stages: { 51439524: Closed Won, 51439525: Closed Won }, stages_back: { Closed Won: 51439525 } }
  not_synced: { pipelines: [88], stages: [99], values: [Partner], stage_names: [Parked] }
`;
    const { deal } = compiled({ deals: `${yaml}${fields}` });

    expect(deal.pipelines).toEqual({
      field: 'RecordTypeId',
      list: [
        {
          hubspot: 'default',
          salesforce: 'New_Business',
          stages: new Map([['won', 'Closed Won']]),
          stagesBack: new Map([['Closed Won', 'won']]),
        },
        {
          hubspot: '77',
          salesforce: 'Renewal',
          stages: new Map([
            ['51439524', 'Closed Won'],
            ['51439525', 'Closed Won'],
          ]),
          stagesBack: new Map([['Closed Won', '51439525']]),
        },
      ],
      ignoredPipelines: new Set(['88']),
      ignoredStages: new Set(['99']),
      ignoredValues: new Set(['Partner']),
      ignoredStageNames: new Set(['Parked']),
      rule: 'salesforce',
      fallback: 'hubspot',
    });
    expect(deal.salesforceFields).toContain('RecordTypeId');
  });

  it('that nothing tells apart are a warning at the field', () => {
    const more = '    - { hubspot: renewals, stages: { renewed: Closed Won } }\n';

    const { ok, findings } = load({ deals: `${pipelines}${more}${fields}` });

    expect(ok).toBe(true);
    expect(findings).toMatchObject([{ severity: 'warning', code: 'pipelines_not_told_apart', file: 'deals.yaml' }]);
  });
});

describe('roles of deals.yaml', () => {
  it('go by label, each with one way back', () => {
    const roles =
      'roles: { labels: { Buyer: Economic Buyer, Budget holder: Economic Buyer, Champion: Influencer }, labels_back: { Economic Buyer: Buyer, Evaluator: Champion }, primary_label: Primary contact }\n';

    const { deal } = compiled({ deals: `${pipelines}${fields}${roles}` });

    expect(Object.fromEntries(deal.roles.roles)).toEqual({
      Buyer: 'Economic Buyer',
      'Budget holder': 'Economic Buyer',
      Champion: 'Influencer',
    });
    expect(Object.fromEntries(deal.roles.labels)).toEqual({
      'Economic Buyer': 'Buyer',
      Influencer: 'Champion',
      Evaluator: 'Champion',
    });
    expect(deal.roles.primaryLabel).toBe('Primary contact');
  });
});

const faults = [
  {
    name: 'an unknown key',
    code: 'unknown_key',
    fix: 'Did you mean "close_date_days"?',
    yaml: `
close_date_day: 30
^
${pipelines}${fields}`,
  },
  {
    name: 'an unknown key of a pipeline',
    code: 'unknown_key',
    fix: 'Did you mean "stages_back"?',
    yaml: `
pipelines:
  list:
    - hubspot: default
      stages: { won: Closed Won }
      stage_back: { Closed Won: won }
      ^
${fields}`,
  },
  {
    name: 'no pipelines',
    code: 'missing_key',
    fix: 'Add pipelines here.',
    yaml: `
fields:
^
  - { hubspot: dealname, salesforce: Name, rule: newest }
`,
  },
  {
    name: 'a pipeline without stages',
    code: 'wrong_shape',
    fix: 'Correct the value.',
    yaml: `
pipelines:
  list:
    - { hubspot: default, stages: {} }
                                  ^
${fields}`,
  },
  {
    name: 'a stage twice in one pipeline',
    code: 'yaml_syntax',
    fix: /indentation/,
    yaml: `
pipelines:
  list:
    - { hubspot: default, stages: { won: Closed Won, won: Closed Lost } }
                                                     ^
${fields}`,
  },
  {
    name: 'a stage in two pipelines',
    code: 'deal_stage_twice',
    fix: /does not have it/,
    yaml: `
pipelines:
  field: Pipeline__c
  list:
    - { hubspot: default, stages: { won: Closed Won } }
    - { hubspot: renewals, salesforce: Renewal, stages: { renewed: Closed Won, won: Closed Lost } }
                                                                               ^
${fields}`,
  },
  {
    name: 'a pipeline twice',
    code: 'pipeline_twice',
    fix: /one of the two/,
    yaml: `
pipelines:
  field: Pipeline__c
  list:
    - { hubspot: default, stages: { won: Closed Won } }
    - { hubspot: default, salesforce: New, stages: { lost: Closed Lost } }
                 ^
${fields}`,
  },
  {
    name: 'stages that become one, without a way back',
    code: 'ambiguous_way_back',
    fix: 'Add it under stages_back, such as "Prospecting": new',
    yaml: `
pipelines:
  list:
    - hubspot: default
      stages:
        new: Prospecting
        called: Prospecting
        ^
        won: Closed Won
${fields}`,
  },
  {
    name: 'a way back to a stage that is not mapped',
    code: 'unknown_deal_stage',
    fix: 'Did you mean "appointment"?',
    yaml: `
pipelines:
  list:
    - hubspot: default
      stages: { appointment: Prospecting, won: Closed Won }
      stages_back: { Qualification: apointment }
                                    ^
${fields}`,
  },
  {
    name: 'a way back to a stage that leads elsewhere',
    code: 'way_back_elsewhere',
    fix: 'Use new, or map won to "Prospecting".',
    yaml: `
pipelines:
  list:
    - hubspot: default
      stages: { new: Prospecting, won: Closed Won }
      stages_back: { Prospecting: won }
                                  ^
${fields}`,
  },
  {
    name: 'a value without a field to hold it',
    code: 'pipeline_value_without_field',
    fix: /RecordTypeId/,
    yaml: `
pipelines:
  list:
    - { hubspot: default, salesforce: New_Business, stages: { won: Closed Won } }
                                      ^
${fields}`,
  },
  {
    name: 'a value for two pipelines',
    code: 'pipeline_value_twice',
    fix: /its own value/,
    yaml: `
pipelines:
  field: RecordTypeId
  list:
    - { hubspot: default, salesforce: New_Business, stages: { won: Closed Won } }
    - { hubspot: renewals, salesforce: New_Business, stages: { renewed: Closed Won } }
                                       ^
${fields}`,
  },
  {
    name: 'two pipelines without a value',
    code: 'pipeline_value_twice',
    fix: /its own value/,
    yaml: `
pipelines:
  field: RecordTypeId
  list:
    - { hubspot: default, stages: { won: Closed Won } }
    - { hubspot: renewals, stages: { renewed: Closed Won } }
      ^
${fields}`,
  },
  {
    name: 'the id of a record type',
    code: 'record_type_id',
    fix: /developer name/,
    yaml: `
pipelines:
  field: RecordTypeId
  list:
    - { hubspot: default, salesforce: 012000000000001AAA, stages: { won: Closed Won } }
                                      ^
${fields}`,
  },
  ...[
    { key: 'pipelines', name: 'default' },
    { key: 'stages', name: 'won' },
    { key: 'stage_names', name: 'Closed Won' },
  ].map(({ key, name }) => ({
    name: `something that is synced and not: ${key}`,
    code: 'synced_and_not',
    fix: /Remove it here/,
    yaml: `
${pipelines}  not_synced: { ${key}: [${name}] }
${' '.repeat(19 + key.length)}^
${fields}`,
  })),
  {
    name: 'an unknown rule',
    code: 'unknown_value',
    fix: 'Did you mean "newest"?',
    yaml: `
amount: { rule: newst }
                ^
${pipelines}${fields}`,
  },
  {
    name: 'a rule that changes with the handoff, for amounts',
    code: 'unknown_value',
    fix: /Use one of: hubspot/,
    yaml: `
amount: { rule: { before: hubspot, after: salesforce } }
                ^
${pipelines}${fields}`,
  },
  {
    name: 'a currency that is none',
    code: 'wrong_shape',
    fix: 'Correct the value.',
    yaml: `
org_currency: euro
              ^
${pipelines}${fields}`,
  },
  {
    name: 'a close date in the past',
    code: 'wrong_shape',
    fix: 'Correct the value.',
    yaml: `
close_date_days: -1
                 ^
${pipelines}${fields}`,
  },
  {
    name: 'labels that become one role, without a way back',
    code: 'ambiguous_way_back',
    fix: 'Add it under labels_back, such as "Economic Buyer": Buyer',
    yaml: `
roles:
  labels:
    Buyer: Economic Buyer
    Budget holder: Economic Buyer
    ^
${pipelines}${fields}`,
  },
  {
    name: 'a way back to a label that is not mapped',
    code: 'unknown_label',
    fix: 'Did you mean "Buyer"?',
    yaml: `
roles: { labels: { Buyer: Economic Buyer }, labels_back: { Evaluator: Buyers } }
                                                                      ^
${pipelines}${fields}`,
  },
  {
    name: 'a way back to a label that leads elsewhere',
    code: 'way_back_elsewhere',
    fix: /Use "Buyer"/,
    yaml: `
roles: { labels: { Buyer: Economic Buyer, Champion: Influencer }, labels_back: { Economic Buyer: Champion } }
                                                                                                 ^
${pipelines}${fields}`,
  },
  {
    name: 'a label with a semicolon',
    code: 'label_unusable',
    fix: /Rename/,
    yaml: `
roles: { labels: { "Buyer; budget": Economic Buyer } }
                   ^
${pipelines}${fields}`,
  },
  {
    name: 'a primary label that is a role as well',
    code: 'primary_label_is_role',
    fix: /of its own/,
    yaml: `
roles: { labels: { Buyer: Economic Buyer }, primary_label: Buyer }
                                                           ^
${pipelines}${fields}`,
  },
  ...[
    { hubspot: 'amount', salesforce: 'Value__c', key: 'hubspot' },
    { hubspot: 'closedate', salesforce: 'Date__c', key: 'hubspot' },
    { hubspot: 'dealstage', salesforce: 'Stage__c', key: 'hubspot' },
    { hubspot: 'pipeline', salesforce: 'Pipeline__c', key: 'hubspot' },
    { hubspot: 'deal_currency_code', salesforce: 'Code__c', key: 'hubspot' },
    { hubspot: 'salesforce_opportunity_id', salesforce: 'Id__c', key: 'hubspot' },
    { hubspot: 'hs_primary_associated_company', salesforce: 'Company__c', key: 'hubspot' },
    { hubspot: 'stage', salesforce: 'StageName', key: 'salesforce' },
    { hubspot: 'account', salesforce: 'AccountId', key: 'salesforce' },
    { hubspot: 'deal_id', salesforce: 'HubSpot_Deal_Id__c', key: 'salesforce' },
    { hubspot: 'owner', salesforce: 'OwnerId', key: 'salesforce' },
  ].map(({ hubspot, salesforce, key }) => ({
    name: `what is decided elsewhere: ${hubspot} and ${salesforce}`,
    code: 'reserved_field',
    fix: 'Remove this line.',
    yaml: `
${pipelines}fields:
  - { hubspot: ${hubspot}, salesforce: ${salesforce}, rule: newest }
${' '.repeat(key === 'hubspot' ? 15 : 29 + hubspot.length)}^
`,
  })),
  {
    name: 'the field that tells pipelines apart',
    code: 'reserved_field',
    fix: 'Remove this line.',
    yaml: `
pipelines:
  field: Pipeline__c
  list: [{ hubspot: default, salesforce: New, stages: { won: Closed Won } }]
fields:
  - { hubspot: line, salesforce: Pipeline__c, rule: newest }
                                 ^
`,
  },
  {
    name: 'a property that HubSpot calculates, written to',
    code: 'read_only_property',
    fix: /rule hubspot or never/,
    yaml: `
${pipelines}fields:
  - { hubspot: hs_is_closed_won, salesforce: Won__c, rule: newest }
               ^
`,
  },
  {
    name: 'a field that Salesforce calculates, written to',
    code: 'read_only_field',
    fix: /rule salesforce or never/,
    yaml: `
${pipelines}fields:
  - { hubspot: expected, salesforce: ExpectedRevenue, rule: newest }
                                     ^
`,
  },
];

describe('a faulty deals.yaml', () => {
  it.each(faults)('$name is found at its place', ({ code, fix, yaml }) => {
    const { text, line, column } = marked(yaml);

    const { ok, findings } = load({ deals: `${text}required: []\n` });

    expect(ok).toBe(false);
    const finding = findings.find((each) => each.code === code);
    expect(finding).toMatchObject({ severity: 'error', file: 'deals.yaml', line, column });
    if (typeof fix === 'string') expect(finding?.fix).toBe(fix);
    else expect(finding?.fix).toMatch(fix);
  });

  it.each([
    { from: 'StageName: Qualification, Type', to: 'StageName: Prospecting, Type', what: 'Opportunity.StageName' },
    { from: 'problem: deal_stage_unknown', to: 'problem: value_unmapped', what: 'ends with deal_stage_unknown' },
    {
      from: 'hubspot: { dealstage: contractsent }',
      to: 'hubspot: { dealstage: closedwon }',
      what: 'dealstage becomes',
    },
    {
      from: 'hubspot: { dealtype: existing',
      to: 'hubspot: { dealname: x, dealtype: existing',
      what: 'dealname becomes',
    },
  ])('has an example that does not come out as written, told at its line: $to', ({ from, to, what }) => {
    const text = shippedWith('deals', from, to);
    const { ok, findings } = load({ deals: text });

    expect(ok).toBe(false);
    expect(findings).toMatchObject([{ code: 'example_failed', file: 'deals.yaml' }]);
    expect(findings[0]?.what).toContain(what);
    expect(text.split('\n')[(findings[0]?.line ?? 0) - 1]).toContain(to);
  });

  it.each(['companies', 'deals'] as const)('and %s.yaml may be missing', (name) => {
    expect(load({ [name]: null })).toEqual({ ok: true, findings: [] });
  });

  it('is misspelt in its name, and told', () => {
    expect(load({ extra: 'deal.yaml' }).findings).toMatchObject([
      { code: 'unknown_file', fix: 'Did you mean "deals.yaml"?' },
    ]);
  });
});

describe('a recycle of who lost all deals', () => {
  const recycle = "recycle:\n  - { opportunity: lost, to: lead, reason: 'All deals were lost' }\n";
  const lost = (text: string) => shippedWith('lifecycle', 'recycle:\n', text);

  it('is compiled beside those by field', () => {
    const { lifecycle, contact } = compiled({ lifecycle: lost(recycle) });

    expect(lifecycle.recycleLost).toEqual({ to: 'lead', reason: 'All deals were lost' });
    expect(lifecycle.recycles).toHaveLength(1);
    expect(contact.hubspotProperties).toContain('salesforce_recycle_reason');
  });

  it('is none as shipped: who lost a deal keeps the stage', () => {
    expect(compiled({}).lifecycle.recycleLost).toBeNull();
  });

  it.each([
    { because: 'it stands twice', lifecycle: lost(`${recycle}${recycle.replace('recycle:\n', '')}`) },
    {
      because: 'a stage says so too',
      lifecycle: lost(recycle).replace('label: Evangelist,', 'label: Evangelist, salesforce: { opportunity: lost },'),
    },
  ])('is refused where $because', ({ lifecycle }) => {
    const { ok, findings } = load({ lifecycle });

    expect(ok).toBe(false);
    expect(findings).toMatchObject([{ code: 'status_twice', file: 'lifecycle.yaml' }]);
    expect(findings[0]?.what).toContain('opportunity: lost stands here a second time');
  });
});

describe('the examples in docs/deals.md', () => {
  const blocks = [...readFileSync('docs/deals.md', 'utf8').matchAll(/```yaml\n(.*?)```/gs)].map(
    ([, block = '']) => block,
  );

  it.each(blocks.map((block) => ({ begins: block.split('\n')[0], block })))('load: $begins …', ({ block }) => {
    const changed = block.startsWith('recycle:')
      ? { lifecycle: shippedWith('lifecycle', 'recycle:\n', block) }
      : { deals: `${block}${fields}` };

    expect(load(changed)).toEqual({ ok: true, findings: [] });
  });

  it('tell every way back of the shipped stages', () => {
    const table = [...readFileSync('docs/deals.md', 'utf8').matchAll(/^ *\| ([^|`]+) \| `(\w+)` \| [^|]+ \|$/gm)];
    const told = table
      .map(([, name = '', id = '']) => [name, id])
      .filter(([name = '']) => standardStageNames.includes(name));

    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(compiled(on).deal.pipelines.list[0]?.stagesBack ?? []));
  });
});
