import type { PersonMatches } from '../../domain/plan/types.ts';
import type { PersonReference, SalesforcePerson } from '../../domain/record.ts';
import { SyncError, toSyncError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { RecordResult } from '../../ports/ledger-result.ts';
import type { Intent, Reservation } from '../../ports/ledger-work.ts';
import type { Batch } from './batch.ts';
import type { DrainDependencies } from './dependencies.ts';
import { type Gone, goneResult, wasArchivedByUs } from './gone.ts';
import { holdLease } from './hold-lease.ts';
import { findOtherContacts } from './other-contacts.ts';
import { refusedReservation } from './refusals.ts';
import { faultResult } from './results.ts';
import { salesforceUnanswered } from './unanswered.ts';

/**
 * Settles contacts that are gone: their pairs end, and where the mapping says so, their persons are deleted first. What we know of somebody
 * erased goes before that: it depends on no CRM.
 */
export async function settleGone(dependencies: DrainDependencies, batch: Batch, gone: readonly Gone[]): Promise<void> {
  if (gone.length === 0) return;
  const { ledger, mappingVersion, clock, observe } = dependencies;
  const others = await findOtherContacts(dependencies, batch, gone);
  const ended: Gone[] = [];
  const results: RecordResult[] = [];
  for (const each of gone) {
    const other = others.get(each.claimed.recordId) ?? false;
    if (other instanceof SyncError) results.push(unknownOthers(each, other, clock));
    else if (other) results.push(goneResult(each, 'lives_on', clock.now()));
    else ended.push(each);
  }
  const takesPerson = ended.filter((each) => deletesPerson(dependencies, each));
  const left = ended.filter((each) => !takesPerson.includes(each));
  results.push(...left.map((each) => goneResult(each, 'left', clock.now())));
  if (observe) results.push(...takesPerson.map((each) => goneResult(each, 'would_be_deleted', clock.now())));
  else {
    const erased = takesPerson.filter(({ how }) => how === 'erased').map((each) => erasure(each, clock));
    if (erased.length > 0) await ledger.commit(batch.claim.token, mappingVersion, erased);
    results.push(...(await deletePersons(dependencies, batch, takesPerson)));
  }
  await ledger.commit(batch.claim.token, mappingVersion, results);
}

/** Whether the pair goes on is asked again later; the values of somebody erased go in any case. */
function unknownOthers(gone: Gone, error: SyncError, clock: Clock): RecordResult {
  const fault = faultResult(gone.claimed, error, clock);
  return gone.how === 'erased' ? { ...goneResult(gone, 'lives_on', clock.now()), ...fault } : fault;
}

/** The end of the pair and of all its values; the record stays claimed, as its person is still to be deleted. */
function erasure(gone: Gone, clock: Clock): RecordResult {
  const { settle: _, decision: __, ...ended } = goneResult(gone, 'left', clock.now());
  return ended;
}

/**
 * Only what we have linked, and once: a pair that has ended already left its person to people. An erased one may still have its person, as
 * Salesforce refused to delete it.
 */
function deletesPerson({ mapping }: DrainDependencies, { claimed, how }: Gone): boolean {
  const { pair } = claimed;
  const { deletedInHubSpot, erasedInHubSpot } = mapping.events;
  const isTold = (how === 'erased' ? erasedInHubSpot : deletedInHubSpot) === 'delete';
  const isOpen = pair?.tombstone == null || (how === 'erased' && pair.tombstone !== 'person_deleted');
  const isOurs = how === 'deleted' && wasArchivedByUs(claimed);
  return isTold && isOpen && !isOurs && pair?.person != null;
}

type Doomed = { gone: Gone; person: PersonReference };

async function deletePersons(
  dependencies: DrainDependencies,
  batch: Batch,
  gone: readonly Gone[],
): Promise<RecordResult[]> {
  if (gone.length === 0) return [];
  const { clock, salesforce } = dependencies;
  const found = await findLiving(dependencies, batch, gone).catch(toSyncError);
  if (found instanceof SyncError) {
    return gone.map(({ claimed }) => leftBehind(faultResult(claimed, found, clock), claimed.pair?.person?.id));
  }

  const absent = gone.filter((each) => !found.has(each.claimed.recordId));
  const results = absent.map((each) => goneResult(each, 'not_there', clock.now()));
  const doomed = gone.flatMap((each) => {
    const person = found.get(each.claimed.recordId);
    return person === undefined ? [] : [{ gone: each, person }];
  });
  const { reserved, refused } = await reserveDeletes(dependencies, batch, doomed);
  if (reserved.length === 0) return [...results, ...refused];

  const isHeld = await holdLease(dependencies, batch);
  const ours = reserved.filter((each) => isHeld(each.gone.claimed.recordId));
  const answers = await salesforce.deleteRecords(
    ours.map(({ person }) => person.id),
    batch.spend,
  );
  return [
    ...results,
    ...refused,
    ...ours.map((each) => deletedResult(dependencies, each, answers.get(each.person.id))),
  ];
}

function deletedResult(
  { clock }: DrainDependencies,
  { gone, person, pairId, intentId }: Reserved,
  error: SyncError | null | undefined,
): RecordResult {
  if (error === null) {
    const result = goneResult(gone, 'deleted', clock.now(), person);
    const own = { intentId, state: 'done', recordId: person.id } as const;
    return { ...result, pairId, outcomes: [...(result.outcomes ?? []), own] };
  }
  const fault = error ?? salesforceUnanswered;
  const state = fault.detail.mayHaveHappened === true ? ('unknown' as const) : ('refused' as const);
  return {
    ...leftBehind(faultResult(gone.claimed, fault, clock), person.id),
    pairId,
    outcomes: [{ intentId, state, errorCode: fault.code }],
  };
}

/** The failure names the person that is still there: of an erased pair nothing else tells of it. */
function leftBehind(result: RecordResult, personId: string | undefined): RecordResult {
  const { failure } = result;
  if (!failure || personId === undefined) return result;
  return { ...result, failure: { ...failure, recordIds: [...new Set([...failure.recordIds, personId])] } };
}

/** The one living person of each contact, over merges and conversions; none where it carries the id of another contact. */
async function findLiving(
  { salesforce, mapping }: DrainDependencies,
  { spend }: Batch,
  gone: readonly Gone[],
): Promise<ReadonlyMap<string, PersonReference>> {
  const lookups = gone.map(({ claimed: { recordId, pair } }) => ({
    contactId: recordId,
    externalIds: [...new Set([recordId, ...(pair?.formerContactIds ?? [])])],
    personIds: pair?.person ? [pair.person.id] : [],
    emails: [],
  }));
  const found = await salesforce.findPersons(lookups, mapping.contact.salesforceFields, spend);
  return new Map(
    lookups.flatMap(({ contactId, externalIds }) => {
      const person = livingOf(found.get(contactId), externalIds);
      return person === null ? [] : [[contactId, { object: person.object, id: person.id }] as const];
    }),
  );
}

function livingOf(matches: PersonMatches | undefined, ownIds: readonly string[]): SalesforcePerson | null {
  const isOurs = ({ isDeleted, isConverted, externalId }: SalesforcePerson) =>
    !isDeleted && !isConverted && (!externalId || ownIds.includes(externalId));
  const all = [...(matches?.byId ?? []), ...(matches?.byExternalId ?? [])].filter(isOurs);
  const [person, ...others] = [...new Map(all.map((each) => [each.id, each])).values()];
  return person === undefined || others.length > 0 ? null : person;
}

type Reserved = Doomed & { pairId: string; intentId: string };

async function reserveDeletes(
  { ledger, mappingVersion, clock }: DrainDependencies,
  { claim }: Batch,
  doomed: readonly Doomed[],
): Promise<{ reserved: Reserved[]; refused: RecordResult[] }> {
  if (doomed.length === 0) return { reserved: [], refused: [] };
  const answers = await ledger.reserve(claim.token, mappingVersion, doomed.map(toReservation));
  const byContact = new Map(answers.map((answer) => [answer.contactId, answer]));
  const reserved: Reserved[] = [];
  const refused: RecordResult[] = [];
  for (const each of doomed) {
    const { claimed } = each.gone;
    const answer = byContact.get(claimed.recordId);
    if (answer?.ok && answer.intentId !== null) {
      reserved.push({ ...each, pairId: answer.pairId, intentId: answer.intentId });
    } else if (answer?.ok === false && answer.reason !== 'stale') {
      refused.push(faultResult(claimed, refusedReservation(answer, clock.now()), clock));
    }
  }
  return { reserved, refused };
}

function toReservation({ gone: { claimed }, person }: Doomed): Reservation {
  const { recordId, counter, pairId } = claimed;
  const { object, id } = person;
  const intent: Intent = { system: 'salesforce', object, recordId: id, operation: 'delete', changes: [] };
  return { contactId: recordId, counter, pairId, contactIds: [recordId], person, claimEmails: [], intent };
}
