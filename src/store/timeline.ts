import type pg from 'pg';
import type { HubSpotObject, SystemName } from '../domain/record.ts';
import type { TimelineEntry } from '../ports/ledger-history.ts';
import type { LedgerContext } from './context.ts';
import { roleObject } from './kinds.ts';
import { readScope, type Scope } from './pair-family.ts';

type Page = { connectionId: number; object: HubSpotObject; scope: Scope; limit: number; beforeMicros: number | null };

/** Epoch milliseconds with their fraction: the database keeps microseconds, and a page goes on behind one of them. */
const ms = (column: string) => `extract(epoch from ${column})::float8 * 1000`;
const earlier = (column: string) =>
  `($3::bigint is null or ${column} < timestamptz 'epoch' + $3::bigint * interval '1 microsecond')`;

const writesSql = `
select ${ms('at')} as at, system, object, record_id, run_id, operation, state, changes
from writes where pair_id = any($1::bigint[]) and ${earlier('at')} order by at desc, id desc limit $2`;

type WriteRow = {
  at: number;
  system: SystemName;
  object: string;
  record_id: string | null;
  run_id: string | null;
  operation: string;
  state: string;
  changes: TimelineEntry['changes'];
};

/** What a row `m` of `stage_moves` is told as. */
export const stageCodeSql = `case when m.state in ('verified', 'seen') then m.code else 'stage_' || m.state end`;
export const stageTextSql = `concat_ws(' ', m.text, 'Stage: ' || coalesce(m.from_stage || ' to ', '') || m.to_stage || '.')`;

// All the rest: sentences of the ledger, and ids. A link is told as it was made: when it ended is not kept, what ended it tells its own time.
// Roles come and go with their deals: what was written of them tells of them.
const eventsSql = `
select ${ms('at')} as "atMs", kind, code, text, system, object, record_id as "recordId", run_id as "runId" from (
  select coalesce(m.closed_at, m.at) as at, 'stage' as kind, ${stageCodeSql} as code, ${stageTextSql} as text,
         m.source as system, 'contact' as object, m.contact_id as record_id, null::bigint as run_id
  from stage_moves m
  where m.id in (
    select id from stage_moves where connection_id = $4 and $6::text = 'contact' and contact_id = any($5)
    union select id from stage_moves where pair_id = any($1::bigint[]))
  union all
  select created_at, 'link', 'linked', 'The ' || object || ' ' || record_id || ' was linked.', system, object, record_id, null
  from links where pair_id = any($1::bigint[]) and object not in ('email', '${roleObject}') and status <> 'reserved'
  union all
  select since, 'frozen', code, text, system, null, null, null from frozen_fields where pair_id = any($1::bigint[])
  union all
  select thawed_at, 'thawed', 'field_thawed', 'The field ' || field || ' was thawed by ' || thawed_by || '.', system, null, null, null
  from frozen_fields where pair_id = any($1::bigint[]) and thawed_at is not null
  union all
  select at, 'erased', 'contact_erased', 'All values were erased after a privacy deletion in HubSpot.', 'hubspot', 'contact', contact_id, null
  from erasures where connection_id = $4 and $6::text = 'contact' and contact_id = any($5)
  union all
  select at, 'decision', code, text, system, object, record_id, run_id from decisions
  where connection_id = $4 and system = 'hubspot' and object = $6 and record_id = any($5)
  union all
  select last_at, 'failure', code, message, system, object, record_id, null from failures
  where connection_id = $4 and system = 'hubspot' and object = $6 and record_id = any($5)
) as e
where ${earlier('at')} order by at desc limit $2`;

/** All that happened to a contact (or company, or deal) under every id it ever had, the newest first. Of decisions and failures the ledger keeps the newest. */
export async function readTimeline(
  { pool, connectionId }: LedgerContext,
  contactId: string,
  limit: number,
  before?: number,
  object: HubSpotObject = 'contact',
): Promise<readonly TimelineEntry[]> {
  const scope = await readScope(pool, connectionId, contactId, object);
  const page = {
    connectionId,
    object,
    scope,
    limit,
    beforeMicros: before === undefined ? null : Math.round(before * 1000),
  };
  const [writes, events] = await Promise.all([readWrites(pool, page), readEvents(pool, page)]);
  return [...writes, ...events].sort((one, other) => other.atMs - one.atMs).slice(0, limit);
}

async function readWrites(pool: pg.Pool, { scope, limit, beforeMicros }: Page): Promise<readonly TimelineEntry[]> {
  const values = [scope.pairIds, limit, beforeMicros];
  const { rows } = await pool.query<WriteRow>({ name: 'timeline-writes', text: writesSql, values });
  return rows.map((row) => ({
    atMs: row.at,
    kind: 'write',
    ...tellWrite(row),
    system: row.system,
    object: row.object,
    recordId: row.record_id,
    runId: row.run_id,
    changes: row.changes.map(({ field, before, after, rule, conflict }) => ({
      field,
      before,
      after,
      rule,
      conflict: conflict ?? null,
    })),
  }));
}

const outcomes: Readonly<Record<string, string>> = {
  open: 'is being written',
  unknown: 'was sent, the answer was lost',
  refused: 'was refused',
  superseded: 'was overtaken',
};

/** As much of a write as its sentence is made of. */
export type WriteTold = Pick<WriteRow, 'system' | 'object' | 'operation' | 'state'> & {
  changes: readonly { field: string }[];
};

/** A record write as people are told of it. */
export function tellWrite(row: WriteTold): { code: string; text: string } {
  const { operation, state } = row;
  return { code: state === 'done' ? operation : `${operation}_${state}`, text: toSentence(row) };
}

function toSentence({ system, object, operation, state, changes }: WriteTold): string {
  const what = `${operation} of the ${object} in ${system === 'hubspot' ? 'HubSpot' : 'Salesforce'}`;
  const fields = changes.length === 0 ? '' : ` (${changes.map(({ field }) => field).join(', ')})`;
  return `${what[0]?.toUpperCase()}${what.slice(1)}${fields} ${outcomes[state] ?? 'was carried out'}.`;
}

async function readEvents(pool: pg.Pool, page: Page): Promise<readonly TimelineEntry[]> {
  const { connectionId, object, scope, limit, beforeMicros } = page;
  const values = [scope.pairIds, limit, beforeMicros, connectionId, scope.contactIds, object];
  type EventRow = Omit<TimelineEntry, 'changes'>;
  const { rows } = await pool.query<EventRow>({ name: 'timeline-events', text: eventsSql, values });
  return rows.map((row) => ({ ...row, changes: [] }));
}
