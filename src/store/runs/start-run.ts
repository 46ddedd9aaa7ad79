import { SyncError } from '../../errors.ts';
import type { RunRequest } from '../../ports/ledger-runs.ts';
import { type LedgerContext, toJson } from '../context.ts';
import { asLedger } from '../pool.ts';

// The unique indexes decide between two that begin at the same time: the second one waits for the first, then inserts nothing.
const startSql = `
insert into runs (connection_id, kind, object, state, options, dry_run, requested_by, mapping_version, total, forecast, creates_limit,
                  changes_limit, reverts, ids_open, moved_at)
values ($1, $2, $3, 'running', $4::jsonb, $5, $6, $7, $8, $9::jsonb, $10, $11, $12, $13, clock_timestamp())
on conflict do nothing
returning id`;

const otherSql = `
select id, requested_by, state from runs
where connection_id = $1 and kind = $2 and not dry_run and state in ('running', 'paused', 'stopped')
  and case when kind = 'revert' then reverts = $4::bigint else object is not distinct from $3 end
order by id limit 1`;

type Other = { id: string; requested_by: string | null; state: string };

/** What may be stored of a limit: the column is an integer. */
const mostLimit = 2_147_483_647;

/**
 * Begins a run; see the port.
 *
 * @throws SyncError needs-human `run_overlaps`
 */
export async function startRun(context: LedgerContext, request: RunRequest): Promise<string> {
  return await asLedger(async () => {
    // What stood in the way may end between the two statements; it does not do so three times.
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const id = await insertRun(context, request);
      if (id !== null) return id;
      const other = await findOther(context, request);
      if (other !== null) throw overlaps(request, other);
    }
    throw new Error('start of a run');
  });
}

async function insertRun({ pool, connectionId }: LedgerContext, request: RunRequest): Promise<string | null> {
  const { kind, object, options, isDryRun, requestedBy, mappingVersion, total, forecast, limits } = request;
  const { rows } = await pool.query<{ id: string }>(startSql, [
    connectionId,
    kind,
    object,
    toJson(options),
    isDryRun,
    requestedBy,
    mappingVersion,
    total,
    forecast === null ? null : toJson(forecast),
    Math.min(mostLimit, limits.creates),
    Math.min(mostLimit, limits.changes),
    options.reverts ?? null,
    options.filter?.hasIds === true,
  ]);
  return rows[0]?.id ?? null;
}

async function findOther({ pool, connectionId }: LedgerContext, request: RunRequest): Promise<Other | null> {
  const values = [connectionId, request.kind, request.object, request.options.reverts ?? null];
  return (await pool.query<Other>(otherSql, values)).rows[0] ?? null;
}

function overlaps({ kind, object }: RunRequest, { id, requested_by: by, state }: Other): SyncError {
  const what = object === null ? kind : `${kind} of ${object}`;
  const is = { running: 'is on', paused: 'is paused', stopped: 'was stopped by a safety limit' }[state] ?? 'is on';
  return new SyncError(
    'needs-human',
    'run_overlaps',
    `Run ${id} (${what}, started by ${by ?? 'the service'}) ${is}: only one of a kind goes on at a time.`,
    {
      advice: `Wait until it has ended, or cancel it (\`handoff runs cancel ${id}\`). A pause (\`handoff runs pause ${id}\`) holds its work and keeps its place.`,
      recordIds: [id],
    },
  );
}
