import { describe, expect, it } from 'vitest';
import { load, shippedWith } from './faulty.ts';

/** The place that a faulty text marks with `^` on the line below: line and column from 1, and the text without that line. */
function marked(text: string): { text: string; line: number; column: number } {
  const lines = text.replace(/^\n/, '').split('\n');
  const index = lines.findIndex((line) => /^ *\^$/.test(line));
  if (index < 0) throw new Error('no mark');
  const column = (lines[index]?.indexOf('^') ?? 0) + 1;
  return { text: lines.toSpliced(index, 1).join('\n'), line: index, column };
}

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

describe('a faulty contacts.yaml', () => {
  it.each(contacts)('$name is found at its place', ({ code, fix, yaml }) => {
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

  it('an example that does not come out as written is a finding at its line', () => {
    const { ok, findings } = load({ contacts: shippedWith('contacts', 'LastName: Doe\n', 'LastName: Roe\n') });

    expect(ok).toBe(false);
    expect(findings).toMatchObject([{ code: 'example_failed', file: 'contacts.yaml' }]);
    expect(findings[0]?.what).toContain('Lead.LastName becomes "Doe", not "Roe"');
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
