import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CompiledMapping, FieldRule } from '../../../src/domain/mapping/types.ts';
import { plan } from '../../../src/domain/plan/plan.ts';
import type { Base, CompanyTie, PlanInput } from '../../../src/domain/plan/types.ts';
import { applied } from './carry-out.ts';
import { codesFor, contact, input, pairWith, person, sentBack, withCompanies, written } from './given.ts';

const account = '001000000000001AAA';
const tie: CompanyTie = { accountId: account, companyId: '501' };
const untied: CompanyTie = { accountId: null, companyId: null };

/** A contact of this company whom nobody in Salesforce stands for. */
function born(associatedcompanyid: string | null, values: Partial<PlanInput> = {}): PlanInput {
  return input({ mapping: withCompanies, contact: contact({ associatedcompanyid }), company: untied, ...values });
}

/** A contact that is handed over to a Contact. */
function handedOver(
  associatedcompanyid: string | null,
  AccountId: string | null,
  values: Partial<PlanInput> & { base?: Base | null; object?: 'Lead' | 'Contact' } = {},
): PlanInput {
  const { base = null, object = 'Contact', ...rest } = values;
  const found = person(object, { externalId: '101', email: 'ada@example.com', fields: { AccountId } });
  return input({
    mapping: withCompanies,
    contact: contact({ salesforce_person_id: found.id, associatedcompanyid }),
    pair: pairWith(found, { base }),
    company: tie,
    persons: { byId: [found] },
    ...rest,
  });
}

const withRule = (contactRule: FieldRule, values: Partial<CompiledMapping['company']> = {}): CompiledMapping => ({
  ...withCompanies,
  company: { ...withCompanies.company, contactRule, ...values },
});

describe('a Contact that is to be created', () => {
  it('waits for its company, and nothing is written', () => {
    const decided = plan(born('501'));

    expect(decided).toMatchObject({
      outcome: 'waiting',
      waitsFor: [{ object: 'company', recordId: '501' }],
      write: null,
      contact: [],
      linkBack: false,
      problem: null,
      reasons: [{ code: 'company_comes_first' }],
    });
    expect(decided.stage.agreed).toBeNull();
  });

  it('carries the Account of its company', () => {
    const decided = plan(born('501', { company: tie }));

    expect([decided.outcome, decided.waitsFor]).toStrictEqual(['create', []]);
    expect(decided.write?.changes.find(({ field }) => field === 'AccountId')).toStrictEqual({
      field: 'AccountId',
      before: null,
      after: account,
      rule: 'newest',
      source: 'associatedcompanyid',
      sourceValue: '501',
    });
  });

  it.each([
    { what: 'without a company', given: born(null) },
    {
      what: 'whose company is never created',
      given: born('501', { mapping: withRule('newest', { createInSalesforce: 'never' }) }),
    },
    {
      what: 'whose Account is decided in Salesforce',
      given: born('501', { mapping: withRule('salesforce'), company: tie }),
    },
    { what: "whose Account is nobody's business", given: born('501', { mapping: withRule('never'), company: tie }) },
    { what: 'where companies are not synced', given: born('501', { company: null }) },
  ])('is created without an Account $what', ({ given }) => {
    const decided = plan(given);

    expect([decided.outcome, decided.waitsFor]).toStrictEqual(['create', []]);
    expect(written(decided)).not.toHaveProperty('AccountId');
  });

  it('says why it has no Account where its company never gets one', () => {
    const mapping = withRule('newest', { createInSalesforce: 'never' });

    expect(codesFor(plan(born('501', { mapping })), 'AccountId')).toStrictEqual(['company_not_paired']);
  });

  it('agrees on having none', () => {
    expect(plan(born(null)).blanks).toContainEqual({ property: 'associatedcompanyid', field: 'AccountId' });
  });

  it('waits neither below the gate nor as a Lead', () => {
    const below = contact({ associatedcompanyid: '501', lifecyclestage: 'lead' });
    const asLead = { ...withCompanies, contact: { ...withCompanies.contact, create: 'Lead' as const } };

    expect(plan(born('501', { contact: below })).outcome).toBe('below_gate');
    expect(plan(born('501', { mapping: asLead })).outcome).toBe('create');
  });
});

describe('a Contact and its company', () => {
  const base: Base = { hubspot: { associatedcompanyid: '501' }, salesforce: { AccountId: account } };

  it.each([
    {
      what: 'agree on nothing yet: the Account stands',
      given: handedOver(null, account),
      there: {},
      back: { associatedcompanyid: '501' },
    },
    {
      what: 'agree on nothing yet: the company fills it in',
      given: handedOver('501', null),
      there: { AccountId: account },
      back: {},
    },
    {
      what: 'follow a removed company',
      given: handedOver(null, account, { base }),
      there: { AccountId: null },
      back: {},
    },
    {
      what: 'follow a removed Account',
      given: handedOver('501', null, { base }),
      there: {},
      back: { associatedcompanyid: null },
    },
  ])('that $what', ({ given, there, back }) => {
    const decided = plan(given);

    expect(written(decided)).toStrictEqual(there);
    expect(sentBack(decided)).toStrictEqual(back);
    expect(decided.waitsFor).toStrictEqual([]);
  });

  it('whose company is not paired are left alone, with the reason', () => {
    const decided = plan(handedOver('599', account, { base, company: { ...tie, accountId: null } }));

    expect([decided.outcome, decided.write]).toStrictEqual(['unchanged', null]);
    expect(codesFor(decided, 'AccountId')).toStrictEqual(['company_not_paired']);
  });

  it('are no matter of a Lead', () => {
    const decided = plan(handedOver('501', null, { object: 'Lead' }));

    expect(written(decided)).not.toHaveProperty('AccountId');
    expect(codesFor(decided, 'AccountId')).toStrictEqual([]);
  });

  it('are told of where one of them was not read', () => {
    const given = handedOver('501', account);
    const unread = given.persons.byId.map((each) => ({ ...each, fields: { LastName: 'Lovelace' } }));

    expect(codesFor(plan({ ...given, persons: { ...given.persons, byId: unread } }), 'AccountId')).toStrictEqual([
      'field_not_read',
    ]);
  });
});

describe('whatever a contact and its person hold', () => {
  const companies = fc.constantFrom(null, '501', '599');
  const accounts = fc.constantFrom(null, account, '001000000000009AAA');
  const rules = fc.constantFrom<FieldRule>('hubspot', 'salesforce', 'newest', 'fill_blank', 'never');
  const settled = fc.option(fc.tuple(companies, accounts));
  const ties = (company: string | null, held: string | null): CompanyTie => ({
    accountId: company === '501' ? account : null,
    companyId: held === account ? '501' : null,
  });

  it('without companies and deals the plan does not look at them', () => {
    const objects = fc.constantFrom('Lead' as const, 'Contact' as const);
    fc.assert(
      fc.property(companies, accounts, rules, objects, fc.boolean(), (company, held, rule, object, isNew) => {
        const holding = (id: string | null, accountId: string | null) => {
          const values = { mapping: withRule(rule), company: null, deals: [] };
          return isNew ? born(id, values) : handedOver(id, accountId, { ...values, object });
        };

        expect(plan(holding(company, held))).toStrictEqual(plan(holding(null, null)));
      }),
    );
  });

  it('no unpaired side is carried over, and a second look writes nothing', () => {
    fc.assert(
      fc.property(companies, accounts, rules, settled, (company, held, rule, agreed) => {
        const base =
          agreed === null
            ? null
            : { hubspot: { associatedcompanyid: agreed[0] }, salesforce: { AccountId: agreed[1] } };
        const given = handedOver(company, held, {
          base,
          mapping: withRule(rule),
          company: ties(company, held),
          histories: { hubspot: {}, salesforce: {} },
        });
        const decided = plan(given);
        if (company === '599') expect(written(decided)).not.toHaveProperty('AccountId');
        if (held?.endsWith('9AAA')) expect(sentBack(decided)).not.toHaveProperty('associatedcompanyid');

        const next = applied(given, decided);
        const [found] = next.persons.byId;
        const after = String(next.contact.properties.associatedcompanyid ?? '') || null;
        const accountNow = typeof found?.fields.AccountId === 'string' ? found.fields.AccountId : null;
        const again = plan({ ...next, company: ties(after, accountNow) });
        expect([written(again), sentBack(again)]).toStrictEqual([{}, {}]);
      }),
      { numRuns: 500 },
    );
  });
});
