import type { OverviewFacts, OverviewLedger } from '../../ports/ledger-overview.ts';
import { readCatchUp } from '../catch-up.ts';
import type { LedgerContext } from '../context.ts';
import { readLastComparison, readOverdueComparison } from '../last-comparison.ts';
import { asLedger } from '../pool.ts';
import { readRebuildHold } from '../rebuild-hold.ts';
import { createQueries } from '../tables.ts';
import { readChanges } from './changes-since.ts';
import { readOverviewCounts } from './overview-counts.ts';
import { readOverviewState } from './overview-state.ts';
import { causesOf, flowOf, pairsOf, readTallies, todayOf } from './tallies.ts';

/** What the first view shows, in seven statements at once, and what has changed since somebody looked. */
export function createOverviewLedger(context: LedgerContext): OverviewLedger {
  return {
    overview: () => asLedger(() => readOverview(context)),
    changesSince: (since, sessions = { hashes: [], idleMs: 0 }) =>
      asLedger(() => readChanges(context, since, sessions)),
  };
}

async function readOverview({ pool, connectionId }: LedgerContext): Promise<OverviewFacts> {
  const queries = createQueries(pool);
  const [state, tallies, counts, rebuild, catchUp, lastComparison, comparisonOverdue] = await Promise.all([
    readOverviewState(pool, connectionId),
    readTallies(pool, connectionId),
    readOverviewCounts(pool, connectionId),
    readRebuildHold(pool, connectionId),
    readCatchUp(queries, connectionId),
    readLastComparison(queries, connectionId),
    readOverdueComparison(queries, connectionId),
  ]);
  if (state === null) throw new Error('the ledger has no connection');
  return {
    ...state,
    ...counts,
    rebuild,
    pairs: pairsOf(tallies),
    flow: flowOf(tallies, state.nowMs),
    today: todayOf(tallies),
    causes: causesOf(tallies),
    catchingUp: catchUp === null ? null : { sinceMs: catchUp.sinceMs, sources: catchUp.sources },
    lastComparison,
    comparisonOverdue,
  };
}
