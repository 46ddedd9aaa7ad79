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
import type { Condition, Place, Source, StoredLine } from './scan.ts';

/** `scope`: what the filter's record stands for; null: it names none. */
export type Wanted = { connectionId: number; filter: ActivityFilter; scope: RecordScope | null };

/** Equal to a value; nothing where the filter names none. */
function equals(column: string, value: string | undefined, type = 'text'): Condition[] {
  return value === undefined ? [] : [(add) => `${column} = ${add(value)}::${type}`];
}

/** What every source asks: whose rows they are, and of what time. */
function ofTime(connectionId: number, { fromMs, toMs }: ActivityFilter): Condition[] {
  const time = (atMs: number) => new Date(atMs).toISOString();
  return [
    (add) => `connection_id = ${add(connectionId)}`,
    ...(fromMs === undefined ? [] : [(add: Add) => `at >= ${add(time(fromMs))}::timestamptz`]),
    ...(toMs === undefined ? [] : [(add: Add) => `at < ${add(time(toMs))}::timestamptz`]),
  ];
}

type Add = Parameters<Condition>[0];

function lineOf(kind: ActivityPosition['kind'], { micros, rowId }: Place) {
  return { position: { micros, kind, id: rowId }, atMs: Math.floor(Number(micros) / 1_000) };
}

/** Whether a filter lets through anything of a kind that the service does by itself. */
function isOfService({ actor }: ActivityFilter): boolean {
  return actor === undefined || actor === serviceActor;
}

type WriteRow = Place &
  Omit<WriteTold, 'changes'> & {
    record_id: string | null;
    run_id: string | null;
    pair_id: string;
    changes: SyncLine['changes'];
  };

/** Record writes, with the pair's id for `pairOf`. Null: the filter lets none through. */
export function writeSource({ connectionId, filter, scope }: Wanted): Source<WriteRow> | null {
  if ((filter.kind ?? 'write') !== 'write' || !isOfService(filter)) return null;
  const { field } = filter;
  return {
    ...{ kind: 'write', table: 'writes', isSmall: scope !== null },
    base: [
      ...ofTime(connectionId, filter),
      ...(scope === null ? [] : [(add: Add) => `pair_id = any(${add(scope.pairIds)}::bigint[])`]),
      ...equals('run_id', filter.run, 'bigint'),
    ],
    rest: [
      ...equals('system', filter.system),
      ...equals('object', filter.object),
      ...(field === undefined ? [] : [(add: Add) => `changes @> ${add(JSON.stringify([{ field }]))}::jsonb`]),
    ],
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

type StageRow = Place & { code: string; text: string; source: SystemName; contact_id: string; state: string };

/** Moves of the lifecycle stage. A move is a change of one field of contacts, by no run. */
export function stageSource({ connectionId, filter, scope }: Wanted): Source<StageRow> | null {
  const { kind = 'stage', object = 'contact', field = 'lifecyclestage' } = filter;
  const isWanted = kind === 'stage' && object === 'contact' && field === 'lifecyclestage' && filter.run === undefined;
  if (!isWanted || !isOfService(filter)) return null;
  return {
    ...{ kind: 'stage', table: 'stage_moves as m', isSmall: scope !== null },
    base: [...ofTime(connectionId, filter), ...(scope === null ? [] : [ofContacts(connectionId, scope)])],
    rest: equals('source', filter.system),
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

function ofContacts(connectionId: number, { contactIds, pairIds }: RecordScope): Condition {
  return (add) => `id in (
    select id from stage_moves where connection_id = ${add(connectionId)} and contact_id = any(${add(contactIds)})
    union select id from stage_moves where pair_id = any(${add(pairIds)}::bigint[]))`;
}

type ActionRow = Place &
  Omit<ActionLine['action'], 'target'> & { target_kind: string | null; target_id: string | null };

const recordKinds = ['contact', 'company', 'deal'];

/** What people asked for. Of the records that they acted on HubSpot's are named. */
export function actionSource({ connectionId, filter, scope }: Wanted): Source<ActionRow> | null {
  const isWanted = (filter.kind ?? 'action') === 'action' && filter.field === undefined;
  if (!isWanted || (filter.system ?? 'hubspot') !== 'hubspot') return null;
  return {
    ...{ kind: 'action', table: 'actions', isSmall: scope !== null },
    base: [
      ...ofTime(connectionId, filter),
      ...(scope === null ? [] : [ofTargets(scope)]),
      ...(filter.run === undefined ? [] : [...equals('target_id', filter.run), ...equals('target_kind', 'run')]),
      ...equals('actor', filter.actor),
    ],
    rest: [
      ...(filter.system === undefined ? [] : [(add: Add) => `target_kind = any(${add(recordKinds)})`]),
      ...equals('target_kind', filter.object),
    ],
    columns: 'actor, code, target_kind, target_id, details, outcome, problem',
    toLine: toActionLine,
  };
}

function ofTargets({ targets }: RecordScope): Condition {
  const ids = targets.map(({ id }) => id);
  const kinds = targets.map(({ kind }) => kind);
  return (add) => `target_id = any(${add(ids)}) and (target_kind, target_id) in (
    select * from unnest(${add(kinds)}::text[], ${add(ids)}::text[]))`;
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
