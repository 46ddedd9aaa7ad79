import type { SearchLedger } from '../../ports/ledger-search.ts';
import type { LedgerContext } from '../context.ts';
import { asLedger } from '../pool.ts';
import { listChanged } from './changed-pairs.ts';
import { findPairs, readMarks, readPairs } from './known-pairs.ts';

/** Reads for lists and searches of records; each is a few looks into indexes. */
export function createSearchLedger(context: LedgerContext): SearchLedger {
  const { pool, connectionId } = context;
  return {
    findPairs: (object, clues) => asLedger(() => findPairs(context, object, clues)),
    recordMarks: (of, ids) => asLedger(() => readMarks(context, of, ids)),
    lastChanged: (object, limit, after) =>
      asLedger(async () => {
        const { pairIds, next } = await listChanged(pool, connectionId, object, { limit, after });
        const pairs = await readPairs(pool, connectionId, object, pairIds);
        return { pairs: pairIds.flatMap((id) => pairs.get(id) ?? []), next };
      }),
  };
}
