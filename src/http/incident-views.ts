import type { WebhookHealth } from '../ports/ledger-incidents.ts';
import type { ToldIncident } from '../usecases/alerts/list-incidents.ts';
import { isoOrNull, isoTime } from './times.ts';

/** Incidents as the API and `handoff alerts --json` tell them. Times in ISO 8601, UTC. @param isSet whether there is a webhook */
export function viewIncidents(
  { items, webhook }: { items: readonly ToldIncident[]; webhook: WebhookHealth },
  isSet: boolean,
) {
  const state = isSet ? webhook.state : ('none' as const);
  return {
    items: items.map(viewIncident),
    open: items.filter((item) => item.state === 'open').length,
    webhook: { state, code: isSet ? webhook.code : null, since: isSet ? isoOrNull(webhook.sinceMs) : null },
  };
}

function viewIncident(incident: ToldIncident) {
  const { id, code, subject, severity, title, text, fix, path } = incident;
  return {
    id,
    code,
    subject,
    severity,
    title,
    text,
    fix,
    link: path,
    since: isoTime(incident.sinceMs),
    openedAt: isoTime(incident.openedMs),
    endedAt: isoOrNull(incident.endedMs),
    told: { opening: isoOrNull(incident.openingToldMs), ending: isoOrNull(incident.endingToldMs) },
  };
}
