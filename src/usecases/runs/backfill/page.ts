import type { HubSpotRecord } from '../../../domain/record.ts';
import type { RecordKey } from '../../../ports/ledger-claim.ts';
import type { RunCursor } from '../../../ports/ledger-runs.ts';
import type { Counter } from '../run-counts.ts';

/** A record that needs a look, by the name under which it is looked at. */
export type Wanted = RecordKey & {
  /** Of HubSpot, as it was just read with the properties of the mapping. */
  record?: HubSpotRecord;
};

/** One part of the listing, as a source answers it. */
export type ListedPart = {
  wanted: readonly Wanted[];
  /** Where the next part begins; null: there is none. */
  next: RunCursor | null;
  /** How many records there are in all, where this part tells. */
  total?: number;
};

/** There is nothing to read yet: ask again then, with this cursor. */
export type ListedLater = { waitMs: number; next: RunCursor | null };

/** Reads the part of the listing that begins at the cursor. */
export type Source = (cursor: RunCursor | null, counter: Counter) => Promise<ListedPart | ListedLater>;
