import type { HubSpotEvent } from '../domain/event.ts';
import type { Gate } from '../domain/mapping/types.ts';
import type { Priority } from '../ports/budget.ts';
import type { Hint, Mark } from '../ports/ledger-claim.ts';
import type { SweepLedger } from '../ports/ledger-sweep.ts';
import type { WorkLedger } from '../ports/ledger-work.ts';

export type AcceptedEvents = { accepted: number; ignored: number };

type Dependencies = {
  ledger: Pick<WorkLedger, 'mark' | 'rememberMerges'> & Pick<SweepLedger, 'echoes'>;
  gate: Pick<Gate, 'opensAt'>;
  portalId: string;
};

const hints: Partial<Record<HubSpotEvent['kind'], Hint>> = {
  creation: 'created',
  deletion: 'deleted',
  merge: 'merged',
  privacyDeletion: 'erased',
};

/**
 * Marks the contacts that a webhook's events speak of, in one statement. An event only says "look again": its value serves to let a
 * handoff overtake other work, and nothing else. Events that could not be parsed arrive as `null` and count as ignored, as do other
 * portals' and those about objects that are not synced. What HubSpot tells of our own writes is accepted and marks nothing.
 */
export async function acceptEvents(
  { ledger, gate, portalId }: Dependencies,
  events: readonly (HubSpotEvent | null)[],
): Promise<AcceptedEvents> {
  const usable = events.filter((event) => event !== null).filter((event) => isUsable(event, portalId));
  const marks = new Map<string, Mark>();
  for (const event of await withoutEchoes(ledger, usable)) {
    for (const recordId of [event.objectId, ...event.otherIds]) {
      marks.set(recordId, joinMarks(marks.get(recordId), toMark(event, recordId, gate)));
    }
  }
  const merges = usable.filter(({ kind, otherIds }) => kind === 'merge' && otherIds.length > 0);
  // Before the marks: an erasure may follow in the same breath.
  if (merges.length > 0) {
    await ledger.rememberMerges(
      merges.map(({ objectId, otherIds }) => ({ survivorId: objectId, mergedIds: otherIds })),
    );
  }
  if (marks.size > 0) await ledger.mark([...marks.values()]);
  return { accepted: usable.length, ignored: events.length - usable.length };
}

/** Leaves out what only repeats a write of ours: the same property and value, under our app's name. */
async function withoutEchoes(
  ledger: Dependencies['ledger'],
  events: readonly HubSpotEvent[],
): Promise<readonly HubSpotEvent[]> {
  const told = events.flatMap((event) => {
    const { kind, isByOurApp, objectId, propertyName, propertyValue } = event;
    if (kind !== 'propertyChange' || !isByOurApp || propertyName === undefined) return [];
    return [{ event, value: { recordId: objectId, property: propertyName, value: propertyValue ?? '' } }];
  });
  if (told.length === 0) return events;
  const places = await ledger.echoes(told.map(({ value }) => value));
  const echoes = new Set(told.filter((_, place) => places.has(place)).map(({ event }) => event));
  return events.filter((event) => !echoes.has(event));
}

function isUsable(event: HubSpotEvent, portalId: string): boolean {
  return event.portalId === portalId && event.object === 'contact' && event.kind !== 'associationChange';
}

function toMark(event: HubSpotEvent, recordId: string, gate: Pick<Gate, 'opensAt'>): Mark {
  const hint = hints[event.kind];
  return {
    system: 'hubspot',
    object: 'contact',
    recordId,
    priority: mayBeHandoff(event, gate) ? 1 : 2,
    source: 'webhook',
    ...(hint === undefined ? {} : { hints: [hint] }),
  };
}

function mayBeHandoff(event: HubSpotEvent, gate: Pick<Gate, 'opensAt'>): boolean {
  return (
    event.kind === 'propertyChange' &&
    event.propertyName === 'lifecyclestage' &&
    gate.opensAt(event.propertyValue ?? '')
  );
}

function joinMarks(first: Mark | undefined, second: Mark): Mark {
  if (first === undefined) return second;
  const priority = Math.min(first.priority, second.priority) as Priority;
  return { ...second, priority, hints: [...new Set([...(first.hints ?? []), ...(second.hints ?? [])])] };
}
