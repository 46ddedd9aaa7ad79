import type { AdminLedger } from '../ports/ledger-admin.ts';
import type { ErasureReceipt } from '../ports/ledger-history.ts';
import { type IdPage, type IdQuery, readIdPage } from './id-pages.ts';

/**
 * One page of receipts of privacy deletions, the newest first.
 * @throws SyncError permanent `bad_cursor`; whatever the ledger answers
 */
export async function listErasures(
  ledger: Pick<AdminLedger, 'erasures'>,
  query: IdQuery,
): Promise<IdPage<ErasureReceipt>> {
  const read = (limit: number, afterId?: string) => ledger.erasures(limit, afterId === undefined ? {} : { afterId });
  return await readIdPage(query, read, ({ id }) => id);
}
