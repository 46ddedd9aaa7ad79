import type { CounterpartObject } from '../../domain/record.ts';
import { SyncError } from '../../errors.ts';
import type { Mark } from '../../ports/ledger-claim.ts';
import type { Decision, RecordResult } from '../../ports/ledger-result.ts';
import { doneResult, endOf, faultResult } from '../drain/results.ts';
import { kindOfObject } from '../drain-records/kinds.ts';
import type { RecordBatch } from '../drain-records/record-look.ts';
import { toVendorFault } from '../vendor-fault.ts';
import type { CounterpartFate } from './counterpart-fate.ts';
import { type BirthLook, createRecords } from './create-records.ts';
import type { CounterpartDependencies } from './dependencies.ts';
import { type FatedCounterpart, planCounterparts } from './plan-counterparts.ts';

/**
 * Takes one claim of Accounts or Opportunities from reading to settling: find them, ask the ledger what of them is linked, decide each, mark the
 * HubSpot records concerned, create those that the mapping wants.
 * @throws SyncError only when the ledger cannot be reached; the lease then runs out and the records are looked at again
 */
export async function settleCounterparts(
  dependencies: CounterpartDependencies,
  batch: RecordBatch,
  object: CounterpartObject,
): Promise<void> {
  const { ledger, mappingVersion, clock, observe } = dependencies;
  const of = { system: 'salesforce', object } as const;
  const { token, records } = batch.claim;
  const fated = await planCounterparts(dependencies, batch, object).catch(toVendorFault);
  if (fated instanceof SyncError) {
    const results = records.map((claimed) => faultResult(claimed, fated, clock));
    await ledger.commit(token, mappingVersion, results, of);
    return;
  }
  const births = fated.flatMap(toBirth);
  const others = observe ? fated : fated.filter(({ fate }) => fate.kind !== 'create');
  const results = others.map((look) => settled(look, object, observe));
  if (results.length > 0) await ledger.commit(token, mappingVersion, results, of);
  if (observe || births.length === 0) return;
  if (batch.signal.aborted) return ledger.release(token);
  await createRecords(dependencies, batch, object, births);
}

function toBirth({ claimed, record, fate }: FatedCounterpart): BirthLook[] {
  return fate.kind === 'create' && record !== null ? [{ claimed, record, decision: decisionOf(fate, false) }] : [];
}

function settled({ claimed, fate }: FatedCounterpart, object: CounterpartObject, observe: boolean): RecordResult {
  const acts = observe && (fate.kind === 'create' || fate.kind === 'record');
  const done = doneResult(claimed, decisionOf(fate, acts));
  switch (fate.kind) {
    case 'problem':
      return { ...done, ...endOf({ problem: fate.problem, intents: [] }) };
    case 'record':
      return { ...done, marks: [{ ...markOfRecord(object, fate.recordId), ...(fate.isNamed ? named : {}) }] };
    case 'successor':
      return {
        ...done,
        marks: [{ system: 'salesforce', object, recordId: fate.id, priority: 2, source: 'salesforce' }],
      };
    case 'nothing':
      return fate.waitsFor.length === 0 ? done : { ...done, waitsFor: fate.waitsFor };
    case 'create':
      return done;
  }
}

/** Whoever has passed the gate: somebody of the Account is linked. */
const named = { hints: ['born'] } as const;

/** The look that links the HubSpot record with it. */
export function markOfRecord(object: CounterpartObject, recordId: string): Mark {
  return { system: 'hubspot', object: kindOfObject(object).kind, recordId, priority: 2, source: 'salesforce' };
}

function decisionOf({ kind, code, text }: CounterpartFate, observedOnly: boolean): Decision {
  const outcomes = { record: 'marked', successor: 'marked', nothing: 'left', problem: 'failed', create: 'create' };
  return { outcome: outcomes[kind], code, text, reasons: [], fields: [], observedOnly };
}
