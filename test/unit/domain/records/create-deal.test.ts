import { expect, it } from 'vitest';
import { planDeal } from '../../../../src/domain/records/plan-deal.ts';
import { deal } from './given.ts';

it.each([
  ['has no primary company', null, { code: 'no_company', text: expect.stringContaining('no primary company') }],
  ['has one that gets no Account', '501', { code: 'no_account', text: expect.stringContaining('companies.yaml') }],
])('an Opportunity is created without Account, and the reason is true, where the deal %s', (_, id, reason) => {
  const company = { id, state: 'none', accountId: null, companyId: null, handedOver: false } as const;

  const plan = planDeal(deal({ company }));

  expect(plan.outcome).toBe('create');
  expect(plan.reasons).toContainEqual(reason);
});
