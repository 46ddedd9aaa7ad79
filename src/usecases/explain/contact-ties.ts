import type { Plan } from '../../domain/plan/types.ts';
import { contactCompanyProperty, type HubSpotRecord, type SalesforceReference } from '../../domain/record.ts';
import type { DealState } from '../../domain/records/types.ts';
import type { Spend } from '../../ports/budget.ts';
import type { AdminLedger } from '../../ports/ledger-admin.ts';
import { keyOfRecord, type Related, type RelationLedger } from '../../ports/ledger-relations.ts';
import type { DrainDependencies } from '../drain/dependencies.ts';
import { readNames } from './record-names.ts';

/** The primary company of a contact. `account`: its Account; null: it has none yet. */
export type CompanyOfContact = {
  companyId: string | null;
  /** As HubSpot calls it now; null: it has no name, or could not be read. */
  name: string | null;
  account: SalesforceReference | null;
  /** Code of the failure that keeps it from having one. */
  failure: string | null;
  /** One sentence. */
  text: string;
};

/** A deal of a contact. `text`: where it stands, in one sentence. */
export type DealOfContact = {
  dealId: string;
  /** As HubSpot calls it now; null: it has no name, or could not be read. */
  name: string | null;
  opportunity: SalesforceReference | null;
  state: DealState | null;
  /** It has no Opportunity yet, and its last look says that it waits. */
  waits: boolean;
  text: string;
};

type Dependencies = Pick<DrainDependencies, 'mapping' | 'hubspot'> & {
  ledger: Pick<RelationLedger, 'knownPairs' | 'relatedTo'> & Pick<AdminLedger, 'history'>;
};

/** Of so many deals the last look is told. */
const toldDeals = 20;

/** So many deals are called by their names: one call. */
const namedDeals = 100;

/** What the ledger knows around a contact: its company and its deals. */
export async function readContactTies(
  dependencies: Dependencies,
  contact: HubSpotRecord,
  outcome: Plan['outcome'] | 'unknown',
  spend: Spend,
): Promise<{ company: CompanyOfContact | null; deals: readonly DealOfContact[] }> {
  const [company, deals] = await Promise.all([
    readCompany(dependencies, contact, outcome),
    readDeals(dependencies, contact),
  ]);
  const { hubspot } = dependencies;
  const [companies, names] = await Promise.all([
    readNames(hubspot, 'companies', company?.companyId == null ? [] : [company.companyId], spend),
    readNames(
      hubspot,
      'deals',
      deals.slice(0, namedDeals).map(({ dealId }) => dealId),
      spend,
    ),
  ]);
  return {
    company: company === null ? null : { ...company, name: companies.get(company.companyId ?? '') ?? null },
    deals: deals.map((deal) => ({ ...deal, name: names.get(deal.dealId) ?? null })),
  };
}

async function readCompany(
  { ledger, mapping }: Dependencies,
  { properties }: HubSpotRecord,
  outcome: Plan['outcome'] | 'unknown',
): Promise<Omit<CompanyOfContact, 'name'> | null> {
  if (!mapping.company.isOn) return null;
  const companyId = properties[contactCompanyProperty]?.trim() || null;
  if (companyId === null) {
    return { companyId, account: null, failure: null, text: 'It has no primary company in HubSpot.' };
  }
  const key = { object: 'company', recordId: companyId } as const;
  const known = (await ledger.knownPairs([key])).get(keyOfRecord(key));
  const account = known?.tombstone === null ? known.counterpart : null;
  const failure = known?.failure ?? null;
  return { companyId, account, failure, text: textOfCompany({ companyId, account, failure }, outcome) };
}

function textOfCompany(
  { companyId, account, failure }: Omit<CompanyOfContact, 'text' | 'name'>,
  outcome: Plan['outcome'] | 'unknown',
): string {
  const company = `Its primary company ${companyId}`;
  if (account !== null) return `${company} is the ${account.object} ${account.id}.`;
  if (failure !== null) return `${company} cannot get an Account before a person acts [${failure}].`;
  if (outcome === 'waiting') return `${company} has no Account yet, and this contact waits for it.`;
  if (outcome === 'below_gate')
    return `${company} is wanted in Salesforce as soon as this contact has passed the gate.`;
  return `${company} has no Account yet.`;
}

async function readDeals(
  { ledger, mapping }: Dependencies,
  { id }: HubSpotRecord,
): Promise<Omit<DealOfContact, 'name'>[]> {
  if (!mapping.deal.isOn) return [];
  const key = { object: 'contact', recordId: id } as const;
  const related = (await ledger.relatedTo([key], 'deal')).get(keyOfRecord(key)) ?? [];
  const looked = related.filter(({ pair }) => pair?.counterpart == null).slice(0, toldDeals);
  const decisions = new Map(
    await Promise.all(
      looked.map(async ({ recordId }) => [recordId, (await ledger.history(recordId, 'deal')).decision] as const),
    ),
  );
  return related.map((deal) => toDeal(deal, decisions.get(deal.recordId) ?? null));
}

type Decision = Awaited<ReturnType<AdminLedger['history']>>['decision'];

function toDeal({ recordId, pair }: Related, decision: Decision): Omit<DealOfContact, 'name'> {
  const opportunity = pair?.tombstone === null ? pair.counterpart : null;
  const waits = opportunity === null && decision?.outcome === 'waiting';
  const text =
    opportunity === null
      ? (decision?.text ?? 'It has no Opportunity.')
      : `It is the ${opportunity.object} ${opportunity.id}.`;
  return { dealId: recordId, opportunity, state: pair?.dealState ?? null, waits, text };
}
