import { z } from 'zod';
import { SyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { SalesforceUsage } from '../ports/salesforce.ts';
import type { SalesforceClient } from './client.ts';

const limits = z.object({ DailyApiRequests: z.object({ Max: z.number(), Remaining: z.number() }) });

/**
 * See `SalesforcePort.usage`: `DailyApiRequests` of `/limits`, which needs the right "View Setup and Configuration". Without it the count
 * comes from the header `Sforce-Limit-Info`, which every answer carries, a refusal too.
 * @see https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_limits.htm
 */
export async function readUsage(client: SalesforceClient, spend: Spend): Promise<SalesforceUsage> {
  const refused = new Set(['salesforce_missing_right', 'salesforce_person_gone']);
  const answer = await client.send({ method: 'GET', path: '/limits' }, spend).catch((thrown: unknown) => {
    if (thrown instanceof SyncError && refused.has(thrown.code)) return null;
    throw thrown;
  });
  const parsed = limits.safeParse(answer);
  if (parsed.success) {
    const { Max, Remaining } = parsed.data.DailyApiRequests;
    return { usedToday: Max - Remaining, dailyLimit: Max };
  }
  const seen = client.lastUsage();
  if (seen !== null) return { usedToday: seen.dailyUsed, dailyLimit: seen.dailyLimit };
  throw new SyncError('retryable', 'salesforce_bad_answer', 'Salesforce did not say how many calls were used today.');
}
