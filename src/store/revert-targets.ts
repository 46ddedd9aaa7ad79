import type { FieldValue, SystemName } from '../domain/record.ts';
import type { MadeRecord, PendingRevert, RevertTarget } from '../domain/revert/types.ts';
import type { Queryable } from './pool.ts';

/** The revert that a pair waits for. `untilMs`: what was written later is none of it. */
export type RevertRow = Pick<PendingRevert, 'runId' | 'reverts' | 'created' | 'hasOthers'> & { untilMs: number };

// What was merged into the pair since is its own now. A write whose answer was lost may have been carried out: what its record holds tells.
const writesSql = `
with recursive asked as (
  select * from jsonb_to_recordset($1::jsonb) as q(pair_id bigint, run_id bigint, reverts bigint, until_ms float8)
), family as (
  select pair_id as root, pair_id as id from asked
  union select f.root, p.id from family f join pairs p on p.absorbed_into = f.id
)
select f.root::text as pair, w.run_id = a.run_id as own, w.system, w.object, w.record_id as "recordId", w.operation, w.state, w.changes
from family f
join asked a on a.pair_id = f.root
join writes w on w.pair_id = f.id and w.state in ('done', 'unknown', 'open')
  and (w.run_id = a.run_id or (w.run_id = a.reverts and w.at <= to_timestamp(a.until_ms / 1000.0)))
order by w.id`;

// Only what a look of the revert was told: an older failure is about something else.
const refusedSql = `
select f.pair_id::text as pair, f.fields
from failures f join jsonb_to_recordset($1::jsonb) as q(pair_id bigint, until_ms float8) on q.pair_id = f.pair_id
where cardinality(f.fields) > 0 and f.last_at > to_timestamp(q.until_ms / 1000.0)`;

type StoredChange = {
  field: string;
  before: FieldValue;
  after: FieldValue;
  rule: string;
  source?: string;
  erased?: boolean;
};

type WriteRow = {
  pair: string;
  own: boolean;
  system: SystemName;
  object: string;
  recordId: string | null;
  operation: 'create' | 'update' | 'delete';
  state: string;
  changes: StoredChange[];
};

/** What each pair is to be put back to, by its id. One statement; none where nobody waits for a revert. Throws the driver's error. */
export async function readReverts(
  db: Queryable,
  waiting: readonly { pairId: string; revert: RevertRow }[],
): Promise<ReadonlyMap<string, PendingRevert>> {
  if (waiting.length === 0) return new Map();
  const asked = waiting.map(({ pairId, revert: { runId, reverts, untilMs } }) => ({
    pair_id: pairId,
    run_id: runId,
    reverts,
    until_ms: untilMs,
  }));
  const { rows } = await db.query<WriteRow>({
    name: 'revert-writes',
    text: writesSql,
    values: [JSON.stringify(asked)],
  });
  const told = await db.query<{ pair: string; fields: string[] }>({
    name: 'revert-refused',
    text: refusedSql,
    values: [JSON.stringify(asked)],
  });
  const refused = new Map(told.rows.map(({ pair, fields }) => [pair, fields]));
  const byPair = Map.groupBy(rows, ({ pair }) => pair);
  return new Map(
    waiting.map(({ pairId, revert }) => [
      pairId,
      toRevert(revert, byPair.get(pairId) ?? [], refused.get(pairId) ?? []),
    ]),
  );
}

function toRevert(
  { runId, reverts, created, hasOthers }: RevertRow,
  rows: readonly WriteRow[],
  refused: readonly string[],
): PendingRevert {
  const theirs = rows.filter(({ own }) => !own);
  const own = rows.filter((row) => row.own);
  return {
    runId,
    reverts,
    created,
    hasOthers,
    refused,
    targets: toTargets(theirs),
    made: theirs.flatMap(toMade),
    deleted: theirs.flatMap(toDeleted),
    own: own.flatMap(({ system, changes }) => changes.map(({ field, after }) => ({ system, field, after }))),
  };
}

function toMade({ operation, state, system, object, recordId }: WriteRow): MadeRecord[] {
  return operation === 'create' && state === 'done' && recordId !== null ? [{ system, object, recordId }] : [];
}

function toDeleted({ operation, state, system, object, recordId }: WriteRow): MadeRecord[] {
  return operation === 'delete' && state === 'done' && recordId !== null ? [{ system, object, recordId }] : [];
}

/**
 * Of several writes of one field the first one's `before` and the last one's `after`. Two records that were merged each have their own; a Lead
 * that became a Contact meanwhile is one.
 */
function toTargets(rows: readonly WriteRow[]): RevertTarget[] {
  const targets = new Map<string, RevertTarget>();
  for (const { system, object, recordId, changes } of rows) {
    for (const { field, before, after, rule, source, erased } of changes) {
      const keyFor = (name: string, id: string | null) => `${system}\n${name}\n${id ?? ''}\n${field}`;
      const asLead =
        object === 'Contact'
          ? [...targets].find(([key]) => key.startsWith(`${system}\nLead\n`) && key.endsWith(`\n${field}`))
          : undefined;
      if (asLead !== undefined) targets.delete(asLead[0]);
      const key = keyFor(object, recordId);
      const earlier = targets.get(key) ?? asLead?.[1];
      targets.set(key, {
        system,
        object,
        recordId,
        field,
        source: source ?? earlier?.source ?? null,
        before: earlier === undefined ? before : earlier.before,
        after,
        isId: rule === 'id',
        isErased: erased === true || earlier?.isErased === true,
      });
    }
  }
  return [...targets.values()];
}
