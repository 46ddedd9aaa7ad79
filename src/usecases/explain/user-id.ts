import { SyncError } from '../../errors.ts';
import type { Spend } from '../../ports/budget.ts';
import type { OrgFacts } from '../drain/dependencies.ts';

/** As whom we write in Salesforce; null where it cannot be asked. */
export async function userIdOf({ facts }: { facts(spend: Spend): Promise<OrgFacts> }): Promise<string | null> {
  try {
    return (await facts({ priority: 2, prepaid: 0 })).ourUserId;
  } catch (thrown) {
    if (!(thrown instanceof SyncError)) throw thrown;
    return null;
  }
}
