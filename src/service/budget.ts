import type pg from 'pg';
import type { Config } from '../config.ts';
import { createBudget } from '../limits/budget.ts';
import type { BudgetPort } from '../ports/budget.ts';

/** HubSpot's search: five per second and account, whatever the plan (search guide, read 2026-11-22). */
const searchPerSecond = 5;

/** The call budgets that all processes of this ledger share, paced as the configuration says. */
export function createServiceBudget({ hubspot, salesforce }: Config, pool: pg.Pool): BudgetPort {
  const { dailyBudget } = salesforce;
  return createBudget(pool, {
    hubspotPer10s: hubspot.ratePer10s,
    searchPerSecond,
    salesforceDaily: 'share' in dailyBudget ? dailyBudget.share : dailyBudget.calls,
  });
}
