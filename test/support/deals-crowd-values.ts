import {
  type DealCrowd,
  inactiveCurrency,
  living,
  primaryLabel,
  roleOfLabel,
  stageNames,
  stagesBack,
  survivorOf,
} from './deals-crowd.ts';
import { moneyFailures, pairsOf, wordOf } from './deals-crowd-audit.ts';
import type { LedgerWord, Word } from './deals-crowd-ledger.ts';

/** `excused`: differences that the ledger explains, by field and code. */
export type ValueAudit = { compared: number; wrong: string[]; excused: Record<string, number> };

type Values = { [field: string]: unknown };
/** `differs`: the sides may have differed from the first day on, by the data of both CRMs. */
type Slot = {
  differs?: boolean;
  field: string;
  names: readonly string[];
  equal: boolean;
  hubspot: unknown;
  salesforce: unknown;
};

/** Reasons that may keep a field of a living pair apart; any other one is a fault. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  owner: ['owner_unmapped', 'differs_since_link'],
  amount: ['differs_since_link'],
  currency: ['differs_since_link'],
  stage: ['differs_since_link'],
  closedate: ['differs_since_link'],
  name: ['differs_since_link'],
  account: ['company_not_paired', 'account_not_paired', 'blank_never_overrules'],
  role: [
    'role_waits_for_conversion',
    'role_waits_for_person',
    'role_below_gate',
    'role_not_paired',
    'differs_since_link',
  ],
};

/** Every field of every living pair of a deal and its Opportunity, of a company and its Account, and the Accounts of people. */
export function auditValues(crowd: DealCrowd, ledger: LedgerWord): ValueAudit {
  const audit: ValueAudit = { compared: 0, wrong: [], excused: {} };
  for (const { id, record, counterpart } of pairsOf(crowd, 'deals')) {
    const word = wordOf(ledger, 'deal', id);
    judge(audit, `deal ${id}`, word, [
      ...dealSlots(crowd, record.properties, counterpart),
      accountSlot(crowd, ['hs_primary_associated_company', 'AccountId'], record.properties, counterpart),
      ...roleSlots(crowd, id, counterpart.Id),
    ]);
  }
  for (const { id, record, counterpart } of pairsOf(crowd, 'companies')) {
    const { name, phone } = record.properties;
    const ids = [id, ...record.mergedIds, counterpart.Id];
    const linkedAtMs = ledger.linkedAtMs.get(counterpart.Id) ?? 0;
    const differedAsLinked = (fields: readonly string[]) =>
      counterpart.CreatedById !== crowd.salesforce.runAsUserId && !isEdited(crowd, ids, fields, linkedAtMs);
    const names = ['name', 'Name'];
    const phones = ['phone', 'Phone'];
    judge(audit, `company ${id}`, wordOf(ledger, 'company', id), [
      {
        ...slot('name', names, name ?? record.properties.domain, counterpart.Name),
        differs: differedAsLinked(names),
      },
      { ...slot('phone', phones, phone, counterpart.Phone), differs: differedAsLinked(phones) },
    ]);
  }
  for (const person of crowd.salesforce.all('Contact')) {
    const contact = crowd.hubspot.getContact(String(person.HubSpot_Contact_Id__c ?? ''));
    if (contact === undefined || contact.archived) continue;
    const names = ['associatedcompanyid', 'AccountId'];
    judge(audit, `contact ${contact.id}`, wordOf(ledger, 'contact', contact.id), [
      accountSlot(crowd, names, contact.properties, person),
    ]);
  }
  return audit;
}

/** What was typed before two records were linked is no news to either: an Account that sales had keeps what it holds. */
const isEdited = ({ edits }: DealCrowd, ids: readonly string[], fields: readonly string[], linkedAtMs: number) =>
  edits.some(({ record, field, atMs }) => ids.includes(record) && fields.includes(field) && atMs >= linkedAtMs);

function judge(audit: ValueAudit, who: string, word: Word, slots: readonly Slot[]): void {
  for (const each of slots) {
    const { field, names, equal, hubspot, salesforce } = each;
    audit.compared += 1;
    if (equal) continue;
    const codes = word.reasons.flatMap((reason) => (names.includes(reason.field ?? '') ? [reason.code] : []));
    const why =
      codes.find((code) => allowed[field]?.includes(code)) ?? stood(word, codes, each) ?? heldBack(word, slots);
    if (why === null) {
      const told = `${word.outcome} ${codes.join(' ') || 'no reason'}, ${word.failure ?? 'no failure'}`;
      audit.wrong.push(`${who} ${field}: ${String(hubspot)} and ${String(salesforce)}: ${told}`);
    } else audit.excused[`${field} ${why}`] = (audit.excused[`${field} ${why}`] ?? 0) + 1;
  }
}

/** The sides differ as they did when they were linked: an owner whom nobody stands for, the name of a company that sales knew before. */
function stood({ outcome }: Word, codes: readonly string[], { field, differs }: Slot): string | null {
  if (differs !== true) return null;
  const told = codes.find((code) => code === 'as_last_agreed' || code === 'differs_since_link');
  if (told !== undefined) return told;
  // Who gets what nobody maps owns a new Opportunity.
  return field === 'owner' && outcome === 'create' ? 'fallback' : null;
}

/** Salesforce's record is written whole or not at all: an amount that it has no room for keeps back the rest. True by the data. */
function heldBack({ failure }: Word, slots: readonly Slot[]): string | null {
  if (failure === null || !moneyFailures.has(failure)) return null;
  const held = (name: string) => String(slots.find(({ field }) => field === name)?.hubspot ?? '');
  const [whole = '', fraction = ''] = held('amount').replace('-', '').split('.');
  const isTrue =
    (failure === 'amount_too_large' && whole.length > 16) ||
    (failure === 'amount_too_precise' && fraction.length > 2) ||
    (failure === 'currency_inactive' && held('currency') === inactiveCurrency);
  return isTrue ? failure : null;
}

function slot(field: string, names: readonly string[], hubspot: unknown, salesforce: unknown): Slot {
  return { field, names, hubspot, salesforce, equal: String(hubspot ?? '') === String(salesforce ?? '') };
}

function dealSlots(crowd: DealCrowd, deal: Readonly<Record<string, string>>, opportunity: Values): Slot[] {
  const { StageName, CloseDate, Amount, CurrencyIsoCode, Name, OwnerId } = opportunity;
  const stage = { field: 'stage', names: ['dealstage', 'StageName'], hubspot: deal.dealstage, salesforce: StageName };
  const owner = {
    field: 'owner',
    names: ['hubspot_owner_id', 'OwnerId'],
    hubspot: deal.hubspot_owner_id,
    salesforce: OwnerId,
  };
  return [
    { ...slot('name', ['dealname', 'Name'], deal.dealname, Name) },
    { ...slot('amount', ['amount', 'Amount'], plain(deal.amount), plain(Amount)) },
    { ...slot('currency', ['deal_currency_code', 'CurrencyIsoCode'], deal.deal_currency_code, CurrencyIsoCode) },
    { ...slot('closedate', ['closedate', 'CloseDate'], dayIn(crowd.timeZone, deal.closedate), CloseDate) },
    {
      ...stage,
      equal: stageNames[deal.dealstage ?? ''] === StageName || stagesBack[String(StageName)] === deal.dealstage,
    },
    {
      ...owner,
      equal: isSameOwner(crowd, deal.hubspot_owner_id, OwnerId),
      differs: isUnmapped(crowd, deal.hubspot_owner_id, OwnerId),
    },
  ];
}

/** A number without needless zeros, by its digits alone. */
export function plain(value: unknown): string {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)0*(\d*)(?:\.(\d*?)0*)?$/.exec(String(value ?? '')) ?? [];
  if (whole === '' && fraction === '') return String(value ?? '') === '' ? '' : '0';
  return `${sign}${whole || '0'}${fraction === '' ? '' : `.${fraction}`}`;
}

export function dayIn(timeZone: string, moment: string | undefined): string {
  if (moment === undefined) return '';
  const parts = new Intl.DateTimeFormat('en', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  const found = new Map(parts.formatToParts(Date.parse(moment)).map(({ type, value }) => [type, value]));
  return `${found.get('year')}-${found.get('month')}-${found.get('day')}`;
}

/** Both have one email; nobody owns the deal: whoever has the Opportunity keeps it. */
function isSameOwner({ hubspot, salesforce }: DealCrowd, ownerId: string | undefined, userId: unknown): boolean {
  if (ownerId === undefined) return true;
  const owner = hubspot.owners.find(({ id }) => id === ownerId);
  return owner?.email === salesforce.get('User', String(userId))?.Email;
}

/** The owner of either side stands for nobody on the other. */
function isUnmapped({ hubspot, salesforce }: DealCrowd, ownerId: string | undefined, userId: unknown): boolean {
  const email = hubspot.owners.find(({ id }) => id === ownerId)?.email;
  const isUser = salesforce.all('User').some(({ Email, IsActive }) => Email === email && IsActive === true);
  const isOwner = hubspot.owners.some((owner) => owner.email === salesforce.get('User', String(userId))?.Email);
  return !isUser || !isOwner;
}

function accountSlot(
  crowd: DealCrowd,
  names: readonly [string, string] | string[],
  held: Readonly<Record<string, string>>,
  counterpart: Values,
): Slot {
  const company = held[names[0] ?? ''];
  const account = counterpart.AccountId ?? null;
  const carried = account === null ? null : crowd.salesforce.get('Account', String(account))?.HubSpot_Company_Id__c;
  // The survivor of a merge in HubSpot may stand for the Accounts of both until a person has merged these.
  const stands = carried == null ? null : survivorOf(crowd, 'companies', String(carried));
  const equal = company === undefined ? account === null : stands === company;
  return { field: 'account', names, hubspot: company, salesforce: `${account} of ${carried}`, equal };
}

/** Contacts of the deal that are Contacts in Salesforce past the gate, and roles of Contacts whose HubSpot contact lives. */
function roleSlots({ hubspot, salesforce }: DealCrowd, deal: string, opportunityId: string): Slot[] {
  const live = new Set(living({ hubspot, salesforce }, 'contacts'));
  const persons = new Map(
    salesforce.all('Contact').map((person) => [person.Id, String(person.HubSpot_Contact_Id__c ?? '')]),
  );
  const roles = new Map(
    salesforce
      .all('OpportunityContactRole')
      .filter(({ OpportunityId }) => OpportunityId === opportunityId)
      .map(({ ContactId, Role, IsPrimary }) => [persons.get(String(ContactId)) ?? '', { Role, IsPrimary }]),
  );
  const people = new Map(
    hubspot.getAssociations({ type: 'deals', id: deal }, 'contacts').map(({ toId, types }) => [toId, types]),
  );
  return [...new Set([...people.keys(), ...roles.keys()])]
    .filter((id) => live.has(id))
    .flatMap((id) => {
      const labels = (people.get(id) ?? []).flatMap(({ label }) => label ?? []);
      const role = roles.get(id);
      const names = [`roles/${id}`, `contacts/${id}`];
      const wanted = labels.flatMap((label) => roleOfLabel.get(label) ?? []);
      const isNamed =
        role?.Role == null
          ? wanted.length === 0
          : wanted.includes(String(role.Role)) || ![...roleOfLabel.values()].includes(String(role.Role));
      const equal = people.has(id) === (role !== undefined) && isNamed;
      const both = {
        hubspot: people.has(id) ? labels.join(';') || '*' : null,
        salesforce: role === undefined ? null : (role.Role ?? '*'),
      };
      const isPrimary = labels.includes(primaryLabel);
      const primary = {
        field: 'primary',
        names: ['roles/primary', 'contacts/primary'],
        hubspot: isPrimary,
        salesforce: role?.IsPrimary,
      };
      return [
        { field: 'role', names, equal, ...both },
        ...(role !== undefined && people.has(id)
          ? [{ ...primary, equal: isPrimary === (role.IsPrimary === true) }]
          : []),
      ];
    });
}
