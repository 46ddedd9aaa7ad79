import type { RecordTold } from '../records/told.ts';

/** How the company of a deal and the Account of its Opportunity stand to each other, in one sentence. Pure. */
export function companyText(company: NonNullable<RecordTold['company']>): string {
  const { companyId, account, opportunityAccountId, companyOfOpportunity } = company;
  if (companyId === null) {
    return opportunityAccountId === null
      ? 'It has no primary company in HubSpot, and its Opportunity no Account.'
      : `It has no primary company in HubSpot; its Opportunity belongs to the Account ${opportunityAccountId}.`;
  }
  if (account === null) return 'The company has no Account yet.';
  if (opportunityAccountId === null || opportunityAccountId === account.id) return 'The company has its Account.';
  const whose = companyOfOpportunity === null ? 'no company in HubSpot' : `company ${companyOfOpportunity}`;
  return `The Opportunity belongs to another Account, ${opportunityAccountId}, which stands for ${whose}.`;
}
