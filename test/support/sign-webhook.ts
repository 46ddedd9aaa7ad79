import { createHmac } from 'node:crypto';

/**
 * The two headers HubSpot puts on a webhook, signed for real (v3). `url` is signed as it stands: write it in the decoded form, as the
 * documentation's step two leaves it.
 */
export function signWebhook(message: {
  secret: string;
  url: string;
  rawBody: Buffer | string;
  timestampMs: number;
  method?: string;
}): { 'x-hubspot-signature-v3': string; 'x-hubspot-request-timestamp': string } {
  const timestamp = String(message.timestampMs);
  const signature = createHmac('sha256', message.secret)
    .update((message.method ?? 'POST') + message.url)
    .update(message.rawBody)
    .update(timestamp)
    .digest('base64');
  return { 'x-hubspot-signature-v3': signature, 'x-hubspot-request-timestamp': timestamp };
}
