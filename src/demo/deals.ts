import { character } from './people.ts';
import {
  companyOf,
  companyOfAccount,
  dealOf,
  dealOfOpportunity,
  leadOf,
  opportunityOfDeal,
  propertiesOf,
  type Row,
  rolesOf,
} from './records.ts';
import type { Stage } from './stage.ts';
import type { Cast, Narrate } from './story.ts';

/** What marketing has begun: a contact with its company, and a deal of both. */
type Begun = { contact: string; company: string; deal: string };

/** What came of the deals of the story; the checks look at it afterwards. */
export type Deals = {
  /** Dora's: begun by marketing, won by sales. */
  dora: Begun;
  /** Milo's: he never passes the gate. */
  milo: Begun;
  /** Uma's: sales made the Opportunity when it converted her. */
  uma: { deal: string; opportunityId: string };
  /** How sales won Dora's: the amount digit by digit, the close date as a day. */
  won: { amount: string; day: string };
};

const dayMs = 86_400_000;

/** Goes on with companies and deals: one deal that marketing begins and sales wins, and one that sales began. */
export async function playDeals(
  stage: Stage,
  { unlucky }: Pick<Cast, 'unlucky'>,
  opportunityId: string,
  narrate: Narrate,
): Promise<Deals> {
  const { dora, milo } = await beginInHubSpot(stage, narrate);
  await passTheGate(stage, dora, narrate);
  await sellOn(stage, { dora, unlucky, opportunityId }, narrate);
  const won = await win(stage, dora, narrate);
  return { dora, milo, uma: { deal: dealOfOpportunity(stage, opportunityId) ?? '', opportunityId }, won };
}

async function beginInHubSpot(stage: Stage, narrate: Narrate): Promise<Pick<Deals, 'dora' | 'milo'>> {
  narrate(
    'Marketing has a deal each for two MQLs, Dora of Lighthouse Labs and Milo of Pebble Press. Nothing of it is for sales yet.',
  );
  const dora = begin(stage, 'Dora Deal', 'Lighthouse Labs', '48000');
  const milo = begin(stage, 'Milo Maybe', 'Pebble Press', '900');
  await stage.settled();
  const { sentence } = await stage.service.explainDeal(dora.deal);
  narrate(`The service says of Dora's: ${sentence}`);
  return { dora, milo };
}

function begin({ hubspot, ownerId }: Stage, name: string, company: string, amount: string): Begun {
  const domain = `${company.split(' ')[0]?.toLowerCase()}.example`;
  const companyId = hubspot.createCompany({ name: company, domain, country: 'France', hubspot_owner_id: ownerId });
  const email = `${name.split(' ')[0]?.toLowerCase()}@${domain}`;
  const contact = hubspot.createContact(character(name, 'marketingqualifiedlead', ownerId, { email, company }));
  hubspot.setPrimaryCompany('contacts', contact, companyId);
  const deal = hubspot.createDeal(
    {
      dealname: `${company} rollout`,
      pipeline: 'default',
      dealstage: 'appointmentscheduled',
      amount,
      closedate: new Date(Date.now() + 60 * dayMs).toISOString(),
      hubspot_owner_id: ownerId,
    },
    { contacts: [contact], companies: [companyId] },
  );
  return { contact, company: companyId, deal };
}

async function passTheGate(stage: Stage, dora: Begun, narrate: Narrate): Promise<void> {
  narrate(
    'Dora becomes sales qualified: her company gets its Account, she her Lead, and then the deal its Opportunity.',
  );
  narrate('The connection breaks once more, after Salesforce has stored the Opportunity and before it answers.');
  stage.salesforce.faults.add({
    kind: 'cut-after',
    match: 'POST /services/data',
    bodyMatch: /composite\/sobjects.*Lighthouse Labs rollout/s,
  });
  stage.hubspot.editContact(dora.contact, { lifecyclestage: 'salesqualifiedlead' });
  await stage.settled();
  const { sentence, contacts } = await stage.service.explainDeal(dora.deal);
  narrate(`The service says: ${sentence} Of Dora: ${contacts[0]?.text ?? 'nothing.'}`);
}

async function sellOn(
  stage: Stage,
  { dora, unlucky, opportunityId }: { dora: Begun; unlucky: string; opportunityId: string },
  narrate: Narrate,
): Promise<void> {
  const { salesforce, until } = stage;
  narrate("Sales converts Dora into that Account, moves her deal to Proposal/Price Quote, and wins Uma's opportunity.");
  const opportunity = opportunityOf(stage, dora.deal);
  salesforce.convertLead(leadOf(stage, dora.contact).Id, { accountId: String(opportunity.AccountId) });
  salesforce.edit('Opportunity', opportunity.Id, { StageName: 'Proposal/Price Quote' });
  salesforce.edit('Opportunity', opportunityId, { StageName: 'Closed Won', CloseDate: dayFromNow(0) });
  const accountId = salesforce.get('Opportunity', opportunityId)?.AccountId;
  await until(
    'Dora has her role, HubSpot has the stage of her deal, and Uma and her company are customers',
    () =>
      rolesOf(stage, opportunity.Id).length > 0 &&
      dealOf(stage, dora.deal).dealstage === 'contractsent' &&
      dealOf(stage, dealOfOpportunity(stage, opportunityId) ?? '').dealstage === 'closedwon' &&
      [propertiesOf(stage, unlucky), companyOfAccount(stage, accountId)].every(
        ({ lifecyclestage }) => lifecyclestage === 'customer',
      ),
  );
  narrate(
    'HubSpot has the deal at contractsent, as deals.yaml says; Dora has her contact role; Uma and her company are customers.',
  );
}

async function win(stage: Stage, dora: Begun, narrate: Narrate): Promise<Deals['won']> {
  const won = { amount: '48250.55', day: dayFromNow(-1) };
  narrate(`Sales wins Dora's deal too: for ${won.amount} instead of 48000, as of ${won.day}.`);
  const { Id } = opportunityOf(stage, dora.deal);
  stage.salesforce.edit('Opportunity', Id, { StageName: 'Closed Won', Amount: won.amount, CloseDate: won.day });
  await stage.until('Dora and her company are customers in HubSpot', () =>
    [propertiesOf(stage, dora.contact), companyOf(stage, dora.company)].every(
      ({ lifecyclestage }) => lifecyclestage === 'customer',
    ),
  );
  const { dealstage, amount, closedate } = dealOf(stage, dora.deal);
  narrate(
    `HubSpot has the deal at ${dealstage}, ${amount}, closed ${closedate}, which is that day in the time zone of the HubSpot account. Dora and Lighthouse Labs are customers.`,
  );
  return won;
}

/** A day as Salesforce writes it. */
function dayFromNow(days: number): string {
  return new Date(Date.now() + days * dayMs).toISOString().slice(0, 10);
}

function opportunityOf(stage: Stage, dealId: string): Row {
  const found = opportunityOfDeal(stage, dealId);
  if (found === undefined) throw new Error(`no Opportunity of the deal ${dealId}`);
  return found;
}
