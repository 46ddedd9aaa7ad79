import { kindsOn } from '../../domain/records/kinds-on.ts';
import type { UnseenPair } from '../../ports/ledger-compare.ts';
import { type CompareContext, comparisonLost, type PageStep } from './comparison.ts';
import type { Found } from './drift.ts';
import type { Position } from './position.ts';

/** Pairs of the ledger that one statement looks through. */
const scanned = 5_000;

/** Pairs whose records were not all seen: deleted, merged or emptied of our id without an event. The look finds out which. */
export async function comparePairs(
  { dependencies: { ledger, mapping }, run }: CompareContext,
  position: Position,
): Promise<PageStep> {
  if (await isLost()) throw comparisonLost();
  const question = { objects: kindsOn(mapping), afterPairId: position.afterId, scanned };
  const { pairs, next } = await ledger.unseenPairs(run.id, question);
  return {
    kind: 'compared',
    page: {
      found: pairs.flatMap(judge),
      counts: [],
      seen: null,
      next: next === null ? null : { ...position, afterId: next },
    },
  };

  /** What was seen does not outlive a crash of the database: then everybody would be gone. */
  async function isLost(): Promise<boolean> {
    const { first } = position;
    if (first === null) return false;
    const seen = await ledger.seenIn(run.id, { system: 'hubspot', object: first.object, ids: [first.id] });
    return seen.size === 0;
  }
}

function judge({ object, recordId, counterpart, isBusy, isFailing }: UnseenPair): Found[] {
  if (isBusy) return [];
  if (recordId === null) return [{ recordId: counterpart.id, drift: [{ code: 'gone', repairs: false }], marks: [] }];
  if (isFailing) return [{ recordId, drift: [{ code: 'failing', repairs: false }], marks: [] }];
  return [{ recordId, drift: [{ code: 'gone', repairs: true }], marks: [{ system: 'hubspot', object, recordId }] }];
}
