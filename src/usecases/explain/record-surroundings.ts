import {
  type Association,
  accountField,
  dealCompanyProperty,
  type FieldValue,
  type HubSpotRecord,
  type PersonReference,
  primaryContactKey,
  primaryRoleKey,
  roleKey,
  type SalesforceRecord,
  type SalesforceReference,
} from '../../domain/record.ts';
import type { RecordPlan } from '../../domain/records/types.ts';
import { keyOfRecord, type RelationLedger } from '../../ports/ledger-relations.ts';
import type { KindNames } from '../drain-records/kinds.ts';

/** A contact of a company or a deal, and where it stands. */
export type ContactOfRecord = {
  contactId: string;
  passedGate: boolean;
  /** Null: it is not in Salesforce. */
  person: PersonReference | null;
  /** Labels that people gave the association in HubSpot. */
  labels: readonly string[];
  /** What the Contact is in the Opportunity; `*`: a role without a name; null: it has none. Always null of a company. */
  role: FieldValue;
  isPrimary: boolean;
  /** Code of the failure that holds the contact up. */
  failure: string | null;
  /** One sentence. */
  text: string;
};

/** The primary company of a deal and its Account, beside the Account of the Opportunity and the company of that. */
export type CompanyOfDeal = {
  companyId: string | null;
  account: SalesforceReference | null;
  failure: string | null;
  opportunityAccountId: string | null;
  companyOfOpportunity: string | null;
};

export type Surroundings = {
  /** The first hundred; `contactCount` says how many there are. */
  contacts: readonly ContactOfRecord[];
  contactCount: number;
  company: CompanyOfDeal | null;
};

type Given = {
  names: KindNames;
  record: HubSpotRecord;
  associations: readonly Association[];
  counterpart: SalesforceRecord | null;
  /** Null: it could not be made. */
  plan: RecordPlan | null;
};

type Ledger = Pick<RelationLedger, 'knownPairs' | 'recordsOf'>;
type Known = Awaited<ReturnType<Ledger['knownPairs']>>;

const shownContacts = 100;

/** What the ledger knows of the contacts of a company or deal, and of the company that a deal belongs to. */
export async function readSurroundings(ledger: Ledger, given: Given): Promise<Surroundings> {
  const { names, record, associations, counterpart } = given;
  const labels = new Map(
    associations.filter(({ toObject }) => toObject === 'contact').map((each) => [each.toId, each.labels]),
  );
  const all = [...new Set([...labels.keys(), ...inRoles(counterpart)])];
  const shown = all.slice(0, shownContacts);
  const isDeal = names.kind === 'deal';
  const companyId = isDeal ? record.properties[dealCompanyProperty]?.trim() || null : null;
  const accountId = isDeal ? textOf(counterpart?.fields[accountField]) : null;
  const keys = shown.map((recordId) => ({ object: 'contact', recordId }) as const);
  const [known, records] = await Promise.all([
    ledger.knownPairs(companyId === null ? keys : [...keys, { object: 'company', recordId: companyId }]),
    accountId === null ? null : ledger.recordsOf([accountId]),
  ]);
  const named = accountId === null ? undefined : records?.get(accountId);
  const companyOfOpportunity = named?.object === 'company' ? named.recordId : null;
  return {
    contacts: shown.map((id) => toContact(given, known, id, labels.get(id) ?? null)),
    contactCount: all.length,
    company: isDeal ? { ...accountOf(known, companyId), opportunityAccountId: accountId, companyOfOpportunity } : null,
  };
}

/** HubSpot contacts whose Contacts have a role in the Opportunity. */
function inRoles(counterpart: SalesforceRecord | null): string[] {
  const prefix = roleKey('');
  return Object.entries(counterpart?.fields ?? {}).flatMap(([field, value]) =>
    field.startsWith(prefix) && field !== primaryRoleKey && value !== null ? [field.slice(prefix.length)] : [],
  );
}

function accountOf(known: Known, companyId: string | null) {
  const pair = companyId === null ? undefined : known.get(keyOfRecord({ object: 'company', recordId: companyId }));
  const account = pair?.tombstone === null ? pair.counterpart : null;
  return { companyId, account, failure: pair?.failure ?? null };
}

function toContact(
  { names, record, counterpart, plan }: Given,
  known: Known,
  contactId: string,
  labels: readonly string[] | null,
): ContactOfRecord {
  const pair = known.get(keyOfRecord({ object: 'contact', recordId: contactId }));
  const linked = pair?.tombstone === null ? pair.counterpart : null;
  const person =
    linked?.object === 'Lead' || linked?.object === 'Contact' ? { object: linked.object, id: linked.id } : null;
  const role = counterpart?.fields[roleKey(contactId)] ?? null;
  const isPrimary =
    role === null
      ? record.properties[primaryContactKey] === contactId
      : counterpart?.fields[primaryRoleKey] === contactId;
  const standing = { passedGate: pair?.passedGate ?? false, person, role };
  const isWritten = plan?.write?.changes.some(({ field }) => field === roleKey(contactId)) ?? false;
  return {
    contactId,
    ...standing,
    labels: labels ?? [],
    isPrimary,
    failure: pair?.failure ?? null,
    text: textOfContact(standing, { isDeal: names.kind === 'deal', isWritten, isThere: labels !== null }),
  };
}

function textOfContact(
  { passedGate, person, role }: Pick<ContactOfRecord, 'passedGate' | 'person' | 'role'>,
  { isDeal, isWritten, isThere }: { isDeal: boolean; isWritten: boolean; isThere: boolean },
): string {
  if (!passedGate) return 'It has not passed the gate.';
  if (person === null) return 'It has passed the gate and is not in Salesforce yet.';
  const name = `${person.object} ${person.id}`;
  if (!isDeal) return `It is the ${name}.`;
  if (person.object === 'Lead') {
    return `It is still the ${name}: it gets its role as soon as sales converts the Lead.`;
  }
  if (isWritten) return `It is the ${name}; its role is to be written.`;
  if (role === null) return `It is the ${name}, and has no role.`;
  return isThere ? `It is the ${name}, and has its role.` : `It is the ${name} in a role, and no contact of the deal.`;
}

function textOf(value: FieldValue | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
