import { SyncError } from '../errors.ts';
import type { BudgetPort, Spend } from '../ports/budget.ts';

/** Nothing is sent when the turn cannot be had, so this is never an answer that was lost. */
export async function takeTurn(budget: BudgetPort, spend: Spend): Promise<void> {
  try {
    await budget.take('salesforce', spend);
  } catch (thrown) {
    if (thrown instanceof SyncError) throw thrown;
    const message = 'The call budget could not be reached, so nothing was sent to Salesforce.';
    throw new SyncError('retryable', 'budget_unreachable', message, { cause: thrown });
  }
}
