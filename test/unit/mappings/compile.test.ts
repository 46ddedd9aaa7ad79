import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compiled, shippedWith } from './faulty.ts';

const shipped = compiled({});

/** contacts.yaml with the email, one field and more sections. */
function withField(field: string, more = ''): string {
  return `
required: { lead: [], contact: [] }
fields:
  - { hubspot: email, salesforce: Email, rule: hubspot }
${field === '' ? '' : `  - { hubspot: industry, salesforce: { lead: Industry }, ${field} }\n`}${more}`;
}

function industry(field: string) {
  const found = compiled({ contacts: withField(field) }).contact.fields[1];
  if (found === undefined) throw new Error('no field');
  return found;
}

const toLead = { object: 'Lead', maxLength: () => undefined } as const;

describe('the shipped lifecycle.yaml', () => {
  it('says what each stage is in a standard org', () => {
    const facts = shipped.lifecycle.stages.map(({ name, salesforce }) => [name, salesforce]);

    expect(Object.fromEntries(facts)).toEqual({
      subscriber: null,
      lead: null,
      marketingqualifiedlead: null,
      salesqualifiedlead: {
        leadStatuses: ['Open - Not Contacted', 'Working - Contacted', 'Closed - Converted'],
        contactStatuses: [],
        converted: true,
        opportunity: null,
      },
      opportunity: { leadStatuses: [], contactStatuses: [], converted: false, opportunity: 'open' },
      customer: { leadStatuses: [], contactStatuses: [], converted: false, opportunity: 'won' },
      evangelist: null,
      other: null,
    });
  });

  it('returns a lead to nurture, reopens it, and asks about other moves backward', () => {
    const { recycles, reopen, movedBack, reasonProperty, contactStatusField } = shipped.lifecycle;

    expect(recycles).toEqual([
      {
        fields: { Lead: 'Status' },
        values: new Set(['Closed - Not Converted']),
        to: 'lead',
        reason: expect.stringContaining('Closed - Not Converted'),
      },
    ]);
    expect(reopen).toEqual({ Lead: 'Open - Not Contacted', Contact: null });
    expect({ movedBack, reasonProperty, contactStatusField }).toEqual({
      movedBack: 'ask',
      reasonProperty: 'salesforce_recycle_reason',
      contactStatusField: null,
    });
  });

  it('reads what the stage is decided by, in both systems', () => {
    const { hubspotProperties, salesforceFields } = shipped.contact;

    expect(hubspotProperties).toContain('salesforce_recycle_reason');
    for (const { hubspot } of shipped.lifecycle.stages) {
      expect(hubspotProperties).toContain(`hs_v2_date_entered_${hubspot}`);
    }
    expect(salesforceFields.Lead).toContain('Status');
    expect(salesforceFields.Contact).not.toContain('Status');
  });
});

describe('a lifecycle.yaml', () => {
  it('of an earlier time, with stages alone, still loads: HubSpot decides the stage, and nobody is returned', () => {
    const stages = 'stages:\n  - { name: salesqualifiedlead, label: SQL, owner: sales }\n';
    const contacts = withField('');
    const gate = 'opens_at: [salesqualifiedlead]\n';

    const mapping = compiled({ lifecycle: stages, contacts, gate, companies: null, deals: null });

    expect(mapping.lifecycle).toMatchObject({ recycles: [], movedBack: 'ask', reopen: { Lead: null, Contact: null } });
    expect(mapping.contact.hubspotProperties).not.toContain('salesforce_recycle_reason');
    expect(mapping.contact.salesforceFields.Lead).toEqual(['Email', 'OwnerId']);
  });

  it('has stages by number, a status for Contacts, and recycles by any field', () => {
    const lifecycle = `
stages:
  - { name: nurture, hubspot: 51439524, label: Nurture, owner: marketing }
  - name: salesqualifiedlead
    label: SQL
    owner: sales
    salesforce: { contact_status: [Working] }
contact_status_field: Status__c
recycle:
  - { contact_status: [Cold], to: nurture, reason: cold }
  - { field: { lead: Rejected__c }, values: [true], to: nurture, reason: rejected }
  - { field: Returned__c, values: [1, yes], to: nurture, reason: returned }
reopen: { contact: Working }
`;

    const gate = 'opens_at: [salesqualifiedlead]\n';
    const mapping = compiled({ lifecycle, contacts: withField(''), gate, companies: null });

    expect(mapping.lifecycle.recycles.map(({ fields, values, to }) => [fields, [...values], to])).toEqual([
      [{ Contact: 'Status__c' }, ['Cold'], '51439524'],
      [{ Lead: 'Rejected__c' }, ['true'], '51439524'],
      [{ Lead: 'Returned__c', Contact: 'Returned__c' }, ['1', 'yes'], '51439524'],
    ]);
    expect(mapping.contact.salesforceFields).toEqual({
      Lead: ['Email', 'OwnerId', 'Rejected__c', 'Returned__c'],
      Contact: ['Email', 'OwnerId', 'Returned__c', 'Status__c'],
    });
    expect(mapping.contact.hubspotProperties).toContain('hs_v2_date_entered_51439524');
  });
});

describe('the way back of a field', () => {
  it('reads a one-to-one value map backwards: every value comes back as it went', () => {
    const pairs = fc.uniqueArray(fc.stringMatching(/^[A-Za-z][A-Za-z ]{0,12}[A-Za-z]$/), {
      minLength: 1,
      maxLength: 6,
      selector: (text) => text.toLowerCase(),
    });
    fc.assert(
      fc.property(pairs, (values) => {
        const field = industry(
          `rule: newest, values: { ${values.map((each) => `"${each}": "To ${each}"`).join(', ')} }`,
        );

        for (const value of values) {
          const there = field.convert({ industry: value }, toLead);
          expect(there).toEqual({ kind: 'value', value: `To ${value}` });
          expect(field.convertBack(`To ${value}`, 'picklist')).toEqual({ kind: 'value', value });
        }
      }),
      { numRuns: 40 },
    );
  });

  it('names one of several values that became the same', () => {
    const field = industry('rule: newest, values: { A: X, B: X, C: Y }, values_back: { X: B }');

    expect(field.convertBack('X', 'picklist')).toEqual({ kind: 'value', value: 'B' });
    expect(field.convertBack('Y', 'picklist')).toEqual({ kind: 'value', value: 'C' });
  });

  it.each([
    { because: 'it is one-way', more: 'rule: newest, one_way: true' },
    { because: 'a transform has none', more: 'rule: hubspot, transform: upper(value)' },
  ])('is none where $because', ({ more }) => {
    const field = industry(more);

    expect(field.hasWayBack).toBe(false);
    expect(field.convertBack('X', 'text')).toEqual({ kind: 'skip', code: 'no_way_back' });
  });

  it('is computed by transform_back', () => {
    const field = industry('rule: newest, transform: upper(value), transform_back: lower(value)');

    expect(field.convertBack('RETAIL', 'text')).toEqual({ kind: 'value', value: 'retail' });
  });

  it('knows whose value stays where nobody can tell who was last', () => {
    expect(industry('rule: newest').fallback).toBe('salesforce');
    expect(industry('rule: newest, fallback: hubspot').fallback).toBe('hubspot');
  });

  it.each([
    ['Open - Not Contacted', 'OPEN'],
    ['Working - Contacted', 'IN_PROGRESS'],
    ['Closed - Converted', 'OPEN_DEAL'],
    ['Closed - Not Converted', 'UNQUALIFIED'],
  ])('of the shipped Lead Status leads from %s to %s', (status, expected) => {
    const field = shipped.contact.fields.find(({ hubspot }) => hubspot === 'hs_lead_status');

    expect(field?.convertBack(status, 'picklist')).toEqual({ kind: 'value', value: expected });
  });
});

describe('the other sections of contacts.yaml', () => {
  it('are safe where they are left out: nothing is deleted or created', () => {
    const mapping = compiled({ contacts: withField('') });

    expect(mapping.events).toEqual({
      deletedInHubSpot: 'unlink',
      erasedInHubSpot: 'unlink',
      deletedInSalesforce: 'unlink',
      restoredInSalesforce: 'relink',
      mergedInSalesforce: 'follow',
      sameEmail: 'ask',
    });
    expect(mapping.born).toMatchObject({ do: 'link', stage: null });
    expect(mapping.fights).toEqual({ withinMs: 3_600_000, repeats: 3, writes: 10 });
  });

  it('say the same in the shipped file as where they are left out', () => {
    const { events, fights, born } = compiled({ contacts: withField('') });

    expect([shipped.events, shipped.fights, shipped.born.do]).toEqual([events, fights, born.do]);
  });

  it('create persons born in Salesforce at a stage, by its HubSpot value', () => {
    const lifecycle = shippedWith('lifecycle', 'name: opportunity,', 'name: opportunity, hubspot: 4711,');
    const born = 'born_in_salesforce: { do: create, stage: opportunity }\n';

    const mapping = compiled({ lifecycle, gate: 'opens_at: [opportunity]\n', contacts: withField('', born) });

    expect(mapping.born).toMatchObject({ do: 'create', stage: '4711' });
  });

  it('ask one filter about Leads and Contacts, and read what it looks at', () => {
    const where = `born_in_salesforce: { where: "person.Rating == 'Hot' && number(person.Size__c, 0) > 10" }\n`;

    const { born, contact } = compiled({ contacts: withField('', where) });

    expect(born.isWanted({ Rating: 'Hot', Size__c: 11 }, 'Lead')).toBe(true);
    expect(born.isWanted({ Rating: 'Hot', Size__c: null }, 'Contact')).toBe(false);
    expect(contact.salesforceFields.Lead).toEqual(expect.arrayContaining(['Rating', 'Size__c']));
    expect(contact.salesforceFields.Contact).toEqual(expect.arrayContaining(['Rating', 'Size__c']));
  });

  it('ask each object its own filter; an object without one has none', () => {
    const where = `born_in_salesforce: { where: { lead: "person.IsTest__c != 'true'" } }\n`;

    const { born, contact } = compiled({ contacts: withField('', where) });

    expect(born.isWanted({ IsTest__c: true }, 'Lead')).toBe(false);
    expect(born.isWanted({ IsTest__c: false }, 'Lead')).toBe(true);
    expect(born.isWanted({}, 'Contact')).toBe(true);
    expect(contact.salesforceFields.Contact).not.toContain('IsTest__c');
  });

  it('give no answer about values that the filter cannot work with', () => {
    const where = 'born_in_salesforce: { where: "1 / size(person.City) > 0" }\n';

    expect(compiled({ contacts: withField('', where) }).born.isWanted({ City: null }, 'Lead')).toBeNull();
  });
});

describe('owners.yaml', () => {
  it('names a fallback per team, whatever the case', () => {
    const owners = shippedWith('owners', 'fallback_by_team: {}', 'fallback_by_team: { DACH: Desk@Example.com }');

    expect(compiled({ owners }).contact.owner.fallbackByTeam).toEqual(new Map([['dach', 'desk@example.com']]));
  });
});

describe('the identity of a mapping version', () => {
  it.each([
    { name: 'lifecycle', from: 'moved_back: ask', to: 'moved_back: accept' },
    { name: 'owners', from: 'fallback_by_team: {}', to: 'fallback_by_team: { A: a@example.com }' },
    { name: 'contacts', from: 'same_email: ask', to: 'same_email: newest' },
  ] as const)('changes with $name.yaml', ({ name, from, to }) => {
    expect(compiled({ [name]: shippedWith(name, from, to) }).hash).not.toBe(shipped.hash);
  });
});
