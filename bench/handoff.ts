import { fallbackOwner } from '../test/support/mappings.ts';
import type { QueueBackend } from '../test/support/queue-backends.ts';
import { sendWebhook } from '../test/support/send-webhook.ts';
import { eventually, startStack } from '../test/support/stack.ts';
import { postmasterPid, treeCpuSeconds, usageOf } from './process-usage.ts';

const latencyMs = 100;
const limitPer10s = 100;
const windowMs = 10_000;
const eventsPerWebhook = 100;

export type HandoffResult = {
  contacts: number;
  seconds: number;
  hubspotCallsPer1000: number;
  salesforceCallsPer1000: number;
  tooMany: number;
  /** Most HubSpot calls in any ten seconds. */
  maxIn10s: number;
  /** Calls made over calls allowed, the first window left out. */
  shareOfLimit: number;
  serviceCpuSeconds: number;
  databaseCpuSeconds: number;
  peakMegabytes: number;
};

/** Lets so many contacts pass the gate at once and measures what that costs. */
export async function measureHandoff(queue: QueueBackend, contacts: number): Promise<HandoffResult> {
  const stack = await startStack({
    queue,
    hubspot: { latencyMs, rateLimitPer10s: limitPer10s },
    salesforce: { latencyMs, dailyLimit: 1_000_000 },
  });
  try {
    stack.hubspot.addOwner(fallbackOwner);
    const service = await stack.start();
    const ids = stack.hubspot.seedContacts(people(contacts));
    stack.hubspot.resetCounters();
    stack.salesforce.resetRequests();
    const databasePid = postmasterPid(stack.dataDir);
    const [cpuBefore, databaseBefore] = [usageOf(service.pid).cpuSeconds, treeCpuSeconds(databasePid)];
    const startedAtMs = Date.now();
    for (let from = 0; from < ids.length; from += eventsPerWebhook) {
      const events = ids
        .slice(from, from + eventsPerWebhook)
        .map((objectId) => ({ objectId, propertyName: 'lifecyclestage', propertyValue: 'salesqualifiedlead' }));
      await sendWebhook(service.url, stack.hubspot, events);
    }
    const linked = () =>
      stack.hubspot.contacts().every(({ properties }) => properties.salesforce_person_id !== undefined);
    await eventually(
      'every contact is linked',
      () => stack.salesforce.all('Lead').length >= contacts && linked(),
      contacts * 20 + 60_000,
    );
    const endedAtMs = Date.now();

    const { total, tooMany, maxIn10s } = stack.hubspot.counters();
    const { cpuSeconds, peakMegabytes } = usageOf(service.pid);
    return {
      contacts,
      seconds: (endedAtMs - startedAtMs) / 1000,
      hubspotCallsPer1000: (total / contacts) * 1000,
      salesforceCallsPer1000: (stack.salesforce.countedCalls() / contacts) * 1000,
      tooMany,
      maxIn10s,
      shareOfLimit: shareOfLimit(stack.hubspot.requests.map(({ at }) => at)),
      serviceCpuSeconds: cpuSeconds - cpuBefore,
      databaseCpuSeconds: treeCpuSeconds(databasePid) - databaseBefore,
      peakMegabytes,
    };
  } finally {
    await stack.close();
  }
}

/** Calls per allowed call between the end of the first window and the last call. */
function shareOfLimit(times: readonly number[]): number {
  const [first, last] = [times[0] ?? 0, times.at(-1) ?? 0];
  const counted = times.filter((at) => at >= first + windowMs);
  return counted.length / ((limitPer10s / windowMs) * (last - first - windowMs));
}

function* people(count: number): Generator<Record<string, string>> {
  for (let number = 0; number < count; number++) {
    yield {
      email: `person${number}@company${number % 997}.example`,
      firstname: `First${number}`,
      lastname: `Last${number}`,
      company: `Company ${number % 997}`,
      jobtitle: 'Buyer',
      phone: `+49 30 ${100_000 + number}`,
      city: 'Berlin',
      country: 'Germany',
      zip: '10115',
      lifecyclestage: 'salesqualifiedlead',
    };
  }
}
