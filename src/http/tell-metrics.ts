import { SyncError } from '../errors.ts';
import { describeError } from '../log.ts';
import type { IncidentLedger } from '../ports/ledger-incidents.ts';
import type { OverviewLedger } from '../ports/ledger-overview.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from './metrics.ts';
import { type LedgerGauges, updateGauges } from './update-gauges.ts';

export type MetricsSource = Pick<LedgerGauges, 'salesforceDaily'> & {
  ledger: Pick<OverviewLedger, 'overview'> & Pick<IncidentLedger, 'incidents'>;
  log: Log;
};

/** More incidents at once are counted as so many. */
const mostIncidents = 500;

/**
 * What `GET /metrics` answers, as Prometheus text. While the ledger is away it is what this process counts itself: its figures are wanted most
 * then, and those of the ledger would be old.
 */
export async function tellMetrics(metrics: Metrics, { ledger, salesforceDaily, log }: MetricsSource): Promise<string> {
  try {
    const [view, incidents] = [await ledger.overview(), await ledger.incidents(mostIncidents)];
    updateGauges(metrics, { view, incidents, salesforceDaily });
    metrics.ledgerUp.set(1);
    return await metrics.registry.metrics();
  } catch (thrown) {
    if (!(thrown instanceof SyncError)) throw thrown;
    log.warn(describeError(thrown), 'metrics are told without the ledger');
    metrics.ledgerUp.set(0);
    return await metrics.own.metrics();
  }
}
