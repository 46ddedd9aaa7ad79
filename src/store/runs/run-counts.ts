import { mostSamples, type RunCount } from '../../domain/runs/types.ts';
import type { RunLedger } from '../../ports/ledger-runs.ts';
import { type LedgerContext, toJson } from '../context.ts';
import { asLedger, type Queryable } from '../pool.ts';
import { isRunId } from './run-ids.ts';

/** A count of one run. */
export type CountOfRun = RunCount & { runId: string };

// In the order of the key, so that two batches never wait for each other in a circle.
const countSql = `
insert into run_counts as c (run_id, kind, code, count, samples)
select q.run_id, q.kind, q.code, q.count, array(select jsonb_array_elements_text(q.samples))
from jsonb_to_recordset($1::jsonb) as q(run_id bigint, kind text, code text, count bigint, samples jsonb)
where exists (select from runs r where r.id = q.run_id)
order by q.run_id, q.kind, q.code
on conflict (run_id, kind, code) do update set
  count = c.count + excluded.count,
  samples = case when cardinality(c.samples) >= ${mostSamples} then c.samples
                 else (c.samples || array(select u.id from unnest(excluded.samples) as u(id) where u.id <> all(c.samples)))[1:${mostSamples}] end`;

/** Adds to the counts of runs in one statement, inside a transaction of the caller's. Throws the driver's error. */
export async function addCounts(db: Queryable, counts: readonly CountOfRun[]): Promise<void> {
  const rows = merge(counts);
  if (rows.length === 0) return;
  await db.query({ name: 'count-for-runs', text: countSql, values: [toJson(rows)] });
}

/** See `RunLedger.countForRun`. */
export function countForRun({ pool }: LedgerContext): RunLedger['countForRun'] {
  return async (runId, counts) => {
    if (!isRunId(runId)) return;
    await asLedger(() =>
      addCounts(
        pool,
        counts.map((count) => ({ ...count, runId })),
      ),
    );
  };
}

type Row = { run_id: string; kind: RunCount['kind']; code: string; count: number; samples: string[] };

/** One row per key: an upsert cannot touch a row twice. */
function merge(counts: readonly CountOfRun[]): readonly Row[] {
  const rows = new Map<string, Row>();
  for (const { runId, kind, code, count, samples } of counts) {
    if (count === 0) continue;
    const key = `${runId}\n${kind}\n${code}`;
    const row = rows.get(key) ?? { run_id: runId, kind, code, count: 0, samples: [] };
    row.count += count;
    for (const id of samples) if (row.samples.length < mostSamples && !row.samples.includes(id)) row.samples.push(id);
    rows.set(key, row);
  }
  return [...rows.values()];
}
