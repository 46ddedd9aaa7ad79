import { describe, expect, it } from 'vitest';
import type { CompiledMapping } from '../../../src/domain/mapping/types.ts';
import { plan } from '../../../src/domain/plan/plan.ts';
import {
  codesFor,
  contact,
  deskUser,
  input,
  janeUser,
  leadId,
  mapping,
  owners,
  paired,
  pairWith,
  person,
  sentBack,
  written,
} from './given.ts';

const withoutFallback: CompiledMapping = {
  ...mapping,
  contact: { ...mapping.contact, owner: { ...mapping.contact.owner, fallbackEmail: null } },
};

const textOf80 = { type: 'text' as const, maxLength: 80, valuesByLabel: new Map() };

describe('below the gate (promise 1)', () => {
  const mql = { lifecyclestage: 'marketingqualifiedlead' };

  it('nothing is written, and the reason is the gate', () => {
    const decided = plan(input({ contact: contact(mql) }));

    expect(decided).toMatchObject({ outcome: 'below_gate', write: null, linkBack: false, agreed: null });
    expect(decided.reasons[0]?.code).toBe('stage_below_gate');
  });

  it('a contact that was handed over is paused and stays linked', () => {
    const decided = plan(paired({ ...mql, jobtitle: 'CTO' }, {}));

    expect(decided).toMatchObject({ outcome: 'paused', write: null, contact: [], person: { id: leadId } });
    expect(codesFor(decided, 'Title')).toStrictEqual(['salesforce_paused']);
  });

  it("what is withheld from Salesforce while paused is sent when the gate opens again; Salesforce's changes flow all along", () => {
    const base = { hubspot: { jobtitle: 'A', phone: '1' }, salesforce: { Title: 'A', Phone: '1' } };
    const paused = paired({ ...mql, jobtitle: 'B', phone: '1' }, { Title: 'A', Phone: '2' }, base);

    const decided = plan(paused);
    const later = plan(paired({ jobtitle: 'B', phone: '2' }, { Title: 'A', Phone: '2' }, base));

    expect(sentBack(decided)).toStrictEqual({ phone: '2' });
    expect(decided.agreed?.hubspot).not.toHaveProperty('jobtitle');
    expect(written(later)).toStrictEqual({ Title: 'B' });
  });

  it('a conflict that HubSpot wins while paused is decided once: from then on only HubSpot has changed', () => {
    const base = { hubspot: { jobtitle: 'A' }, salesforce: { Title: 'A' } };
    const values = [{ ...mql, jobtitle: 'B' }, { Title: 'C' }] as const;
    const at = (atMs: number) => [{ value: 'x', atMs, by: 'somebody' }];
    const histories = { hubspot: { jobtitle: at(2_000_000) }, salesforce: { Title: at(1_000_000) } };

    const decided = plan({ ...paired(...values, base), histories });
    const after = { ...base, salesforce: { ...base.salesforce, ...decided.agreed?.salesforce } };
    const reopened = plan(paired({ jobtitle: 'B' }, { Title: 'C' }, after));

    expect(decided.agreed?.salesforce).toHaveProperty('Title', 'C');
    expect(decided.agreed?.hubspot).not.toHaveProperty('jobtitle');
    expect(reopened.asks).toBeNull();
    expect(written(reopened)).toStrictEqual({ Title: 'B' });
  });

  it('a stage that we emptied ourselves closes no gate', () => {
    const given = paired({ lifecyclestage: null, jobtitle: 'CTO' }, {});
    const stageMove = {
      from: 'customer',
      to: 'salesqualifiedlead',
      kind: 'restored' as const,
      mustClear: true,
      code: 'c',
      text: 't',
      step: 'setting' as const,
      openedAtMs: 1,
    };

    expect(plan(given).outcome).toBe('paused');
    expect(plan({ ...given, pair: given.pair && { ...given.pair, stageMove } }).outcome).toBe('update');
  });

  it('a person that was born in Salesforce is linked, and no mapped field is sent either way', () => {
    const born = person('Lead', { email: 'ada@example.com', fields: { Title: 'Countess' } });
    const given = input({ contact: contact({ ...mql, phone: '1' }), persons: { byEmail: [born] } });

    expect(plan(given).outcome).toBe('below_gate');
    const decided = plan({ ...given, linkBelowGate: true });
    expect(decided).toMatchObject({
      outcome: 'link',
      person: { id: leadId },
      contact: [],
      agreed: null,
      linkBack: true,
    });
    expect(written(decided)).toStrictEqual({ HubSpot_Contact_Id__c: '101' });
  });

  it('nobody is created for a contact that is to be linked below the gate', () => {
    expect(plan(input({ contact: contact(mql), linkBelowGate: true })).outcome).toBe('below_gate');
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

  it('the fallback of a team goes before the general one', () => {
    const fallbackByTeam = new Map([['emea', 'jane@example.com']]);
    const owner = { ...mapping.contact.owner, fallbackByTeam };
    const teams = { ...owners, teamsByOwner: new Map([['13', ['apac', 'emea']]]) };
    const given = { mapping: { ...mapping, contact: { ...mapping.contact, owner } }, owners: teams };

    expect(written(plan(input({ ...given, contact: contact({ hubspot_owner_id: '13' }) }))).OwnerId).toBe(janeUser);
    expect(written(plan(input({ ...given, contact: contact({ hubspot_owner_id: '12' }) }))).OwnerId).toBe(deskUser);
  });

  it.each([
    { owner: null, code: 'owner_missing', names: 'no owner' },
    { owner: '13', code: 'owner_unmapped', names: '13' },
  ])('without a fallback a person must decide: $code', ({ owner, code, names }) => {
    const problem = plan(input({ mapping: withoutFallback, contact: contact({ hubspot_owner_id: owner }) })).problem;

    expect(problem?.code).toBe(code);
    expect(problem?.message).toContain(names);
  });

  it('what Salesforce requires and nobody provides is named', () => {
    const bare = { ...mapping, contact: { ...mapping.contact, defaults: { Lead: {}, Contact: {} } } };

    const decided = plan(input({ mapping: bare, contact: contact({ lastname: ' ' }) }));

    expect(decided).toMatchObject({ outcome: 'needs_person', problem: { code: 'required_missing' } });
    expect(decided.problem?.fields).toStrictEqual(['LastName', 'Company']);
    expect(decided.problem?.advice).toContain('lastname, company');
  });

  it('a name longer than Salesforce allows is cut, and the cut is recorded', () => {
    const decided = plan(input({ contact: contact({ lastname: 'x'.repeat(100) }), fieldFacts: () => textOf80 }));

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
  });

  it('the contact gets what only Salesforce has, and the status that sales has given', () => {
    const fields = { ...found.fields, MobilePhone: '7' };

    const decided = plan({ ...given, persons: { ...given.persons, byEmail: [{ ...found, fields }] } });

    expect(sentBack(decided)).toMatchObject({ mobilephone: '7' });
    expect(written(decided)).not.toHaveProperty('Status');
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
