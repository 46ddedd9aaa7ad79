import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { LedgerStatus } from '../ports/ledger-admin.ts';

/** The service's counters. One registry per service, so that several can live in one process. */
export type Metrics = ReturnType<typeof createMetrics>;

const prefix = 'handoff_';

/** Builds the registry that `GET /metrics` prints. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: prefix + name, help, labelNames, registers });
  return {
    registry,
    webhooks: new Counter({
      name: `${prefix}webhooks_total`,
      help: 'Webhook requests',
      labelNames: ['outcome'],
      registers,
    }),
    events: new Counter({
      name: `${prefix}webhook_events_total`,
      help: 'Webhook events',
      labelNames: ['outcome'],
      registers,
    }),
    requests: new Histogram({
      name: `${prefix}http_request_seconds`,
      help: 'Time from request to answer',
      labelNames: ['route', 'status'],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      registers,
    }),
    pending: gauge('pending_records', 'Records that need a look', ['state']),
    oldestDue: gauge('oldest_due_seconds', 'Age of the oldest record that is due'),
    failures: gauge('failures', 'Records that could not be synced'),
    pairs: gauge('pairs', 'Contacts that have a person in Salesforce'),
    pairsByObject: gauge('pairs_by_object', 'HubSpot records that have a Salesforce side', ['object']),
    stageDisagreements: gauge('stage_disagreements', 'Pairs whose sides disagree on the lifecycle stage'),
    frozenFields: gauge('frozen_fields', 'Fields that wait for a person to thaw them'),
    watermarkAge: gauge('watermark_age_seconds', 'How long ago a source of changes was read', ['source']),
    paused: gauge('paused', '1 while CRM writes are paused'),
    calls: gauge('calls_24h', 'API calls in the last 24 hours', ['bucket']),
    drift: gauge('comparison_drift', 'What the last comparison of both CRMs found, by kind', ['code']),
    compared: gauge('comparison_age_seconds', 'How long ago the last comparison of both CRMs ended; 0: there was none'),
    catchingUp: gauge(
      'catching_up_seconds',
      'How far back the outage began that is being made up for; 0: there is none',
    ),
  };
}

/** Puts what the ledger knows into the gauges. @param now epoch milliseconds */
export function updateGauges(metrics: Metrics, status: LedgerStatus, now: number): void {
  for (const state of ['due', 'waiting', 'leased'] as const) metrics.pending.set({ state }, status.pending[state]);
  const { oldestDueMs } = status.pending;
  metrics.oldestDue.set(oldestDueMs === null ? 0 : Math.max(0, (now - oldestDueMs) / 1000));
  metrics.failures.set(status.failures);
  metrics.pairs.set(status.pairs);
  for (const [object, pairs] of Object.entries(status.pairsByObject)) metrics.pairsByObject.set({ object }, pairs);
  metrics.stageDisagreements.set(status.stageDisagreements);
  metrics.frozenFields.set(status.frozenFields);
  for (const { source, atMs } of status.watermarks) {
    metrics.watermarkAge.set({ source }, Math.max(0, (now - atMs) / 1000));
  }
  metrics.paused.set(status.mode.paused ? 1 : 0);
  for (const [bucket, calls] of Object.entries(status.calls)) metrics.calls.set({ bucket }, calls);
  const { lastComparison, catchingUp } = status;
  metrics.drift.reset();
  for (const [code, found] of Object.entries(lastComparison?.drift ?? {})) metrics.drift.set({ code }, found);
  metrics.compared.set(lastComparison === null ? 0 : Math.max(0, (now - lastComparison.endedAtMs) / 1000));
  metrics.catchingUp.set(catchingUp === null ? 0 : Math.max(0, (now - catchingUp.sinceMs) / 1000));
}
