import { accountField, type CounterpartObject, type SalesforceRecord } from '../../domain/record.ts';
import { ignoredOpportunity } from '../../domain/records/births.ts';
import { companyDomains } from '../../domain/records/domain-of.ts';
import type { HubSpotPort } from '../../ports/hubspot.ts';
import type { KnownRecord, RelationLedger } from '../../ports/ledger-relations.ts';
import type { WaitKey } from '../../ports/ledger-result.ts';
import type { SalesforcePort } from '../../ports/salesforce.ts';
import type { DrainDependencies } from '../drain/dependencies.ts';
import { fieldsToRead, kindOfObject } from '../drain-records/kinds.ts';
import type { RecordBatch } from '../drain-records/record-look.ts';
import { type CounterpartFate, fateOfCounterpart } from './counterpart-fate.ts';

type Look = {
  claimed: RecordBatch['claim']['records'][number];
  record: SalesforceRecord | null;
  known: KnownRecord | null;
};

/** One claimed Account or Opportunity, and what becomes of it. */
export type FatedCounterpart = Look & { fate: CounterpartFate };

/** What it takes to decide about Accounts and Opportunities: nothing of it can write. */
export type CounterpartPlanDependencies = Pick<DrainDependencies, 'mapping' | 'facts'> & {
  ledger: Pick<RelationLedger, 'knownRecords' | 'recordsOf'>;
  hubspot: Pick<HubSpotPort, 'companiesByDomain'>;
  salesforce: Pick<SalesforcePort, 'findRecords'>;
};

type ReadBatch = Pick<RecordBatch, 'claim' | 'spend'>;

/**
 * Reads these Accounts or Opportunities, asks the ledger what of them is linked, and decides what becomes of each.
 * @throws SyncError what a CRM or the ledger answers
 */
export async function planCounterparts(
  dependencies: CounterpartPlanDependencies,
  batch: ReadBatch,
  object: CounterpartObject,
): Promise<FatedCounterpart[]> {
  return await decide(dependencies, batch, object, await readCounterparts(dependencies, batch, object));
}

async function readCounterparts(
  { ledger, salesforce, mapping, facts }: CounterpartPlanDependencies,
  { claim, spend }: ReadBatch,
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
  { ledger, hubspot, mapping, facts }: CounterpartPlanDependencies,
  { spend }: ReadBatch,
  object: CounterpartObject,
  looks: readonly Look[],
): Promise<FatedCounterpart[]> {
  const parents = new Map(looks.map((look) => [look, object === 'Opportunity' ? parentsOf(look.record) : []]));
  const named = [...new Set([...parents.values()].flat().map(({ recordId }) => recordId))];
  const records = named.length === 0 ? new Map() : await ledger.recordsOf(named);
  const deal = object === 'Opportunity' ? (await facts(spend)).deal : null;
  const isWanted =
    object === 'Account' ? mapping.company.createInHubSpot !== 'never' : mapping.deal.createInHubSpot !== 'never';
  const fateOf = (look: Look, sameDomain: readonly string[]): FatedCounterpart => {
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
function domainsOf(record: SalesforceRecord | null, { company }: CounterpartPlanDependencies['mapping']): string[] {
  const website = record?.fields.Website;
  return typeof website === 'string' ? [...companyDomains({ website }, company.ignoredDomains)] : [];
}
