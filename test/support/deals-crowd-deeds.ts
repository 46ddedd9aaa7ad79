import {
  binned,
  carriersOf,
  currencies,
  type DealCrowd,
  living,
  pick,
  primaryLabel,
  remember,
  roleOfLabel,
  stageNames,
  stagesBack,
} from './deals-crowd.ts';
import { amountFor, arriveDeal, arriveOpportunity, dayFor, momentFor } from './deals-crowd-arrivals.ts';

/** What a human may do; false where there is nobody to do it to. */
export type Deed = { name: string; weight: number; act(crowd: DealCrowd): boolean };

type Typed = (crowd: DealCrowd) => Record<string, string>;

function typeDeal(values: Typed): Deed['act'] {
  return (crowd) => {
    const deal = pick(crowd, living(crowd, 'deals'));
    if (deal === undefined) return false;
    const typed = values(crowd);
    crowd.hubspot.editDeal(deal, typed);
    note(crowd, 'hubspot', deal, typed);
    return true;
  };
}

function typeOpportunity(values: Typed): Deed['act'] {
  return (crowd) => {
    const opportunity = pick(crowd, crowd.salesforce.all('Opportunity'));
    if (opportunity === undefined) return false;
    const typed = values(crowd);
    const given = Object.entries(typed).map(([name, value]) => [name, value === '' ? null : value]);
    crowd.salesforce.edit('Opportunity', opportunity.Id, Object.fromEntries(given));
    note(crowd, 'salesforce', opportunity.Id, typed);
    return true;
  };
}

function note({ edits }: DealCrowd, side: 'hubspot' | 'salesforce', record: string, typed: Record<string, string>) {
  for (const [field, value] of Object.entries(typed)) edits.push({ side, record, field, value, atMs: Date.now() });
}

const someStage = (crowd: DealCrowd) => pick(crowd, Object.keys(stageNames)) ?? 'closedwon';
const someStageName = (crowd: DealCrowd) =>
  pick(crowd, [...Object.values(stageNames), ...Object.keys(stagesBack)]) ?? 'Closed Won';

/** Who closes a deal may say when: HubSpot says it otherwise. */
const moveDeal: Typed = (crowd) => ({
  dealstage: someStage(crowd),
  ...(crowd.random(2) === 0 ? { closedate: momentFor(crowd) } : {}),
});
const moveOpportunity: Typed = (crowd) => ({
  StageName: someStageName(crowd),
  ...(crowd.random(2) === 0 ? { CloseDate: dayFor(crowd) } : {}),
});
const someName = (crowd: DealCrowd) => `Renamed ${crowd.random(1_000_000)} ${crowd.random(1_000)}`;

/** HubSpot takes what Salesforce has no room for: 17 digits before the point, or three decimals. */
const oddAmount = (crowd: DealCrowd) =>
  crowd.random(2) === 0 ? `1234567${amountFor(crowd).replaceAll(/\D/g, '')}9999999999` : '12345.678';

function changePeople(crowd: DealCrowd): boolean {
  const { hubspot, random } = crowd;
  const deal = pick(crowd, living(crowd, 'deals'));
  if (deal === undefined) return false;
  const present = hubspot.getAssociations({ type: 'deals', id: deal }, 'contacts').map(({ toId }) => toId);
  const kind = random(4);
  if (kind === 0) {
    const gone = pick(crowd, present);
    if (gone === undefined) return false;
    hubspot.dissociate({ type: 'deals', id: deal }, { type: 'contacts', id: gone });
    return true;
  }
  const contact = pick(crowd, kind === 1 ? present : living(crowd, 'contacts'));
  if (contact === undefined) return false;
  const label = pick(crowd, [...roleOfLabel.keys()]);
  const labels = label === undefined || random(3) === 0 ? [] : [label];
  hubspot.associate({ type: 'deals', id: deal }, { type: 'contacts', id: contact }, { labels });
  remember(crowd.contactsOf, deal, contact);
  return true;
}

/** The one contact of a deal that has the label of the primary one. */
function makePrimary(crowd: DealCrowd): boolean {
  const { hubspot } = crowd;
  const id = pick(crowd, living(crowd, 'deals'));
  const deal = { type: 'deals', id: id ?? '' } as const;
  const present = id === undefined ? [] : hubspot.getAssociations(deal, 'contacts');
  const next = pick(crowd, present)?.toId;
  if (next === undefined) return false;
  for (const { toId, types } of present) {
    const isPrimary = types.some(({ label }) => label === primaryLabel);
    if (isPrimary) hubspot.dissociate(deal, { type: 'contacts', id: toId }, { labels: [primaryLabel] });
  }
  hubspot.associate(deal, { type: 'contacts', id: next }, { labels: [primaryLabel], keepsLabels: true });
  return true;
}

function changeRoles(crowd: DealCrowd): boolean {
  const { salesforce, random } = crowd;
  const opportunity = pick(crowd, salesforce.all('Opportunity'));
  if (opportunity === undefined) return false;
  const role = pick(crowd, rolesOf(crowd, opportunity.Id));
  const kind = random(4);
  if (kind === 0 && role !== undefined) salesforce.removeRole(opportunity.Id, String(role.ContactId));
  else if (kind === 1 && role !== undefined) {
    salesforce.edit('OpportunityContactRole', role.Id, { Role: pick(crowd, [...roleOfLabel.values()]) ?? null });
  } else {
    const person = pick(crowd, salesforce.all('Contact'));
    const isThere = rolesOf(crowd, opportunity.Id).some(({ ContactId }) => ContactId === person?.Id);
    if (person === undefined || isThere) return false;
    const name = random(3) === 0 ? {} : { role: pick(crowd, [...roleOfLabel.values()]) ?? 'Influencer' };
    salesforce.addRole(opportunity.Id, person.Id, name);
  }
  return true;
}

const rolesOf = ({ salesforce }: DealCrowd, opportunityId: string) =>
  salesforce.all('OpportunityContactRole').filter(({ OpportunityId }) => OpportunityId === opportunityId);

function changePrimaryRole(crowd: DealCrowd): boolean {
  const role = pick(crowd, crowd.salesforce.all('OpportunityContactRole'));
  if (role === undefined) return false;
  crowd.salesforce.setPrimaryRole(String(role.OpportunityId), String(role.ContactId));
  return true;
}

function moveDealToCompany(crowd: DealCrowd): boolean {
  const [deal, company] = [pick(crowd, living(crowd, 'deals')), pick(crowd, living(crowd, 'companies'))];
  if (deal === undefined || company === undefined) return false;
  crowd.hubspot.setPrimaryCompany('deals', deal, company);
  remember(crowd.companiesOf, deal, company);
  return true;
}

function moveOpportunityToAccount(crowd: DealCrowd): boolean {
  const { salesforce } = crowd;
  const [opportunity, account] = [pick(crowd, salesforce.all('Opportunity')), pick(crowd, salesforce.all('Account'))];
  if (opportunity === undefined || account === undefined) return false;
  salesforce.edit('Opportunity', opportunity.Id, { AccountId: account.Id });
  return true;
}

function deleteDeal(crowd: DealCrowd): boolean {
  const deal = pick(crowd, living(crowd, 'deals'));
  if (deal === undefined) return false;
  crowd.hubspot.deleteDeal(deal);
  return true;
}

function restoreDeal(crowd: DealCrowd): boolean {
  const deal = pick(crowd, binned(crowd, 'deals'));
  const held = crowd.hubspot.getDeal(deal ?? '')?.properties.salesforce_opportunity_id;
  const isTaken = living(crowd, 'deals').some(
    (id) => crowd.hubspot.getDeal(id)?.properties.salesforce_opportunity_id === held,
  );
  // HubSpot refuses a record whose unique id another one has by now.
  if (deal === undefined || (held !== undefined && isTaken)) return false;
  crowd.hubspot.restoreDeal(deal);
  return true;
}

/** The survivor has the people and companies of both. */
function mergeDeals(crowd: DealCrowd): boolean {
  const [one, two] = [pick(crowd, living(crowd, 'deals')), pick(crowd, living(crowd, 'deals'))];
  if (one === undefined || two === undefined || one === two) return false;
  crowd.hubspot.mergeDeals(one, two);
  return true;
}

function deleteOpportunity(crowd: DealCrowd): boolean {
  const opportunity = pick(crowd, crowd.salesforce.all('Opportunity'));
  if (opportunity === undefined) return false;
  crowd.salesforce.remove('Opportunity', opportunity.Id);
  return true;
}

function undeleteOpportunity(crowd: DealCrowd): boolean {
  const { salesforce } = crowd;
  const gone = salesforce.all('Opportunity', { withDeleted: true }).filter(({ IsDeleted }) => IsDeleted === true);
  const opportunity = pick(crowd, gone);
  const ownDeal = String(opportunity?.HubSpot_Deal_Id__c ?? '');
  if (opportunity === undefined || (ownDeal !== '' && carriersOf(crowd, 'Opportunity', ownDeal).length > 0))
    return false;
  salesforce.undelete('Opportunity', opportunity.Id);
  return true;
}

/** Deeds on deals and Opportunities. */
export const dealDeeds: readonly Deed[] = [
  { name: 'deal renamed', weight: 6, act: typeDeal((crowd) => ({ dealname: someName(crowd) })) },
  { name: 'opportunity renamed', weight: 6, act: typeOpportunity((crowd) => ({ Name: someName(crowd) })) },
  { name: 'deal priced', weight: 8, act: typeDeal((crowd) => ({ amount: amountFor(crowd) })) },
  { name: 'opportunity priced', weight: 8, act: typeOpportunity((crowd) => ({ Amount: amountFor(crowd) })) },
  { name: 'deal priced oddly', weight: 1, act: typeDeal((crowd) => ({ amount: oddAmount(crowd) })) },
  { name: 'deal moved', weight: 8, act: typeDeal(moveDeal) },
  { name: 'opportunity moved', weight: 8, act: typeOpportunity(moveOpportunity) },
  { name: 'deal dated', weight: 5, act: typeDeal((crowd) => ({ closedate: momentFor(crowd) })) },
  { name: 'opportunity dated', weight: 5, act: typeOpportunity((crowd) => ({ CloseDate: dayFor(crowd) })) },
  {
    name: 'deal given away',
    weight: 4,
    act: typeDeal((crowd) => ({ hubspot_owner_id: pick(crowd, crowd.owners) ?? '' })),
  },
  {
    name: 'opportunity given away',
    weight: 4,
    act: typeOpportunity((crowd) => ({ OwnerId: pick(crowd, crowd.users) ?? '' })),
  },
  {
    name: 'deal in another currency',
    weight: 1,
    act: typeDeal((crowd) => ({ deal_currency_code: pick(crowd, currencies) ?? 'EUR' })),
  },
  {
    name: 'opportunity in another currency',
    weight: 1,
    act: typeOpportunity((crowd) => ({ CurrencyIsoCode: currencies[crowd.random(2)] ?? 'EUR' })),
  },
  { name: 'people of a deal', weight: 6, act: changePeople },
  { name: 'primary contact of a deal', weight: 1, act: makePrimary },
  { name: 'roles', weight: 6, act: changeRoles },
  { name: 'primary role', weight: 1, act: changePrimaryRole },
  { name: 'company of a deal', weight: 3, act: moveDealToCompany },
  { name: 'account of an opportunity', weight: 3, act: moveOpportunityToAccount },
  { name: 'deal born', weight: 2, act: (crowd) => arriveDeal(crowd) !== '' },
  { name: 'opportunity born', weight: 2, act: arriveOpportunity },
  { name: 'deal deleted', weight: 1, act: deleteDeal },
  { name: 'deal restored', weight: 1, act: restoreDeal },
  { name: 'deals merged', weight: 1, act: mergeDeals },
  { name: 'opportunity deleted', weight: 1, act: deleteOpportunity },
  { name: 'opportunity undeleted', weight: 1, act: undeleteOpportunity },
];
