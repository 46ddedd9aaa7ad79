import type pg from 'pg';
import type { Config } from '../config.ts';
import { credentialFaults } from '../domain/health/limits.ts';
import { type Budget, createBudget, lowShare } from '../limits/budget.ts';
import type { BudgetPort } from '../ports/budget.ts';
import { createLedger } from '../store/ledger.ts';
import type { RunBudget } from '../usecases/runs/calls-left.ts';

/** HubSpot's search: five per second and account, whatever the plan (search guide, read 2026-11-22). */
const searchPerSecond = 5;

/** The call budgets that all processes of this ledger share, paced as the configuration says. */
export function createServiceBudget(config: Config, pool: pg.Pool): Budget {
  const { salesforceDaily } = runBudgetOf(config);
  return createBudget(pool, { hubspotPer10s: config.hubspot.ratePer10s, searchPerSecond, salesforceDaily });
}

/** What the day's budget is, and which share of it runs may use. */
export function runBudgetOf({ salesforce: { dailyBudget } }: Config): RunBudget {
  return { salesforceDaily: 'share' in dailyBudget ? dailyBudget.share : dailyBudget.calls, lowShare };
}

/**
 * The same for a command, which always asks with its own credentials: pauses that another one caused are over, and one that is mistyped on
 * the command line does not pause the running service.
 */
export async function createCommandBudget(config: Config, pool: pg.Pool): Promise<BudgetPort> {
  await createLedger(pool).forgetPauses([...credentialFaults]);
  const budget = createServiceBudget(config, pool);
  return {
    ...budget,
    pause: async (system, untilMs, code) => {
      if (!credentialFaults.has(code)) await budget.pause(system, untilMs, code);
    },
  };
}
