import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FieldRule } from '../../../../src/domain/mapping/types.ts';
import { mergeFields } from '../../../../src/domain/merge/merge-fields.ts';
import { compareRelation } from '../../../../src/domain/merge/relation.ts';
import type { Base } from '../../../../src/domain/plan/types.ts';
import { compared, holding } from './given.ts';

const property = 'hs_primary_associated_company';
const [ours, other] = ['001000000000001AAA', '001000000000002AAA'];
/** Which Account each company has, and back. */
const paired: Readonly<Record<string, string>> = { '501': ours, '502': other };
const tied = (company: string | null, account: string | null) => ({
  accountId: company === null ? null : (paired[company] ?? null),
  companyId: Object.entries(paired).find(([, id]) => id === account)?.[0] ?? null,
});
const baseOf = (company: string | null, account: string | null): Base => ({
  hubspot: { [property]: company },
  salesforce: { AccountId: account },
});

function looked(company: string | null, account: string | null, base: Base | null, rule: FieldRule = 'newest') {
  const given = holding({ [property]: company }, { AccountId: account }, base);
  const histories = { hubspot: {}, salesforce: {} };
  const merge = mergeFields({ ...given, histories }, [
    compared(compareRelation(given, property, tied(company, account), rule)),
  ]);
  const there = merge.toSalesforce.map(({ after }) => ['there', after] as const);
  const back = merge.toHubSpot.map(({ after }) => ['back', after] as const);
  return { ...merge, writes: [...there, ...back], codes: merge.reasons.map(({ code }) => code) };
}

describe('the company of one side and the Account of the other', () => {
  it.each([
    { what: 'paired with each other agree', hubspot: '501', salesforce: ours, base: null, writes: [], codes: [] },
    { what: 'missing on both sides agree', hubspot: null, salesforce: null, base: null, writes: [], codes: [] },
    {
      what: 'without a base fill a blank Account',
      hubspot: '501',
      salesforce: null,
      base: null,
      writes: [['there', ours]],
      codes: [],
    },
    {
      what: 'without a base fill a blank company',
      hubspot: null,
      salesforce: ours,
      base: null,
      writes: [['back', '501']],
      codes: [],
    },
    {
      what: 'without a base follow Salesforce',
      hubspot: '501',
      salesforce: other,
      base: null,
      writes: [['back', '502']],
      codes: [],
    },
    {
      what: 'follow a new company',
      hubspot: '502',
      salesforce: ours,
      base: baseOf('501', ours),
      writes: [['there', other]],
      codes: [],
    },
    {
      what: 'follow a new Account',
      hubspot: '501',
      salesforce: other,
      base: baseOf('501', ours),
      writes: [['back', '502']],
      codes: [],
    },
    {
      what: 'are cleared with a company that was removed',
      hubspot: null,
      salesforce: ours,
      base: baseOf('501', ours),
      writes: [['there', null]],
      codes: [],
    },
    {
      what: 'are cleared with an Account that was removed',
      hubspot: '501',
      salesforce: null,
      base: baseOf('501', ours),
      writes: [['back', null]],
      codes: [],
    },
    {
      what: 'stay where the company is gone that the Account belonged to',
      hubspot: null,
      salesforce: '0019',
      base: baseOf('501', '0019'),
      writes: [],
      codes: ['account_not_paired'],
    },
    {
      what: 'stay where the Account is gone that the company belonged to',
      hubspot: '599',
      salesforce: null,
      base: baseOf('599', ours),
      writes: [],
      codes: ['company_not_paired'],
    },
    {
      what: 'stay where the company has no Account yet',
      hubspot: '599',
      salesforce: null,
      base: null,
      writes: [],
      codes: ['company_not_paired'],
    },
    {
      what: 'stay where the new company has no Account yet',
      hubspot: '599',
      salesforce: ours,
      base: baseOf('501', ours),
      writes: [],
      codes: ['company_not_paired'],
    },
    {
      what: 'stay where no company stands for the Account',
      hubspot: null,
      salesforce: '0019',
      base: null,
      writes: [],
      codes: ['account_not_paired'],
    },
    {
      what: 'stay where no company stands for the new Account',
      hubspot: '501',
      salesforce: '0019',
      base: baseOf('501', ours),
      writes: [],
      codes: ['account_not_paired'],
    },
  ])('$what', ({ hubspot, salesforce, base, writes, codes }) => {
    const result = looked(hubspot, salesforce, base);

    expect(result.writes).toStrictEqual(writes);
    expect(result.codes).toStrictEqual(codes);
  });

  it.each([
    { rule: 'hubspot' as const, base: null, writes: [['back', '502']] },
    { rule: 'fill_blank' as const, base: null, writes: [['back', '502']] },
    { rule: 'salesforce' as const, base: null, writes: [['back', '502']] },
    { rule: 'never' as const, base: null, writes: [] },
    { rule: 'hubspot' as const, base: baseOf('501', ours), writes: [['there', ours]] },
    { rule: 'salesforce' as const, base: baseOf('502', other), writes: [['back', '502']] },
    { rule: 'never' as const, base: baseOf('501', ours), writes: [] },
  ])('that differ under the rule $rule: $writes', ({ rule, base, writes }) => {
    expect(looked('501', other, base, rule).writes).toStrictEqual(writes);
  });

  it('under the rule salesforce is never filled in there', () => {
    expect(looked('501', null, null, 'salesforce').writes).toStrictEqual([]);
  });

  it('is not compared where a side was not read', () => {
    const given = holding({}, { AccountId: ours });

    expect(compareRelation(given, property, tied(null, ours), 'newest')).toMatchObject({ code: 'property_not_read' });
  });

  const companies = fc.constantFrom(null, '501', '502', '599');
  const accounts = fc.constantFrom(null, ours, other, '001000000000009AAA');
  const rules = fc.constantFrom<FieldRule>('hubspot', 'salesforce', 'newest', 'fill_blank', 'never');
  const bases = fc.option(fc.tuple(companies, accounts).map(([company, account]) => baseOf(company, account)));

  it('whatever they hold: an unpaired side is never carried over, and a second look writes nothing', () => {
    fc.assert(
      fc.property(companies, accounts, bases, rules, (company, account, base, rule) => {
        const { writes, agreed } = looked(company, account, base, rule);
        for (const [way, after] of writes) {
          const source = way === 'there' ? company : account;
          if (source === null) expect([after, base === null]).toStrictEqual([null, false]);
          else expect(after).toBe(way === 'there' ? paired[source] : tied(null, source).companyId);
        }
        expect(writes.length).toBeLessThan(2);

        const there = writes.find(([way]) => way === 'there');
        const back = writes.find(([way]) => way === 'back');
        const nextCompany = back === undefined ? company : back[1] === null ? null : String(back[1]);
        const nextAccount = there === undefined ? account : there[1] === null ? null : String(there[1]);
        const next = writes.length > 0 ? baseOf(nextCompany, nextAccount) : (agreed ?? base);
        expect(looked(nextCompany, nextAccount, next, rule).writes).toStrictEqual([]);
      }),
      { numRuns: 2000 },
    );
  });
});
