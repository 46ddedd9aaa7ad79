import type { HubSpotPort } from '../ports/hubspot.ts';
import type { SalesforcePort } from '../ports/salesforce.ts';

/**
 * Where people open records of both CRMs: `{hubspot.url}/contacts/{portalId}/record/{0-1 | 0-2 | 0-3}/{id}` of a contact, company or deal, and
 * `{salesforce.url}/lightning/r/{object}/{id}/view`, from where Salesforce sends them on to its Lightning host. No trailing slashes. Null: that
 * CRM has not told yet.
 */
export type CrmAddresses = {
  readonly hubspot: { portalId: string; url: string } | null;
  readonly salesforce: { orgId: string; url: string } | null;
};

export const noAddresses: CrmAddresses = { hubspot: null, salesforce: null };

type Account = Pick<Awaited<ReturnType<HubSpotPort['account']>>, 'portalId' | 'url'>;
type Identity = Pick<Awaited<ReturnType<SalesforcePort['identity']>>, 'orgId' | 'url'>;

/** What is known once one or both of the CRMs have said who they are; what the other one told before stays. */
export function withTold(known: CrmAddresses, told: { account?: Account; identity?: Identity }): CrmAddresses {
  const { account, identity } = told;
  return {
    hubspot: account === undefined ? known.hubspot : { portalId: account.portalId, url: account.url },
    salesforce: identity === undefined ? known.salesforce : { orgId: identity.orgId, url: identity.url },
  };
}
