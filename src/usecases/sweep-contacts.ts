import type { Clock } from '../ports/clock.ts';
import type { HubSpotPort } from '../ports/hubspot.ts';
import type { Mark } from '../ports/ledger-claim.ts';
import type { SweepLedger } from '../ports/ledger-sweep.ts';
import type { WorkLedger } from '../ports/ledger-work.ts';

/** The watermark's name in the ledger. */
export const contactSweepSource = 'hubspot.contacts.modified';

/** Search sees a change only after "a few moments" (HubSpot's search guide): each sweep looks back this much further. */
const overlapMs = 10 * 60_000;

/** The upper bound stays this far in the past, so that a walk does not chase records that move while it lasts. */
const settleMs = 15_000;

type Dependencies = {
  ledger: Pick<SweepLedger, 'watermark' | 'advance' | 'ownWrites'> & Pick<WorkLedger, 'mark'>;
  hubspot: Pick<HubSpotPort, 'searchModified'>;
  clock: Pick<Clock, 'now'>;
  settleMs?: number;
};

export type SweepResult = { read: number; marked: number; moved: boolean };

/**
 * Marks the contacts that HubSpot says were modified since the watermark: what a lost webhook costs is the time to the next sweep. Rows
 * whose modification time is that of our own write are passed over. The watermark moves with the last page's marks, in one transaction;
 * a crash before that repeats the sweep.
 */
export async function sweepContacts(
  { ledger, hubspot, clock, settleMs: settle = settleMs }: Dependencies,
  signal?: AbortSignal,
): Promise<SweepResult> {
  const from = await ledger.watermark(contactSweepSource);
  const untilMs = clock.now() - settle;
  const to = { source: contactSweepSource, atMs: untilMs, cursor: null };
  if (from === null) return { read: 0, marked: 0, moved: await ledger.advance(null, to, []) };
  if (untilMs <= from.atMs) return { read: 0, marked: 0, moved: false };

  let [read, marked, afterId] = [0, 0, null as string | null];
  while (signal?.aborted !== true) {
    const window = { fromMs: from.atMs - overlapMs, untilMs, afterId };
    const page = await hubspot.searchModified('contacts', window, { priority: 3, prepaid: 0 });
    const own = await ledger.ownWrites(page.records);
    const marks = page.records.filter(({ id }) => !own.has(id)).map(({ id }) => toMark(id));
    read += page.records.length;
    marked += marks.length;
    if (page.nextAfterId === null) return { read, marked, moved: await ledger.advance(from, to, marks) };
    if (marks.length > 0) await ledger.mark(marks);
    afterId = page.nextAfterId;
  }
  return { read, marked, moved: false };
}

function toMark(recordId: string): Mark {
  return { system: 'hubspot', object: 'contact', recordId, priority: 3, source: 'sweep' };
}
