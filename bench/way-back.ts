import { setTimeout as sleep } from 'node:timers/promises';
import { fallbackOwner } from '../test/support/mappings.ts';
import type { QueueBackend } from '../test/support/queue-backends.ts';
import { sendWebhook } from '../test/support/send-webhook.ts';
import { eventually, type Stack, startStack } from '../test/support/stack.ts';

const latencyMs = 100;
const limitPer10s = 100;
/** The shortest interval that the configuration takes: what is measured per round holds for any other. */
const pollSeconds = 5;
const defaultPollSeconds = 30;
const idleRounds = 6;
const singleChanges = 8;
const eventsPerWebhook = 100;

export type WayBackResult = {
  persons: number;
  /** Salesforce calls per hour at the default poll interval while nothing happens. */
  idleCallsPerHour: number;
  hubspotCallsPer1000: number;
  salesforceCallsPer1000: number;
  seconds: number;
  tooMany: number;
  /** The same where both sides changed the same field, whose rule `newest` then asks HubSpot for its history, 50 contacts per call. */
  conflictHubspotCallsPer1000: number;
  conflictSalesforceCallsPer1000: number;
  /** From a change in Salesforce to HubSpot, over the poll interval. */
  medianOfInterval: number;
  slowestOfInterval: number;
};

/** Hands contacts over, lets sales change each person, and measures what carrying that to HubSpot costs. */
export async function measureWayBack(queue: QueueBackend, persons: number): Promise<WayBackResult> {
  const stack = await startStack({
    queue,
    hubspot: { latencyMs, rateLimitPer10s: limitPer10s },
    salesforce: { latencyMs, dailyLimit: 1_000_000 },
    env: { SALESFORCE_POLL_SECONDS: String(pollSeconds) },
  });
  try {
    stack.hubspot.addOwner(fallbackOwner);
    const service = await stack.start();
    const idleCallsPerHour = await measureIdle(stack);
    await handOver(stack, service.url, persons);
    // The poller looks at our own writes once more, which must cost nothing but its own calls.
    await sleep(3 * pollSeconds * 1_000);
    const waves = await measureWave(stack, persons);
    const conflicts = await measureConflicts(stack, persons);
    const delays = await measureDelays(stack);
    return { persons, idleCallsPerHour, ...waves, ...conflicts, ...delays };
  } finally {
    await stack.close();
  }
}

async function handOver(stack: Stack, url: string, count: number): Promise<void> {
  const people = Array.from({ length: count }, (_, number) => ({
    email: `person${number}@back.example`,
    firstname: 'Given',
    lastname: `Family ${number}`,
    company: `Company ${number % 97}`,
    jobtitle: 'Buyer',
    lifecyclestage: 'salesqualifiedlead',
  }));
  const ids = stack.hubspot.seedContacts(people);
  for (let from = 0; from < ids.length; from += eventsPerWebhook) {
    const events = ids
      .slice(from, from + eventsPerWebhook)
      .map((objectId) => ({ objectId, propertyName: 'lifecyclestage', propertyValue: 'salesqualifiedlead' }));
    await sendWebhook(url, stack.hubspot, events);
  }
  await eventually(
    'everybody is handed over',
    () => stack.hubspot.contacts().every(({ properties }) => properties.salesforce_person_id !== undefined),
    count * 20 + 60_000,
  );
}

async function measureIdle(stack: Stack): Promise<number> {
  // The first round asks for more: the session, and what the org can do.
  await sleep(2 * pollSeconds * 1_000);
  const before = stack.salesforce.countedCalls();
  await sleep(idleRounds * pollSeconds * 1_000);
  const perRound = (stack.salesforce.countedCalls() - before) / idleRounds;
  return perRound * (3_600 / defaultPollSeconds);
}

async function measureWave(stack: Stack, persons: number) {
  stack.hubspot.resetCounters();
  stack.salesforce.resetRequests();
  const startedAtMs = Date.now();
  for (const { Id } of stack.salesforce.all('Lead')) stack.salesforce.edit('Lead', Id, { Title: 'Head of Buying' });
  await eventually(
    'every change has arrived in HubSpot',
    () => stack.hubspot.contacts().every(({ properties }) => properties.jobtitle === 'Head of Buying'),
    persons * 20 + 60_000,
  );
  const { total, tooMany } = stack.hubspot.counters();
  return {
    seconds: (Date.now() - startedAtMs) / 1_000,
    hubspotCallsPer1000: (total / persons) * 1_000,
    salesforceCallsPer1000: (stack.salesforce.countedCalls() / persons) * 1_000,
    tooMany,
  };
}

/** Sales and marketing change the same field of everybody; where no history says who was later, the fallback stays. */
async function measureConflicts(stack: Stack, persons: number) {
  // What came before has settled, and Salesforce's whole seconds lie behind it.
  await sleep(3 * pollSeconds * 1_000);
  stack.hubspot.resetCounters();
  stack.salesforce.resetRequests();
  // No webhook tells of HubSpot's side before Salesforce's is read: each contact is looked at once, with both changes.
  stack.hubspot.pauseWebhooks();
  for (const { Id } of stack.salesforce.all('Lead')) stack.salesforce.edit('Lead', Id, { Title: 'Typed by sales' });
  for (const { id } of stack.hubspot.contacts()) stack.hubspot.editContact(id, { jobtitle: 'Typed by marketing' });
  const agrees = () => {
    const titles = new Map(stack.salesforce.all('Lead').map((lead) => [lead.HubSpot_Contact_Id__c, lead.Title]));
    return stack.hubspot.contacts().every(({ id, properties }) => {
      const { jobtitle } = properties;
      return jobtitle === titles.get(id);
    });
  };
  await eventually('both sides agree again', agrees, persons * 20 + 60_000);
  return {
    conflictHubspotCallsPer1000: (stack.hubspot.counters().total / persons) * 1_000,
    conflictSalesforceCallsPer1000: (stack.salesforce.countedCalls() / persons) * 1_000,
  };
}

/** Single changes at moments that have nothing to do with the poller's. */
async function measureDelays(stack: Stack) {
  const multiples: number[] = [];
  const leads = stack.salesforce.all('Lead');
  for (let number = 0; number < singleChanges; number++) {
    await sleep((pollSeconds * 1_000 * number) / singleChanges);
    const lead = leads[number];
    if (lead === undefined) break;
    const changedAtMs = Date.now();
    stack.salesforce.edit('Lead', lead.Id, { Title: `Change ${number}` });
    const contactId = String(lead.HubSpot_Contact_Id__c);
    await eventually(
      'the change has arrived',
      () => stack.hubspot.getContact(contactId)?.properties.jobtitle === `Change ${number}`,
    );
    multiples.push((Date.now() - changedAtMs) / (pollSeconds * 1_000));
  }
  multiples.sort((one, other) => one - other);
  return {
    medianOfInterval: multiples[Math.floor(multiples.length / 2)] ?? Number.NaN,
    slowestOfInterval: multiples.at(-1) ?? Number.NaN,
  };
}
