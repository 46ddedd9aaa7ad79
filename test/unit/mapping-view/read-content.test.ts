import { describe, expect, it } from 'vitest';
import type { HubSpotObject } from '../../../src/domain/record.ts';
import { readContent } from '../../../src/mappings/content/read-content.ts';
import { contentWith, type Edits, shippedTexts } from './shipped.ts';

function fieldOf(kind: HubSpotObject, hubspot: string, edits: Edits = {}) {
  const object = contentWith(edits).objects.find((each) => each.kind === kind);
  return object?.fields.find((field) => field.hubspot === hubspot);
}

const firstField = (entry: Record<string, unknown>): Edits => ({
  contacts: { 'fields.4': { hubspot: 'jobtitle', salesforce: 'Title', rule: 'newest', ...entry }, examples: [] },
});

describe('a field in words', () => {
  it.each([
    {
      entry: { rule: 'hubspot' },
      says: /^HubSpot decides: its value goes to Salesforce, and an edit in Salesforce is overwritten\.$/,
      flow: 'to_salesforce',
    },
    {
      entry: { rule: 'salesforce' },
      says: /^Salesforce decides: its value goes to HubSpot, and an edit in HubSpot is overwritten\.$/,
      flow: 'to_hubspot',
    },
    {
      entry: { rule: 'salesforce', one_way: true },
      says: /^Salesforce decides, and nothing is written on either side\.$/,
      flow: 'none',
    },
    { entry: { rule: 'newest' }, says: /^Whoever wrote last decides\. .* Salesforce stays\.$/, flow: 'both' },
    {
      entry: { rule: 'newest', fallback: 'hubspot' },
      says: /^Whoever wrote last decides\. .* HubSpot stays\.$/,
      flow: 'both',
    },
    { entry: { rule: 'newest', one_way: true }, says: /^Whoever wrote last/, flow: 'to_salesforce' },
    {
      entry: { rule: 'fill_blank' },
      says: /^The value in Salesforce stays wherever there is one\. HubSpot fills only blanks\.$/,
      flow: 'both',
    },
    { entry: { rule: 'never' }, says: /compared and shown, and never written/, flow: 'none' },
    {
      entry: { rule: { before: 'hubspot', after: 'salesforce' } },
      says: /^Up to the handoff: HubSpot decides.* From then on: Salesforce decides/,
      flow: 'both',
    },
    { entry: { rule: 'hubspot', transform: 'upper(value)' }, says: /^HubSpot decides/, flow: 'to_salesforce' },
  ])('of the rule $entry says who decides, and where values flow', ({ entry, says, flow }) => {
    const field = fieldOf('contact', 'jobtitle', firstField(entry));

    expect(field?.says).toMatch(says);
    expect(field?.flow).toBe(flow);
  });

  it.each([
    { entry: { empty: 'keep' }, note: 'When it is emptied in HubSpot, Salesforce keeps its value.' },
    { entry: { one_way: true }, note: 'HubSpot never receives the value of Salesforce.' },
    {
      entry: { too_long: 'fail' },
      note: 'A text that is too long for Salesforce makes the contact wait for a person.',
    },
    {
      entry: { too_long: { max: 40 } },
      note: 'A text of more than 40 characters is cut there, and stays whole in HubSpot.',
    },
    {
      entry: { too_long: { max: 40, do: 'skip' } },
      note: 'A text of more than 40 characters leaves this field alone.',
    },
    {
      entry: { values: { A: 'B' } },
      note: 'A value in HubSpot that is not in the list makes the contact wait for a person.',
    },
    {
      entry: { values: { A: 'B' }, unmapped: 'skip' },
      note: 'A value in HubSpot that is not in the list leaves this field alone.',
    },
    {
      entry: { values: { A: 'B' }, unmapped: 'pass' },
      note: 'A value in HubSpot that is not in the list is sent as it is.',
    },
    {
      entry: { values: { A: 'B' }, unmapped: { default: 0 } },
      note: 'A value in HubSpot that is not in the list becomes 0.',
    },
    {
      entry: { rule: 'hubspot', transform: 'upper(value)' },
      note: 'The value is computed and has no way back: HubSpot never receives the value of Salesforce.',
    },
  ])('notes $note', ({ entry, note }) => {
    expect(fieldOf('contact', 'jobtitle', firstField(entry))?.notes).toStrictEqual([note]);
  });

  it.each([
    { salesforce: 'Title', text: 'Title' },
    { salesforce: { lead: 'Title' }, text: 'Title (Lead)' },
    { salesforce: { contact: 'Title' }, text: 'Title (Contact)' },
    { salesforce: { lead: 'City', contact: 'MailingCity' }, text: 'City (Lead), MailingCity (Contact)' },
  ])('is called $text in Salesforce', ({ salesforce, text }) => {
    expect(fieldOf('contact', 'jobtitle', firstField({ salesforce }))?.salesforce).toBe(text);
  });

  it('says which fields it is decided with, its values, and where it stands', () => {
    expect(fieldOf('contact', 'city')?.notes).toStrictEqual(['It is decided together with state, country and zip.']);
    expect(fieldOf('company', 'name')?.notes).toStrictEqual(['Where it is empty in HubSpot, domain is sent instead.']);
    const status = fieldOf('contact', 'hs_lead_status');
    expect(status?.values).toContainEqual({ hubspot: 'CONNECTED', salesforce: 'Working - Contacted' });
    expect(status?.valuesBack).toContainEqual({ hubspot: 'UNQUALIFIED', salesforce: 'Closed - Not Converted' });
    expect(status?.file).toBe('contacts.yaml');
    expect(shippedTexts().contacts?.split('\n')[(status?.line ?? 0) - 1]).toContain('hs_lead_status');
    expect(fieldOf('deal', 'hs_deal_stage_probability')).toMatchObject({
      transform: 'number(value, 0) * 100.0',
      salesforce: 'Probability',
    });
  });
});

describe('the gate in words', () => {
  it('names the stages, and each condition under the code that a decision has', () => {
    const { gate } = contentWith({
      gate: {
        'exclude.domains': ['example.com', 'example.org'],
        'exclude.expression': "contact.type == 'X'",
        condition: "contact.country != ''",
        condition_text: 'the country is known',
        pilot: { emails: ['jane@example.com'], domains: [], expression: "contact.country == 'Austria'" },
      },
    });

    expect(gate?.sentence).toContain('SQL, Opportunity or Customer');
    expect(gate?.conditions.map(({ code, text, expression }) => [code, text, expression])).toStrictEqual([
      ['stage_below_gate', 'The lifecycle stage is SQL, Opportunity or Customer.', null],
      ['excluded_stage', 'The lifecycle stage is not Other.', null],
      ['excluded_domain', 'No email address is in example.com or example.org.', null],
      ['excluded', 'This does not hold for the contact.', "contact.type == 'X'"],
      ['property_missing', 'There is a value in email.', null],
      ['condition_not_met', 'The country is known.', "contact.country != ''"],
      [
        'not_in_pilot',
        'The contact belongs to the pilot: its email address is the one named there or this holds for it.',
        "contact.country == 'Austria'",
      ],
    ]);
    expect(JSON.stringify(gate)).not.toContain('jane@');
  });

  it.each([
    { below: 'pause', says: /not updated in Salesforce until it passes again/ },
    { below: 'continue', says: /is updated on/ },
  ])('says what $below means below it', ({ below, says }) => {
    expect(contentWith({ gate: { below } }).gate?.below).toMatch(says);
  });
});

describe('the lifecycle as a diagram', () => {
  it('has a step from each stage to the next, with who makes it and where the gate opens', () => {
    const { moves, stages } = contentWith();
    const forward = moves.filter(({ kind }) => kind === 'forward');

    expect(forward.map(({ from }) => from)).toStrictEqual(stages.slice(0, -1).map(({ stage }) => stage));
    expect(forward.filter(({ handoff }) => handoff)).toMatchObject([
      { from: 'marketingqualifiedlead', to: 'salesqualifiedlead', by: 'hubspot' },
    ]);
    expect(forward.filter(({ by }) => by === 'salesforce').map(({ to, values }) => [to, values])).toStrictEqual([
      ['opportunity', ['open']],
      ['customer', ['won']],
    ]);
  });

  it('has a return from every stage that opens the gate', () => {
    const recycles = contentWith().moves.filter(({ kind }) => kind === 'recycle');

    expect(recycles.map(({ from, to, values }) => [from, to, values])).toStrictEqual(
      ['salesqualifiedlead', 'opportunity', 'customer'].map((from) => [from, 'lead', ['Closed - Not Converted']]),
    );
    expect(recycles[0]?.when).toMatch(/^Lead Status is Closed - Not Converted\. Reason: Sales closed the lead/);
  });

  it.each([
    { entry: { contact_status: ['Rejected'] }, when: 'Status__c of the Contact is Rejected. Reason: r' },
    {
      entry: { field: { lead: 'Rejected__c', contact: 'No__c' }, values: ['true'] },
      when: 'Rejected__c of the Lead or No__c of the Contact is true. Reason: r',
    },
    { entry: { opportunity: 'lost' }, when: 'All opportunities and deals are lost. Reason: r' },
  ])('tells a return by $entry', ({ entry, when }) => {
    const { moves } = contentWith({
      lifecycle: { contact_status_field: 'Status__c', recycle: [{ ...entry, to: 'lead', reason: 'r' }] },
    });

    expect(moves.find(({ kind }) => kind === 'recycle')?.when).toBe(when);
  });

  it('tells what stands for a stage in Salesforce', () => {
    const sql = contentWith().stages.find(({ stage }) => stage === 'salesqualifiedlead');

    expect(sql).toMatchObject({
      label: 'SQL',
      opensGate: true,
      salesforce: [
        'Lead Status is Open - Not Contacted, Working - Contacted or Closed - Converted',
        'The person is a Contact',
      ],
    });
  });
});

describe('all the rest', () => {
  it('tells pipelines, owners, and whether companies and deals are on', () => {
    const content = contentWith({ companies: { sync: false } });

    expect(content.pipelines).toMatchObject([{ hubspot: 'default', recordType: null }]);
    expect(content.pipelines[0]?.stages).toContainEqual({ hubspot: 'closedwon', salesforce: 'Closed Won' });
    expect(content.objects.map(({ kind, on }) => [kind, on])).toStrictEqual([
      ['contact', true],
      ['company', false],
      ['deal', true],
    ]);
    expect(content.owners.sentence).toMatch(/waits for a person\.$/);
  });

  it('has a sentence with its place for every setting, and no key twice', () => {
    const content = contentWith();
    for (const settings of [
      content.lifecycle.settings,
      content.owners.settings,
      ...content.objects.map((object) => object.settings),
    ]) {
      const keys = settings.map(({ key }) => key);
      expect(new Set(keys).size).toBe(keys.length);
      expect(keys.length).toBeGreaterThan(0);
      for (const { text, line } of settings) {
        expect(text).toMatch(/^\S.*[.:\w)]$/);
        expect(line === null || line > 0).toBe(true);
      }
    }
  });

  it('says of a default that stands in no file that it has no line', () => {
    const settings = contentWith({ contacts: { fights: undefined } }).objects[0]?.settings;

    expect(settings?.find(({ key }) => key === 'fights')).toMatchObject({ line: null });
  });

  it('takes companies for off without their file', () => {
    const { companies: _, ...texts } = shippedTexts();

    expect(readContent(texts).content.objects.find(({ kind }) => kind === 'company')).toMatchObject({
      on: false,
      fields: [],
    });
  });
});

describe('files that this build cannot work under', () => {
  it.each([
    {
      what: 'no YAML',
      texts: { ...shippedTexts(), gate: 'opens_at: [' },
      empty: (given: ReturnType<typeof contentWith>) => given.gate === null,
    },
    {
      what: 'an unknown key',
      texts: shippedTexts({ gate: { from_another_build: true } }),
      empty: (given: ReturnType<typeof contentWith>) => given.gate === null,
    },
    {
      what: 'a missing file',
      texts: { contacts: shippedTexts().contacts ?? '' },
      empty: (given: ReturnType<typeof contentWith>) => given.stages.length === 0,
    },
    {
      what: 'nothing at all',
      texts: {},
      empty: (given: ReturnType<typeof contentWith>) => given.objects.every(({ on }) => !on),
    },
  ])('are told as far as they can be read: $what', ({ texts, empty }) => {
    const { content, faults } = readContent(texts);

    expect(faults.length).toBeGreaterThan(0);
    expect(empty(content)).toBe(true);
  });

  it('are told whole where only what they mean is wrong', () => {
    const { content, faults } = readContent(shippedTexts({ gate: { opens_at: ['nowhere'] } }));

    expect(faults.map(({ code, file }) => [code, file])).toContainEqual([
      expect.stringContaining('stage'),
      'gate.yaml',
    ]);
    expect(content.gate?.opensAt).toStrictEqual(['nowhere']);
    expect(content.objects[0]?.fields.length).toBeGreaterThan(10);
  });
});
