import type { CompanyMapping, DealMapping } from '../domain/mapping/record-types.ts';
import type { HubSpotObject } from '../domain/record.ts';
import { kindsOn } from '../domain/records/kinds-on.ts';
import { SyncError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { HubSpotPort, HubSpotType } from '../ports/hubspot.ts';
import type { Mark } from '../ports/ledger-claim.ts';
import type { SweepLedger } from '../ports/ledger-sweep.ts';
import type { WorkLedger } from '../ports/ledger-work.ts';

/** The watermark's name in the ledger. */
export const contactSweepSource = 'hubspot.contacts.modified';

const kinds: Readonly<Record<HubSpotObject, { type: HubSpotType; source: string }>> = {
  contact: { type: 'contacts', source: contactSweepSource },
  company: { type: 'companies', source: 'hubspot.companies.modified' },
  deal: { type: 'deals', source: 'hubspot.deals.modified' },
};

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

type SyncedKinds = { company: Pick<CompanyMapping, 'isOn'>; deal: Pick<DealMapping, 'isOn'> };

/** The names of the watermarks of all that is swept. */
export function sweepSources(mapping: SyncedKinds): readonly string[] {
  return kindsOn(mapping).map((object) => kinds[object].source);
}

export type SweepResult = { read: number; marked: number; moved: boolean };

/**
 * Sweeps contacts, and companies and deals where they are synced, one after the other: search has a limit of its own. A kind that could not
 * be read does not keep the others from being.
 * @throws SyncError the first one, when all kinds were tried
 */
export async function sweepRecords(
  dependencies: Dependencies & { mapping: SyncedKinds },
  signal?: AbortSignal,
): Promise<Pick<SweepResult, 'read' | 'marked'>> {
  const [total, faults] = [{ read: 0, marked: 0 }, [] as SyncError[]];
  for (const object of kindsOn(dependencies.mapping)) {
    try {
      const { read, marked } = await sweepModified(dependencies, object, signal);
      total.read += read;
      total.marked += marked;
    } catch (thrown) {
      if (!(thrown instanceof SyncError)) throw thrown;
      faults.push(thrown);
    }
  }
  if (faults[0] !== undefined) throw faults[0];
  return total;
}

/**
 * Marks the records that HubSpot says were modified since the kind's watermark: what a lost webhook costs is the time to the next sweep.
 * Rows whose modification time is that of our own write are passed over. The watermark moves with the last page's marks, in one
 * transaction; a crash before that repeats the sweep. Without a watermark it is set to now: older records enter otherwise.
 */
export async function sweepModified(
  { ledger, hubspot, clock, settleMs: settle = settleMs }: Dependencies,
  object: HubSpotObject,
  signal?: AbortSignal,
): Promise<SweepResult> {
  const { type, source } = kinds[object];
  const from = await ledger.watermark(source);
  const untilMs = clock.now() - settle;
  const to = { source, atMs: untilMs, cursor: null };
  if (from === null) return { read: 0, marked: 0, moved: await ledger.advance(null, to, []) };
  if (untilMs <= from.atMs) return { read: 0, marked: 0, moved: false };

  let [read, marked, afterId] = [0, 0, null as string | null];
  while (signal?.aborted !== true) {
    const window = { fromMs: from.atMs - overlapMs, untilMs, afterId };
    const page = await hubspot.searchModified(type, window, { priority: 3, prepaid: 0 });
    const own = await ledger.ownWrites(page.records, object);
    const marks = page.records.filter(({ id }) => !own.has(id)).map(({ id }) => toMark(object, id));
    read += page.records.length;
    marked += marks.length;
    if (page.nextAfterId === null) return { read, marked, moved: await ledger.advance(from, to, marks) };
    if (marks.length > 0) await ledger.mark(marks);
    afterId = page.nextAfterId;
  }
  return { read, marked, moved: false };
}

function toMark(object: HubSpotObject, recordId: string): Mark {
  return { system: 'hubspot', object, recordId, priority: 3, source: 'sweep' };
}
