import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** The service's counters. One registry per service, so that several can live in one process. */
export type Metrics = ReturnType<typeof createMetrics>;

const prefix = 'handoff_';

/**
 * Builds the registry that `GET /metrics` prints; docs/metrics.md explains each. Counters and durations are this process's own; what the ledger knows
 * is the same in every process. `own` holds the former alone.
 */
export function createMetrics(version: string) {
  const [own, ofLedger] = [new Registry(), new Registry()];
  collectDefaultMetrics({ register: own });
  const metrics = { ...createOwnMetrics(own), ...createLedgerMetrics(ofLedger) };
  return { registry: Registry.merge([own, ofLedger]), own, version, ...metrics };
}

function createOwnMetrics(registry: Registry) {
  const registers = [registry];
  const counter = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name: prefix + name, help, labelNames, registers });
  return {
    webhooks: counter('webhooks_total', 'Webhook requests', ['outcome']),
    events: counter('webhook_events_total', 'Webhook events', ['outcome']),
    calls: counter('calls_total', 'HTTP calls of this process to the CRMs, by what came of them', [
      'system',
      'outcome',
    ]),
    ledgerUp: new Gauge({
      name: `${prefix}ledger_up`,
      help: '1 while the ledger answers; 0: the figures of the ledger are missing',
      registers,
    }),
    requests: new Histogram({
      name: `${prefix}http_request_seconds`,
      help: 'Time from request to answer',
      labelNames: ['route', 'status'],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      registers,
    }),
    jobs: new Histogram({
      name: `${prefix}job_seconds`,
      help: 'How long jobs took in this process: drains, polls, sweeps, runs',
      labelNames: ['job', 'outcome'],
      buckets: [0.01, 0.05, 0.25, 1, 2.5, 5, 10, 30, 60],
      registers,
    }),
  };
}

function createLedgerMetrics(registry: Registry) {
  const registers = [registry];
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: prefix + name, help, labelNames, registers });
  const daily = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name: prefix + name, help: `${help}; begins anew at midnight UTC`, labelNames, registers });
  return {
    build: gauge('build_info', '1; the version of this process and the active mapping version', ['version', 'mapping']),
    pending: gauge('pending_records', 'Records that need a look', ['state']),
    due: gauge('due_records', 'Records that are due now, by priority band', ['band']),
    oldestDue: gauge('oldest_due_seconds', 'Age of the oldest record that is due'),
    oldestLiveDue: gauge('oldest_live_due_seconds', 'Age of the oldest record of live work that is due'),
    waitingForParents: gauge('waiting_for_parents', 'Records that wait until another one is linked'),
    failures: gauge('failures', 'Records that could not be synced'),
    failuresByCode: gauge('failures_by_code', 'Records that could not be synced, by cause', ['code']),
    pairs: gauge('pairs', 'Contacts that have a person in Salesforce'),
    pairsByObject: gauge('pairs_by_object', 'HubSpot records that have a Salesforce side', ['object']),
    stageDisagreements: gauge('stage_disagreements', 'Pairs whose sides disagree on the lifecycle stage'),
    frozenFields: gauge('frozen_fields', 'Fields that wait for a person to thaw them'),
    watermarkAge: gauge('watermark_age_seconds', 'How long ago a source of changes was read', ['source']),
    paused: gauge('paused', '1 while CRM writes are paused'),
    vendorWait: gauge('vendor_wait_seconds', 'How long a pause that a CRM asked for still lasts', ['system', 'code']),
    calls24h: gauge('calls_24h', 'API calls in the last 24 hours', ['bucket']),
    vendorCalls: gauge('vendor_calls_used', 'Calls of everybody, as the CRM counted them last', ['bucket']),
    vendorLimit: gauge('vendor_calls_limit', 'Calls that the CRM allows everybody, as it told last', ['bucket']),
    budgetLeft: gauge('budget_left_calls', 'Calls left of what we allow ourselves in 24 hours', ['bucket']),
    handoffs: daily('handoffs_total', 'Contacts that were handed over'),
    changes: daily('changes_total', 'Fields that were changed'),
    written: daily('records_written_total', 'Record writes that were done towards each side', ['system']),
    drift: gauge('comparison_drift', 'What the last comparison of both CRMs found, by kind', ['code']),
    compared: gauge('comparison_age_seconds', 'How long ago the last comparison of both CRMs ended; 0: there was none'),
    catchingUp: gauge(
      'catching_up_seconds',
      'How far back the outage began that is being made up for; 0: there is none',
    ),
    runs: gauge('runs', 'Runs that are not over', ['kind', 'state']),
    incidents: gauge('incidents_open', 'Incidents that are open', ['code', 'severity']),
    processes: gauge('processes', 'Processes that live, by role', ['role']),
    heartbeat: gauge('heartbeat_age_seconds', 'How long ago the process of a role that is heard least was heard', [
      'role',
    ]),
  };
}
