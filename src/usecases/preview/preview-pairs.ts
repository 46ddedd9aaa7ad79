import type { CounterpartReference } from '../../domain/record.ts';
import type { Spend } from '../../ports/budget.ts';
import { type KindNames, kinds, mappingOf, type RecordKind } from '../drain-records/kinds.ts';
import { planRecords } from '../drain-records/plan-records.ts';
import { readAssociations } from '../drain-records/read-records.ts';
import type { PlannedRecord, RecordLook } from '../drain-records/record-look.ts';
import type { PreviewDependencies } from './dependencies.ts';
import { previewOfEnded, previewOfFailed, previewOfOff } from './endings.ts';
import { readWanted, type Wanted } from './read-wanted.ts';
import type { Preview, PreviewChange } from './types.ts';
import { unclaimedBatch } from './unclaimed.ts';

/** What the sync would do with these companies or deals. By the ids as asked; one that was merged away has its survivor's. */
export async function previewPairs(
  dependencies: PreviewDependencies,
  object: RecordKind,
  wanted: readonly Wanted[],
  spend: Spend,
): Promise<Map<string, Preview>> {
  const { mapping, clock } = dependencies;
  const names = kinds[object];
  const { isOn, hubspotProperties: properties } = mappingOf(mapping, object);
  if (!isOn) return new Map(wanted.map(({ id }) => [id, previewOfOff(object, id)]));
  const kind = { type: names.type, object, properties };
  const { subjects, ended } = await readWanted<CounterpartReference>(dependencies, kind, wanted, spend);
  const now = clock.now();
  const { records, batch } = unclaimedBatch(
    subjects.map(({ record, pairId, pair, hints }) => ({ recordId: record.id, pairId, pair, hints })),
    now,
    spend,
  );
  const found = records.flatMap((claimed, index): RecordLook[] => {
    const record = subjects[index]?.record;
    return record === undefined ? [] : [{ claimed, record, associations: [], readAtMs: now }];
  });
  const { looks, failed: alone } = await readAssociations(dependencies, batch, names, found);
  const { planned, failed } = await planRecords(dependencies, batch, names, looks);
  const previews = new Map([
    ...planned.map((look) => [look.record.id, previewOf(names, look)] as const),
    ...[...alone, ...failed].map(
      (result) => [result.contactId, previewOfFailed(object, result.contactId, result)] as const,
    ),
  ]);
  const answers = new Map([...ended].map(([id, how]) => [id, previewOfEnded(object, id, how)]));
  for (const { record, askedIds } of subjects) {
    const preview = previews.get(record.id);
    if (preview !== undefined) for (const id of askedIds) answers.set(id, preview);
  }
  return answers;
}

function previewOf(names: KindNames, { plan, record }: PlannedRecord): Preview {
  const { outcome, counterpart, write, reasons, problem } = plan;
  return {
    system: 'hubspot',
    object: names.kind,
    recordId: record.id,
    outcome,
    passesGate: null,
    counterpart,
    creates: write?.operation === 'create',
    changes: changesOf(names, plan, record.properties[names.property] ?? null),
    reasons,
    problem,
  };
}

function changesOf(
  { kind, object, property }: KindNames,
  { write, changes, linkBack, counterpart }: PlannedRecord['plan'],
  heldId: string | null,
): PreviewChange[] {
  const ours = { system: 'hubspot', object: kind } as const;
  const theirs = { system: 'salesforce', object } as const;
  const id: PreviewChange[] =
    linkBack && counterpart !== null
      ? [{ ...ours, field: property, before: heldId, after: counterpart.id, rule: 'id' }]
      : [];
  return [
    ...(write?.changes ?? []).map(({ field, before, after, rule }) => ({ ...theirs, field, before, after, rule })),
    ...id,
    ...changes.map(({ field, before, after, rule }) => ({ ...ours, field, before, after, rule })),
  ];
}
