import { baseAfterHubSpot } from '../../domain/merge/base.ts';
import type { FieldValues } from '../../domain/record.ts';
import { SyncError } from '../../errors.ts';
import type { HubSpotWriteResult } from '../../ports/hubspot.ts';
import type { RecordResult } from '../../ports/ledger-result.ts';
import { toProperties } from '../drain/contact-intent.ts';
import { holdLease } from '../drain/hold-lease.ts';
import { endOf, resultFor } from '../drain/results.ts';
import { hubSpotUnanswered } from '../drain/unanswered.ts';
import type { RecordDependencies } from './dependencies.ts';
import { keepRecordsFresh } from './keep-records-fresh.ts';
import { type KindNames, mappingOf } from './kinds.ts';
import { isAssociation, toAssociationWrites } from './pseudo-fields.ts';
import type { HubSpotLook, RecordBatch } from './record-look.ts';
import { grewOld, refusedRecord } from './record-results.ts';
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
  const { fresh, changed } = await keepRecordsFresh(dependencies, batch, names, ours);
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
    const done = doneResult(look, answer.properties);
    const intent = hubSpotIntent(names, look, next);
    return intent === null ? lastResult(look, done, answer, hubspotProperties) : { ...done, nextIntent: intent };
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
    // HubSpot answers no more than that it is done.
    const held: FieldValues = Object.fromEntries(look.changes.map(({ field, after }) => [field, after]));
    return { ...doneResult(look, held), ...endOf(look.plan) };
  });
  await ledger.commit(claim.token, mappingVersion, results, ofKind(names));
}

function doneResult({ claimed, record, pairId, intentId, changes }: HubSpotLook, held: FieldValues): RecordResult {
  return {
    ...resultFor(claimed),
    pairId,
    outcomes: [{ intentId, state: 'done', recordId: record.id }],
    agreed: baseAfterHubSpot(changes, held),
  };
}

/**
 * The look ends. Where HubSpot's answer shows an edit that came in between, somebody looks again; where it proves that there was none, sweeps
 * may pass over the time of our own write.
 */
function lastResult(
  { record, changes, plan }: HubSpotLook,
  done: RecordResult,
  { properties, updatedAtMs }: Extract<HubSpotWriteResult, { ok: true }>,
  names: readonly string[],
): RecordResult {
  const written = new Set(changes.map(({ field }) => field));
  const others = names.filter((name) => !written.has(name));
  const isEdited = others.some(
    (name) => properties[name] !== undefined && (properties[name] ?? '') !== (record.properties[name] ?? ''),
  );
  if (isEdited) return { ...done, settle: { kind: 'later', delayMs: 0, counts: false, code: 'edited_meanwhile' } };
  const isProven = others.every((name) => (properties[name] ?? null) === (record.properties[name] ?? null));
  return { ...done, ...endOf(plan), ...(isProven ? { hubspotWrittenAtMs: updatedAtMs } : {}) };
}
