import { afterEach, describe, expect, it } from 'vitest';
import { fallbackOwner } from '../support/mappings.ts';
import { queueBackends, scaled } from '../support/queue-backends.ts';
import { eventually, type Stack, startStack } from '../support/stack.ts';

const kills = 10;
const contacts = scaled(2_000);

let stack: Stack | undefined;
afterEach(async () => {
  await stack?.close();
  stack = undefined;
});

function sqlContact(number: number): Record<string, string> {
  return {
    email: `person${number}@company${number % 37}.example`,
    firstname: 'Person',
    lastname: `Number ${number}`,
    company: `Company ${number % 37}`,
    lifecyclestage: 'salesqualifiedlead',
  };
}

/** What both CRMs hold after the dust has settled: persons per contact, and whether each contact knows its person. */
function audit({ hubspot, salesforce }: Stack) {
  const persons = [...salesforce.all('Lead'), ...salesforce.all('Contact')];
  const byContact = new Map<string, number>();
  for (const person of persons) {
    const id = String(person.HubSpot_Contact_Id__c);
    byContact.set(id, (byContact.get(id) ?? 0) + 1);
  }
  const idOf = new Map(persons.map((person) => [String(person.HubSpot_Contact_Id__c), person.Id]));
  const linked = hubspot.contacts().filter(({ id, properties }) => {
    const person = idOf.get(id);
    return person !== undefined && properties.salesforce_person_id === person;
  }).length;
  return {
    persons: persons.length,
    contactsWithOne: [...byContact.values()].filter((count) => count === 1).length,
    linked,
  };
}

describe.each(queueBackends())(
  'promise 2: every contact that passes arrives exactly once (queue on $name)',
  (queue) => {
    it(`leaves ${contacts} persons after ${kills} SIGKILLs while ${contacts} contacts pass the gate, and a replay changes nothing`, async () => {
      stack = await startStack({
        queue,
        // Slow enough that each kill meets work in flight.
        hubspot: { latencyMs: 30, rateLimitPer10s: 1_000, webhookRetryDelaysMs: Array.from({ length: 60 }, () => 500) },
        salesforce: { latencyMs: 30 },
        env: { HUBSPOT_RATE_PER_10S: '1000' },
      });
      const { hubspot, salesforce } = stack;
      hubspot.addOwner(fallbackOwner);
      let service = await stack.start();
      const arrived = () => salesforce.all('Lead').length;
      let created = 0;
      for (let round = 1; round <= kills; round++) {
        for (const goal = Math.round((contacts * round) / kills); created < goal; created++)
          hubspot.createContact(sqlContact(created));
        const before = arrived();
        await eventually('some of them have arrived', () => arrived() > before);
        await service.kill();
        service = await stack.start();
      }
      await hubspot.flushWebhooks();
      await eventually('every contact is linked', () => audit(stack as Stack).linked === contacts, 300_000);
      expect(audit(stack)).toEqual({ persons: contacts, contactsWithOne: contacts, linked: contacts });

      const writesBefore = salesforce.all('Lead').map(({ Id, SystemModstamp }) => `${Id} ${SystemModstamp}`);
      hubspot.replayAllWebhooks({ shuffled: true, times: 2 });
      await hubspot.flushWebhooks();
      await eventually('nothing is pending', () => isIdle(stack as Stack, service.url), 300_000);

      expect(salesforce.all('Lead').map(({ Id, SystemModstamp }) => `${Id} ${SystemModstamp}`)).toEqual(writesBefore);
      expect(hubspot.webhookCounters()).toMatchObject({ lost: 0 });
    }, 900_000);
  },
);

async function isIdle({ env }: Stack, url: string): Promise<boolean> {
  const token = env.ADMIN_TOKENS?.split(':')[2] ?? '';
  const answer = await fetch(`${url}/api/v1/status`, { headers: { authorization: `Bearer ${token}` } });
  const { pending } = (await answer.json()) as { pending: { due: number; waiting: number; leased: number } };
  return pending.due + pending.waiting + pending.leased === 0;
}
