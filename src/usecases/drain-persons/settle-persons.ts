import type { PersonObject } from '../../domain/record.ts';
import { SyncError } from '../../errors.ts';
import type { Mark } from '../../ports/ledger-claim.ts';
import type { RecordResult } from '../../ports/ledger-result.ts';
import type { Batch } from '../drain/batch.ts';
import { doneResult, faultResult } from '../drain/results.ts';
import { toVendorFault } from '../vendor-fault.ts';
import { createContacts } from './create-contacts.ts';
import type { PersonsDependencies } from './dependencies.ts';
import { type BirthLook, decisionOf, type FatedLook, markOfContact } from './person-look.ts';
import { planPersons } from './plan-persons.ts';

/**
 * Takes one claim of persons from reading to settling: find them, ask HubSpot for their emails, decide each, mark the contacts concerned,
 * create those that the mapping wants.
 * @throws SyncError only when the ledger cannot be reached; the lease then runs out and the records are looked at again
 */
export async function settlePersons(
  dependencies: PersonsDependencies,
  batch: Batch,
  object: PersonObject,
): Promise<void> {
  const { ledger, mappingVersion, clock, observe } = dependencies;
  const of = { system: 'salesforce', object } as const;
  const { token, records } = batch.claim;
  const fated = await planPersons(dependencies, batch, object).catch(toVendorFault);
  if (fated instanceof SyncError) {
    const results = records.map((claimed) => faultResult(claimed, fated, clock));
    await ledger.commit(token, mappingVersion, results, of);
    return;
  }
  const births = fated.filter(isBirth);
  const others = observe ? fated : fated.filter((look) => !isBirth(look));
  const marks = marksOf(others);
  if (marks.length > 0) await ledger.mark(marks);
  const results = others.map((look) => settled(look, dependencies));
  if (results.length > 0) await ledger.commit(token, mappingVersion, results, of);
  if (observe || births.length === 0) return;
  if (batch.signal.aborted) return ledger.release(token);
  await createContacts(dependencies, batch, object, births);
}

function isBirth(look: FatedLook): look is FatedLook & BirthLook {
  return look.fate.kind === 'create' && look.person !== null;
}

function marksOf(looks: readonly FatedLook[]): Mark[] {
  const marks = looks.flatMap(({ fate }): Mark[] => {
    if (fate.kind === 'contact') return [markOfContact(fate.contactId, fate.born)];
    if (fate.kind !== 'successor') return [];
    return [{ system: 'salesforce', object: fate.object, recordId: fate.id, priority: 2, source: 'salesforce' }];
  });
  return [...new Map(marks.map((mark) => [`${mark.object} ${mark.recordId}`, mark])).values()];
}

function settled({ claimed, fate }: FatedLook, { observe, clock }: PersonsDependencies): RecordResult {
  if (fate.kind === 'problem') return faultResult(claimed, fate.error, clock);
  const acts = fate.kind === 'create' || fate.kind === 'contact';
  return doneResult(claimed, decisionOf(fate, observe && acts));
}
