import type { ProcessLedger } from '../ports/ledger-runs.ts';
import type { LedgerContext } from './context.ts';
import { asLedger } from './pool.ts';

// Who ended without a word is forgotten after an hour.
const beatSql = `
with gone as (
  delete from processes where beat_at < clock_timestamp() - interval '1 hour' and id <> $1
)
insert into processes (id, role, works, mapping_version) values ($1, $2, $3, $4)
on conflict (id) do update set
  role = excluded.role, works = excluded.works, mapping_version = excluded.mapping_version, beat_at = clock_timestamp()`;

/** Which processes live, by the database's clock. */
export function createProcessLedger({ pool }: LedgerContext): ProcessLedger {
  return {
    beat: ({ id, role, works, mappingVersion }) =>
      asLedger(async () => {
        await pool.query({ name: 'beat', text: beatSql, values: [id, role, works, mappingVersion] });
      }),

    leave: (processId) =>
      asLedger(async () => {
        await pool.query('delete from processes where id = $1', [processId]);
      }),

    hasWorkers: (withinMs) =>
      asLedger(async () => {
        const text = `select from processes where works and beat_at > clock_timestamp() - make_interval(secs => $1) limit 1`;
        return (await pool.query({ name: 'has-workers', text, values: [withinMs / 1_000] })).rowCount === 1;
      }),
  };
}
