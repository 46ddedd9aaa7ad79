import { type IncidentWords, tellIncident } from '../../domain/alerts/tell-incident.ts';
import { alertCodes } from '../../domain/alerts/types.ts';
import type { IncidentLedger, IncidentRow, WebhookHealth } from '../../ports/ledger-incidents.ts';

/** An incident with what people need to know of it. */
export type ToldIncident = IncidentRow & IncidentWords;

/** What is wrong now and what was of late, and how the webhook is. @param limit of both together, open ones first */
export async function listIncidents(
  ledger: Pick<IncidentLedger, 'incidents' | 'webhookHealth'>,
  limit: number,
): Promise<{ items: readonly ToldIncident[]; webhook: WebhookHealth }> {
  const [rows, webhook] = await Promise.all([ledger.incidents(limit), ledger.webhookHealth()]);
  return { items: rows.map((row) => ({ ...row, ...wordsOf(row) })), webhook };
}

/** The same of those that are open alone. */
export async function listOpenIncidents(
  ledger: Pick<IncidentLedger, 'openIncidents'>,
  limit: number,
): Promise<{ items: readonly ToldIncident[]; webhook: WebhookHealth }> {
  const { rows, webhook } = await ledger.openIncidents(limit);
  return { items: rows.map((row) => ({ ...row, ...wordsOf(row) })), webhook };
}

function wordsOf({ code: name, subject, facts }: IncidentRow): IncidentWords {
  const code = alertCodes.find((each) => each === name);
  if (code !== undefined) return tellIncident({ code, subject, facts });
  return {
    title: `${name} (unknown to this version)`,
    text: 'A newer version of Handoff has found this. This one does not know what it means.',
    fix: 'Look at it with the newer version.',
    path: '/',
  };
}
