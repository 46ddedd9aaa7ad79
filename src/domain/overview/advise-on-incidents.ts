import { codeText } from '../health/words.ts';
import type { Advice, OpenIncident, Situation } from './types.ts';

/**
 * Advice that says the same as an incident, with the figures of now. `failures` is not among them: that records fail does not say that more fail
 * than usual.
 */
const sayTheSame: Readonly<Record<string, readonly Advice['code'][]>> = {
  auth_lost: ['auth_lost'],
  no_worker: ['no_worker'],
  sync_lag: ['source_late'],
  work_late: ['waiting_long'],
  failures_rising: ['new_failures'],
  budget_nearly_spent: ['budget_spent', 'budget_low'],
  drift_found: ['drift_found'],
  comparison_overdue: ['comparison_overdue'],
  field_frozen: ['frozen_fields'],
  run_needs_person: ['run_stopped', 'run_review', 'rebuild_holds'],
  paused_long: ['paused'],
};

/**
 * Takes open incidents in: none is told twice, and none is left out. Advice about the same is at least as grave as the incident, which somebody
 * may have been called for.
 */
export function adviseOnIncidents(
  advice: readonly Advice[],
  { incidents, webhook }: Pick<Situation, 'incidents' | 'webhook'>,
): readonly Advice[] {
  const taken = advice.map((each) => {
    const same = incidents.filter((incident) => isSame(each, incident));
    return same.length === 0 ? each : joined(each, same);
  });
  const others = incidents.filter((incident) => !advice.some((each) => isSame(each, incident)));
  return [...taken, ...others.map(toAdvice), ...adviseOnWebhook(webhook)];
}

function isSame({ code, subject }: Advice, incident: OpenIncident): boolean {
  const codes = sayTheSame[incident.code] ?? [];
  return codes.includes(code) && (subject === undefined || subject === incident.subject);
}

function joined(advice: Advice, same: readonly OpenIncident[]): Advice {
  const isError = advice.severity === 'error' || same.some(({ severity }) => severity === 'error');
  const sinceMs = advice.sinceMs ?? Math.min(...same.map((incident) => incident.sinceMs));
  return { ...advice, severity: isError ? 'error' : 'warning', sinceMs, incidents: same.map(({ id }) => id) };
}

function toAdvice({ id, severity, text, fix, path, sinceMs }: OpenIncident): Advice {
  return { severity, code: 'incident', text, fix, link: path, sinceMs, incidents: [id] };
}

function adviseOnWebhook(webhook: Situation['webhook']): readonly Advice[] {
  if (webhook?.state !== 'gone') return [];
  const why = webhook.code === null ? '' : ` (${codeText(webhook.code)})`;
  return [
    {
      severity: 'warning',
      code: 'webhook_gone',
      text: `Nobody is told of incidents: the webhook of alerts takes no messages any more${why}.`,
      fix: 'Give another address in ALERT_WEBHOOK_URL and restart; what waits is sent at once.',
      link: null,
      sinceMs: webhook.sinceMs,
    },
  ];
}
