import type { Crowd } from './crowd.ts';
import type { AuditEntry, Witness } from './crowd-audit.ts';

const funnel = [
  'subscriber',
  'lead',
  'marketingqualifiedlead',
  'salesqualifiedlead',
  'opportunity',
  'customer',
  'evangelist',
  'other',
];
const recycleStatus = 'Closed - Not Converted';

/** The ledger stores a move when it has read it back. Its clock and HubSpot's are two. */
const readBackWithinMs = 60_000;

type Move = { from: string; to: string; atMs: number };

export type StageAudit = { backwardMoves: number; unexplained: string[] };

/**
 * Promise 6: each move of ours against the order of the funnel, by HubSpot's own history, wants a recycle of its own: in the timeline one to
 * the same stage at about its time, and in Salesforce a human who set the status that recycles, after the move before it.
 * @param skewMs how far the CRMs' clock is ahead of the ledger's at most
 */
export async function auditStages(crowd: Crowd, { timelineOf }: Witness, skewMs = 0): Promise<StageAudit> {
  const audit: StageAudit = { backwardMoves: 0, unexplained: [] };
  for (const id of crowd.live) {
    const moves = ownBackwardMoves(crowd, id);
    if (moves.length === 0) continue;
    audit.backwardMoves += moves.length;
    const stored = await recyclesOf(crowd, id, timelineOf);
    const returns = returnsBySales(crowd, id);
    const unexplained = moves.filter((move) => {
      const isStored = take(stored, (entry) => tellsOf(entry, move, readBackWithinMs + skewMs));
      return !(isStored && take(returns, (atMs) => atMs <= move.atMs));
    });
    audit.unexplained.push(...unexplained.map(({ from, to }) => `${id}: ${from} -> ${to}`));
  }
  return audit;
}

/** A merged contact's own past stands under its own id as well; it may be told twice. */
async function recyclesOf({ hubspot }: Crowd, id: string, timelineOf: Witness['timelineOf']): Promise<AuditEntry[]> {
  const told = new Map<string, AuditEntry>();
  for (const contactId of [id, ...(hubspot.getContact(id)?.mergedIds ?? [])]) {
    for (const entry of await timelineOf(contactId)) {
      if (entry.kind === 'stage' && entry.code.includes('recycle')) told.set(`${entry.at} ${entry.text}`, entry);
    }
  }
  return [...told.values()];
}

/** Each recycle explains one move only. */
function take<Item>(items: Item[], fits: (item: Item) => boolean): boolean {
  const index = items.findIndex(fits);
  if (index >= 0) items.splice(index, 1);
  return index >= 0;
}

function tellsOf({ at, text }: AuditEntry, { to, atMs }: Move, withinMs: number): boolean {
  return text.includes(to) && Math.abs(Date.parse(at) - atMs) <= withinMs;
}

/** The oldest first. Emptied in between is no stage: the clearing is a part of the move. */
function ownBackwardMoves({ hubspot }: Crowd, id: string): Move[] {
  const moves: Move[] = [];
  let from = '';
  for (const { value, at, author } of hubspot.getHistory(id, 'lifecyclestage').toReversed()) {
    if (value === '') continue;
    const isOurs = author.changeSource === 'INTEGRATION';
    if (isOurs && funnel.indexOf(value) < funnel.indexOf(from)) moves.push({ from, to: value, atMs: at });
    from = value;
  }
  return moves;
}

/** When a human in Salesforce returned the person of this contact, or of one that was merged into it; the oldest first. */
function returnsBySales({ hubspot, salesforce }: Crowd, id: string): number[] {
  const ids = new Set([id, ...(hubspot.getContact(id)?.mergedIds ?? [])]);
  const leads = new Set(
    salesforce
      .all('Lead', { withDeleted: true })
      .filter(({ HubSpot_Contact_Id__c }) => ids.has(String(HubSpot_Contact_Id__c)))
      .map(({ Id }) => Id),
  );
  return salesforce
    .all('LeadHistory')
    .filter(
      ({ LeadId, Field, NewValue }) => leads.has(String(LeadId)) && Field === 'Status' && NewValue === recycleStatus,
    )
    .filter(({ CreatedById }) => CreatedById !== salesforce.runAsUserId)
    .map(({ CreatedDate }) => Date.parse(String(CreatedDate)));
}
