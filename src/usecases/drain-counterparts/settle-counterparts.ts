import { accountField, type CounterpartObject, type SalesforceRecord } from '../../domain/record.ts';
import { ignoredOpportunity } from '../../domain/records/births.ts';
import { companyDomains } from '../../domain/records/domain-of.ts';
import { SyncError } from '../../errors.ts';
import type { Mark } from '../../ports/ledger-claim.ts';
import type { KnownRecord } from '../../ports/ledger-relations.ts';
import type { Decision, RecordResult, WaitKey } from '../../ports/ledger-result.ts';
import { doneResult, endOf, faultResult } from '../drain/results.ts';
import { fieldsToRead, kindOfObject } from '../drain-records/kinds.ts';
import type { RecordBatch } from '../drain-records/record-look.ts';
import { toVendorFault } from '../vendor-fault.ts';
import { type CounterpartFate, fateOfCounterpart } from './counterpart-fate.ts';
import { type BirthLook, createRecords } from './create-records.ts';
import type { CounterpartDependencies } from './dependencies.ts';

type Claimed = RecordBatch['claim']['records'][number];
type Look = { claimed: Claimed; record: SalesforceRecord | null; known: KnownRecord | null };
type FatedLook = Look & { fate: CounterpartFate };

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
  const looks = await readCounterparts(dependencies, batch, object).catch(toVendorFault);
  const fated =
    looks instanceof SyncError ? looks : await decide(dependencies, batch, object, looks).catch(toVendorFault);
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

async function readCounterparts(
  { ledger, salesforce, mapping, facts }: CounterpartDependencies,
  { claim, spend }: RecordBatch,
  object: CounterpartObject,
): Promise<Look[]> {
  const ids = claim.records.map(({ recordId }) => recordId);
  const lookups = ids.map((id) => ({ key: id, externalIds: [], recordIds: [id], domains: [] }));
  const fields = fieldsToRead(mapping, kindOfObject(object), await facts(spend));
  const [known, found] = await Promise.all([
    ledger.knownRecords(ids),
    salesforce.findRecords(object, lookups, fields, spend),
  ]);
  // What was reserved for a look may not pay for other calls.
  spend.prepaid = 0;
  return claim.records.map((claimed) => ({
    claimed,
    record: found.get(claimed.recordId)?.byId.find(({ id }) => id === claimed.recordId) ?? null,
    known: known.get(claimed.recordId) ?? null,
  }));
}

async function decide(
  { ledger, hubspot, mapping, facts }: CounterpartDependencies,
  { spend }: RecordBatch,
  object: CounterpartObject,
  looks: readonly Look[],
): Promise<FatedLook[]> {
  const parents = new Map(looks.map((look) => [look, object === 'Opportunity' ? parentsOf(look.record) : []]));
  const named = [...new Set([...parents.values()].flat().map(({ recordId }) => recordId))];
  const records = named.length === 0 ? new Map() : await ledger.recordsOf(named);
  const deal = object === 'Opportunity' ? (await facts(spend)).deal : null;
  const isWanted =
    object === 'Account' ? mapping.company.createInHubSpot !== 'never' : mapping.deal.createInHubSpot !== 'never';
  const fateOf = (look: Look, sameDomain: readonly string[]): FatedLook => {
    const waitsFor = parents.get(look) ?? [];
    // Accounts are marked by the look at a contact of theirs.
    const isLinked = object === 'Account' || waitsFor.some(({ recordId }) => records.has(recordId));
    const { record, known } = look;
    const ignored =
      deal === null || record === null ? null : ignoredOpportunity(record, { mapping: mapping.deal, facts: deal });
    return { ...look, fate: fateOfCounterpart({ record, known, isWanted, ignored, isLinked, waitsFor, sameDomain }) };
  };
  const first = looks.map((look) => fateOf(look, []));
  if (object !== 'Account' || !mapping.company.matchByDomain) return first;
  const domains = first.flatMap(({ fate, record }) => (fate.kind === 'create' ? domainsOf(record, mapping) : []));
  if (domains.length === 0) return first;
  const companies = await hubspot.companiesByDomain([...new Set(domains)], spend);
  return first.map((look) => {
    if (look.fate.kind !== 'create') return look;
    return fateOf(
      look,
      domainsOf(look.record, mapping).flatMap((domain) => companies.get(domain) ?? []),
    );
  });
}

/** Whose pairing makes an Opportunity a deal. */
function parentsOf(record: SalesforceRecord | null): WaitKey[] {
  const account = record?.fields[accountField];
  const roles = (record?.roles ?? []).map(({ contactId }) => ({ object: 'Contact', recordId: contactId }) as const);
  return typeof account === 'string' && account !== '' ? [{ object: 'Account', recordId: account }, ...roles] : roles;
}

/** As for companies: what says nothing of a company, such as a mail provider's domain, leads to none. */
function domainsOf(record: SalesforceRecord | null, { company }: CounterpartDependencies['mapping']): string[] {
  const website = record?.fields.Website;
  return typeof website === 'string' ? [...companyDomains({ website }, company.ignoredDomains)] : [];
}

function toBirth({ claimed, record, fate }: FatedLook): BirthLook[] {
  return fate.kind === 'create' && record !== null ? [{ claimed, record, decision: decisionOf(fate, false) }] : [];
}

function settled({ claimed, fate }: FatedLook, object: CounterpartObject, observe: boolean): RecordResult {
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
