import type { SystemName } from '../../domain/record.ts';
import {
  type ActionLine,
  type ActivityFilter,
  type ActivityPosition,
  type SyncLine,
  serviceActor,
} from '../../ports/ledger-activity.ts';
import { stageCodeSql, stageTextSql, tellWrite, type WriteTold } from '../timeline.ts';
import type { RecordScope } from './record-scope.ts';
import type { Source, StoredLine } from './scan.ts';

/** `scope`: what the filter's record stands for; null: it names none. */
export type Wanted = { connectionId: number; filter: ActivityFilter; scope: RecordScope | null };

type Row = { micros: string; id: string };

/** Collects conditions and the values that they name. */
function collect(connectionId: number) {
  const values: unknown[] = [connectionId];
  const base = ['connection_id = $1'];
  const rest: string[] = [];
  const add = (value: unknown) => `$${values.push(value)}`;
  return { values, base, rest, add };
}

type Collected = ReturnType<typeof collect>;

function withinTime({ base, add }: Collected, { fromMs, toMs }: ActivityFilter): void {
  if (fromMs !== undefined) base.push(`at >= ${add(new Date(fromMs).toISOString())}::timestamptz`);
  if (toMs !== undefined) base.push(`at < ${add(new Date(toMs).toISOString())}::timestamptz`);
}

function lineOf(kind: ActivityPosition['kind'], { micros, id }: Row) {
  return { position: { micros, kind, id }, atMs: Math.floor(Number(micros) / 1_000) };
}

/** Whether a filter lets through anything of a kind that the service does by itself. */
function isOfService({ actor }: ActivityFilter): boolean {
  return actor === undefined || actor === serviceActor;
}

type WriteRow = Row &
  Omit<WriteTold, 'changes'> & {
    record_id: string | null;
    run_id: string | null;
    pair_id: string;
    changes: SyncLine['changes'];
  };

/** Record writes, with the pair's id for `pairOf`. Null: the filter lets none through. */
export function writeSource({ connectionId, filter, scope }: Wanted): Source<WriteRow> | null {
  if ((filter.kind ?? 'write') !== 'write' || !isOfService(filter)) return null;
  const given = collect(connectionId);
  const { base, rest, add } = given;
  if (scope !== null) base.push(`pair_id = any(${add(scope.pairIds)}::bigint[])`);
  else if (filter.run !== undefined) base.push(`run_id = ${add(filter.run)}::bigint`);
  if (scope !== null && filter.run !== undefined) rest.push(`run_id = ${add(filter.run)}::bigint`);
  withinTime(given, filter);
  if (filter.system !== undefined) rest.push(`system = ${add(filter.system)}`);
  if (filter.object !== undefined) rest.push(`object = ${add(filter.object)}`);
  if (filter.field !== undefined) rest.push(`changes @> ${add(JSON.stringify([{ field: filter.field }]))}::jsonb`);
  return {
    ...{ kind: 'write', table: 'writes', base, rest, values: given.values, isSmall: scope !== null },
    columns: 'system, object, record_id, run_id::text, operation, state, changes, pair_id::text',
    toLine: toWriteLine,
  };
}

function toWriteLine(row: WriteRow): StoredLine {
  return {
    ...lineOf('write', row),
    kind: 'write',
    ...tellWrite(row),
    system: row.system,
    object: row.object,
    recordId: row.record_id,
    runId: row.run_id,
    outcome: row.state,
    pair: null,
    pairId: row.pair_id,
    changes: row.changes.map(({ field, before, after, rule, conflict, erased }) => ({
      ...{ field, rule, before: before ?? null, after: after ?? null },
      conflict: conflict ?? null,
      erased: erased ?? false,
    })),
  };
}

type StageRow = Row & { code: string; text: string; source: SystemName; contact_id: string; state: string };

/** Moves of the lifecycle stage. A move is a change of one field of contacts, by no run. */
export function stageSource({ connectionId, filter, scope }: Wanted): Source<StageRow> | null {
  const { kind = 'stage', object = 'contact', field = 'lifecyclestage' } = filter;
  const isWanted = kind === 'stage' && object === 'contact' && field === 'lifecyclestage' && filter.run === undefined;
  if (!isWanted || !isOfService(filter)) return null;
  const given = collect(connectionId);
  const { base, rest, add } = given;
  if (scope !== null) {
    base.push(`id in (
      select id from stage_moves where connection_id = $1 and contact_id = any(${add(scope.contactIds)})
      union select id from stage_moves where pair_id = any(${add(scope.pairIds)}::bigint[]))`);
  }
  withinTime(given, filter);
  if (filter.system !== undefined) rest.push(`source = ${add(filter.system)}`);
  return {
    ...{ kind: 'stage', table: 'stage_moves as m', base, rest, values: given.values, isSmall: scope !== null },
    columns: `${stageCodeSql} as code, ${stageTextSql} as text, source, contact_id, state`,
    toLine: (row) => ({
      ...lineOf('stage', row),
      kind: 'stage',
      ...{ code: row.code, text: row.text, outcome: row.state, system: row.source, object: 'contact' },
      ...{ recordId: row.contact_id, runId: null, changes: [] },
      pair: { kind: 'contact', recordId: row.contact_id },
    }),
  };
}

type ActionRow = Row & Omit<ActionLine['action'], 'target'> & { target_kind: string | null; target_id: string | null };

const recordKinds = ['contact', 'company', 'deal'];

/** What people asked for. Of the records that they acted on HubSpot's are named. */
export function actionSource({ connectionId, filter, scope }: Wanted): Source<ActionRow> | null {
  const isWanted = (filter.kind ?? 'action') === 'action' && filter.field === undefined;
  if (!isWanted || (filter.system ?? 'hubspot') !== 'hubspot') return null;
  const given = collect(connectionId);
  const { base, rest, add } = given;
  if (scope !== null) {
    base.push(`target_id = any(${add(scope.targets.map(({ id }) => id))})`);
    const kinds = add(scope.targets.map(({ kind }) => kind));
    rest.push(
      `(target_kind, target_id) in (select * from unnest(${kinds}::text[], $${given.values.length - 1}::text[]))`,
    );
  }
  if (filter.run !== undefined) base.push(`target_id = ${add(filter.run)} and target_kind = 'run'`);
  if (filter.actor !== undefined) base.push(`actor = ${add(filter.actor)}`);
  withinTime(given, filter);
  if (filter.system !== undefined) rest.push(`target_kind = any(${add(recordKinds)})`);
  if (filter.object !== undefined) rest.push(`target_kind = ${add(filter.object)}`);
  return {
    ...{ kind: 'action', table: 'actions', base, rest, values: given.values, isSmall: scope !== null },
    columns: 'actor, code, target_kind, target_id, details, outcome, problem',
    toLine: toActionLine,
  };
}

function toActionLine(row: ActionRow): StoredLine {
  const { actor, code, details, outcome, problem, target_kind: kind, target_id: id } = row;
  const target = kind === null || id === null ? null : { kind, id };
  const isRecord = target !== null && recordKinds.includes(target.kind);
  return {
    ...lineOf('action', row),
    kind: 'action',
    system: isRecord ? 'hubspot' : null,
    object: isRecord ? target.kind : null,
    recordId: isRecord ? target.id : null,
    runId: target?.kind === 'run' ? target.id : null,
    action: { actor, code, target, details, outcome, problem },
  };
}
