import { allowedCalls, toDailyBudget } from '../domain/health/daily-budget.ts';
import { isAlive } from '../domain/health/limits.ts';
import type { IncidentRow } from '../ports/ledger-incidents.ts';
import type { OverviewFacts } from '../ports/ledger-overview.ts';
import type { Metrics } from './metrics.ts';

/** What the ledger knows: the first view, and incidents. Bounded reads by indexes; the size of the ledger does not matter. */
export type LedgerGauges = {
  view: OverviewFacts;
  incidents: readonly Pick<IncidentRow, 'code' | 'severity' | 'state'>[];
  /** Salesforce calls of a day: up to 1 a share of the org's limit, above it a number. */
  salesforceDaily: number;
};

/** Puts what the ledger knows into the gauges. */
export function updateGauges(metrics: Metrics, { view, incidents, salesforceDaily }: LedgerGauges): void {
  const age = (atMs: number | null) => (atMs === null ? 0 : Math.max(0, (view.nowMs - atMs) / 1_000));
  metrics.build.reset();
  metrics.build.set({ version: metrics.version, mapping: String(view.mappingVersion ?? 'none') }, 1);
  setWork(metrics, view, age);
  setFlow(metrics, view);
  setBudgets(metrics, view, salesforceDaily);
  metrics.watermarkAge.reset();
  for (const { source, atMs } of view.watermarks) metrics.watermarkAge.set({ source }, age(atMs));
  metrics.paused.set(view.paused !== null || view.rebuild !== null ? 1 : 0);
  metrics.vendorWait.reset();
  for (const { system, code, untilMs } of view.waits)
    metrics.vendorWait.set({ system, code }, Math.max(0, (untilMs - view.nowMs) / 1_000));
  metrics.drift.reset();
  for (const [code, found] of Object.entries(view.lastComparison?.drift ?? {})) metrics.drift.set({ code }, found);
  metrics.compared.set(age(view.lastComparison?.endedAtMs ?? null));
  metrics.catchingUp.set(age(view.catchingUp?.sinceMs ?? null));
  metrics.runs.reset();
  for (const { kind, state } of view.runs) metrics.runs.inc({ kind, state });
  metrics.incidents.reset();
  for (const { code, severity, state } of incidents) if (state === 'open') metrics.incidents.inc({ code, severity });
  setProcesses(metrics, view, age);
}

type Age = (atMs: number | null) => number;

function setWork(metrics: Metrics, { pending, causes, ...view }: OverviewFacts, age: Age): void {
  for (const state of ['due', 'waiting', 'leased'] as const) metrics.pending.set({ state }, pending[state]);
  metrics.due.set({ band: 'live' }, pending.due - pending.background);
  metrics.due.set({ band: 'background' }, pending.background);
  metrics.oldestDue.set(age(pending.oldestDueMs));
  metrics.oldestLiveDue.set(age(pending.oldestLiveDueMs));
  metrics.waitingForParents.set(view.waitingForParents);
  metrics.failures.set(causes.reduce((sum, { count }) => sum + count, 0));
  metrics.failuresByCode.reset();
  for (const { code, count } of causes) metrics.failuresByCode.set({ code }, count);
  metrics.pairs.set(view.pairs.contact);
  for (const [object, pairs] of Object.entries(view.pairs)) metrics.pairsByObject.set({ object }, pairs);
  metrics.stageDisagreements.set(view.stageDisagreements);
  metrics.frozenFields.set(view.frozenFields);
}

/** Counters that fall back at midnight, as after a restart: `rate` and `increase` expect that. */
function setFlow(metrics: Metrics, { flow, today, nowMs }: OverviewFacts): void {
  const midnightMs = new Date(nowMs).setUTCHours(0, 0, 0, 0);
  for (const counter of [metrics.handoffs, metrics.changes, metrics.written]) counter.reset();
  metrics.handoffs.inc(Math.max(0, today.handoffs));
  metrics.changes.inc(Math.max(0, today.changes));
  const hours = flow.filter(({ hourMs }) => hourMs >= midnightMs);
  const sum = (count: (hour: (typeof hours)[number]) => number) =>
    Math.max(
      0,
      hours.reduce((total, hour) => total + count(hour), 0),
    );
  metrics.written.inc(
    { system: 'hubspot' },
    sum(({ toHubspot }) => toHubspot),
  );
  metrics.written.inc(
    { system: 'salesforce' },
    sum(({ toSalesforce }) => toSalesforce),
  );
}

function setBudgets(metrics: Metrics, { calls }: OverviewFacts, salesforceDaily: number): void {
  for (const gauge of [metrics.calls24h, metrics.vendorCalls, metrics.vendorLimit, metrics.budgetLeft]) gauge.reset();
  for (const { bucket, calls: ours, vendorUsed, vendorLimit } of calls) {
    metrics.calls24h.set({ bucket }, ours);
    if (vendorUsed !== null) metrics.vendorCalls.set({ bucket }, vendorUsed);
    if (vendorLimit !== null) metrics.vendorLimit.set({ bucket }, vendorLimit);
    if (bucket !== 'salesforce') continue;
    const allowed = allowedCalls(toDailyBudget(salesforceDaily), vendorLimit);
    if (allowed !== null) metrics.budgetLeft.set({ bucket }, Math.max(0, allowed - ours));
  }
}

function setProcesses(metrics: Metrics, { processes, nowMs }: OverviewFacts, age: Age): void {
  metrics.processes.reset();
  metrics.heartbeat.reset();
  for (const role of ['all', 'http', 'worker']) {
    const own = processes.filter((process) => process.role === role);
    metrics.processes.set({ role }, own.filter((process) => isAlive(process, nowMs)).length);
    if (own.length > 0) metrics.heartbeat.set({ role }, Math.max(...own.map(({ seenAtMs }) => age(seenAtMs))));
  }
}
