import type { DailyBudget } from '../../domain/health/daily-budget.ts';
import { isAlive } from '../../domain/health/limits.ts';
import { advise, judgeHealth } from '../../domain/overview/advise.ts';
import { lookAtBudgets } from '../../domain/overview/look-at-budgets.ts';
import { lookAtSources, type SourceNames } from '../../domain/overview/look-at-sources.ts';
import type { Advice, BudgetLook, Health, SourceLook } from '../../domain/overview/types.ts';
import type { IncidentLedger } from '../../ports/ledger-incidents.ts';
import type { OverviewFacts, OverviewLedger } from '../../ports/ledger-overview.ts';
import { listOpenIncidents } from '../alerts/list-incidents.ts';
import { sourcesOf, watermarksOf } from '../poll-salesforce/sources.ts';
import { contactSweepSource, sweepSources } from '../sweep-records.ts';

export type OverviewSettings = {
  mode: 'observe' | 'live';
  pollEveryMs: number;
  sweepEveryMs: number;
  salesforceDaily: Exclude<DailyBudget, null>;
  /** Whether anybody is told of incidents. */
  hasWebhook: boolean;
};

export type ReadLedger = Pick<OverviewLedger, 'overview'> & Pick<IncidentLedger, 'openIncidents'>;

/** More open ones than this are not told one by one. */
const mostIncidents = 20;

export type Overview = {
  facts: OverviewFacts;
  health: Health;
  advice: readonly Advice[];
  sources: readonly SourceLook[];
  budgets: readonly BudgetLook[];
  processes: readonly (OverviewFacts['processes'][number] & { isAlive: boolean })[];
  /** When HubSpot was swept last, epoch milliseconds; null: not yet. */
  sweptAtMs: number | null;
};

/**
 * All that the first view shows, from the ledger alone: no CRM is asked.
 * @param mapping null: not loaded yet; then nothing is said of sources
 * @throws SyncError when the ledger does not answer
 */
export async function readOverview(
  ledger: ReadLedger,
  settings: OverviewSettings,
  mapping: Parameters<typeof sweepSources>[0] | null,
): Promise<Overview> {
  const [facts, told] = await Promise.all([ledger.overview(), listOpenIncidents(ledger, mostIncidents)]);
  const { mode, pollEveryMs, sweepEveryMs, salesforceDaily, hasWebhook } = settings;
  const times = { now: facts.nowMs, pollEveryMs, sweepEveryMs };
  const sources = mapping === null ? [] : lookAtSources(facts.watermarks, namesOf(mapping), times);
  const budgets = lookAtBudgets(facts.calls, { hubspot: null, salesforce: salesforceDaily });
  const advice = advise({
    ...facts,
    mode,
    sources,
    budgets,
    incidents: told.items,
    webhook: hasWebhook ? told.webhook : null,
  });
  const swept = facts.watermarks.find(({ source }) => source === contactSweepSource);
  return {
    facts,
    health: judgeHealth(facts, advice),
    advice,
    sources,
    budgets,
    processes: facts.processes.map((process) => ({ ...process, isAlive: isAlive(process, facts.nowMs) })),
    sweptAtMs: swept?.movedAtMs ?? null,
  };
}

/** The names of all watermarks that tell how far something was read. */
function namesOf(mapping: Parameters<typeof sweepSources>[0]): SourceNames {
  const marks = sourcesOf(mapping).map(watermarksOf);
  return {
    sweeps: sweepSources(mapping),
    changes: marks.map(({ fast }) => fast),
    deletions: marks.map(({ deleted }) => deleted),
  };
}
