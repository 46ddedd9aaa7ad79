import { stages } from '../people.ts';
import type { Cast } from '../story.ts';
import { recycledBy, type WayBack } from '../way-back.ts';
import { type Check, type Crms, type Findings, idField } from './findings.ts';

type Move = { contactId: string; from: string; to: string; atMs: number; isOurs: boolean };
type Looked = Pick<Findings, 'timelines'> & { stage: Crms };

/**
 * Promise 6, by HubSpot's own history of the stage. A step back counts as a recycle only where Salesforce's own history says that a human had
 * set the status before, and the reason stands in HubSpot and in the ledger.
 */
export function stagesMovedBackOnlyByRecycles(
  findings: Looked & { cast: Pick<Cast, 'grace'>; wayBack: Pick<WayBack, 'returned'> },
): Check {
  const { stage, cast, wayBack } = findings;
  const moves = stage.hubspot.contacts().flatMap(({ id }) => backwardMoves(stage, id));
  const unexplained = moves.filter((move) => !isRecycle(findings, move));
  const reason = stage.hubspot.getContact(wayBack.returned)?.properties.salesforce_recycle_reason ?? '';
  const expected = [cast.grace, wayBack.returned].every((id) => moves.some(({ contactId }) => contactId === id));
  const ofCompanies = stage.hubspot.companies().flatMap(({ id }) => backwardMoves(stage, id, 'companies'));
  const evidence = `HubSpot's history has ${moves.length} steps back, ${moves.length - unexplained.length} of them by a recycle in Salesforce ("${reason}"), ${unexplained.length} by anything else; ${ofCompanies.length} steps back of companies`;
  return { held: expected && unexplained.length === 0 && ofCompanies.length === 0, evidence };
}

/** Emptied in between is no stage: the clearing is a part of the move. */
function backwardMoves({ hubspot }: Crms, contactId: string, kind: 'contacts' | 'companies' = 'contacts'): Move[] {
  const moves: Move[] = [];
  let from = '';
  for (const { value, at, author } of hubspot.getRecordHistory(kind, contactId, 'lifecyclestage').toReversed()) {
    if (value === '') continue;
    if (orderOf(value) < orderOf(from)) {
      moves.push({ contactId, from, to: value, atMs: at, isOurs: author.changeSource === 'INTEGRATION' });
    }
    from = value;
  }
  return moves;
}

const order: readonly string[] = stages;

function orderOf(stage: string): number {
  return order.indexOf(stage);
}

function isRecycle({ stage, timelines }: Looked, { contactId, atMs, isOurs }: Move): boolean {
  const reasons = stage.hubspot.getHistory(contactId, 'salesforce_recycle_reason');
  const told = reasons.some(({ value, at }) => value !== '' && at <= atMs);
  const stored = (timelines.get(contactId) ?? []).some(
    ({ kind, code, text }) => kind === 'stage' && code.includes('recycle') && text !== '',
  );
  return isOurs && told && stored && wasReturnedBySales(stage, contactId, atMs);
}

function wasReturnedBySales({ salesforce }: Crms, contactId: string, untilMs: number): boolean {
  const leads = new Set(
    salesforce
      .all('Lead')
      .filter((lead) => lead[idField] === contactId)
      .map(({ Id }) => Id),
  );
  return salesforce
    .all('LeadHistory')
    .some(
      ({ LeadId, Field, NewValue, CreatedById, CreatedDate }) =>
        leads.has(String(LeadId)) &&
        Field === 'Status' &&
        NewValue === recycledBy &&
        CreatedById !== salesforce.runAsUserId &&
        Date.parse(String(CreatedDate)) <= untilMs,
    );
}
