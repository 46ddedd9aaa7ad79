import type { PlanProblem } from '../../domain/plan/types.ts';
import type { SalesforceRecord } from '../../domain/record.ts';
import type { KnownRecord } from '../../ports/ledger-relations.ts';
import type { WaitKey } from '../../ports/ledger-result.ts';

/** What becomes of an Account or Opportunity that was marked because no pair knew it. */
export type CounterpartFate =
  /** It concerns a record in HubSpot, which is to be looked at. `isNamed`: for this Account's sake, although nothing else leads to it. */
  | { kind: 'record'; recordId: string; code: string; text: string; isNamed?: true }
  /** Another Account has taken its place. */
  | { kind: 'successor'; id: string; code: string; text: string }
  | { kind: 'nothing'; code: string; text: string; waitsFor: readonly WaitKey[] }
  | { kind: 'problem'; code: string; text: string; problem: PlanProblem }
  | { kind: 'create'; code: string; text: string };

export type CounterpartFacts = {
  /** As just read; null: Salesforce no longer shows it. */
  record: SalesforceRecord | null;
  known: KnownRecord | null;
  /** The mapping creates such records in HubSpot. */
  isWanted: boolean;
  /** What of it the mapping says to ignore, such as its stage; null: nothing. */
  ignored: string | null;
  /** Something of it is linked: of an Account one of its Contacts, of an Opportunity its Account or one of its roles. */
  isLinked: boolean;
  /** What would link it. */
  waitsFor: readonly WaitKey[];
  /** Companies that have the Account's domain; of an Opportunity none. */
  sameDomain: readonly string[];
};

/** Decides what becomes of it. Pure; its texts hold ids and rules only. */
export function fateOfCounterpart(facts: CounterpartFacts): CounterpartFate {
  const { record, known } = facts;
  if (known?.recordId != null) {
    const text = `It is paired with ${known.recordId} in HubSpot, which is looked at in its place.`;
    return { kind: 'record', recordId: known.recordId, code: 'counterpart_paired', text };
  }
  if (known !== null && known.tombstone !== null) {
    return nothing('counterpart_pair_ended', 'Its pair has ended: the record was deleted in HubSpot.');
  }
  if (record === null || (record.isDeleted && record.masterRecordId === null)) {
    return nothing('counterpart_gone', 'It is no longer in Salesforce.');
  }
  if (record.masterRecordId !== null) {
    const text = `It was merged into ${record.masterRecordId}, which is looked at in its place.`;
    return { kind: 'successor', id: record.masterRecordId, code: 'counterpart_merged', text };
  }
  return fateOfLiving(record, facts);
}

function fateOfLiving(record: SalesforceRecord, facts: CounterpartFacts): CounterpartFate {
  if (record.externalId !== null && record.externalId !== '') {
    const text = `It carries the id of ${record.externalId} in HubSpot, which is looked at in its place.`;
    return { kind: 'record', recordId: record.externalId, code: 'counterpart_has_record', text };
  }
  if (!facts.isWanted) {
    const file = record.object === 'Account' ? 'companies.yaml' : 'deals.yaml';
    return nothing('counterpart_ignored', `${file} says "create_in_hubspot: never".`);
  }
  if (facts.ignored !== null) {
    return nothing('deal_stage_ignored', `deals.yaml says that ${facts.ignored} is not synced (pipelines.not_synced).`);
  }
  if (!facts.isLinked) {
    const text =
      'Nothing that belongs to it is linked with HubSpot yet; it is looked at again as soon as something is.';
    return { ...nothing('counterpart_not_linked', text), waitsFor: facts.waitsFor };
  }
  const [companyId, ...others] = facts.sameDomain;
  if (others.length > 0) return severalCompanies(facts.sameDomain);
  if (companyId !== undefined) {
    const text = `Company ${companyId} in HubSpot has its domain and is looked at, to be linked with it.`;
    return { kind: 'record', recordId: companyId, code: 'counterpart_found_by_domain', text, isNamed: true };
  }
  return { kind: 'create', code: 'counterpart_created', text: 'It is created in HubSpot.' };
}

function nothing(code: string, text: string): Extract<CounterpartFate, { kind: 'nothing' }> {
  return { kind: 'nothing', code, text, waitsFor: [] };
}

function severalCompanies(ids: readonly string[]): CounterpartFate {
  const problem: PlanProblem = {
    code: 'several_companies',
    message: 'Several companies in HubSpot have the domain of this Account.',
    advice: 'Merge them in HubSpot, or put the id of the Account into salesforce_account_id of the right one.',
    fields: ['Website'],
    recordIds: ids,
  };
  return { kind: 'problem', code: problem.code, text: problem.message, problem };
}
