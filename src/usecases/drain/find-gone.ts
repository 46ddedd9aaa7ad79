import type { PairKnowledge } from '../../domain/plan/types.ts';
import { accountField, type SalesforceReference } from '../../domain/record.ts';
import { SyncError } from '../../errors.ts';
import type { Spend } from '../../ports/budget.ts';
import type { HubSpotPort, HubSpotRead } from '../../ports/hubspot.ts';
import type { SalesforcePort } from '../../ports/salesforce.ts';
import { toVendorFault } from '../vendor-fault.ts';

type Kind = 'contacts' | 'companies' | 'persons' | 'accounts';
/** Ids of records that were deleted, or merged into others. `persons`: Contacts of Salesforce. */
export type Gone = Readonly<Record<Kind, ReadonlySet<string>>>;

type Dependencies = {
  hubspot: Pick<HubSpotPort, 'read'>;
  salesforce: Pick<SalesforcePort, 'findPersons' | 'findRecords'>;
};

/** Which of these records are gone: one call for each kind of which some are asked for. @returns the error where one failed: "gone" is never a guess */
export async function findGone(
  dependencies: Dependencies,
  asked: Readonly<Record<Kind, readonly string[]>>,
  spend: Spend,
): Promise<Gone | SyncError> {
  const answers = await Promise.all([
    goneInHubSpot(dependencies, 'contacts', asked.contacts, spend),
    goneInHubSpot(dependencies, 'companies', asked.companies, spend),
    goneContacts(dependencies, asked.persons, spend).catch(toVendorFault),
    goneAccounts(dependencies, asked.accounts, spend).catch(toVendorFault),
  ]);
  const fault = answers.find((answer) => answer instanceof SyncError);
  if (fault instanceof SyncError) return fault;
  const [contacts, companies, persons, accounts] = answers.map((answer) =>
    answer instanceof SyncError ? none : answer,
  );
  return {
    contacts: contacts ?? none,
    companies: companies ?? none,
    persons: persons ?? none,
    accounts: accounts ?? none,
  };
}

const none: ReadonlySet<string> = new Set();

async function goneInHubSpot(
  { hubspot }: Dependencies,
  type: 'contacts' | 'companies',
  asked: readonly string[],
  spend: Spend,
): Promise<ReadonlySet<string> | SyncError> {
  const ids = [...new Set(asked)];
  if (ids.length === 0) return none;
  const reads = await hubspot.read(type, ids, [], spend);
  const isGone = (read: HubSpotRead | undefined) => read?.kind === 'missing' || read?.kind === 'merged';
  for (const read of reads.values()) if (read.kind === 'error') return read.error;
  return new Set(ids.filter((id) => isGone(reads.get(id))));
}

async function goneContacts({ salesforce }: Dependencies, asked: readonly string[], spend: Spend) {
  const ids = [...new Set(asked)];
  if (ids.length === 0) return none;
  const lookups = ids.map((id) => ({ contactId: id, externalIds: [], personIds: [id], emails: [] }));
  const found = await salesforce.findPersons(lookups, { Lead: [], Contact: [] }, spend);
  const isThere = (id: string) => found.get(id)?.byId.some((each) => each.id === id && !each.isDeleted) === true;
  return new Set(ids.filter((id) => !isThere(id)));
}

async function goneAccounts({ salesforce }: Dependencies, asked: readonly string[], spend: Spend) {
  const ids = [...new Set(asked)];
  if (ids.length === 0) return none;
  const lookups = ids.map((id) => ({ key: id, externalIds: [], recordIds: [id], domains: [] }));
  const found = await salesforce.findRecords('Account', lookups, [], spend);
  const isThere = (id: string) => found.get(id)?.byId.some((each) => each.id === id && !each.isDeleted) === true;
  return new Set(ids.filter((id) => !isThere(id)));
}

/** What is known of a pair without the agreement on a company or an Account that is gone: one that has ended says nothing. */
export function baseWithout<Reference extends SalesforceReference>(
  pair: PairKnowledge<Reference> | null,
  property: string,
  { companies, accounts }: Pick<Gone, 'companies' | 'accounts'>,
): PairKnowledge<Reference> | null {
  if (pair?.base == null) return pair;
  const { hubspot, salesforce } = pair.base;
  if (!companies.has(String(hubspot[property])) && !accounts.has(String(salesforce[accountField]))) return pair;
  const { [property]: _company, ...others } = hubspot;
  const { [accountField]: _account, ...fields } = salesforce;
  return { ...pair, base: { hubspot: others, salesforce: fields } };
}
