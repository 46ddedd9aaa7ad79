import { type HubSpotObject, pluralOf, type SalesforceReference } from '../../domain/record.ts';
import type { RevertSummary } from '../../domain/revert/types.ts';
import type { RunCount } from '../../domain/runs/types.ts';
import type { WrittenPair } from '../../ports/ledger-reverts.ts';
import type { ClaimedRun } from '../../ports/ledger-runs.ts';
import { planLooks } from '../drain/plan-looks.ts';
import { kinds, mappingOf, type RecordKind } from '../drain-records/kinds.ts';
import { planRecords } from '../drain-records/plan-records.ts';
import { readAssociations } from '../drain-records/read-records.ts';
import { readWanted, type Subject } from '../preview/read-wanted.ts';
import { unclaimedBatch } from '../preview/unclaimed.ts';
import { type Counter, createCounter } from '../runs/run-counts.ts';
import { type RunDependencies, runSpend } from '../runs/run-handler.ts';

type DryRun = Pick<ClaimedRun, 'id' | 'startedAtMs' | 'options'> & { reverts: string };

/** What a revert would do with these pairs: counts alone, by reads alone. Nothing is written anywhere. */
export async function planReverts(
  dependencies: RunDependencies,
  run: DryRun,
  pairs: readonly WrittenPair[],
): Promise<RunCount[]> {
  const counter = createCounter();
  for (const { recordId, pairId } of pairs) {
    if (recordId !== null) continue;
    counter.add('listed', 'record_gone', pairId);
    counter.add('left', 'record_gone', pairId);
  }
  for (const object of ['contact', 'company', 'deal'] as const) {
    const ids = pairs.flatMap((pair) => (pair.object === object && pair.recordId !== null ? [pair.recordId] : []));
    if (ids.length > 0) await planKind(dependencies, run, { object, ids }, counter);
  }
  return counter.all();
}

type Asked = { object: HubSpotObject; ids: readonly string[] };

async function planKind(dependencies: RunDependencies, run: DryRun, { object, ids }: Asked, counter: Counter) {
  const { mapping, ledger } = dependencies;
  const isOff = object !== 'contact' && !mappingOf(mapping, object).isOn;
  if (isOff) {
    for (const id of ids) countLeft(counter, id, 'not_read');
    return;
  }
  const type = pluralOf[object];
  const properties = mapping[object].hubspotProperties;
  const wanted = ids.map((id) => ({ id, record: null }));
  const { subjects, ended } = await readWanted<never>(dependencies, { type, object, properties }, wanted, runSpend());
  for (const [id, how] of ended) countLeft(counter, id, how === 'gone' ? 'record_gone' : 'not_read');
  const pairIds = subjects.flatMap(({ pairId }) => pairId ?? []);
  const { created = 'keep' } = run.options;
  const revert = { runId: run.id, reverts: run.reverts, created, hasOthers: false, untilMs: run.startedAtMs };
  const reverts = await ledger.revertsOf(pairIds, revert);
  const given = subjects.flatMap((subject) => {
    const { pair, pairId } = subject;
    return pair === null || pairId === null
      ? []
      : [{ ...subject, pair: { ...pair, revert: reverts.get(pairId) ?? null } }];
  });
  const plan = object === 'contact' ? planContacts : planOthers(object);
  for (const { id, summary } of await plan(dependencies, given)) count(counter, id, summary);
}

type Planned = { id: string; summary: RevertSummary | undefined };
type Given = Subject<never> & { pair: NonNullable<Subject<never>['pair']> };

function batchOf<Reference extends SalesforceReference>({ clock }: RunDependencies, given: readonly Given[]) {
  const now = clock.now();
  const unclaimed = given.map(({ record, pairId, pair, hints }) => ({ recordId: record.id, pairId, pair, hints }));
  return { now, ...unclaimedBatch<Reference>(unclaimed, now, runSpend()) };
}

async function planContacts(dependencies: RunDependencies, given: readonly Given[]): Promise<Planned[]> {
  const { now, records, batch } = batchOf<never>(dependencies, given);
  const looks = records.flatMap((claimed, index) => {
    const contact = given[index]?.record;
    return contact === undefined ? [] : [{ claimed, contact, readAtMs: now }];
  });
  const { planned, failed } = await planLooks(dependencies, batch, looks);
  return [
    ...planned.map(({ contact, plan }) => ({ id: contact.id, summary: plan.revert })),
    ...failed.map(({ contactId }) => ({ id: contactId, summary: undefined })),
  ];
}

function planOthers(kind: RecordKind) {
  return async (dependencies: RunDependencies, given: readonly Given[]): Promise<Planned[]> => {
    const { now, records, batch } = batchOf<never>(dependencies, given);
    const found = records.flatMap((claimed, index) => {
      const record = given[index]?.record;
      return record === undefined ? [] : [{ claimed, record, associations: [], readAtMs: now }];
    });
    const { looks, failed: alone } = await readAssociations(dependencies, batch, kinds[kind], found);
    const { planned, failed } = await planRecords(dependencies, batch, kinds[kind], looks);
    return [
      ...planned.map(({ record, plan }) => ({ id: record.id, summary: plan.revert })),
      ...[...alone, ...failed].map(({ contactId }) => ({ id: contactId, summary: undefined })),
    ];
  };
}

function countLeft(counter: Counter, id: string, reason: string): void {
  counter.add('listed', reason, id);
  counter.add('left', reason, id);
}

/** A record that could not be planned is one of which nobody knows yet. */
function count(counter: Counter, id: string, summary: RevertSummary | undefined): void {
  if (summary === undefined) {
    counter.add('listed', 'unread', id);
    return;
  }
  const { put, left, deleted } = summary;
  counter.add('listed', put.length + deleted > 0 ? 'marked' : 'nothing_to_put_back', id);
  for (const { system } of put) counter.add('put_back', system, id);
  if (deleted > 0) counter.add('put_back', 'deleted', id);
  for (const { reason } of left) counter.add('left', reason, id);
}
