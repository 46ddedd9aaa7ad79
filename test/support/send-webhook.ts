import { signWebhook } from './sign-webhook.ts';

type Portal = { clientSecret: string; portalId: number; appId: number };
type Event = { objectId: string; propertyName: string; propertyValue: string };

/**
 * Sends property changes as HubSpot would, signed, and expects them to be acknowledged.
 * @returns what the service answered
 */
export async function sendWebhook(
  serviceUrl: string,
  portal: Portal,
  events: readonly Event[],
): Promise<{ accepted: number; ignored: number }> {
  const now = Date.now();
  const rawBody = JSON.stringify(
    events.map((event, index) => ({
      eventId: index + 1,
      subscriptionId: 1,
      portalId: portal.portalId,
      appId: portal.appId,
      occurredAt: now,
      subscriptionType: 'contact.propertyChange',
      attemptNumber: 0,
      changeSource: 'CRM_UI',
      ...event,
      objectId: Number(event.objectId),
    })),
  );
  const url = `${serviceUrl}/webhooks/hubspot`;
  const headers = signWebhook({ secret: portal.clientSecret, url, rawBody, timestampMs: now });
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: rawBody,
  });
  if (answer.status !== 200) throw new Error(`the webhook was answered ${answer.status}`);
  return (await answer.json()) as { accepted: number; ignored: number };
}
