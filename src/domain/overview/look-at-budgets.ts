import { allowedCalls, type DailyBudget } from '../health/daily-budget.ts';
import type { SystemName } from '../record.ts';
import type { BudgetLook } from './types.ts';

export type DayOfCalls = { bucket: string; calls: number; vendorUsed: number | null; vendorLimit: number | null };

/** How much of each API's day is spent. Pure. */
export function lookAtBudgets(
  calls: readonly DayOfCalls[],
  budgets: Readonly<Record<SystemName, DailyBudget>>,
): readonly BudgetLook[] {
  return (['hubspot', 'salesforce'] as const).map((system) => {
    const buckets = calls.filter(({ bucket }) => bucket === system || bucket.startsWith(`${system}-`));
    const told = buckets.find(({ vendorLimit }) => vendorLimit !== null);
    const limit = told?.vendorLimit ?? null;
    return {
      system,
      ours: buckets.reduce((sum, bucket) => sum + bucket.calls, 0),
      everybody: told?.vendorUsed ?? null,
      limit,
      allowed: allowedCalls(budgets[system], limit),
    };
  });
}
