import type { Incidents } from './types.ts';

type Webhook = Incidents['webhook'];

/** Whether people who should be told of incidents are not. Pure. */
export function isInTrouble({ state }: Webhook): boolean {
  return state === 'gone' || state === 'retrying';
}

/** What keeps messages of incidents from being sent; null: nothing does. Pure. */
export function webhookText({ state, code }: Webhook): string | null {
  const because = code === null ? '' : ` (\`${code}\`)`;
  if (state === 'gone') {
    return `Nobody is told: the webhook takes no message any more${because}. Set another \`ALERT_WEBHOOK_URL\` and restart. What waits is sent then.`;
  }
  if (state === 'retrying') {
    return `The webhook does not answer at the moment${because}. Messages wait and are sent again.`;
  }
  return state === 'none' ? 'Nobody is sent a message: `ALERT_WEBHOOK_URL` is not set.' : null;
}
