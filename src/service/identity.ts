import { SyncError, toSyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { ConnectionLedger } from '../ports/ledger.ts';
import { type CrmAddresses, noAddresses, withTold } from '../usecases/crm-addresses.ts';
import type { Crms } from './adapters.ts';

/** What both CRMs said when they were last asked who they are. */
export type CrmChecks = Record<'hubspot' | 'salesforce', { ok: boolean; detail: string }>;

const spend = (): Spend => ({ priority: 1, prepaid: 0 });

type Binding = {
  demo: boolean;
  checks: CrmChecks;
  /** Where people open the records of those that have answered and are served. */
  addresses?: { known: CrmAddresses };
};

/**
 * Asks both CRMs who they are and binds the ledger to them: a ledger of one portal and org never serves others.
 * @throws SyncError needs-human `other_portal` | `other_org` | `demo_ledger`, or what a CRM answered
 */
export async function bindIdentity(
  { hubspot, salesforce }: Crms,
  ledger: ConnectionLedger,
  { demo, checks, addresses = { known: noAddresses } }: Binding,
): Promise<{ portalId: string; orgId: string }> {
  const [account, org] = await Promise.allSettled([hubspot.account(spend()), salesforce.identity(spend())]);
  checks.hubspot = toCheck(account);
  checks.salesforce = toCheck(org);
  // What is known is bound at once, so that events can be accepted while the other CRM is away.
  if (account.status === 'fulfilled') {
    await ledger.bind({ portalId: account.value.portalId, demo });
    addresses.known = withTold(addresses.known, { account: account.value });
  }
  if (org.status === 'fulfilled') {
    await ledger.bind({ orgId: org.value.orgId, demo });
    addresses.known = withTold(addresses.known, { identity: org.value });
  }
  const failed = [account, org].find((result) => result.status === 'rejected');
  if (account.status !== 'fulfilled' || org.status !== 'fulfilled') throw failed?.reason ?? unknownFault();
  return { portalId: account.value.portalId, orgId: org.value.orgId };
}

function toCheck(result: PromiseSettledResult<unknown>): { ok: boolean; detail: string } {
  return result.status === 'fulfilled'
    ? { ok: true, detail: 'answers' }
    : { ok: false, detail: toSyncError(result.reason).code };
}

function unknownFault(): SyncError {
  return new SyncError('retryable', 'crm_unreachable', 'One of the CRMs does not answer.');
}
