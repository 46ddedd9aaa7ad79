import type { AdminLedger } from '../ports/ledger-admin.ts';
import type { StageDisagreement } from '../ports/ledger-history.ts';
import { type IdPage, type IdQuery, readIdPage } from './id-pages.ts';

/**
 * One page of pairs whose sides disagree on the stage, the newest pair first.
 * @throws SyncError permanent `bad_cursor`; whatever the ledger answers
 */
export async function listDisagreements(
  ledger: Pick<AdminLedger, 'stageDisagreements'>,
  query: IdQuery,
): Promise<IdPage<StageDisagreement>> {
  const read = (limit: number, after?: string) => ledger.stageDisagreements(limit, after);
  return await readIdPage(query, read, ({ pairId }) => pairId);
}
