import type { PersonObject, SalesforcePerson } from '../../domain/record.ts';
import { SyncError } from '../../errors.ts';
import type { Mark } from '../../ports/ledger-claim.ts';
import type { RecordResult } from '../../ports/ledger-result.ts';
import type { Batch } from '../drain/batch.ts';
import { doneResult, faultResult } from '../drain/results.ts';
import { toVendorFault } from '../vendor-fault.ts';
import { createContacts } from './create-contacts.ts';
import type { PersonsDependencies } from './dependencies.ts';
import { fateOfPerson } from './person-fate.ts';
import { type BirthLook, decisionOf, type FatedLook, markOfContact, type PersonLook } from './person-look.ts';

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
  const looks = await readPersons(dependencies, batch, object).catch(toVendorFault);
  const fated = looks instanceof SyncError ? looks : await decide(dependencies, batch, looks).catch(toVendorFault);
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

async function readPersons(
  { ledger, salesforce, mapping }: PersonsDependencies,
  { claim, spend }: Batch,
  object: PersonObject,
): Promise<PersonLook[]> {
  const ids = claim.records.map(({ recordId }) => recordId);
  const known = await ledger.knownPersons(ids);
  const lookups = ids.map((id) => ({ contactId: id, externalIds: [], personIds: [id], emails: [] }));
  const found = await salesforce.findPersons(lookups, mapping.contact.salesforceFields, spend);
  // What was reserved for a look may not pay for other calls.
  spend.prepaid = 0;
  return claim.records.map((claimed) => {
    const persons = found.get(claimed.recordId)?.byId ?? [];
    const person = persons.find(({ id, object: kind }) => id === claimed.recordId && kind === object) ?? null;
    return { claimed, person, known: known.get(claimed.recordId) ?? null };
  });
}

async function decide(
  { ledger, hubspot, mapping: { born } }: PersonsDependencies,
  { spend }: Batch,
  looks: readonly PersonLook[],
): Promise<FatedLook[]> {
  const fateOf = (look: PersonLook, isErased: boolean, contactIdByEmail: string | null): FatedLook => {
    const { person, known } = look;
    return { ...look, fate: fateOfPerson({ person, known, born, isErased, contactIdByEmail }) };
  };
  const first = looks.map((look) => fateOf(look, false, null));
  // Only those whom no other memory settles are asked for by email.
  const emails = [...new Set(first.filter(isUnsettled).flatMap(({ person }) => emailOf(person)))];
  if (emails.length === 0) return first;
  const [erased, contactIds] = [await ledger.erasedEmails(emails), await hubspot.contactIdsByEmail(emails, spend)];
  return looks.map((look) => {
    const [email = ''] = emailOf(look.person);
    return fateOf(look, erased.has(email), contactIds.get(email) ?? null);
  });
}

function isUnsettled({ fate }: FatedLook): boolean {
  return fate.kind === 'create' || fate.code === 'born_nobody';
}

function isBirth(look: FatedLook): look is FatedLook & BirthLook {
  return look.fate.kind === 'create' && look.person !== null;
}

function emailOf(person: SalesforcePerson | null): string[] {
  const email = person?.email?.trim().toLowerCase() ?? '';
  return email === '' ? [] : [email];
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
