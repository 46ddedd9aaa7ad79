import { describe, expect, it } from 'vitest';
import { plan } from '../../../src/domain/plan/plan.ts';
import type { Base, PlanInput } from '../../../src/domain/plan/types.ts';
import { codesFor, mapping, paired, sentBack, written } from './given.ts';

describe('after the handoff', () => {
  const base: Base = {
    hubspot: { jobtitle: 'CTO', lastname: 'Lovelace', city: 'London', zip: '1', country: null, state: null },
    salesforce: { Title: 'CTO', LastName: 'Lovelace', City: 'London', PostalCode: '1', Country: null, State: null },
  };
  const address = { city: 'London', zip: '1' };
  const sfAddress = { City: 'London', PostalCode: '1' };

  it.each([
    { name: 'nobody changed', hubspot: 'CTO', salesforce: 'CTO', there: {}, back: {} },
    { name: 'HubSpot changed', hubspot: 'CEO', salesforce: 'CTO', there: { Title: 'CEO' }, back: {} },
    { name: 'Salesforce changed', hubspot: 'CTO', salesforce: 'Dr.', there: {}, back: { jobtitle: 'Dr.' } },
    { name: 'both changed to the same', hubspot: 'CEO', salesforce: 'CEO', there: {}, back: {} },
    { name: 'HubSpot was emptied', hubspot: null, salesforce: 'CTO', there: { Title: null }, back: {} },
    { name: 'Salesforce was emptied', hubspot: 'CTO', salesforce: null, there: {}, back: { jobtitle: null } },
    { name: 'only representation changed', hubspot: ' CTO ', salesforce: 'CTO', there: {}, back: {} },
  ])('$name: only that is sent', ({ hubspot, salesforce, there, back }) => {
    const given = paired({ ...address, jobtitle: hubspot }, { ...sfAddress, Title: salesforce }, base);

    const decided = plan(given);

    expect(written(decided)).toStrictEqual(there);
    expect(sentBack(decided)).toStrictEqual(back);
    expect(decided.asks).toBeNull();
    expect(decided.outcome).toBe(Object.keys({ ...there, ...back }).length === 0 ? 'unchanged' : 'update');
  });

  const conflict = paired({ ...address, jobtitle: 'CEO' }, { ...sfAddress, Title: 'Dr.' }, base);

  it('both changed: the histories are asked for, and nothing is written before', () => {
    expect(plan(conflict)).toMatchObject({
      outcome: 'unchanged',
      write: null,
      contact: [],
      asks: { properties: ['jobtitle'], fields: ['Title'] },
    });
  });

  const at = (seconds: number) => [{ value: 'x', atMs: seconds * 1000, by: 'y' }];
  it.each([
    { hubspot: at(2), salesforce: at(1), there: { Title: 'CEO' }, back: {}, code: 'conflict_hubspot_newer' },
    { hubspot: at(1), salesforce: at(2), there: {}, back: { jobtitle: 'Dr.' }, code: 'conflict_salesforce_newer' },
    { hubspot: at(1), salesforce: at(1), there: {}, back: { jobtitle: 'Dr.' }, code: 'conflict_newest_unknown' },
    { hubspot: [], salesforce: [], there: {}, back: { jobtitle: 'Dr.' }, code: 'conflict_newest_unknown' },
  ])('both changed: $code', ({ hubspot, salesforce, there, back, code }) => {
    const histories = { hubspot: { jobtitle: hubspot }, salesforce: { Title: salesforce } };

    const decided = plan({ ...conflict, histories });
    const [change] = [...(decided.write?.changes ?? []), ...decided.contact];

    expect([written(decided), sentBack(decided), decided.asks]).toStrictEqual([there, back, null]);
    expect(codesFor(decided, 'Title')).toStrictEqual([code]);
    expect(change?.conflict).toBe(Object.keys(there).length > 0 ? 'hubspot' : 'salesforce');
    expect(new Set([change?.before, change?.after])).toStrictEqual(new Set(['CEO', 'Dr.']));
  });

  it("Salesforce's field history may be unknown: the record changed after both agreed", () => {
    const given = { ...conflict, pair: conflict.pair && { ...conflict.pair, agreedAtMs: 100_000 } };
    const modified = given.persons.byId.map((lead) => ({ ...lead, modifiedAtMs: 200_000 }));
    const histories = { hubspot: { jobtitle: at(201) }, salesforce: {} };

    const decided = plan({ ...given, persons: { ...given.persons, byId: modified }, histories });

    expect(codesFor(decided, 'Title')).toStrictEqual(['conflict_hubspot_newer']);
  });

  it('a required field is never cleared', () => {
    const decided = plan(paired({ ...address, lastname: null, jobtitle: 'CTO' }, { ...sfAddress, Title: 'CTO' }, base));

    expect(decided.write).toBeNull();
    expect(codesFor(decided, 'LastName')).toStrictEqual(['required_not_cleared']);
  });

  it.each([
    { last: 'hubspot', there: { City: 'Paris', PostalCode: '1' }, back: {} },
    { last: 'salesforce', there: {}, back: { city: 'London', zip: '2' } },
  ])(
    'an address is one unit: where both changed it, all of it goes to one side ($last was last)',
    ({ last, there, back }) => {
      const given = paired({ city: 'Paris', zip: '1' }, { City: 'London', PostalCode: '2' }, base);
      const late = at(last === 'hubspot' ? 9 : 1);
      const histories = { hubspot: { city: late }, salesforce: { PostalCode: at(5) } };

      expect(plan(given)).toMatchObject({
        write: null,
        contact: [],
        asks: { properties: ['city'], fields: ['PostalCode'] },
      });
      const decided = plan({ ...given, histories });
      expect([written(decided), sentBack(decided)]).toStrictEqual([there, back]);
    },
  );

  it('an address goes with its blanks: a state of another one does not stay', () => {
    const given = paired({ city: 'Paris', zip: '1' }, { City: 'London', PostalCode: '1', State: 'X' }, base);
    const histories = { hubspot: { city: at(9) }, salesforce: { State: at(5) } };

    expect(written(plan({ ...given, histories }))).toStrictEqual({ City: 'Paris', State: null });
  });

  it('an address of which one part cannot be sent is not sent at all', () => {
    const fields = mapping.contact.fields.map((each) =>
      each.hubspot === 'zip' ? { ...each, hasWayBack: false } : each,
    );
    const oneWay = { ...mapping, contact: { ...mapping.contact, fields } };
    const given = paired(address, { City: 'Paris', PostalCode: '2' }, base, { mapping: oneWay });

    const decided = plan(given);

    expect(decided.contact).toStrictEqual([]);
    expect(codesFor(decided, 'City')).toStrictEqual(['unit_incomplete']);
    expect(codesFor(decided, 'PostalCode')).toStrictEqual(['no_way_back']);
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

  it.each([
    { who: 'sales', hubspot: 'NEW', salesforce: 'Working - Contacted', sends: 'IN_PROGRESS', codes: [] },
    {
      who: 'marketing',
      hubspot: 'OPEN_DEAL',
      salesforce: 'Open - Not Contacted',
      sends: 'OPEN',
      codes: ['hubspot_edit_overruled'],
    },
  ])(
    'a status that sales owns comes to HubSpot and is never sent: $who changed it',
    ({ hubspot, salesforce, sends, codes }) => {
      const known = { hubspot: { hs_lead_status: 'NEW' }, salesforce: { Status: 'Open - Not Contacted' } };

      const decided = plan(paired({ hs_lead_status: hubspot }, { Status: salesforce }, known));

      expect(written(decided)).toStrictEqual({});
      expect(sentBack(decided)).toStrictEqual({ hs_lead_status: sends });
      expect(codesFor(decided, 'Status')).toStrictEqual(codes);
    },
  );

  it('a value that HubSpot altered is not sent again', () => {
    const altered = { hubspot: { jobtitle: 'Cto' }, salesforce: { Title: 'cto' } };

    const decided = plan(paired({ jobtitle: 'Cto' }, { Title: 'cto' }, altered));

    expect([decided.write, decided.contact]).toStrictEqual([null, []]);
  });

  it('a picklist is told by its value, and a label is no change', () => {
    const facts = {
      type: 'picklist' as const,
      maxLength: null,
      valuesByLabel: new Map([
        ['Austria', 'AT'],
        ['Italy', 'IT'],
      ]),
    };
    const fieldFacts: PlanInput['fieldFacts'] = (_, field) => (field === 'Country' ? facts : undefined);
    const known = { hubspot: { country: 'Austria' }, salesforce: { Country: 'AT' } };
    const given = (country: string) => paired({ country }, { Country: 'AT' }, known, { fieldFacts });

    expect(written(plan(given('Austria')))).toStrictEqual({});
    expect(written(plan(given('Italy')))).toStrictEqual({ Country: 'IT' });
  });

  it('a value that the mapping does not know keeps Salesforce from being written, and its changes come to HubSpot all the same', () => {
    const fault = { kind: 'fault', code: 'value_unmapped', message: 'm', advice: 'a' } as const;
    const fields = mapping.contact.fields.map((each) =>
      each.hubspot === 'phone' ? { ...each, convert: () => fault } : each,
    );
    const faulty = { ...mapping, contact: { ...mapping.contact, fields } };
    const known = {
      hubspot: { phone: '1', jobtitle: 'A', website: 'a' },
      salesforce: { Phone: '1', Title: 'A', Website: 'a' },
    };
    const given = { phone: '2', jobtitle: 'A', website: 'b' };

    const decided = plan(paired(given, { Phone: '1', Title: 'B', Website: 'a' }, known, { mapping: faulty }));

    expect(decided).toMatchObject({ outcome: 'update', write: null, person: { object: 'Lead' } });
    expect(decided.problem).toMatchObject({ code: 'value_unmapped', fields: ['Phone'] });
    expect(sentBack(decided)).toStrictEqual({ jobtitle: 'B' });
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

  it('tells when the person id in HubSpot is missing', () => {
    expect(plan(paired({ salesforce_person_id: null }, {})).linkBack).toBe(true);
    expect(plan(paired({}, {})).linkBack).toBe(false);
  });
});
