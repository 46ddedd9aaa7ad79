import { decideIncidents } from '../../domain/alerts/decide-incidents.ts';
import { judge } from '../../domain/alerts/judge.ts';
import { silences } from '../../domain/alerts/judge-handoffs.ts';
import type { AlertFacts, IncidentChange } from '../../domain/alerts/types.ts';
import type { DailyBudget } from '../../domain/health/daily-budget.ts';
import { lookAtBudgets } from '../../domain/overview/look-at-budgets.ts';
import type { SystemName } from '../../domain/record.ts';
import type { IncidentLedger } from '../../ports/ledger-incidents.ts';
import type { OverviewFacts, OverviewLedger } from '../../ports/ledger-overview.ts';
import type { Log } from '../../ports/log.ts';
import type { WatchedSource } from '../catch-up/find-gap.ts';
import { type TellDependencies, tellPeople } from './tell-people.ts';

export type AlertDependencies = Omit<TellDependencies, 'ledger' | 'renew'> & {
  ledger: IncidentLedger & Pick<OverviewLedger, 'overview'>;
  observe: boolean;
  /** Sources of changes, and from which age on each is late. */
  watched: readonly WatchedSource[];
  /** Objects that the mapping leaves alone: what is due of them waits for the day it has them on. */
  off: readonly string[];
  /** Codes of pauses that end with another credential or right. */
  authCodes: ReadonlySet<string>;
  salesforceDaily: Exclude<DailyBudget, null>;
};

/** Longer than the ledger's answers and one message take, twenty seconds at most: it is renewed before each. */
const turnMs = 120_000;

/**
 * One round: looks at the ledger once, decides which incidents have begun and ended, stores that, and tells people what they have not been told.
 * What was stored is told even if this process dies before it has: the next round finds it. A message whose answer was lost is sent once more, so a
 * crash at that moment doubles one and loses none. Where another process has the turn, nothing is done.
 */
export async function watchAlerts(dependencies: AlertDependencies): Promise<void> {
  const { ledger, log } = dependencies;
  const turn = await ledger.takeAlertTurn(turnMs);
  if (turn === null) return;
  try {
    const facts = await readFacts(dependencies);
    const { conditions, watch } = judge(facts, turn.known, turn.watch);
    const changes = decideIncidents(turn.known, conditions, facts.nowMs);
    if (!(await ledger.storeAlertRound(turn.token, changes, watch))) return;
    noteChanges(log, changes, new Map(turn.known.map((each) => [each.id, each])));
    await tellPeople({ ...dependencies, renew: async () => await ledger.renewAlertTurn(turn.token, turnMs) });
  } finally {
    await ledger.endAlertTurn(turn.token);
  }
}

async function readFacts(dependencies: AlertDependencies): Promise<AlertFacts> {
  const { ledger, observe, authCodes, off } = dependencies;
  const [view, readings] = await Promise.all([
    ledger.overview(),
    ledger.alertReadings(
      silences.map(({ hours }) => hours),
      off,
    ),
  ]);
  return {
    ...readings,
    nowMs: view.nowMs,
    observe,
    pausedSinceMs: view.paused?.sinceMs ?? null,
    rebuildHolds: view.rebuild !== null,
    waits: readings.waits.map((wait) => ({ ...wait, isAuth: authCodes.has(wait.code) })),
    sources: sourcesOf(view, dependencies),
    budgets: lookAtBudgets(view.calls, { hubspot: null, salesforce: dependencies.salesforceDaily }),
    lastComparison: view.lastComparison,
    comparisonOverdue: view.comparisonOverdue,
  };
}

/** A source that was never read is not late. */
function sourcesOf({ watermarks }: OverviewFacts, { watched }: AlertDependencies): AlertFacts['sources'] {
  return watched.flatMap(({ source, lateAfterMs }) => {
    const mark = watermarks.find((each) => each.source === source);
    const system: SystemName = source.startsWith('hubspot') ? 'hubspot' : 'salesforce';
    if (mark === undefined) return [];
    return [{ source, system, atMs: mark.atMs, movedAtMs: mark.movedAtMs ?? mark.atMs, lateAfterMs }];
  });
}

type Kept = ReadonlyMap<string, { code: string; subject: string; state: string }>;

function noteChanges(log: Log, changes: readonly IncidentChange[], known: Kept): void {
  for (const change of changes) {
    const before = change.id === null ? undefined : known.get(change.id);
    if (change.to === 'ended') log.info({ incidentId: change.id, code: before?.code }, 'an incident is over');
    if (change.to !== 'open' || before?.state === 'open') continue;
    const { code, severity } = change.condition;
    const write = severity === 'error' ? log.error : log.warn;
    write({ incidentId: change.id ?? undefined, code }, 'an incident has begun');
  }
}
