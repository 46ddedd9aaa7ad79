import { fallbackOwner } from '../test/support/mappings.ts';
import type { QueueBackend } from '../test/support/queue-backends.ts';
import { sendWebhook } from '../test/support/send-webhook.ts';
import { eventually, startStack } from '../test/support/stack.ts';

const latencyMs = 100;
/** One read of HubSpot, one look and one write in Salesforce. */
const neededCalls = 3;
const rounds = 21;

export type LatencyResult = { medianMs: number; slowestMs: number; multiple: number };

/** The time from a webhook's arrival to the person stored in Salesforce, for single contacts on an idle system. */
export async function measureLatency(queue: QueueBackend): Promise<LatencyResult> {
  const stack = await startStack({
    queue,
    hubspot: { latencyMs, rateLimitPer10s: 100 },
    salesforce: { latencyMs, keepBodies: true },
  });
  try {
    stack.hubspot.addOwner(fallbackOwner);
    const service = await stack.start();
    const durations: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const [id = ''] = stack.hubspot.seedContacts([
        {
          email: `idle${round}@bench.example`,
          firstname: 'Idle',
          lastname: `Person ${round}`,
          company: 'Bench',
          lifecyclestage: 'salesqualifiedlead',
        },
      ]);
      const sentAtMs = Date.now();
      await sendWebhook(service.url, stack.hubspot, [
        { objectId: id, propertyName: 'lifecyclestage', propertyValue: 'salesqualifiedlead' },
      ]);
      await eventually('the person arrived', () =>
        stack.salesforce.all('Lead').some((lead) => lead.HubSpot_Contact_Id__c === id),
      );
      const write = stack.salesforce.requests.findLast(
        ({ body = '' }) => body.includes(`idle${round}@`) && body.includes('/composite/sobjects/'),
      );
      durations.push((write?.at ?? Number.NaN) + latencyMs - sentAtMs);
      await eventually(
        'the id went back',
        () => stack.hubspot.getContact(id)?.properties.salesforce_person_id !== undefined,
      );
    }
    // The first one asks for owners, users and field lengths as well; a running service has them.
    const warm = durations.slice(1).toSorted((first, second) => first - second);
    const medianMs = warm[Math.floor(warm.length / 2)] ?? Number.NaN;
    return { medianMs, slowestMs: warm.at(-1) ?? Number.NaN, multiple: medianMs / (neededCalls * latencyMs) };
  } finally {
    await stack.close();
  }
}
