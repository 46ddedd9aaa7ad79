import type { ChangedPart, ChangePosition, OverviewLedger } from '../../ports/ledger-overview.ts';
import type { LedgerContext } from '../context.ts';

// Sums tell what was committed since a snapshot, in whichever order transactions ended. The rest are small tables: what they hold now, as one
// text each, beside what they held. `marked` moves before its transaction ends: who sees it looks once more. A run that is not over is watched
// however many began since; of the others the last ones.
const isOpen = `state in ('running', 'paused', 'stopped', 'review')`;
const changesSql = `
select pg_current_snapshot()::text as snapshot,
  array(
    select distinct name from tallies
    where connection_id = $1 and made_in >= pg_snapshot_xmin($2::pg_snapshot) and made_in < pg_snapshot_xmax(pg_current_snapshot())
      and not pg_visible_in_snapshot(made_in, $2::pg_snapshot)) as tallied,
  array(
    select encode(id_hash, 'hex') from sessions
    where id_hash = any($3::bytea[]) and expires_at > clock_timestamp() and seen_at > clock_timestamp() - make_interval(secs => $4)) as live,
  jsonb_build_object(
    'marked', (select concat(last_value, is_called) from pending_counter),
    'leased', (select count(*)::text from pending where lease_token is not null),
    'mappings', (select concat_ws(' ', c.mapping_version, (select string_agg(concat_ws(' ', version, proposed_at, activated_at), ',' order by version)
       from mapping_versions v where v.connection_id = $1)) from connections c where c.id = $1),
    'runs', (select md5(string_agg(concat_ws(' ', r.id, r.state, r.phase, r.creates, r.changes, r.total, r.moved_at, r.stopped_reason,
         (select sum(count) from run_counts n where n.run_id = r.id)), ',' order by r.id))
       from (select * from runs where id in (
         (select id from runs where connection_id = $1 order by id desc limit 10)
         union (select id from runs where connection_id = $1 and ${isOpen} order by id desc limit 50))) as r),
    'activity', (select string_agg(concat_ws(' ', a.id, a.outcome), ',' order by a.id)
       from (select id, outcome from actions where connection_id = $1 order by at desc, id desc limit 10) as a),
    'state', (select md5(concat_ws('|',
       (select concat_ws(' ', paused_at, paused_by, paused_reason) from connections where id = $1),
       (select string_agg(concat_ws(' ', system, until, code), ',' order by system) from waits where connection_id = $1),
       (select string_agg(concat_ws(' ', source, at, cursor), ',' order by source) from watermarks where connection_id = $1),
       (select string_agg(concat_ws(' ', id, mapping_version), ',' order by id) from processes where beat_at > clock_timestamp() - interval '15 s'),
       (select string_agg(taken_at::text, ',' order by name) from schema_snapshots where connection_id = $1),
       (select string_agg(concat_ws(' ', id, state, severity), ',' order by id) from incidents where connection_id = $1 and state <> 'ended'),
       (select webhook_state from alert_watch where connection_id = $1),
       (select count(*) from frozen_fields where connection_id = $1 and thawed_at is null))))) as stamps`;

/** Nobody has changed anything before it. */
const nowSql = 'select pg_current_snapshot()::text as snapshot';

/** What each sum, and each stamp, is shown in. */
const partsOf: Readonly<Record<string, readonly ChangedPart[]>> = {
  pairs: ['overview', 'records'],
  handoffs: ['overview', 'records'],
  writes: ['overview', 'records', 'activity'],
  changes: ['overview', 'records', 'activity'],
  failures: ['overview', 'failures', 'records'],
  marked: ['overview', 'records'],
  leased: ['overview', 'records'],
  mappings: ['overview', 'mappings'],
  runs: ['overview', 'runs'],
  activity: ['activity'],
  state: ['overview'],
};

type Row = Omit<ChangePosition, 'isEarly'> & { tallied: readonly string[]; live: readonly string[] };

/** See the port. Throws the driver's error. */
export async function readChanges(
  { pool, connectionId }: LedgerContext,
  since: ChangePosition | null,
  { hashes, idleMs }: NonNullable<Parameters<OverviewLedger['changesSince']>[1]>,
): ReturnType<OverviewLedger['changesSince']> {
  const from = since?.snapshot ?? (await pool.query<{ snapshot: string }>(nowSql)).rows[0]?.snapshot;
  const { rows } = await pool.query<Row>({
    name: 'changes-since',
    text: changesSql,
    values: [connectionId, from, hashes, idleMs / 1_000],
  });
  const [row] = rows;
  if (row === undefined) throw new Error('no answer to a statement without a condition');
  const { snapshot, stamps, tallied, live } = row;
  const moved = since === null ? [] : Object.keys(stamps).filter((name) => stamps[name] !== since.stamps[name]);
  const again = since?.isEarly === true ? ['marked'] : [];
  const changed = new Set([...tallied, ...moved, ...again].flatMap((name) => partsOf[name] ?? []));
  const position = { snapshot, stamps, isEarly: moved.includes('marked') };
  return { position, changed, liveSessions: new Set(live) };
}
