import type pg from 'pg';
import type { RecordResult } from '../ports/ledger-result.ts';
import { toJson } from './context.ts';
import { holdFields } from './held-fields.ts';
import { addCounts, type CountOfRun } from './runs/run-counts.ts';

// Closed once: a look that a crash repeats finds nothing open, and counts nothing twice.
const closeSql = `
update revert_pairs r set state = q.state
from jsonb_to_recordset($1::jsonb) as q(run_id bigint, pair_id bigint, state text)
where r.run_id = q.run_id and r.pair_id = q.pair_id and r.state = 'open'
returning r.run_id::text || ' ' || r.pair_id::text as key`;

type Accepted = { result: RecordResult; runId: string | null };

/**
 * Closes what looks have put back of a run: the pair is done with, its fields are held, and what was left is counted by why. A look that was not
 * made for the revert itself, as a live mark was faster, counts for it all the same. Throws the driver's error.
 */
export async function applyReverts(client: pg.PoolClient, accepted: readonly Accepted[]): Promise<void> {
  const told = accepted.flatMap(({ result, runId }) => {
    const { pairId, contactId, revert, marks = [] } = result;
    if (pairId === undefined || revert?.closes !== true) return [];
    // A record that is looked at again at once is not counted as worked off.
    const isOwn = runId === revert.runId && !marks.some(({ source }) => source === 'after_revert');
    return [{ pairId, contactId, revert, isOwn }];
  });
  if (told.length === 0) return;
  const rows = told.map(({ pairId, revert }) => ({
    run_id: revert.runId,
    pair_id: pairId,
    state: Object.values(revert.put).some((count) => count > 0) ? 'done' : 'left',
  }));
  const { rows: closed } = await client.query<{ key: string }>({
    name: 'close-reverts',
    text: closeSql,
    values: [toJson(rows)],
  });
  const keys = new Set(closed.map(({ key }) => key));
  const own = told.filter(({ pairId, revert }) => keys.has(`${revert.runId} ${pairId}`));
  await holdFields(
    client,
    own.flatMap(({ pairId, revert: { runId, holds } }) => holds.map((names) => ({ pairId, runId, ...names }))),
  );
  await addCounts(client, own.flatMap(countsOf));
}

type Told = { contactId: string; revert: NonNullable<RecordResult['revert']>; isOwn: boolean };

function countsOf({ contactId, revert: { runId, put, left }, isOwn }: Told): CountOfRun[] {
  const samples = [contactId];
  const overtaken: CountOfRun = { runId, kind: 'outcome', code: 'reverted', count: 1, samples };
  return [
    ...(isOwn ? [] : [overtaken]),
    ...Object.entries(put).map(([code, count]) => ({ runId, kind: 'put_back' as const, code, count, samples })),
    ...left.map(({ reason, count }) => ({ runId, kind: 'left' as const, code: reason, count, samples })),
  ];
}
