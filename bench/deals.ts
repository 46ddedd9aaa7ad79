import { setTimeout as sleep } from 'node:timers/promises';
import { fallbackOwner, withDeals } from '../test/support/mappings.ts';
import type { QueueBackend } from '../test/support/queue-backends.ts';
import { sendWebhook } from '../test/support/send-webhook.ts';
import { eventually, type Stack, startStack } from '../test/support/stack.ts';

const latencyMs = 100;
const limitPer10s = 100;
const pollSeconds = 5;
const eventsPerWebhook = 100;
const dealsPerCompany = 5;

/** Calls per 1,000 deals, of both CRMs together. */
export type DealsResult = {
  deals: number;
  /** Deals of HubSpot become Opportunities, with Account and contact role. */
  there: number;
  /** Opportunities of Salesforce become deals, with company and contact. */
  back: number;
  /** Amounts change, on this side. */
  changedInHubSpot: number;
  changedInSalesforce: number;
  /** Answers 429 in all of it. */
  tooMany: number;
  seconds: { there: number; back: number };
  /** By kind of call, for whoever wants to know where they went. */
  calls: { there: Readonly<Record<string, number>>; back: Readonly<Record<string, number>> };
};

/** Carries deals both ways, each with a company and a contact that are paired and past their stage, and measures what that costs. */
export async function measureDeals(queue: QueueBackend, deals: number): Promise<DealsResult> {
  const stack = await startStack({
    queue,
    hubspot: { latencyMs, rateLimitPer10s: limitPer10s },
    salesforce: { latencyMs, dailyLimit: 1_000_000 },
    env: { SALESFORCE_POLL_SECONDS: String(pollSeconds) },
    mappings: { ...withDeals, 'contacts.yaml': { create: 'contact', examples: [] } },
  });
  try {
    stack.hubspot.addOwner(fallbackOwner);
    const { url } = await stack.start();
    const cast = await prepare(stack, url, deals);
    const there = await measure(stack, deals, async () => await dealsToSalesforce(stack, url, cast));
    const back = await measure(stack, deals, async () => await opportunitiesToHubSpot(stack, deals));
    const changedInHubSpot = await measure(stack, deals, async () => await changeInHubSpot(stack));
    const changedInSalesforce = await measure(stack, deals, async () => await changeInSalesforce(stack));
    const phases = [there, back, changedInHubSpot, changedInSalesforce];
    return {
      deals,
      there: there.calls,
      back: back.calls,
      changedInHubSpot: changedInHubSpot.calls / 2,
      changedInSalesforce: changedInSalesforce.calls / 2,
      tooMany: phases.reduce((sum, { tooMany }) => sum + tooMany, 0),
      seconds: { there: there.seconds, back: back.seconds },
      calls: { there: there.byKind, back: back.byKind },
    };
  } finally {
    await stack.close();
  }
}

async function measure({ hubspot, salesforce }: Stack, deals: number, work: () => Promise<void>) {
  // What came before has settled, and the poller has looked at our own writes once more.
  await sleep(3 * pollSeconds * 1_000);
  hubspot.resetCounters();
  salesforce.resetRequests();
  const startedAtMs = Date.now();
  await work();
  const seconds = (Date.now() - startedAtMs) / 1_000;
  // What follows from it belongs to it.
  await sleep(2 * pollSeconds * 1_000);
  const { total, tooMany } = hubspot.counters();
  const byKind = { ...hubspot.countByPattern(), salesforce: salesforce.countedCalls() };
  return { calls: ((total + salesforce.countedCalls()) / deals) * 1_000, tooMany, seconds, byKind };
}

type Cast = { companies: readonly string[]; contacts: readonly string[]; deals: readonly string[] };

async function prepare({ hubspot, salesforce }: Stack, url: string, deals: number): Promise<Cast> {
  const count = Math.ceil(deals / dealsPerCompany);
  const numbers = [...Array(count).keys()];
  const companies = hubspot.seedRecords(
    'companies',
    numbers.map((number) => ({
      name: `Company ${number}`,
      domain: `company${number}.example`,
      lifecyclestage: 'customer',
    })),
  );
  const contacts = hubspot.seedRecords(
    'contacts',
    numbers.map((number) => ({
      email: `buyer${number}@company${number}.example`,
      firstname: 'Given',
      lastname: `Family ${number}`,
      lifecyclestage: 'customer',
    })),
  );
  hubspot.seedAssociations(
    numbers.map((number) => ({
      from: { type: 'contacts', id: contacts[number] ?? '' },
      to: { type: 'companies', id: companies[number] ?? '' },
      primary: true,
    })),
  );
  await tell(url, hubspot, 'contact', contacts, 'lifecyclestage', 'customer');
  const arePaired = () => salesforce.all('Contact').filter(({ AccountId }) => AccountId != null).length >= count;
  await eventually('everybody is in Salesforce, with an Account', arePaired, count * 40 + 60_000);
  return { companies, contacts, deals: seedDeals(hubspot, deals, { companies, contacts }) };
}

function seedDeals(hubspot: Stack['hubspot'], deals: number, { companies, contacts }: Omit<Cast, 'deals'>): string[] {
  const numbers = [...Array(deals).keys()];
  const ids = hubspot.seedRecords(
    'deals',
    numbers.map((number) => ({
      dealname: `Order ${number}`,
      pipeline: 'default',
      dealstage: 'qualifiedtobuy',
      amount: `${1_000 + number}.25`,
      closedate: '2027-03-31T12:00:00.000Z',
    })),
  );
  const place = (number: number) => Math.floor(number / dealsPerCompany);
  hubspot.seedAssociations(
    numbers.flatMap((number) => {
      const from = { type: 'deals', id: ids[number] ?? '' } as const;
      return [
        { from, to: { type: 'contacts', id: contacts[place(number)] ?? '' } as const },
        { from, to: { type: 'companies', id: companies[place(number)] ?? '' } as const, primary: true },
      ];
    }),
  );
  return [...ids];
}

async function tell(
  url: string,
  hubspot: Stack['hubspot'],
  object: 'contact' | 'deal',
  ids: readonly string[],
  propertyName: string,
  propertyValue: string,
): Promise<void> {
  for (let from = 0; from < ids.length; from += eventsPerWebhook) {
    const events = ids.slice(from, from + eventsPerWebhook).map((objectId) => {
      return { subscriptionType: `${object}.propertyChange`, objectId, propertyName, propertyValue };
    });
    await sendWebhook(url, hubspot, events);
  }
}

async function dealsToSalesforce({ hubspot, salesforce }: Stack, url: string, { deals }: Cast): Promise<void> {
  await tell(url, hubspot, 'deal', deals, 'dealstage', 'qualifiedtobuy');
  const arrived = () =>
    salesforce.all('OpportunityContactRole').length >= deals.length &&
    hubspot.deals().every(({ properties }) => properties.salesforce_opportunity_id !== undefined);
  await eventually('every deal is an Opportunity with a role', arrived, deals.length * 40 + 60_000);
}

async function opportunitiesToHubSpot({ hubspot, salesforce }: Stack, deals: number): Promise<void> {
  const people = salesforce.all('Contact');
  const before = salesforce.all('Opportunity').length;
  for (let number = 0; number < deals; number += 1) {
    const person = people[number % people.length];
    const { Id } = salesforce.create('Opportunity', {
      Name: `Sold ${number}`,
      AccountId: String(person?.AccountId),
      StageName: 'Needs Analysis',
      CloseDate: '2027-06-30',
      Amount: `${2_000 + number}.50`,
      OwnerId: String(person?.OwnerId),
    });
    salesforce.addRole(Id, String(person?.Id), { isPrimary: true });
  }
  const arrived = () => {
    const linked = salesforce.all('Opportunity').filter(({ HubSpot_Deal_Id__c: id }) => typeof id === 'string');
    if (linked.length < before + deals) return false;
    return linked.every(({ HubSpot_Deal_Id__c: id }) => {
      const deal = { type: 'deals', id: String(id) } as const;
      return (
        hubspot.getAssociations(deal, 'contacts').length > 0 && hubspot.getAssociations(deal, 'companies').length > 0
      );
    });
  };
  await eventually('every Opportunity is a deal with its company and contact', arrived, deals * 40 + 60_000);
}

async function changeInHubSpot({ hubspot, salesforce }: Stack): Promise<void> {
  const deals = hubspot.deals();
  hubspot.pauseWebhooks();
  for (const { id } of deals) hubspot.editDeal(id, { amount: '77.77' });
  hubspot.resumeWebhooks();
  const arrived = () => salesforce.all('Opportunity').every(({ Amount }) => Amount === 77.77);
  await eventually('every amount has arrived in Salesforce', arrived, deals.length * 40 + 60_000);
}

async function changeInSalesforce({ hubspot, salesforce }: Stack): Promise<void> {
  const opportunities = salesforce.all('Opportunity');
  for (const { Id } of opportunities) salesforce.edit('Opportunity', Id, { Amount: 88.88 });
  const arrived = () => hubspot.deals().every(({ properties }) => properties.amount === '88.88');
  await eventually('every amount has arrived in HubSpot', arrived, opportunities.length * 40 + 60_000);
}
