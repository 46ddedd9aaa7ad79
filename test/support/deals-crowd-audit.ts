import { carriersOf, type DealCrowd, living, opens, personOf, survivorOf } from './deals-crowd.ts';
import type { LedgerWord, Word } from './deals-crowd-ledger.ts';

/** Endings of a pair, or of a record that never got one, that a person is told of. */
const endings: ReadonlySet<string> = new Set([
  'opportunity_deleted',
  'opportunity_taken',
  'opportunity_unlinked',
  'several_opportunities',
  'account_deleted',
  'account_taken',
  'account_unlinked',
  'account_name_differs',
  'several_accounts',
  'several_companies',
]);

type Values = { [field: string]: unknown };

const nothing: Word = { outcome: '', code: '', reasons: [], failure: null };

export const wordOf = ({ words }: LedgerWord, object: string, id: string): Word =>
  words.get(`${object}/${id}`) ?? nothing;

/** Whose living record is linked on both sides, each naming the other. */
export function pairsOf(crowd: DealCrowd, kind: 'deals' | 'companies') {
  const object = kind === 'deals' ? 'Opportunity' : 'Account';
  return living(crowd, kind).flatMap((id) => {
    const record = crowd.hubspot.getRecord(kind, id);
    const [counterpart, ...more] = carriersOf(crowd, object, id);
    return record === undefined || counterpart === undefined || more.length > 0 ? [] : [{ id, record, counterpart }];
  });
}

/** One Opportunity per deal and one Account per company, and the other way round. */
export function doubles(crowd: DealCrowd): string[] {
  const { hubspot, salesforce } = crowd;
  const kinds = [
    { kind: 'deals', object: 'Opportunity', property: 'salesforce_opportunity_id', field: 'HubSpot_Deal_Id__c' },
    { kind: 'companies', object: 'Account', property: 'salesforce_account_id', field: 'HubSpot_Company_Id__c' },
  ] as const;
  return kinds.flatMap(({ kind, object, property, field }) => [
    ...twice(salesforce.all(object).map((record) => String(record[field] ?? ''))).map(
      (id) => `${object} twice for ${id}`,
    ),
    ...twice(living(crowd, kind).map((id) => hubspot.getRecord(kind, id)?.properties[property] ?? '')).map(
      (id) => `${kind} twice for ${id}`,
    ),
  ]);
}

function twice(ids: readonly string[]): string[] {
  const known = ids.filter((id) => id !== '');
  return [...new Set(known.filter((id, at) => known.indexOf(id) !== at))];
}

/** Records of ours in Salesforce and HubSpot that no intent of the audit log tells of. */
export function madeWithoutIntent({ hubspot, salesforce }: DealCrowd, { created }: LedgerWord): string[] {
  const inSalesforce = (['Account', 'Opportunity'] as const).flatMap((object) =>
    salesforce.all(object, { withDeleted: true }).filter(({ CreatedById }) => CreatedById === salesforce.runAsUserId),
  );
  const inHubSpot = (['companies', 'deals'] as const).flatMap((kind) =>
    hubspot.records(kind).filter(({ id, mergedIds }) => {
      const first = hubspot.getRecordHistory(kind, id, kind === 'deals' ? 'dealname' : 'name').at(-1);
      return first?.author.changeSource === 'INTEGRATION' && ![id, ...mergedIds].some((each) => created.has(each));
    }),
  );
  // A create whose answer was lost is linked by our id on it, once nothing is in the way.
  const isMeant = (record: Values) =>
    [record.Id, record.HubSpot_Company_Id__c, record.HubSpot_Deal_Id__c].some((id) => created.has(String(id)));
  return [...inSalesforce.filter((record) => !isMeant(record)).map(({ Id }) => Id), ...inHubSpot.map(({ id }) => id)];
}

/** Pairs that are lost: one side names another record than the one that names it, or nobody tells why there is none. */
export function lostPairs(crowd: DealCrowd, ledger: LedgerWord): string[] {
  const { hubspot } = crowd;
  return (['deals', 'companies'] as const).flatMap((kind) => {
    const [object, name, property] =
      kind === 'deals'
        ? (['Opportunity', 'deal', 'salesforce_opportunity_id'] as const)
        : (['Account', 'company', 'salesforce_account_id'] as const);
    return living(crowd, kind).flatMap((id) => {
      const [counterpart] = carriersOf(crowd, object, id);
      const named = hubspot.getRecord(kind, id)?.properties[property];
      const word = wordOf(ledger, name, id);
      if (counterpart !== undefined && named === counterpart.Id) return [];
      const isHeldBack = named === undefined && moneyFailures.has(word.failure ?? '');
      if (endings.has(word.failure ?? '') || isHeldBack) return [];
      if (counterpart !== undefined || named !== undefined)
        return [`${name} ${id}: ${named} and ${counterpart?.Id}, ${told(word)}`];
      const missing = kind === 'deals' ? whyNoOpportunity(crowd, ledger, id, word) : whyNoAccount(crowd, id, word);
      return missing === null ? [] : [`${name} ${id}: ${missing}, ${told(word)}`];
    });
  });
}

const told = ({ outcome, code, reasons, failure }: Word) =>
  `${outcome} ${code} [${reasons.map((reason) => reason.code).join(' ')}] ${failure ?? 'no failure'}`;

const hasPassedNow = (crowd: DealCrowd, id: string) =>
  opens.has(crowd.hubspot.getContact(id)?.properties.lifecyclestage ?? '');

/** Null: the ledger's reason is there, and true by the data of both CRMs. */
function whyNoOpportunity(
  crowd: DealCrowd,
  ledger: LedgerWord,
  id: string,
  { code, reasons, failure }: Word,
): string | null {
  const { hubspot } = crowd;
  const contacts = hubspot.getAssociations({ type: 'deals', id }, 'contacts').map(({ toId }) => toId);
  const codes = new Set([code, ...reasons.map((reason) => reason.code)]);
  if (failure !== null) return moneyFailures.has(failure) || failure === 'close_date_missing' ? null : 'failed';
  if (codes.has('deal_without_contact')) return contacts.length === 0 ? null : 'has contacts';
  if (codes.has('contact_below_gate')) {
    return contacts.some((contact) => hasPassedNow(crowd, contact) && personOf(crowd, contact)) ? 'has passed' : null;
  }
  // Its company may have failed since the deal was looked at.
  if (codes.has('company_refused') || codes.has('company_coming')) {
    const company = hubspot.getPrimaryCompany('deals', id) ?? '';
    return wordOf(ledger, 'company', company).failure === null ? 'its company has no failure' : null;
  }
  if (codes.has('contact_coming')) {
    const there = contacts.find((contact) => hasPassedNow(crowd, contact) && personOf(crowd, contact));
    return there === undefined ? null : 'its contact is there';
  }
  return 'not explained';
}

function whyNoAccount(crowd: DealCrowd, id: string, { failure }: Word): string | null {
  if (failure !== null) return 'failed';
  const { hubspot } = crowd;
  const people = hubspot.getAssociations({ type: 'companies', id }, 'contacts').map(({ toId }) => toId);
  const passed = people.find(
    (contact) => hubspot.getPrimaryCompany('contacts', contact) === id && hasPassedNow(crowd, contact),
  );
  return passed === undefined ? null : `its contact ${passed} has passed`;
}

export const moneyFailures: ReadonlySet<string> = new Set([
  'amount_too_large',
  'amount_too_precise',
  'currency_inactive',
]);

/** Opportunities of sales whose Account or a role is linked, and that are no deal. */
export function unbornDeals(crowd: DealCrowd, ledger: LedgerWord): string[] {
  const { hubspot, salesforce } = crowd;
  const live = { company: new Set(living(crowd, 'companies')), contact: new Set(living(crowd, 'contacts')) };
  const roles = Map.groupBy(salesforce.all('OpportunityContactRole'), ({ OpportunityId }) => String(OpportunityId));
  return salesforce.all('Opportunity').flatMap((opportunity) => {
    if (hubspot.getDeal(String(opportunity.HubSpot_Deal_Id__c ?? '')) !== undefined) return [];
    const account = salesforce.get('Account', String(opportunity.AccountId));
    const people = (roles.get(opportunity.Id) ?? []).map(({ ContactId }) =>
      salesforce.get('Contact', String(ContactId)),
    );
    const isLinked =
      live.company.has(String(account?.HubSpot_Company_Id__c)) ||
      people.some((person) => live.contact.has(String(person?.HubSpot_Contact_Id__c)));
    const word = wordOf(ledger, 'Opportunity', opportunity.Id);
    const isExplained = word.code === 'counterpart_pair_ended' || word.failure !== null;
    return isLinked && !isExplained ? [`${opportunity.Id}: ${told(word)}`] : [];
  });
}

/** Accounts and Opportunities of ours of whose people nobody ever passed the gate. */
export function belowTheGate(crowd: DealCrowd): string[] {
  const { hubspot, salesforce, passed } = crowd;
  const resolved = (map: DealCrowd['contactsOf'], kind: 'deals' | 'companies', id: string) =>
    [...map].flatMap(([key, values]) => (survivorOf(crowd, kind, key) === id ? [...values] : []));
  const passedCompanies = new Set(
    [...passed].flatMap((contact) =>
      hubspot.getHistory(contact, 'associatedcompanyid').map(({ value }) => survivorOf(crowd, 'companies', value)),
    ),
  );
  for (const deal of hubspot.deals()) {
    const isPassed = resolved(crowd.contactsOf, 'deals', deal.id).some((contact) => passed.has(contact));
    const past = hubspot.getRecordHistory('deals', deal.id, 'hs_primary_associated_company').map(({ value }) => value);
    if (!isPassed) continue;
    for (const company of [...past, ...resolved(crowd.companiesOf, 'deals', deal.id)])
      passedCompanies.add(survivorOf(crowd, 'companies', company));
  }
  const ours = (object: string) =>
    salesforce.all(object, { withDeleted: true }).filter(({ CreatedById }) => CreatedById === salesforce.runAsUserId);
  const accounts = ours('Account').filter(
    (account) => !passedCompanies.has(survivorOf(crowd, 'companies', String(account.HubSpot_Company_Id__c))),
  );
  const opportunities = ours('Opportunity').filter((opportunity) => {
    const deal = survivorOf(crowd, 'deals', String(opportunity.HubSpot_Deal_Id__c));
    return !resolved(crowd.contactsOf, 'deals', deal).some((contact) => passed.has(contact));
  });
  return [...accounts, ...opportunities].map(({ Id }) => Id);
}
