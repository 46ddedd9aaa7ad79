import type { GateDecision } from '../../domain/mapping/types.ts';
import type { ContactHistory, ErasureReceipt, TimelineEntry } from '../../ports/ledger-history.ts';
import { endings } from './sentences.ts';

/** What the ledger keeps of a contact that HubSpot no longer has. */
export type Remains = {
  history: ContactHistory;
  timeline: readonly TimelineEntry[];
  /** Of its privacy deletion; null: there was none. */
  erasure: ErasureReceipt | null;
};

/** Whether the ledger knows anything of the contact: any link of it, whatever has become of that, or a look at it. */
export function isKnown({ history, timeline }: Omit<Remains, 'erasure'>): boolean {
  return history.pairId !== null || history.decision !== null || timeline.length > 0;
}

/** The id under which the contact was erased: the one that was named, or another of its own. */
export function erasedIdOf({ history, timeline }: Omit<Remains, 'erasure'>): string {
  return timeline.find(({ kind }) => kind === 'erased')?.recordId ?? history.contactId;
}

/** Where a contact stands that HubSpot no longer has, by the ledger alone: nothing of it is read from either CRM. */
export function toldOfGone(remains: Remains) {
  return {
    sentence: `HubSpot no longer has this contact. ${endOf(remains)}`,
    stage: null,
    stages: { hubspot: null, salesforce: null, cause: null },
    gate: closed,
    gateConditions: [],
    outcome: 'unlinked',
    person: remains.history.person,
    fields: [],
    owners: {},
    unread: [],
    company: null,
    deals: [],
    changes: [],
    contactChanges: [],
    reasons: [],
    problem: null,
  } as const;
}

const closed: GateDecision = {
  passes: false,
  code: 'contact_gone',
  text: 'HubSpot no longer has this contact.',
  lacking: [],
};

function endOf({ history: { pair, handedOverAtMs }, erasure }: Remains): string {
  const tombstone = pair?.tombstone ?? (erasure === null ? null : 'erased');
  if (tombstone !== null) return `Its pair has ended: ${endings[tombstone]}`;
  if (handedOverAtMs === null) return 'It was never handed over.';
  return 'Its pair has not ended yet: the next look at it ends it.';
}
