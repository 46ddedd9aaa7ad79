import type { ActivationReport, PlanReport } from '../usecases/preview/mapping-desk.ts';

/** A plan as JSON; values are the CRMs' own. */
export function viewPlan({ sinceMs, ...report }: PlanReport) {
  return { ...report, since: sinceMs === null ? null : new Date(sinceMs).toISOString() };
}

/** What an activation came to, as JSON. */
export function viewActivation({ runId, ...activation }: ActivationReport) {
  return { ...activation, run: runId };
}
