import { baseAfterHubSpot } from '../../domain/merge/base.ts';
import type { FieldValues } from '../../domain/record.ts';
import { SyncError } from '../../errors.ts';
import type { HubSpotWriteResult } from '../../ports/hubspot.ts';
import type { RecordResult } from '../../ports/ledger-result.ts';
import { toProperties } from '../drain/contact-intent.ts';
import { holdLease } from '../drain/hold-lease.ts';
import { lookAgainResult, resultFor } from '../drain/results.ts';
import { hubSpotUnanswered } from '../drain/unanswered.ts';
import type { RecordDependencies } from './dependencies.ts';
import { keepRecordsFresh } from './keep-records-fresh.ts';
import { type KindNames, mappingOf } from './kinds.ts';
import { isAssociation, toAssociationWrites } from './pseudo-fields.ts';
import type { HubSpotLook, RecordBatch } from './record-look.ts';
import { endOfWrites, grewOld, refusedRecord, relationsAfter } from './record-results.ts';
import { associationsAfter, hubSpotIntent } from './reserve-records.ts';

/** Writes companies or deals in HubSpot: properties first, one update per 100, then associations. Settles the records. */
export async function writeHubSpotRecords(
  dependencies: RecordDependencies,
  batch: RecordBatch,
  names: KindNames,
  looks: readonly HubSpotLook[],
): Promise<void> {
  if (looks.length === 0) return;
  const isHeld = await holdLease(dependencies, batch);
  const ours = looks.filter(({ claimed }) => isHeld(claimed.recordId));
  const { fresh, changed } = await keepRecordsFresh(dependencies, batch, names, ours, 'hubspot');
  if (changed.length > 0) {
    const { ledger, mappingVersion } = dependencies;
    await ledger.commit(batch.claim.token, mappingVersion, changed.map(grewOld), ofKind(names));
  }
  const byProperty = fresh.filter(({ changes }) => !changes.some(isAssociation));
  const next = await writeProperties(dependencies, batch, names, byProperty);
  await writeAssociations(dependencies, batch, names, [
    ...fresh.filter(({ changes }) => changes.some(isAssociation)),
    ...next,
  ]);
}

function ofKind({ kind }: KindNames) {
  return { system: 'hubspot', object: kind } as const;
}

/** @returns the looks whose associations follow, under an intent of their own */
async function writeProperties(
  dependencies: RecordDependencies,
  { claim, spend }: RecordBatch,
  names: KindNames,
  looks: readonly HubSpotLook[],
): Promise<HubSpotLook[]> {
  if (looks.length === 0) return [];
  const { hubspot, ledger, mappingVersion, mapping } = dependencies;
  const writes = looks.map(({ record, changes }) => ({ id: record.id, properties: toProperties(changes) }));
  const answers = await hubspot.update(names.type, writes, spend);
  const { hubspotProperties } = mappingOf(mapping, names.kind);
  const outcomes = looks.map((look) => ({
    look,
    next: associationsAfter(look, look.changes),
    answer: answers.get(look.record.id) ?? ({ ok: false, error: hubSpotUnanswered } as const),
  }));
  const results = outcomes.map(({ look, next, answer }) => {
    if (!answer.ok) return refusedRecord(dependencies, look, answer.error);
    const done = writtenResult(look, answer.properties);
    const intent = hubSpotIntent(names, look, next);
    if (intent !== null) return { ...done, nextIntent: intent };
    if (seesEdit(look, answer.properties, hubspotProperties)) {
      return { ...done, ...lookAgainResult(look.claimed, 'edited_meanwhile') };
    }
    const end = { ...done, ...endOfWrites(dependencies, look, look.roleError) };
    return showsNoEdit(look, answer.properties, hubspotProperties)
      ? { ...end, hubspotWrittenAtMs: answer.updatedAtMs }
      : end;
  });
  const { intentIds, stale, poisoned } = await ledger.commit(claim.token, mappingVersion, results, ofKind(names));
  const lost = new Set([...stale, ...poisoned]);
  return outcomes.flatMap(({ look, next, answer }) => {
    const id = look.claimed.recordId;
    const intentId = intentIds.get(id);
    return answer.ok && intentId !== undefined && !lost.has(id) ? [{ ...look, changes: next, intentId }] : [];
  });
}

async function writeAssociations(
  dependencies: RecordDependencies,
  { claim, spend }: RecordBatch,
  names: KindNames,
  looks: readonly HubSpotLook[],
): Promise<void> {
  if (looks.length === 0) return;
  const { hubspot, ledger, mappingVersion, mapping } = dependencies;
  const { primaryLabel } = mapping.deal.roles;
  const writes = looks.flatMap((look) =>
    toAssociationWrites({ type: names.type, id: look.record.id }, look.changes, {
      associations: look.associations,
      primaryLabel: names.kind === 'deal' ? primaryLabel : null,
    }).map((write) => ({ look, write })),
  );
  const faults = await hubspot.associate(
    writes.map(({ write }) => write),
    spend,
  );
  const faultOf = (look: HubSpotLook) =>
    writes.map((each, index) => (each.look === look ? (faults[index] ?? null) : null)).find((fault) => fault !== null);
  const results = looks.map((look) => {
    const fault = faultOf(look);
    if (fault instanceof SyncError) return refusedRecord(dependencies, look, fault);
    // HubSpot answers no more than that it is done: not when, so the next sweep reads the record once more.
    const held: FieldValues = Object.fromEntries(look.changes.map(({ field, after }) => [field, after]));
    return {
      ...writtenResult(look, held),
      ...relationsAfter(names, look, look.changes),
      ...endOfWrites(dependencies, look, look.roleError),
    };
  });
  await ledger.commit(claim.token, mappingVersion, results, ofKind(names));
}

/** The intent was carried out. */
function writtenResult({ claimed, record, pairId, intentId, changes }: HubSpotLook, held: FieldValues): RecordResult {
  return {
    ...resultFor(claimed),
    pairId,
    outcomes: [{ intentId, state: 'done', recordId: record.id }],
    agreed: baseAfterHubSpot(changes, held),
  };
}

type Answered = Extract<HubSpotWriteResult, { ok: true }>['properties'];

/** Whether HubSpot's answer shows an edit that came in between: somebody looks again then. */
function seesEdit(look: HubSpotLook, answered: Answered, names: readonly string[]): boolean {
  return othersOf(look, names).some(
    (name) => answered[name] !== undefined && (answered[name] ?? '') !== (look.record.properties[name] ?? ''),
  );
}

/** Whether the answer proves that there was none: sweeps may pass over the time of our own write then. */
function showsNoEdit(look: HubSpotLook, answered: Answered, names: readonly string[]): boolean {
  return othersOf(look, names).every((name) => (answered[name] ?? null) === (look.record.properties[name] ?? null));
}

/** Calculated by HubSpot from the stage of a deal: our own move of it changes them. */
const followsStage = /^hs_(deal_stage|is_|forecast|projected|closed)/;

function othersOf({ changes }: HubSpotLook, names: readonly string[]): string[] {
  const written = new Set(changes.map(({ field }) => field));
  return names.filter((name) => !written.has(name) && !(written.has('dealstage') && followsStage.test(name)));
}
