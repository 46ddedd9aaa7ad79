import { sendWebhook } from '../test/support/send-webhook.ts';
import { eventually, type Stack } from '../test/support/stack.ts';

/** Carries single contacts over while something else goes on or nothing does, and tells how long each took. */
export type LiveHandoffs = {
  /** From the webhook's arrival to the person stored in Salesforce, in milliseconds. */
  once(serviceUrl: string): Promise<number>;
  ids: readonly string[];
};

/** `latencyMs`: of the local Salesforce, which keeps the bodies of its requests. */
export function createLiveHandoffs({ hubspot, salesforce }: Stack, latencyMs: number): LiveHandoffs {
  const ids: string[] = [];
  return {
    ids,
    async once(serviceUrl) {
      const email = `live${ids.length}@bench.example`;
      const person = { email, firstname: 'Live', lastname: `Person ${ids.length}`, company: 'Bench' };
      const [id = ''] = hubspot.seedContacts([{ ...person, lifecyclestage: 'salesqualifiedlead' }]);
      ids.push(id);
      const sentAtMs = Date.now();
      await sendWebhook(serviceUrl, hubspot, [
        { objectId: id, propertyName: 'lifecyclestage', propertyValue: 'salesqualifiedlead' },
      ]);
      const isLinked = () => hubspot.getContact(id)?.properties.salesforce_person_id !== undefined;
      await eventually('the id went back', isLinked, 120_000);
      const isItsWrite = ({ path, body = '' }: { path: string; body?: string }) =>
        path.includes('/composite') && body.includes('/composite/sobjects/') && body.includes(email);
      const write = salesforce.requests.findLast(isItsWrite);
      return (write?.at ?? Number.NaN) + latencyMs - sentAtMs;
    },
  };
}

/** The middle of some durations, and the longest. */
export function medianOf(durations: readonly number[]): { medianMs: number; slowestMs: number } {
  const sorted = durations.toSorted((one, other) => one - other);
  return { medianMs: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN, slowestMs: sorted.at(-1) ?? Number.NaN };
}
