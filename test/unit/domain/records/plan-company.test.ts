import { describe, expect, it } from 'vitest';
import { planCompany } from '../../../../src/domain/records/plan-company.ts';
import type { CompanyInput } from '../../../../src/domain/records/types.ts';
import { companyAfter } from './carry-out.ts';
import {
  accountId,
  codes,
  company,
  companyMapping,
  contactOf,
  deskUser,
  janeUser,
  mappedField,
  otherAccountId,
  pairWith,
  passed,
  salesforceRecord,
  sent,
  sentBack,
} from './given.ts';

const account = (values: Parameters<typeof salesforceRecord>[3] = {}, fields: Record<string, string | null> = {}) =>
  salesforceRecord('Account', accountId, { Name: 'Acme', Website: 'https://www.acme.com', ...fields }, values);

const other = (values: Parameters<typeof salesforceRecord>[3] = {}, fields: Record<string, string | null> = {}) =>
  salesforceRecord('Account', otherAccountId, { Name: 'Acme Inc.', Website: 'acme.com', ...fields }, values);

describe('a company that is linked while nobody has passed the gate', () => {
  const pair = pairWith({ object: 'Account', id: accountId }, { handedOverAtMs: null });
  const matches = { byId: [account({}, { Website: null })] };

  it.each([
    ['that the ledger knows', { pair, matches }],
    ['that is found by its domain', { isNamed: true, matches: { byDomain: [account()] } }],
  ])('sends nothing to an Account %s but its id', (_case, found) => {
    const plan = planCompany(company({ people: [contactOf('1', 'below')], ...found }));

    expect(sent(plan)).toStrictEqual({ HubSpot_Company_Id__c: '501' });
    expect(plan).toMatchObject({ handsOver: false, linkBack: true, problem: null });
    expect(codes(plan)).toContain('linked_below_gate');
  });

  it('is handed over as soon as somebody has', () => {
    const plan = planCompany(company({ pair, matches }));

    expect(plan.handsOver).toBe(true);
    expect(sent(plan)).toMatchObject({ Website: 'acme.com' });
  });

  it('and was handed over before is kept in step', () => {
    const before = pairWith({ object: 'Account', id: accountId });
    const plan = planCompany(company({ people: [], pair: before, matches }));

    expect(sent(plan)).toMatchObject({ Website: 'acme.com' });
    expect(codes(plan)).toContain('nobody_passed_now');
  });
});

describe('an Account is created for a company', () => {
  it('once a contact of it has passed the gate, with our id, its fields and an owner', () => {
    const plan = planCompany(company({}, { hubspot_owner_id: '11' }));

    expect(plan).toMatchObject({ outcome: 'create', counterpart: null, linkBack: true, problem: null });
    expect(plan.write).toMatchObject({ operation: 'create', object: 'Account', id: null });
    const fields = { Name: 'Acme GmbH', Website: 'acme.com', OwnerId: janeUser, HubSpot_Company_Id__c: '501' };
    expect(sent(plan)).toStrictEqual(fields);
    expect(codes(plan)[0]).toBe('created');
  });

  it('by its name alone where it has no domain', () => {
    const plan = planCompany(company({ matches: { byDomain: [account()] } }, { domain: null, website: null }));

    expect(plan.outcome).toBe('create');
    expect(plan.blanks).toStrictEqual([{ property: 'website', field: 'Website' }]);
  });

  it.each([
    ['nobody of theirs has passed the gate', { people: [contactOf('1', 'below')] }, 'no_person_passed'],
    ['it has no contact at all', { people: [] }, 'no_person_passed'],
    ['the mapping creates none', { mapping: { ...companyMapping, createInSalesforce: 'never' } }, 'create_off'],
  ] as const)('not where %s', (_case, values, code) => {
    const plan = planCompany(company(values));

    expect(plan).toMatchObject({ outcome: 'not_wanted', write: null, problem: null });
    expect(codes(plan)).toStrictEqual([code]);
  });

  it.each([
    ['a name that Salesforce requires is missing', {}, { name: ' ' }, 'required_missing'],
    ['its owner is inactive in Salesforce', { fallbackEmail: null }, { hubspot_owner_id: '12' }, 'owner_unmapped'],
  ])('and a person is asked where %s', (_case, owner, properties, code) => {
    const mapping = { ...companyMapping, owner: { ...companyMapping.owner, ...owner } };
    const plan = planCompany(company({ mapping }, properties));

    expect(plan).toMatchObject({ outcome: 'needs_person', write: null, problem: { code } });
  });

  it('without an owner where it has none and there is no fallback: HubSpot makes such companies by itself', () => {
    const mapping = { ...companyMapping, owner: { ...companyMapping.owner, fallbackEmail: null } };
    const plan = planCompany(company({ mapping }));

    expect(plan).toMatchObject({ outcome: 'create', problem: null });
    expect(sent(plan)).not.toHaveProperty('OwnerId');
    expect(codes(plan)).toContain('owner_left_to_salesforce');
  });

  it('with the fallback owner where its own is inactive', () => {
    expect(sent(planCompany(company({}, { hubspot_owner_id: '12' })))).toMatchObject({ OwnerId: deskUser });
  });
});

describe('which Account a company is: the first memory that leads to one decides', () => {
  it.each([
    ['ledger', { pair: pairWith({ object: 'Account', id: accountId }), matches: { byId: [account(), other()] } }],
    ['external id', { matches: { byExternalId: [account({ externalId: '501' })], byDomain: [other()] } }],
    ['people', { accountsOfPeople: [accountId], matches: { byId: [account()], byDomain: [other()] } }],
    ['domain', { matches: { byDomain: [account()] } }],
  ] as const)('%s', (_memory, values) => {
    expect(planCompany(company(values)).counterpart).toStrictEqual({ object: 'Account', id: accountId });
  });

  it('our id property, and a former id', () => {
    const byId = [account()];
    const entered = planCompany(company({ matches: { byId } }, { salesforce_account_id: accountId }));
    const former = planCompany(company({ pair: pairWith(null, { formerPersonIds: [accountId] }), matches: { byId } }));

    expect([entered.outcome, former.outcome]).toStrictEqual(['link', 'link']);
    expect([codes(entered)[0], codes(former)[0]]).toStrictEqual(['found_by_id_property', 'found_by_former_id']);
  });

  it('the survivor of a merge', () => {
    const loser = account({ isDeleted: true, masterRecordId: otherAccountId });
    const pair = pairWith({ object: 'Account', id: accountId });
    const plan = planCompany(company({ pair, matches: { byId: [loser, other()] } }));
    const events = { ...companyMapping.events, mergedInSalesforce: 'ask' } as const;
    const asked = planCompany(
      company({ pair, mapping: { ...companyMapping, events }, matches: { byId: [loser, other()] } }),
    );

    expect(plan.counterpart?.id).toBe(otherAccountId);
    expect(asked.problem?.code).toBe('account_merged');
  });

  it('nothing by domain or people before somebody has passed the gate', () => {
    const plan = planCompany(
      company({ people: [], accountsOfPeople: [accountId], matches: { byDomain: [account()] } }),
    );

    expect(plan.outcome).toBe('not_wanted');
  });

  it('an Account that was found to have its domain, whoever has passed, and none is created for that', () => {
    const named = { people: [], isNamed: true };

    expect(planCompany(company({ ...named, matches: { byDomain: [account()] } })).outcome).toBe('link');
    expect(planCompany(company(named)).outcome).toBe('not_wanted');
  });

  it('a new one where a deal of it is wanted in Salesforce', () => {
    expect(planCompany(company({ people: [], isWanted: true })).outcome).toBe('create');
  });

  it.each([
    ['a free-mail domain', { domain: 'gmail.com', website: null }, 'https://gmail.com'],
    ['an ignored domain', { domain: 'partner.example', website: null }, 'partner.example'],
    ['another domain', {}, 'acme.org'],
    ['a domain that only ends alike', {}, 'notacme.com'],
    ['no domain', { domain: null, website: null }, null],
  ])('a company with %s is created anew', (_case, properties, website) => {
    const byDomain = [account({}, { Website: website })];

    expect(planCompany(company({ matches: { byDomain } }, properties)).outcome).toBe('create');
  });

  it('nothing by domain where the mapping says so', () => {
    const mapping = { ...companyMapping, matchByDomain: false };

    expect(planCompany(company({ mapping, matches: { byDomain: [account()] } })).outcome).toBe('create');
  });

  it('of several Accounts of its people the one with its domain', () => {
    const byId = [account({}, { Website: null }), other()];
    const plan = planCompany(company({ accountsOfPeople: [accountId, otherAccountId], matches: { byId } }));

    expect(plan.counterpart?.id).toBe(otherAccountId);
  });
});

describe('a person decides which Account a company is', () => {
  it.each([
    ['two Accounts have its domain', { matches: { byDomain: [account(), other()] } }, 'several_accounts'],
    [
      'its people are in two Accounts',
      { accountsOfPeople: [accountId, otherAccountId], matches: { byId: [account(), other()] } },
      'several_accounts',
    ],
    [
      'the Account of its domain has another name',
      { matches: { byDomain: [account({}, { Name: 'Zenith' })] } },
      'account_name_differs',
    ],
    [
      'the Account of its domain is that of another company',
      { matches: { byDomain: [account({ externalId: '999' })] } },
      'account_taken',
    ],
    [
      'its Account carries the id of another company',
      { pair: pairWith({ object: 'Account', id: accountId }), matches: { byId: [account({ externalId: '999' })] } },
      'account_taken',
    ],
    [
      'two Accounts carry its id',
      { matches: { byExternalId: [account({ externalId: '501' }), other({ externalId: '501' })] } },
      'several_accounts',
    ],
    [
      'what it was linked to is out of sight',
      { pair: pairWith({ object: 'Account', id: accountId }) },
      'account_deleted',
    ],
    ['it was erased', { pair: pairWith(null, { tombstone: 'erased' }) }, 'company_erased'],
  ] as const)('where %s', (_case, values, code) => {
    const plan = planCompany(company(values as Partial<CompanyInput>));

    expect(plan).toMatchObject({ outcome: 'needs_person', write: null, changes: [], problem: { code } });
    expect(codes(plan)[0]).toBe(code);
  });

  it('and an Account whose company HubSpot no longer has is free', () => {
    const values = { deadRecordIds: new Set(['999']), matches: { byDomain: [account({ externalId: '999' })] } };
    const plan = planCompany(company(values));

    expect(plan.outcome).toBe('link');
    expect(codes(plan)).toContain('found_orphan');
    expect(sent(plan)).toMatchObject({ HubSpot_Company_Id__c: '501' });
  });
});

describe('the pair ends with its Account', () => {
  const linked = pairWith({ object: 'Account', id: accountId });
  const deleted = { matches: { byId: [account({ isDeleted: true })] } };

  it('once it is deleted, and no other is created in its place', () => {
    const plan = planCompany(company({ pair: linked, ...deleted }));

    expect(plan).toMatchObject({ outcome: 'unlinked', tombstone: 'person_deleted', archives: false, write: null });
    expect(plan.problem?.code).toBe('account_deleted');
    const again = planCompany(company({ pair: { ...linked, tombstone: 'person_deleted' }, ...deleted }));
    expect(again).toMatchObject({ outcome: 'unlinked', archives: false, problem: { code: 'account_unlinked' } });
  });

  it('and the company with it where the mapping says so', () => {
    const events = { ...companyMapping.events, deletedInSalesforce: 'delete' } as const;
    const plan = planCompany(company({ pair: linked, mapping: { ...companyMapping, events }, ...deleted }));

    expect(plan).toMatchObject({ outcome: 'unlinked', archives: true, problem: null });
  });

  it('and goes on once it is restored', () => {
    const pair = pairWith(null, { tombstone: 'person_deleted', formerPersonIds: [accountId] });
    const back = { matches: { byId: [account()] } };
    const events = { ...companyMapping.events, restoredInSalesforce: 'ask' } as const;

    expect(planCompany(company({ pair, ...back }))).toMatchObject({ outcome: 'link', tombstone: null });
    expect(planCompany(company({ pair, mapping: { ...companyMapping, events }, ...back })).problem?.code).toBe(
      'account_restored',
    );
  });
});

describe('a paired company and its Account', () => {
  const base = { hubspot: { name: 'Acme' }, salesforce: { Name: 'Acme' } };
  const pair = pairWith({ object: 'Account', id: accountId }, { base });
  const byId = [account({ externalId: '501' })];
  const id = { salesforce_account_id: accountId };

  it('get what was edited on the other side', () => {
    const there = planCompany(company({ pair, matches: { byId } }, { name: 'Acme Europe', ...id }));
    const renamed = [account({ externalId: '501' }, { Name: 'Acme Europe' })];
    const back = planCompany(company({ pair, matches: { byId: renamed } }, { name: 'Acme', ...id }));

    expect(sent(there)).toStrictEqual({ Name: 'Acme Europe' });
    expect(sentBack(back)).toStrictEqual({ name: 'Acme Europe' });
  });

  it('stay in step also when nobody of theirs passes the gate any more, which is told', () => {
    const plan = planCompany(company({ pair, people: [], matches: { byId } }, { name: 'Acme Europe', ...id }));

    expect(plan.outcome).toBe('update');
    expect(codes(plan)).toContain('nobody_passed_now');
  });

  it('never lose the name that Salesforce requires', () => {
    const plan = planCompany(company({ pair, matches: { byId } }, { name: null, ...id }));

    expect(plan.write).toBeNull();
    expect(codes(plan)).toContain('required_not_cleared');
  });

  it('are left unlinked where the link would carry a value that cannot be written', () => {
    const faulty = mappedField('Account', 'industry', 'Industry', 'hubspot');
    const fault = { kind: 'fault', code: 'value_unmapped', message: 'unknown', advice: 'add it' } as const;
    const mapping = { ...companyMapping, fields: [{ ...faulty, convert: () => fault }] };
    const found = { matches: { byId: [account({ externalId: '501' }, { Industry: 'Banking' })] } };
    const linking = planCompany(company({ mapping, ...found }, { industry: 'x', ...id }));
    const linked = planCompany(company({ mapping, pair, ...found }, { industry: 'x', ...id }));

    expect(linking).toMatchObject({ outcome: 'needs_person', problem: { code: 'value_unmapped' } });
    expect(linked).toMatchObject({ outcome: 'unchanged', write: null, problem: { code: 'value_unmapped' } });
  });

  it('tell what became of a write whose answer was lost', () => {
    const fields = [{ field: 'Name', before: 'A', after: 'Acme', rule: 'newest' } as const];
    const intent = { id: 'i', system: 'salesforce', object: 'Account', recordId: accountId, openedAtMs: 0 } as const;
    const openIntents = [{ ...intent, fields }];
    const plan = planCompany(company({ pair: { ...pair, openIntents }, matches: { byId } }, { name: 'Acme', ...id }));

    expect(plan.intents).toMatchObject([{ intentId: 'i', verdict: 'done', recordId: accountId }]);
  });
});

describe('the stage of a company follows its deals forward', () => {
  it.each([
    ['an open deal', ['open'], 'lead', 'opportunity'],
    ['a won deal', ['lost', 'won', 'open'], 'opportunity', 'customer'],
    ['no stage yet', ['open'], null, 'opportunity'],
    ['an open deal of a customer', ['open'], 'customer', undefined],
    ['lost deals alone', ['lost'], 'lead', undefined],
    ['a stage that the mapping does not know', ['won'], '12345', undefined],
    ['no deals', [], 'lead', undefined],
  ] as const)('%s', (_case, deals, stage, expected) => {
    const plan = planCompany(company({ deals: [...deals] }, { lifecyclestage: stage }));

    expect(sentBack(plan).lifecyclestage).toBe(expected);
  });

  it('once for each news, so that a stage that a human sets later stays', () => {
    const given = company({ people: [passed], deals: ['open'] });
    const first = planCompany(given);
    const after = companyAfter(given, first);
    const movedBack = {
      ...after,
      record: { ...after.record, properties: { ...after.record.properties, lifecyclestage: 'lead' } },
    };

    expect(planCompany(movedBack).changes).toStrictEqual([]);
    expect(sentBack(planCompany({ ...movedBack, deals: ['won'] }))).toStrictEqual({ lifecyclestage: 'customer' });
  });

  it('and not where the mapping says so', () => {
    const mapping = { ...companyMapping, stageFollowsDeals: false };

    expect(planCompany(company({ mapping, deals: ['won'] })).changes).toStrictEqual([]);
  });
});
