import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { load, marked, shippedWith } from './faulty.ts';

const contacts = [
  {
    name: 'an unknown key',
    code: 'unknown_key',
    fix: 'Did you mean "transform"?',
    yaml: `
fields:
  - { hubspot: email, salesforce: Email, rule: hubspot, tranform: lower(value) }
                                                        ^
`,
  },
  {
    name: 'an unknown key of the file',
    code: 'unknown_key',
    fix: 'Did you mean "fields"?',
    yaml: `
fields:
  - { hubspot: email, salesforce: Email, rule: hubspot }
feilds: []
^
`,
  },
  {
    name: 'an unknown rule',
    code: 'unknown_rule',
    fix: 'Did you mean "newest"?',
    yaml: `
fields:
  - { hubspot: email, salesforce: Email, rule: newst }
                                               ^
`,
  },
  {
    name: 'an unknown rule after the handoff',
    code: 'unknown_value',
    fix: 'Did you mean "salesforce"?',
    yaml: `
fields:
  - { hubspot: email, salesforce: Email, rule: { before: hubspot, after: salesforc } }
                                                                         ^
`,
  },
  {
    name: 'an unknown object',
    code: 'unknown_key',
    fix: 'Did you mean "lead"?',
    yaml: `
fields:
  - { hubspot: city, salesforce: { leed: City }, rule: newest }
                                   ^
`,
  },
  { name: 'no fields', code: 'wrong_shape', fix: 'Correct the value.', yaml: '\nfields: []\n        ^\n' },
  {
    name: 'a field without a rule',
    code: 'missing_key',
    fix: 'Add rule here.',
    yaml: `
fields:
  - { hubspot: email, salesforce: Email }
    ^
`,
  },
  {
    name: 'a HubSpot property twice',
    code: 'property_twice',
    fix: /Remove one/,
    yaml: `
fields:
  - { hubspot: email, salesforce: Email, rule: hubspot }
  - { hubspot: email, salesforce: Title, rule: hubspot }
               ^
`,
  },
  {
    name: 'a Salesforce field twice',
    code: 'field_twice',
    fix: /another field/,
    yaml: `
fields:
  - { hubspot: email, salesforce: Email, rule: hubspot }
  - { hubspot: work_email, salesforce: { contact: email }, rule: hubspot }
                                       ^
`.replace('contact: email', 'contact: Email'),
  },
  {
    name: 'a field that Handoff sets itself',
    code: 'reserved_field',
    fix: /owners.yaml/,
    yaml: `
fields:
  - { hubspot: email, salesforce: OwnerId, rule: hubspot }
                                  ^
`,
  },
  {
    name: 'a bad expression, plain',
    code: 'bad_expression',
    fix: /expressions.md/,
    yaml: `
fields:
  - hubspot: email
    salesforce: Email
    rule: hubspot
    transform: lower(valeu)
                     ^
`,
  },
  {
    name: 'a bad expression, quoted',
    code: 'bad_expression',
    fix: /expressions.md/,
    yaml: `
fields:
  - { hubspot: email, salesforce: Email, rule: hubspot, transform: "lower(valeu)" }
                                                                          ^
`,
  },
  {
    name: 'a bad expression over several lines',
    code: 'bad_expression',
    fix: /expressions.md/,
    yaml: `
fields:
  - hubspot: email
    salesforce: Email
    rule: hubspot
    transform: |
      value == ''
        ? valeu
          ^
        : value
`,
  },
  {
    name: 'a function that could run for ever',
    code: 'bad_expression',
    fix: /expressions.md/,
    yaml: `
fields:
  - { hubspot: email, salesforce: Email, rule: hubspot, transform: "value.matches('(a+)+$') ? 'x' : 'y'" }
                                                                         ^
`,
  },
  {
    name: 'newest over several properties',
    code: 'transform_reads_others',
    fix: /rule hubspot/,
    yaml: `
fields:
  - { hubspot: email, salesforce: Title, rule: newest, transform: contact.firstname + value }
                                                                  ^
`,
  },
  {
    name: 'a unit of two rules',
    code: 'unit_of_two_rules',
    fix: /same rule/,
    yaml: `
fields:
  - { hubspot: city, salesforce: City, rule: newest, unit: address }
  - { hubspot: zip, salesforce: Zip__c, rule: hubspot, unit: address }
                                              ^
`,
  },
];

const waysBack = [
  {
    name: 'several HubSpot values that become one, without a way back',
    code: 'ambiguous_way_back',
    fix: /"Technology": HARDWARE/,
    yaml: `
fields:
  - hubspot: industry
    salesforce: Title
    rule: newest
    values: { BANKING: Banking, HARDWARE: Technology, SOFTWARE: Technology }
            ^
`,
  },
  {
    name: 'the same, with a rule that lets Salesforce win only before the handoff',
    code: 'ambiguous_way_back',
    fix: /one_way/,
    yaml: `
fields:
  - { hubspot: a, salesforce: Title, rule: { before: fill_blank, after: hubspot }, values: { A: X, B: X }, values_back: { Y: A } }
                                                                                           ^
`,
  },
  {
    name: 'a way back that reads other properties',
    code: 'transform_back_reads_others',
    fix: 'Read only `value`.',
    yaml: `
fields:
  - hubspot: a
    salesforce: Title
    rule: hubspot
    transform: upper(value)
    transform_back: value + contact.city
                    ^
`,
  },
  {
    name: 'values back without values',
    code: 'values_back_without_values',
    fix: /Add values/,
    yaml: `
fields:
  - { hubspot: a, salesforce: Title, rule: newest, values_back: { A: B } }
                                                                ^
`,
  },
  {
    name: 'the lifecycle stage as a field that flows back',
    code: 'stage_flows_back',
    fix: /rule hubspot/,
    yaml: `
fields:
  - { hubspot: lifecyclestage, salesforce: Title, rule: newest }
                                                        ^
`,
  },
  {
    name: 'births without a stage',
    code: 'born_without_stage',
    fix: /do: link/,
    yaml: `
fields:
  - { hubspot: email, salesforce: Email, rule: hubspot }
born_in_salesforce: { do: create }
                          ^
`,
  },
  {
    name: 'births in a stage below the gate',
    code: 'born_below_gate',
    fix: /opens_at/,
    yaml: `
fields:
  - { hubspot: email, salesforce: Email, rule: hubspot }
born_in_salesforce: { do: create, stage: lead }
                                         ^
`,
  },
  {
    name: 'births in a stage that nobody knows',
    code: 'unknown_stage',
    fix: 'Did you mean "opportunity"?',
    yaml: `
fields:
  - { hubspot: email, salesforce: Email, rule: hubspot }
born_in_salesforce: { do: create, stage: oportunity }
                                         ^
`,
  },
  {
    name: 'a filter of births over the contact',
    code: 'bad_expression',
    fix: /expressions.md/,
    yaml: `
fields:
  - { hubspot: email, salesforce: Email, rule: hubspot }
born_in_salesforce: { where: "contact.email != ''" }
                              ^
`,
  },
  {
    name: 'a filter of births that yields no answer, for Contacts alone',
    code: 'bad_expression',
    fix: /expressions.md/,
    yaml: `
fields:
  - { hubspot: email, salesforce: Email, rule: hubspot }
born_in_salesforce: { where: { lead: "true", contact: person.Email } }
                                                      ^
`,
  },
  {
    name: 'a filter of births over a related record',
    code: 'bad_expression',
    fix: /API name/,
    yaml: `
fields:
  - { hubspot: email, salesforce: Email, rule: hubspot }
born_in_salesforce: { where: "person['Owner.Name'] == 'Jane'" }
                             ^
`,
  },
  {
    name: 'an unknown event',
    code: 'unknown_key',
    fix: 'Did you mean "same_email"?',
    yaml: `
fields:
  - { hubspot: email, salesforce: Email, rule: hubspot }
events: { same_emails: ask }
          ^
`,
  },
  {
    name: 'an unknown rule for an event',
    code: 'unknown_value',
    fix: 'Use one of: unlink, delete.',
    yaml: `
fields:
  - { hubspot: email, salesforce: Email, rule: hubspot }
events: { deleted_in_salesforce: keep }
                                 ^
`,
  },
  {
    name: 'a fight of no time',
    code: 'wrong_shape',
    fix: 'Correct the value.',
    yaml: `
fields:
  - { hubspot: email, salesforce: Email, rule: hubspot }
fights: { within_minutes: 0 }
                          ^
`,
  },
];

describe('a faulty contacts.yaml', () => {
  it.each([...contacts, ...waysBack])('$name is found at its place', ({ code, fix, yaml }) => {
    const { text, line, column } = marked(yaml);

    const { ok, findings } = load({ contacts: `${text}required: { lead: [], contact: [] }\n` });

    expect(ok).toBe(false);
    const finding = findings.find((each) => each.code === code);
    expect(finding).toMatchObject({ severity: 'error', file: 'contacts.yaml', line });
    // An expression may be blamed from the call that holds the fault on.
    expect(finding?.column).toBeLessThanOrEqual(column);
    expect(finding?.column).toBeGreaterThanOrEqual(code === 'bad_expression' ? column - 8 : column);
    if (typeof fix === 'string') expect(finding?.fix).toBe(fix);
    else expect(finding?.fix).toMatch(fix);
  });

  it('a required field that nothing fills is an error, and unmapped without values a warning', () => {
    const { findings } = load({
      contacts: 'fields:\n  - { hubspot: email, salesforce: Email, rule: hubspot, unmapped: skip }\n',
    });

    expect(findings.map(({ severity, code }) => [severity, code])).toStrictEqual([
      ['warning', 'unmapped_without_values'],
      ['error', 'required_unreachable'],
      ['error', 'required_unreachable'],
    ]);
  });

  it.each([
    { code: 'no_way_back', more: 'rule: newest, transform: upper(value)' },
    { code: 'way_back_unused', more: 'rule: hubspot, values: { A: B }, values_back: { B: A }' },
    { code: 'way_back_unused', more: 'rule: newest, one_way: true, values: { A: B }, values_back: { B: A }' },
    { code: 'fallback_unused', more: 'rule: hubspot, fallback: salesforce' },
  ])('$code is a warning at its field: $more', ({ code, more }) => {
    const field = `fields:\n  - { hubspot: a, salesforce: Title, ${more} }\n`;

    const { ok, findings } = load({ contacts: `${field}required: { lead: [], contact: [] }\n` });

    expect(ok).toBe(true);
    expect(findings).toMatchObject([{ severity: 'warning', code, line: 2 }]);
  });

  it.each([
    { because: 'HubSpot owns the field', more: 'rule: hubspot, values: { A: X, B: X }' },
    { because: 'the field is one-way', more: 'rule: newest, values: { A: X, B: X }, one_way: true' },
    {
      because: 'every way back is named',
      more: 'rule: newest, values: { A: X, B: X, C: null, D: null }, values_back: { X: A }',
    },
    { because: 'the transform has one', more: 'rule: newest, transform: upper(value), transform_back: lower(value)' },
  ])('asks for no way back where $because', ({ more }) => {
    const field = `fields:\n  - { hubspot: a, salesforce: Title, ${more} }\n`;

    expect(load({ contacts: `${field}required: { lead: [], contact: [] }\n` }).findings).toEqual([]);
  });

  it.each([
    { what: 'an entry of the value map', from: 'NEW: Open - Not Contacted', to: 'NEW: Fresh', line: 'NEW: Fresh' },
    {
      what: 'the default of unmapped values',
      from: '{ default: Open - Not Contacted }',
      to: '{ default: Fresh }',
      line: '{ default: Fresh }',
    },
    {
      what: 'the default of a create',
      from: 'Status: Open - Not Contacted\n    LeadSource',
      to: 'Status: Fresh\n    LeadSource',
      line: 'Status: Fresh',
    },
  ])('a Lead Status that no stage names is a warning: $what', ({ from, to, line }) => {
    const text = `${shippedWith('contacts', from, to).split('\nexamples:')[0]}\n`;

    const { ok, findings } = load({ contacts: text });

    expect(ok).toBe(true);
    expect(findings).toMatchObject([{ severity: 'warning', code: 'status_not_in_lifecycle' }]);
    expect(text.split('\n')[(findings[0]?.line ?? 0) - 1]).toContain(line);
  });

  it('an example that does not come out as written is a finding at its line', () => {
    const { ok, findings } = load({ contacts: shippedWith('contacts', 'LastName: Doe\n', 'LastName: Roe\n') });

    expect(ok).toBe(false);
    expect(findings).toMatchObject([{ code: 'example_failed', file: 'contacts.yaml' }]);
    expect(findings[0]?.what).toContain('Lead.LastName becomes "Doe", not "Roe"');
  });
});

describe('an example of the way back', () => {
  const shipped = readFileSync('mappings/contacts.yaml', 'utf8');

  function example(salesforce: string, hubspot: string) {
    const lines = ['examples_back:', '  - name: back', '    object: contact', `    salesforce: ${salesforce}`];
    return load({ contacts: `${shipped}${[...lines, `    hubspot: ${hubspot}`].join('\n')}\n` });
  }

  it('holds where HubSpot gets what it says', () => {
    expect(example('{ MailingCity: Graz }', '{ city: Graz, zip: null }')).toEqual({ ok: true, findings: [] });
  });

  it.each([
    { hubspot: '{ city: Linz }', what: 'city becomes "Graz", not "Linz"' },
    { hubspot: '{ city: null }', what: 'city becomes "Graz", not empty' },
    { hubspot: '{ company: Graz }', what: 'no field of a Contact leads to company' },
    { hubspot: '{ hs_analytics_source: DIRECT }', what: 'hs_analytics_source stays as it is (no_way_back)' },
  ])('that does not come out as written is a finding at its line: $what', ({ hubspot, what }) => {
    const { ok, findings } = example('{ MailingCity: Graz, LeadSource: Web }', hubspot);

    expect(ok).toBe(false);
    expect(findings).toMatchObject([{ code: 'example_failed', line: shipped.split('\n').length + 4 }]);
    expect(findings[0]?.what).toContain(what);
  });
});

describe('a faulty gate.yaml or lifecycle.yaml', () => {
  it.each([
    { name: 'gate', from: 'salesqualifiedlead, opp', to: 'salesqualifedlead, opp', code: 'unknown_stage' },
    { name: 'gate', from: 'opportunity, customer]', to: 'opportunity, opportunity]', code: 'stage_twice' },
    { name: 'gate', from: 'stages: [other]', to: 'stages: [customer]', code: 'stage_contradiction' },
    { name: 'gate', from: 'condition: null', to: "condition: contact.country = ''", code: 'bad_expression' },
    { name: 'gate', from: 'condition: null', to: 'condition: contact.country', code: 'bad_expression' },
    { name: 'gate', from: 'below: pause', to: 'below: stop', code: 'unknown_value' },
    { name: 'gate', from: 'creates_per_run: 1000', to: 'creates_per_run: 0', code: 'wrong_shape' },
    { name: 'gate', from: 'code: excluded_stage', to: 'code: not_in_pilot', code: 'example_failed' },
    { name: 'gate', from: 'opens_at: [', to: 'opens_at: [[', code: 'yaml_syntax' },
    { name: 'lifecycle', from: 'name: evangelist,', to: 'name: customer,', code: 'stage_twice' },
    { name: 'lifecycle', from: 'name: evangelist,', to: 'name: fan, hubspot: customer,', code: 'stage_twice' },
    { name: 'lifecycle', from: 'Closed - Converted]', to: 'Closed - Not Converted]', code: 'status_twice' },
    {
      name: 'lifecycle',
      from: '{ opportunity: won }',
      to: '{ lead_status: [Working - Contacted] }',
      code: 'status_twice',
    },
    { name: 'lifecycle', from: '{ opportunity: won }', to: '{ opportunity: open }', code: 'status_twice' },
    { name: 'lifecycle', from: '{ opportunity: won }', to: '{ converted: true }', code: 'status_twice' },
    { name: 'lifecycle', from: '{ opportunity: won }', to: '{ opportunity: win }', code: 'unknown_value' },
    { name: 'lifecycle', from: '{ opportunity: won }', to: '{}', code: 'wrong_shape' },
    {
      name: 'lifecycle',
      from: '{ opportunity: won }',
      to: '{ contact_status: [Won] }',
      code: 'contact_status_without_field',
    },
    { name: 'lifecycle', from: '  contact: null', to: '  contact: Working', code: 'contact_status_without_field' },
    { name: 'lifecycle', from: '    to: lead\n', to: '    to: leed\n', code: 'unknown_stage' },
    {
      name: 'lifecycle',
      from: '- lead_status: [Closed - Not Converted]',
      to: '- opportunity: won',
      code: 'unknown_value',
    },
    {
      name: 'lifecycle',
      from: '  - lead_status: [Closed - Not',
      to: '  - opportunity: lost\n    lead_status: [Closed - Not',
      code: 'wrong_shape',
    },
    { name: 'lifecycle', from: '    to: lead\n', to: '    to: opportunity\n', code: 'recycle_above_gate' },
    {
      name: 'lifecycle',
      from: '  - lead_status: [Closed',
      to: '  - field: Rejected__c\n    lead_status: [Closed',
      code: 'wrong_shape',
    },
    {
      name: 'lifecycle',
      from: '  - lead_status: [Closed - Not Converted]',
      to: '  - field: Rejected__c',
      code: 'wrong_shape',
    },
    {
      name: 'lifecycle',
      from: 'lead: Open - Not Contacted',
      to: 'lead: Closed - Not Converted',
      code: 'reopen_recycles',
    },
    { name: 'lifecycle', from: 'lead: Open - Not Contacted', to: 'lead: Fresh', code: 'reopen_without_stage' },
    { name: 'lifecycle', from: 'moved_back: ask', to: 'moved_back: always', code: 'unknown_value' },
    { name: 'lifecycle', from: '  contact: null', to: '  contct: null', code: 'unknown_key' },
    { name: 'owners', from: 'fallback_by_team: {}', to: 'fallback_by_team: { DACH: Jane }', code: 'wrong_shape' },
    { name: 'owners', from: 'fallback: null', to: 'fallback: Jane', code: 'wrong_shape' },
  ] as const)('$name with "$to": $code, at its place', ({ name, from, to, code }) => {
    const text = shippedWith(name, from, to);

    const { ok, findings } = load({ [name]: text });

    const finding = findings.find((each) => each.code === code);
    expect(ok).toBe(false);
    expect(finding?.file).toBe(`${name}.yaml`);
    if (code === 'yaml_syntax') return;
    const line = text.slice(0, text.lastIndexOf(to)).split('\n').length;
    expect(finding?.line).toBe(line);
    expect(finding?.column).toBeGreaterThan(1);
  });

  it('a condition that is given makes it into the gate, with its words', () => {
    const text = shippedWith('gate', 'condition: null', "condition: contact.country == ''").replace(
      'condition_text: null',
      'condition_text: no country yet',
    );

    expect(load({ gate: text })).toMatchObject({ ok: true, findings: [] });
  });

  it('a pilot without anybody is a warning', () => {
    const gate = `${shippedWith('gate', 'pilot: null', 'pilot: {}').split('\nexamples:')[0]}\n`;

    expect(load({ gate })).toMatchObject({ ok: true, findings: [{ severity: 'warning', code: 'pilot_empty' }] });
  });
});

describe('the folder', () => {
  it('all faults of all files are told at once', () => {
    const { findings } = load({
      contacts: 'fields: []\n',
      gate: 'opens_at: []\n',
      owners: 'falback: a@b.com\n',
      lifecycle: null,
    });

    expect(new Set(findings.map(({ file }) => file))).toStrictEqual(
      new Set(['contacts.yaml', 'gate.yaml', 'owners.yaml', 'lifecycle.yaml']),
    );
  });

  it('a file that nothing reads is a warning with the name that was meant', () => {
    const { ok, findings } = load({ extra: 'contact.yaml' });

    expect(ok).toBe(true);
    expect(findings).toMatchObject([{ code: 'unknown_file', fix: 'Did you mean "contacts.yaml"?' }]);
  });

  it('aliases that lead nowhere, or to too much, are findings and no crash', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      'b: &b [*a,*a,*a,*a,*a,*a,*a,*a]',
      'c: &c [*b,*b,*b,*b,*b,*b,*b,*b]',
      'd: [*c,*c]',
    ];

    expect(load({ gate: bomb.join('\n') }).findings).toMatchObject([{ code: 'yaml_alias', file: 'gate.yaml' }]);
    expect(load({ gate: 'opens_at: *nothing\n' }).ok).toBe(false);
  });

  it('an empty file is a finding and no crash', () => {
    expect(load({ contacts: '', gate: '# nothing\n' }).ok).toBe(false);
  });

  it('the same contents have the same identity, others another', async () => {
    const { loadMappings } = await import('../../../src/mappings/load.ts');
    const [one, two] = [loadMappings('mappings'), loadMappings('./mappings/')];
    if (!one.ok || !two.ok) throw new Error('faulty');

    expect(one.mapping.hash).toBe(two.mapping.hash);
    expect(one.mapping.hash).toMatch(/^[0-9a-f]{64}$/);
  });
});
