import type { ActivationReport, PlanReport } from '../usecases/preview/mapping-desk.ts';
import type { Shown } from './contract/endpoint.ts';
import type { activationView, planView } from './contract/plan.ts';
import { isoOrNull } from './times.ts';

/** A plan as JSON; values are the CRMs' own. */
export function viewPlan({ sinceMs, ...report }: PlanReport): Shown<typeof planView> {
  return { ...report, since: isoOrNull(sinceMs) };
}

/** What an activation came to, as JSON. */
export function viewActivation({ runId, ...activation }: ActivationReport): Shown<typeof activationView> {
  return { ...activation, run: runId };
}
