import {
  type Association,
  accountField,
  type ContactRole,
  dealCompanyProperty,
  type FieldValue,
  type HubSpotObject,
  type HubSpotRecord,
  type PersonReference,
  primaryContactKey,
  roleKey,
  type SalesforceRecord,
  type SalesforceReference,
  unlabelled,
} from '../../domain/record.ts';
import type { RecordPlan } from '../../domain/records/types.ts';
import type { Spend } from '../../ports/budget.ts';
import type { HubSpotPort } from '../../ports/hubspot.ts';
import { keyOfRecord, type RelationLedger } from '../../ports/ledger-relations.ts';
import type { KindNames } from '../drain-records/kinds.ts';
import { readNames } from './record-names.ts';

/** A contact of a company or a deal, and where it stands. */
type ContactOfRecord = {
  contactId: string;
  /** As HubSpot calls it now; null: it has no name, or could not be read. */
  name: string | null;
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
type CompanyOfDeal = {
  companyId: string | null;
  /** As HubSpot calls it now; null: it has no name, or could not be read. */
  name: string | null;
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
type Dependencies = { ledger: Ledger; hubspot: Pick<HubSpotPort, 'read'> };
type Known = Awaited<ReturnType<Ledger['knownPairs']>>;

const shownContacts = 100;

/** What the ledger knows of the contacts of a company or deal, and of the company that a deal belongs to. */
export async function readSurroundings(
  { ledger, hubspot }: Dependencies,
  given: Given,
  spend: Spend,
): Promise<Surroundings> {
  const { names, record, associations, counterpart } = given;
  const isDeal = names.kind === 'deal';
  const companyId = isDeal ? record.properties[dealCompanyProperty]?.trim() || null : null;
  const accountId = isDeal ? textOf(counterpart?.fields[accountField]) : null;
  const roles = counterpart?.roles ?? [];
  const records = await ledger.recordsOf([
    ...roles.map(({ contactId }) => contactId),
    ...(accountId === null ? [] : [accountId]),
  ]);
  const recordOf = (id: string, object: HubSpotObject) => {
    const found = records.get(id);
    return found?.object === object ? found.recordId : null;
  };
  const labels = new Map(
    associations.filter(({ toObject }) => toObject === 'contact').map((each) => [each.toId, each.labels]),
  );
  const roleOf = new Map(roles.flatMap((role) => withContact(recordOf(role.contactId, 'contact'), role)));
  const all = [...new Set([...labels.keys(), ...roleOf.keys()])];
  const shown = all.slice(0, shownContacts);
  const keys = shown.map((recordId) => ({ object: 'contact', recordId }) as const);
  const known = await ledger.knownPairs(
    companyId === null ? keys : [...keys, { object: 'company', recordId: companyId }],
  );
  const [calledBy, companies] = await Promise.all([
    readNames(hubspot, 'contacts', shown, spend),
    readNames(hubspot, 'companies', companyId === null ? [] : [companyId], spend),
  ]);
  const companyOfOpportunity = accountId === null ? null : recordOf(accountId, 'company');
  return {
    contacts: shown.map((id) => ({
      ...toContact(given, known, id, { labels: labels.get(id), role: roleOf.get(id) }),
      name: calledBy.get(id) ?? null,
    })),
    contactCount: all.length,
    company: isDeal
      ? {
          ...accountOf(known, companyId),
          name: companies.get(companyId ?? '') ?? null,
          opportunityAccountId: accountId,
          companyOfOpportunity,
        }
      : null,
  };
}

function withContact(contactId: string | null, role: ContactRole): [string, ContactRole][] {
  return contactId === null ? [] : [[contactId, role]];
}

function accountOf(known: Known, companyId: string | null) {
  const pair = companyId === null ? undefined : known.get(keyOfRecord({ object: 'company', recordId: companyId }));
  const account = pair?.tombstone === null ? pair.counterpart : null;
  return { companyId, account, failure: pair?.failure ?? null };
}

function toContact(
  { names, record, plan }: Given,
  known: Known,
  contactId: string,
  { labels, role: held }: { labels: readonly string[] | undefined; role: ContactRole | undefined },
): Omit<ContactOfRecord, 'name'> {
  const pair = known.get(keyOfRecord({ object: 'contact', recordId: contactId }));
  const linked = pair?.tombstone === null ? pair.counterpart : null;
  const person =
    linked?.object === 'Lead' || linked?.object === 'Contact' ? { object: linked.object, id: linked.id } : null;
  const role = held === undefined ? null : (held.role ?? unlabelled);
  const standing = { passedGate: pair?.passedGate ?? false, person, role };
  const isWritten = plan?.write?.changes.some(({ field }) => field === roleKey(contactId)) ?? false;
  return {
    contactId,
    ...standing,
    labels: labels ?? [],
    isPrimary: held?.isPrimary ?? record.properties[primaryContactKey] === contactId,
    failure: pair?.failure ?? null,
    text: textOfContact(standing, { isDeal: names.kind === 'deal', isWritten, isThere: labels !== undefined }),
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
