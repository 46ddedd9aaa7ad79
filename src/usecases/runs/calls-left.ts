import type { RunForecast } from '../../domain/runs/types.ts';
import type { RunDependencies } from './run-handler.ts';
import { runSpend } from './run-handler.ts';

/** What our own budgets leave to runs. */
export type RunBudget = {
  /** Up to 1 a share of the org's daily limit, above it a number of calls in 24 hours. */
  salesforceDaily: number;
  /** The share of the day that runs and sweeps may use. */
  lowShare: number;
};

type Given = Pick<RunDependencies, 'hubspot' | 'salesforce' | 'ledger'> & { runBudget: RunBudget };

/** How many calls each side leaves for runs today; null: no limit is known. What could not be asked for is not known. */
export async function callsLeft({ hubspot, salesforce, ledger, runBudget }: Given): Promise<RunForecast['callsLeft']> {
  const [ofHubSpot, ofSalesforce, { calls }] = await Promise.all([
    hubspot.usage(runSpend()).catch(() => null),
    salesforce.usage(runSpend()).catch(() => null),
    ledger.status(),
  ]);
  const { salesforceDaily, lowShare } = runBudget;
  const vendor = ofSalesforce === null ? null : ofSalesforce.dailyLimit * lowShare - ofSalesforce.usedToday;
  const budget = salesforceDaily <= 1 ? (ofSalesforce?.dailyLimit ?? 0) * salesforceDaily : salesforceDaily;
  const own = budget === 0 ? null : budget * lowShare - (calls.salesforce ?? 0);
  return {
    hubspot: ofHubSpot === null ? null : Math.max(0, ofHubSpot.dailyLimit - ofHubSpot.usedToday),
    salesforce: vendor === null || own === null ? null : Math.max(0, Math.floor(Math.min(vendor, own))),
  };
}
