import type { Finding, Place } from '../../domain/finding.ts';
import type { SystemName } from '../../domain/record.ts';
import { toFinding } from '../live-schemas.ts';
import { notChecked, nowhere } from './finding-at.ts';
import type { Surroundings } from './surroundings.ts';

/** What the configuration says of calls. `dailyBudget`: the part of Salesforce's limit that is ours. */
export type CallSettings = { pollSeconds: number; dailyBudget: { share: number } | { calls: number } };

/** Below this part of a day's calls is little left. */
const leastLeft = 0.2;
const daySeconds = 86_400;
const inEnvironment: Place = { file: '.env', line: 0, column: 0 };

const names: Readonly<Record<SystemName, string>> = { hubspot: 'HubSpot', salesforce: 'Salesforce' };

/** Whether the calls of the day are enough: those that are left, and those of a day of reading changes. Pure. */
export function compareLimits({ usage }: Pick<Surroundings, 'usage'>, settings: CallSettings): Finding[] {
  const { hubspot, salesforce } = usage;
  return [
    ...('fault' in hubspot ? [notChecked("HubSpot's daily limit", hubspot.fault)] : fewLeft('hubspot', hubspot.answer)),
    ...('fault' in salesforce
      ? [notChecked("Salesforce's daily limit", salesforce.fault)]
      : [...fewLeft('salesforce', salesforce.answer), ...pollsTooOften(salesforce.answer.dailyLimit, settings)]),
  ];
}

function fewLeft(system: SystemName, usage: { usedToday: number; dailyLimit: number } | null): Finding[] {
  if (usage === null || usage.dailyLimit <= 0) return [];
  const { usedToday, dailyLimit } = usage;
  const left = Math.max(0, dailyLimit - usedToday);
  if (left >= leastLeft * dailyLimit) return [];
  return [
    toFinding(nowhere, {
      severity: 'warning',
      code: 'api_limit_low',
      what: `${names[system]} lets ${left} more calls pass of the ${dailyLimit} of a day.`,
      why: 'When they are spent everything waits until calls are free again; runs wait sooner than live work.',
      fix: 'See which apps call most, put backfills off, or buy more calls.',
    }),
  ];
}

/** A look for changes is one call. */
function pollsTooOften(dailyLimit: number, { pollSeconds, dailyBudget }: CallSettings): Finding[] {
  const budget = 'share' in dailyBudget ? Math.floor(dailyBudget.share * dailyLimit) : dailyBudget.calls;
  const polls = Math.ceil(daySeconds / pollSeconds);
  if (dailyLimit <= 0 || polls <= budget) return [];
  return [
    toFinding(inEnvironment, {
      severity: 'warning',
      code: 'polls_exceed_budget',
      what: `A look for changes every ${pollSeconds} seconds costs ${polls} calls a day, and the budget is ${budget}.`,
      why: 'The budget of the day would be spent by looking alone, and all writes would wait.',
      fix: `Set SALESFORCE_POLL_SECONDS to ${Math.ceil((daySeconds * 2) / Math.max(1, budget))} or more, or raise SALESFORCE_DAILY_BUDGET.`,
    }),
  ];
}
