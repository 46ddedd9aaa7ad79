import { describe, expect, it } from 'vitest';
import { plan } from '../../../src/domain/plan/plan.ts';
import type { Base, Plan, PlanInput } from '../../../src/domain/plan/types.ts';
import type { FieldValue } from '../../../src/domain/record.ts';
import { contact, deskUser, input, janeUser, leadId, mapping, pairWith, person } from './given.ts';

function written({ write }: Plan): Record<string, FieldValue> {
  return Object.fromEntries(write?.changes.map(({ field, after }) => [field, after]) ?? []);
}

/** A handed-over pair with a Lead that carries our id: what both hold now, and their base. */
function paired(
  hubspot: Record<string, string | null>,
  fields: Record<string, FieldValue>,
  base: Base | null = null,
  values: Partial<PlanInput> = {},
): PlanInput {
  const lead = person('Lead', { externalId: '101', email: 'ada@example.com', fields: { Company: 'ACME', ...fields } });
  return input({
    contact: contact({ salesforce_person_id: leadId, company: 'ACME', ...hubspot }),
    pair: pairWith(lead, { base }),
    ...values,
    persons: { byId: [lead] },
  });
}

function codesFor(decided: Plan, field: string): string[] {
  return decided.reasons.filter((reason) => reason.field === field).map(({ code }) => code);
}

describe('below the gate (promise 1)', () => {
  const mql = { lifecyclestage: 'marketingqualifiedlead' };

  it('nothing is written, and the reason is the gate', () => {
    const decided = plan(input({ contact: contact(mql) }));

    expect(decided).toMatchObject({ outcome: 'below_gate', write: null, linkBack: false, agreed: null });
    expect(decided.reasons[0]?.code).toBe('stage_below_gate');
  });

  it('a contact that was handed over is paused and stays linked', () => {
    const decided = plan(paired({ ...mql, jobtitle: 'CTO' }, {}));

    expect(decided).toMatchObject({ outcome: 'paused', write: null, person: { id: leadId } });
  });

  it.each([
    { properties: mql, outcome: 'update', because: 'only its stage fell back' },
    { properties: { lifecyclestage: 'other' }, outcome: 'paused', because: 'it is excluded' },
  ])('with below: continue it ends as $outcome, because $because', ({ properties, outcome }) => {
    const goesOn = { ...mapping, gate: { ...mapping.gate, below: 'continue' as const } };

    expect(plan(paired({ ...properties, jobtitle: 'CTO' }, {}, null, { mapping: goesOn })).outcome).toBe(outcome);
  });

  it('with below: continue nobody is created all the same', () => {
    const goesOn = { ...mapping, gate: { ...mapping.gate, below: 'continue' as const } };
    const pair = { ...pairWith({ object: 'Lead', id: leadId }), person: null };

    expect(plan(input({ mapping: goesOn, pair, contact: contact(mql) })).outcome).toBe('paused');
  });
});

describe('a handoff to nobody: somebody is created', () => {
  it('a Lead gets the mapped values, our id, defaults for the blanks, and an owner', () => {
    const decided = plan(
      input({ contact: contact({ firstname: 'Ada', hubspot_owner_id: '11', hs_analytics_source: 'OFFLINE' }) }),
    );

    expect(decided).toMatchObject({ outcome: 'create', person: null, linkBack: true, problem: null });
    expect(decided.write).toMatchObject({ operation: 'create', object: 'Lead', id: null });
    expect(written(decided)).toStrictEqual({
      HubSpot_Contact_Id__c: '101',
      Email: 'ada@example.com',
      FirstName: 'Ada',
      LastName: 'Lovelace',
      LeadSource: 'Other',
      Company: '[not provided]',
      Status: 'Open - Not Contacted',
      OwnerId: janeUser,
    });
  });

  it.each([
    { owner: '11', user: janeUser, because: 'the emails are the same' },
    { owner: '12', user: deskUser, because: 'the user is inactive' },
    { owner: '13', user: deskUser, because: 'no user has that email' },
    { owner: '99', user: deskUser, because: 'HubSpot does not know that owner' },
    { owner: null, user: deskUser, because: 'the contact has no owner' },
  ])('owner $owner becomes $user, because $because', ({ owner, user }) => {
    expect(written(plan(input({ contact: contact({ hubspot_owner_id: owner }) }))).OwnerId).toBe(user);
  });

  it('without an owner and a fallback a person must decide', () => {
    const owner = { ...mapping.contact.owner, fallbackEmail: null };
    const without = { ...mapping, contact: { ...mapping.contact, owner } };

    expect(plan(input({ mapping: without })).problem?.code).toBe('owner_missing');
  });

  it('what Salesforce requires and nobody provides is named', () => {
    const bare = { ...mapping, contact: { ...mapping.contact, defaults: { Lead: {}, Contact: {} } } };

    const decided = plan(input({ mapping: bare, contact: contact({ lastname: ' ' }) }));

    expect(decided).toMatchObject({ outcome: 'needs_person', problem: { code: 'required_missing' } });
    expect(decided.problem?.fields).toStrictEqual(['LastName', 'Company']);
    expect(decided.problem?.advice).toContain('lastname, company');
  });

  it('a name longer than Salesforce allows is cut, and the cut is recorded', () => {
    const decided = plan(input({ contact: contact({ lastname: 'x'.repeat(100) }), maxLength: () => 80 }));

    expect(String(written(decided).LastName)).toHaveLength(80);
    expect(codesFor(decided, 'LastName')).toStrictEqual(['truncated']);
  });

  it('a value that the mapping does not know keeps the contact until a person acts', () => {
    const [first, ...rest] = mapping.contact.fields;
    if (first === undefined) throw new Error('no fields');
    const fault = { kind: 'fault', code: 'value_unmapped', message: 'm', advice: 'a' } as const;
    const faulty = {
      ...mapping,
      contact: { ...mapping.contact, fields: [{ ...first, convert: () => fault }, ...rest] },
    };

    expect(plan(input({ mapping: faulty }))).toMatchObject({
      outcome: 'needs_person',
      problem: { code: 'value_unmapped', fields: ['Email'] },
    });
  });
});

describe('a handoff to somebody who is there already', () => {
  const found = person('Lead', {
    email: 'ada@example.com',
    fields: { Title: 'Countess', Status: 'Working - Contacted', OwnerId: deskUser, Company: 'ACME' },
  });
  const given = input({
    contact: contact({ jobtitle: 'CTO', phone: '1', company: 'ACME', hs_lead_status: 'NEW', hubspot_owner_id: '11' }),
    persons: { byEmail: [found] },
  });

  it('blanks are filled, what sales has stays, and our id is set in the same write', () => {
    const decided = plan(given);

    expect(decided).toMatchObject({ outcome: 'link', person: { object: 'Lead', id: leadId }, linkBack: true });
    expect(decided.write).toMatchObject({ operation: 'update', id: leadId });
    expect(written(decided)).toStrictEqual({ HubSpot_Contact_Id__c: '101', Phone: '1' });
    expect(codesFor(decided, 'Title')).toStrictEqual(['differs_since_link']);
    expect(codesFor(decided, 'Status')).toStrictEqual(['salesforce_has_value']);
  });

  it('the owner in Salesforce stays', () => {
    expect(codesFor(plan(given), 'OwnerId')).toStrictEqual(['differs_since_link']);
  });

  it('the settled difference becomes the base, so that a later edit in HubSpot is passed on', () => {
    const { agreed } = plan(given);
    expect(agreed?.hubspot.jobtitle).toBe('CTO');
    expect(agreed?.salesforce.Title).toBe('Countess');

    const later = plan(paired({ jobtitle: 'CEO' }, { Title: 'Countess' }, agreed));

    expect(written(later)).toStrictEqual({ Title: 'CEO' });
  });
});

describe('after the handoff', () => {
  const base: Base = {
    hubspot: { jobtitle: 'CTO', lastname: 'Lovelace', city: 'London', zip: '1', country: null, state: null },
    salesforce: { Title: 'CTO', LastName: 'Lovelace', City: 'London', PostalCode: '1', Country: null, State: null },
  };
  const address = { city: 'London', zip: '1' };
  const sfAddress = { City: 'London', PostalCode: '1' };

  it.each([
    { name: 'nobody changed', hubspot: 'CTO', salesforce: 'CTO', writes: {}, codes: [] },
    { name: 'HubSpot changed', hubspot: 'CEO', salesforce: 'CTO', writes: { Title: 'CEO' }, codes: [] },
    { name: 'Salesforce changed', hubspot: 'CTO', salesforce: 'Dr.', writes: {}, codes: ['salesforce_newer'] },
    { name: 'both changed', hubspot: 'CEO', salesforce: 'Dr.', writes: {}, codes: ['conflict_newest_unknown'] },
    { name: 'both changed to the same', hubspot: 'CEO', salesforce: 'CEO', writes: {}, codes: [] },
    { name: 'HubSpot was emptied', hubspot: null, salesforce: 'CTO', writes: { Title: null }, codes: [] },
  ])('$name: only that is sent', ({ hubspot, salesforce, writes, codes }) => {
    const given = paired({ ...address, jobtitle: hubspot }, { ...sfAddress, Title: salesforce }, base);

    const decided = plan(given);

    expect(written(decided)).toStrictEqual(writes);
    expect(codesFor(decided, 'Title')).toStrictEqual(codes);
    expect(decided.outcome).toBe(Object.keys(writes).length === 0 ? 'unchanged' : 'update');
  });

  it('a required field is never cleared', () => {
    const decided = plan(paired({ ...address, lastname: null, jobtitle: 'CTO' }, { ...sfAddress, Title: 'CTO' }, base));

    expect(decided.write).toBeNull();
    expect(codesFor(decided, 'LastName')).toStrictEqual(['required_not_cleared']);
  });

  it('an address is one unit: a city of HubSpot never joins an edit of the postal code in Salesforce', () => {
    const decided = plan(paired({ city: 'Paris', zip: '1' }, { City: 'London', PostalCode: '2' }, base));

    expect(decided.write).toBeNull();
    expect(codesFor(decided, 'City')).toStrictEqual(['conflict_newest_unknown']);
    expect(codesFor(decided, 'PostalCode')).toStrictEqual(['conflict_newest_unknown']);
  });

  it('an edit of a field that HubSpot owns is overruled, and that is recorded', () => {
    const known = { hubspot: { email: 'ada@example.com' }, salesforce: { Email: 'ada@example.com' } };

    const decided = plan(paired({}, { Email: 'wrong@example.com' }, known));

    expect(written(decided)).toStrictEqual({ Email: 'ada@example.com' });
    expect(codesFor(decided, 'Email')).toStrictEqual(['salesforce_edit_overruled']);
  });

  it('a value that Salesforce altered is not sent again', () => {
    const altered = { hubspot: { jobtitle: 'cto' }, salesforce: { Title: 'Cto' } };

    const decided = plan(paired({ jobtitle: 'cto' }, { Title: 'Cto' }, altered));

    expect(decided.write).toBeNull();
    expect(codesFor(decided, 'Title')).toStrictEqual(['as_last_agreed']);
  });

  it('a status that sales owns is not sent', () => {
    const decided = plan(paired({ hs_lead_status: 'NEW' }, { Status: 'Working - Contacted' }));

    expect(decided.write).toBeNull();
    expect(codesFor(decided, 'Status')).toStrictEqual(['salesforce_owns']);
  });

  it('what one side did not answer is left alone, with the reason', () => {
    const given = paired({ jobtitle: 'CEO', phone: '1' }, {}, base);
    const { jobtitle: _, ...properties } = given.contact.properties;
    const [lead] = given.persons.byId;
    if (lead === undefined) throw new Error('no lead');
    const { Phone: __, ...fields } = lead.fields;

    const decided = plan({
      ...given,
      contact: { ...given.contact, properties },
      persons: { ...given.persons, byId: [{ ...lead, fields }] },
    });

    expect(codesFor(decided, 'Title')).toStrictEqual(['property_not_read']);
    expect(codesFor(decided, 'Phone')).toStrictEqual(['field_not_read']);
    expect(written(decided)).not.toHaveProperty('Title');
    expect(written(decided)).not.toHaveProperty('Phone');
  });

  it('a new owner in HubSpot is passed on, one whom nobody stands for is not', () => {
    const known = { hubspot: { hubspot_owner_id: '13' }, salesforce: { OwnerId: deskUser } };

    expect(written(plan(paired({ hubspot_owner_id: '11' }, {}, known)))).toStrictEqual({ OwnerId: janeUser });
    expect(codesFor(plan(paired({ hubspot_owner_id: '12' }, {}, known)), 'OwnerId')).toStrictEqual(['owner_unmapped']);
  });

  it('tells when the person id in HubSpot is missing', () => {
    expect(plan(paired({ salesforce_person_id: null }, {})).linkBack).toBe(true);
    expect(plan(paired({}, {})).linkBack).toBe(false);
  });
});

describe('an intent whose outcome is not known', () => {
  const openIntents = [
    {
      id: '1',
      system: 'salesforce' as const,
      object: 'Lead' as const,
      recordId: leadId,
      openedAtMs: 1,
      fields: [
        {
          field: 'Title',
          before: 'CTO',
          after: 'CEO',
          rule: 'newest' as const,
          source: 'jobtitle',
          sourceValue: 'CEO',
        },
      ],
    },
  ];
  const base = { hubspot: { jobtitle: 'CTO' }, salesforce: { Title: 'CTO' } };

  it.each([
    { name: 'it arrived', hubspot: 'CEO', salesforce: 'CEO', writes: {} },
    { name: 'it arrived, and HubSpot changed since', hubspot: 'Chair', salesforce: 'CEO', writes: { Title: 'Chair' } },
    { name: 'it did not arrive', hubspot: 'CEO', salesforce: 'CTO', writes: { Title: 'CEO' } },
    { name: 'a person wrote over it', hubspot: 'CEO', salesforce: 'Dr.', writes: {} },
  ])('$name', ({ hubspot, salesforce, writes }) => {
    const given = paired({ jobtitle: hubspot }, { Title: salesforce }, base);

    const decided = plan({ ...given, pair: given.pair && { ...given.pair, openIntents } });

    expect(written(decided)).toStrictEqual(writes);
  });
});
