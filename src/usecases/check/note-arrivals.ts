import type { HubSpotEvent } from '../../domain/event.ts';
import type { HubSpotObject } from '../../domain/record.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SchemaLedger } from '../../ports/ledger-schemas.ts';

/** The ledger keeps minutes; a storm of events asks it once. */
const everyMs = 60_000;

type Dependencies = { ledger(): Pick<SchemaLedger, 'eventsArrived'>; clock: Pick<Clock, 'now'> };

/** Notes of which kinds of record HubSpot tells, so that a webhook that never comes shows in `handoff check`. @throws SyncError */
export function createArrivalNotes({ ledger, clock }: Dependencies) {
  const noted = new Map<HubSpotObject, number>();
  return async (events: readonly (HubSpotEvent | null)[], portalId: string): Promise<void> => {
    const now = clock.now();
    const kinds = new Set(events.flatMap((event) => (event?.portalId === portalId ? [event.object] : [])));
    const due = [...kinds].filter((kind) => now - (noted.get(kind) ?? Number.NEGATIVE_INFINITY) >= everyMs);
    if (due.length === 0) return;
    for (const kind of due) noted.set(kind, now);
    await ledger().eventsArrived(due);
  };
}
