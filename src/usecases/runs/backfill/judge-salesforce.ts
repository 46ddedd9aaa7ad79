import type { CompiledMapping } from '../../../domain/mapping/types.ts';
import type { SalesforcePerson, SalesforceRecord } from '../../../domain/record.ts';
import type { RecordKey } from '../../../ports/ledger-claim.ts';
import type { RelationLedger } from '../../../ports/ledger-relations.ts';
import type { SweepLedger } from '../../../ports/ledger-sweep.ts';
import type { Counter } from '../run-counts.ts';
import type { CompiledFilter } from './filter.ts';

type Given = {
  ledger: Pick<SweepLedger, 'knownPersons'> & Pick<RelationLedger, 'knownRecords'>;
  mapping: CompiledMapping;
  filter: CompiledFilter;
};

/** A record to look at, or why there is none. */
type Fate = RecordKey | string;

/**
 * Which Leads of a page need a look: of one that a pair knows its contact, of any other the Lead itself, as when Salesforce tells of a new one.
 */
export async function judgeLeads(
  { ledger, mapping, filter }: Given,
  leads: readonly SalesforcePerson[],
  counter: Counter,
): Promise<RecordKey[]> {
  const known = await ledger.knownPersons(leads.map(({ id }) => id));
  return collect(leads, counter, (lead) => {
    const answer = filter.decide(lead.fields, lead.modifiedAtMs);
    if (answer !== 'wanted') return answer === 'fault' ? 'filter_fault' : 'filtered';
    const pair = known.get(lead.id);
    if (pair === undefined) return fateOfUnknown(mapping, lead);
    if (pair.contactId === null) return 'pair_ended';
    return { system: 'hubspot', object: 'contact', recordId: pair.contactId };
  });
}

function fateOfUnknown({ born }: CompiledMapping, lead: SalesforcePerson): Fate {
  if (lead.isDeleted) return 'deleted';
  // It comes as its Contact.
  if (lead.isConverted) return 'converted';
  if (lead.externalId === null) {
    if (born.do === 'ignore') return 'born_ignored';
    // Where the filter cannot be evaluated, the look says so.
    if (born.isWanted(lead.fields, lead.object) === false) return 'born_not_wanted';
  }
  return { system: 'salesforce', object: 'Lead', recordId: lead.id };
}

/** The same for Opportunities and their deals. */
export async function judgeOpportunities(
  { ledger, mapping, filter }: Given,
  opportunities: readonly SalesforceRecord[],
  counter: Counter,
): Promise<RecordKey[]> {
  const known = await ledger.knownRecords(opportunities.map(({ id }) => id));
  return collect(opportunities, counter, (opportunity) => {
    const answer = filter.decide(opportunity.fields, opportunity.modifiedAtMs);
    if (answer !== 'wanted') return answer === 'fault' ? 'filter_fault' : 'filtered';
    const pair = known.get(opportunity.id);
    if (pair !== undefined) {
      return pair.recordId === null ? 'pair_ended' : { system: 'hubspot', object: 'deal', recordId: pair.recordId };
    }
    if (opportunity.isDeleted) return 'deleted';
    if (opportunity.externalId === null && mapping.deal.createInHubSpot === 'never') return 'not_wanted';
    return { system: 'salesforce', object: 'Opportunity', recordId: opportunity.id };
  });
}

function collect<Row extends { id: string }>(
  rows: readonly Row[],
  counter: Counter,
  fateOf: (row: Row) => Fate,
): RecordKey[] {
  const wanted = new Map<string, RecordKey>();
  for (const row of rows) {
    const fate = fateOf(row);
    counter.add('listed', typeof fate === 'string' ? fate : 'marked', row.id);
    if (typeof fate !== 'string') wanted.set(`${fate.object} ${fate.recordId}`, fate);
  }
  return [...wanted.values()];
}
