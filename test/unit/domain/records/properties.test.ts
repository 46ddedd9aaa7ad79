import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SalesforceRecord } from '../../../../src/domain/record.ts';
import { dayIn } from '../../../../src/domain/records/close-day.ts';
import { planCompany } from '../../../../src/domain/records/plan-company.ts';
import { planDeal } from '../../../../src/domain/records/plan-deal.ts';
import type { DealInput } from '../../../../src/domain/records/types.ts';
import { companyAfter, dealAfter } from './carry-out.ts';
import {
  accountId,
  agreeingFields,
  associated,
  company,
  contactOf,
  deal,
  dealFacts,
  opportunityId,
  pairWith,
  personIdOf,
  salesforceRecord,
} from './given.ts';

const shapes = fc.constantFrom('Lead', 'Contact', 'nobody', 'below') satisfies fc.Arbitrary<
  Parameters<typeof contactOf>[1]
>;
const labels = fc.subarray(['Decision maker', 'Budget holder', 'Golfer', 'Main contact']);
const stages = fc.constantFrom('demo', 'trial', 'offer', 'won', 'lost', 'new', 'parked', '771');
const amounts = fc.constantFrom(null, '', '0', '-5.10', '1234.50', '9999999999999999.99', 'much', '0.001');
const moments = fc.constantFrom(null, '2026-12-31T11:00:00Z', '2026-10-24T22:00:00Z', '2026-03-29T00:30:00Z', 'soon');
const roleNames = fc.constantFrom(null, 'Decision Maker', 'Economic Buyer', 'Evaluator');

const people = fc.uniqueArray(fc.record({ id: fc.constantFrom('1', '2', '3'), shape: shapes, labels }), {
  selector: ({ id }) => id,
});

const deals = fc.record({
  people,
  stage: stages,
  amount: amounts,
  closedate: moments,
  name: fc.constantFrom('Big', null),
});

type Drawn = { people: readonly { id: string; shape: Parameters<typeof contactOf>[1]; labels: string[] }[] };

function toDeal(
  drawn: Drawn & { stage: string; amount: string | null; closedate: string | null; name: string | null },
) {
  const contacts = new Map(drawn.people.map(({ id, shape }) => [id, contactOf(id, shape)]));
  const associations = drawn.people.map((each) => associated(each.id, each.labels));
  const { stage: dealstage, amount, closedate, name: dealname } = drawn;
  return deal({ contacts, associations }, { dealstage, amount, closedate, dealname });
}

const found = fc.record({
  stage: fc.constantFrom('Qualification', 'Proposal', 'Negotiation', 'Closed Won', 'Odd'),
  type: fc.constantFrom('012000000000001AAA', '012000000000002AAA', null),
  amount: fc.constantFrom(null, '1234.5', '77', '0'),
  day: fc.constantFrom('2026-12-31', '2026-03-29', '2027-01-01'),
  roles: fc.uniqueArray(fc.record({ id: fc.constantFrom('1', '2', '3', '9'), role: roleNames }), {
    selector: ({ id }) => id,
  }),
});

type Found = {
  stage: string;
  type: string | null;
  amount: string | null;
  day: string;
  roles: readonly { id: string; role: string | null }[];
};

function toOpportunity({ stage, type, amount, day, roles }: Found): SalesforceRecord {
  const fields = { ...agreeingFields, StageName: stage, RecordTypeId: type, Amount: amount, CloseDate: day };
  const all = roles.map(({ id, role }, at) => ({
    id: `00K${id}`,
    contactId: personIdOf(id),
    role,
    isPrimary: at === 0,
  }));
  return salesforceRecord('Opportunity', opportunityId, fields, { externalId: '701', roles: all });
}

/** What a plan would still write. */
const writes = ({ write, changes }: ReturnType<typeof planDeal>) => [...(write?.changes ?? []), ...changes];

/** Plans until nothing is written any more; at most three times. */
function settle(given: DealInput): { given: DealInput; rounds: number } {
  let now = given;
  for (let rounds = 0; rounds < 3; rounds += 1) {
    const plan = planDeal(now);
    if (writes(plan).length === 0) return { given: now, rounds };
    now = dealAfter(now, plan);
  }
  return { given: now, rounds: 3 };
}

describe('planning twice', () => {
  it('writes nothing the second time after a create', () => {
    fc.assert(
      fc.property(deals, (drawn) => {
        const given = toDeal(drawn);
        const first = planDeal(given);
        fc.pre(first.outcome === 'create');
        const second = planDeal(dealAfter(given, first));

        expect(writes(second)).toStrictEqual([]);
        expect(second.outcome).toBe('unchanged');
        expect(second.linkBack).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('writes nothing the second time after a link, whatever both sides hold', () => {
    fc.assert(
      fc.property(deals, found, (drawn, there) => {
        const given = { ...toDeal(drawn), matches: { byId: [], byExternalId: [toOpportunity(there)], byDomain: [] } };
        const first = planDeal(given);
        fc.pre(first.counterpart !== null);

        expect(writes(planDeal(dealAfter(given, first)))).toStrictEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('settles after edits on both sides: what one look sets going the next one ends', () => {
    fc.assert(
      fc.property(deals, found, deals, found, (before, thereBefore, after, thereAfter) => {
        const linked = settle({
          ...toDeal(before),
          matches: { byId: [], byExternalId: [toOpportunity(thereBefore)], byDomain: [] },
        }).given;
        const next = toDeal(after);
        const edited = {
          ...next,
          pair: linked.pair,
          record: {
            ...next.record,
            properties: { ...next.record.properties, salesforce_opportunity_id: opportunityId },
          },
          matches: { byId: [toOpportunity(thereAfter)], byExternalId: [], byDomain: [] },
        };

        expect(settle(edited).rounds).toBeLessThanOrEqual(2);
      }),
      { numRuns: 1000 },
    );
  });

  it('writes nothing the second time for a company', () => {
    const text = fc.constantFrom(null, 'Acme', 'ACME GmbH', 'Zenith', 'acme.com', 'https://www.acme.com/');
    fc.assert(
      fc.property(text, text, text, text, fc.boolean(), (name, domain, inSalesforce, website, isThere) => {
        const fields = { Name: inSalesforce ?? 'Acme', Website: website };
        const byDomain = isThere ? [salesforceRecord('Account', accountId, fields)] : [];
        const given = company({ deals: ['open'], matches: { byDomain } }, { name, domain, website: domain });
        const first = planCompany(given);
        fc.pre(first.outcome === 'create' || first.outcome === 'link');
        const second = planCompany(companyAfter(given, first));

        expect([second.write, second.changes, second.outcome]).toStrictEqual([null, [], 'unchanged']);
      }),
      { numRuns: 300 },
    );
  });
});

describe('at most one Opportunity per deal', () => {
  const memory = fc.constantFrom('ledger', 'external id', 'id property', 'former id', 'merged deal');
  const state = fc.constantFrom('alive', 'deleted', 'unseen', 'taken');

  it('none is created where any memory leads anywhere, whatever is there', () => {
    fc.assert(
      fc.property(deals, memory, state, (drawn, by, is) => {
        const given = toDeal(drawn);
        const externalId = is === 'taken' ? '999' : by === 'merged deal' ? '700' : '701';
        const there = { ...toOpportunity(sample), externalId, isDeleted: is === 'deleted' };
        const isCarried = by === 'external id' || by === 'merged deal';
        fc.pre(!isCarried || is === 'alive' || is === 'deleted');
        const reference = { object: 'Opportunity', id: opportunityId } as const;
        const entered = by === 'id property' ? opportunityId : null;
        const plan = planDeal({
          ...given,
          record: {
            ...given.record,
            mergedIds: by === 'merged deal' ? ['700'] : [],
            properties: { ...given.record.properties, salesforce_opportunity_id: entered },
          },
          pair:
            by === 'ledger'
              ? pairWith(reference)
              : pairWith(null, { formerPersonIds: by === 'former id' ? [opportunityId] : [] }),
          matches: {
            byId: isCarried || is === 'unseen' ? [] : [there],
            byExternalId: isCarried ? [there] : [],
            byDomain: [],
          },
        });

        expect(plan.outcome).not.toBe('create');
        expect(plan.write?.operation ?? 'update').toBe('update');
      }),
      { numRuns: 500 },
    );
  });

  const sample = {
    stage: 'Qualification',
    type: '012000000000001AAA',
    amount: null,
    day: '2026-12-31',
    roles: [],
  } as const;
});

describe('whatever a record holds', () => {
  const text = fc.oneof(
    fc.constantFrom(
      null,
      '',
      ' ',
      '*',
      ';',
      '1e9999',
      '-',
      '∞',
      '9999-12-31',
      '-000001-01-01',
      '+275760-09-13',
      'http://',
      '\u0000',
    ),
    fc.string({ unit: 'binary' }),
  );
  const names = [
    'name',
    'domain',
    'website',
    'dealname',
    'pipeline',
    'dealstage',
    'closedate',
    'amount',
    'deal_currency_code',
  ];
  const properties = fc.dictionary(fc.constantFrom(...names, 'hubspot_owner_id', 'hs_additional_domains'), text);
  const value = fc.oneof(text, fc.double(), fc.boolean());
  const fieldNames = ['Name', 'Website', 'StageName', 'CloseDate', 'Amount', 'RecordTypeId', 'AccountId', 'OwnerId'];
  const fields = fc.dictionary(fc.constantFrom(...fieldNames, 'CurrencyIsoCode'), value);

  it('a plan is made, and nothing is thrown', () => {
    fc.assert(
      fc.property(
        properties,
        fields,
        fc.constantFrom('Europe/Vienna', 'Nowhere'),
        fc.boolean(),
        (hubspot, salesforce, timeZone, isMulti) => {
          const facts = { ...dealFacts, timeZone, orgCurrencies: isMulti ? new Set(['EUR']) : null };
          const there = salesforceRecord('Opportunity', opportunityId, salesforce, { externalId: '701' });
          const account = salesforceRecord('Account', accountId, salesforce);
          const outcomes = [
            planDeal(deal({ facts }, hubspot)),
            planDeal(deal({ facts, matches: { byExternalId: [there] } }, hubspot)),
            planCompany(company({}, hubspot)),
            planCompany(company({ matches: { byDomain: [account] } }, hubspot)),
          ].map(({ outcome }) => outcome);

          expect(outcomes.filter((outcome) => outcome === 'not_wanted' || outcome === 'waiting')).toStrictEqual([]);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('money and time are exact', () => {
  const digits = (least: number, most: number) =>
    fc.array(fc.integer({ min: 0, max: 9 }), { minLength: least, maxLength: most }).map((all) => all.join(''));

  it('an amount of sixteen digits and two decimals goes there and back to the digit', () => {
    fc.assert(
      fc.property(fc.boolean(), digits(1, 16), digits(0, 2), (isNegative, whole, fraction) => {
        const plain = `${whole.replace(/^0+(?=\d)/, '')}${fraction.replace(/0+$/, '') === '' ? '' : `.${fraction.replace(/0+$/, '')}`}`;
        const amount = isNegative && plain !== '0' ? `-${plain}` : plain;
        const created = planDeal(deal({}, { amount: `${isNegative ? '-' : ''}${whole}.${fraction}` }));
        const there = created.write?.changes.find(({ field }) => field === 'Amount')?.after;
        const linked = toOpportunity({
          stage: 'Qualification',
          type: '012000000000001AAA',
          amount,
          day: '2026-12-31',
          roles: [],
        });
        const back = planDeal(deal({ matches: { byExternalId: [linked] } }, { amount: null }));

        expect(there).toBe(amount);
        expect(back.changes.find(({ field }) => field === 'amount')?.after).toBe(amount);
      }),
      { numRuns: 500 },
    );
  });

  it.each(['Europe/Vienna', 'America/Los_Angeles', 'Pacific/Kiritimati', 'Asia/Kolkata'])(
    'a close date means the same day on both sides, in %s',
    (timeZone) => {
      const facts = { ...dealFacts, timeZone };
      const moment = fc.date({ min: new Date('2000-01-01'), max: new Date('2060-01-01'), noInvalidDate: true });
      const aroundMidnight = fc
        .tuple(moment, fc.integer({ min: -7200, max: 7200 }))
        .map(([date, seconds]) => new Date(Math.floor(date.getTime() / 86_400_000) * 86_400_000 + seconds * 1000));
      fc.assert(
        fc.property(fc.oneof(moment, aroundMidnight), (date) => {
          const closedate = date.toISOString();
          const given = deal({ facts }, { closedate });
          const first = planDeal(given);
          const day = first.write?.changes.find(({ field }) => field === 'CloseDate')?.after ?? null;
          const again = planDeal(dealAfter(given, first));

          expect(day).toBe(dayIn(timeZone, closedate));
          expect(writes(again)).toStrictEqual([]);
        }),
        { numRuns: 200 },
      );
    },
  );
});
