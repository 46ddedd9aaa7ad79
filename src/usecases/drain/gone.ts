import { judgeByAge } from '../../domain/plan/judge-intents.ts';
import type { Tombstone } from '../../domain/plan/types.ts';
import type { PersonReference, SalesforceReference } from '../../domain/record.ts';
import type { ClaimedRecord } from '../../ports/ledger-claim.ts';
import type { RecordResult } from '../../ports/ledger-result.ts';
import { doneResult, judgedOutcomes, settledAfter } from './results.ts';

/** A claimed contact that HubSpot does not have any more, or whose erasure was reported. */
export type Gone = { claimed: ClaimedRecord; how: 'deleted' | 'erased' };

/**
 * What became of the person: nothing, as nothing was to be done; deleted with the contact; not there to be deleted. `lives_on`: the id was
 * one of several, and the pair has another living contact.
 */
export type PersonsFate = 'left' | 'deleted' | 'not_there' | 'would_be_deleted' | 'lives_on';

/**
 * Whether we began to archive the record ourselves and never heard an answer: with its person, or because a revert takes back that it was created.
 * Then nobody has deleted it, and it takes nobody along.
 */
export function wasArchivedByUs({
  recordId,
  pair,
}: Pick<ClaimedRecord<SalesforceReference>, 'recordId' | 'pair'>): boolean {
  return (pair?.openIntents ?? []).some(
    (intent) => intent.system === 'hubspot' && intent.recordId === recordId && intent.fields.length === 0,
  );
}

/**
 * How the look at a contact ends that is gone: the pair ends with it and keeps its ids as memories, so that nobody is created in its place
 * and the contact finds its person should it come back.
 */
export function goneResult(
  { claimed, how }: Gone,
  fate: PersonsFate,
  now: number,
  person?: PersonReference,
): RecordResult {
  const { pairId, pair } = claimed;
  const decision = {
    outcome: 'gone',
    code: how === 'erased' ? 'contact_erased' : 'contact_gone',
    text: `${sentences[how]} ${fates[fate]}`,
    reasons: [],
    fields: [],
    observedOnly: fate === 'would_be_deleted',
  };
  const done = doneResult(claimed, decision);
  // Also of somebody who has no pair the ledger gives a receipt.
  if (pairId === null) return how === 'erased' ? { ...done, tombstone: 'erased' } : done;
  const verdicts = (pair?.openIntents ?? []).map((intent) => judgeByAge(intent, now));
  return {
    ...done,
    pairId,
    ...(fate === 'lives_on' ? {} : { tombstone: tombstoneOf(pair?.tombstone ?? null, how) }),
    retiredContactIds: [{ id: claimed.recordId, status: how }],
    ...(fate === 'deleted' && person !== undefined ? { retiredPersonIds: [{ ...person, status: 'deleted' }] } : {}),
    outcomes: judgedOutcomes(verdicts, false),
    settle: settledAfter(verdicts, { kind: 'done' }),
  };
}

/** Why the pair ended first stays; an erasure goes before everything. */
function tombstoneOf(before: Tombstone | null, how: Gone['how']): Tombstone {
  return how === 'erased' ? 'erased' : (before ?? 'contact_deleted');
}

const sentences: Readonly<Record<Gone['how'], string>> = {
  deleted: 'The contact is no longer in HubSpot.',
  erased: 'The contact was erased for privacy in HubSpot.',
};

const fates: Readonly<Record<PersonsFate, string>> = {
  left: 'Its person in Salesforce, if there is one, is left as it is.',
  deleted: 'Its person in Salesforce was deleted too, as the mapping says.',
  not_there: 'There is no person in Salesforce that would have to be deleted too.',
  lives_on: 'Its pair goes on with the contact into which it was merged.',
  would_be_deleted: 'Its person in Salesforce would be deleted too, as the mapping says.',
};
