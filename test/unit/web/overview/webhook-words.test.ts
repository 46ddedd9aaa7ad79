import { describe, expect, it } from 'vitest';
import { isInTrouble, webhookText } from '../../../../web/src/pages/overview/webhook-words.ts';

const webhook = (state: Parameters<typeof webhookText>[0]['state'], code: string | null = null) => ({
  state,
  code,
  since: null,
});

describe('what the overview says of the webhook', () => {
  it.each([
    ['ok', false, null],
    ['none', false, 'Nobody is sent a message: `ALERT_WEBHOOK_URL` is not set.'],
    ['retrying', true, 'The webhook does not answer at the moment. Messages wait and are sent again.'],
    [
      'gone',
      true,
      'Nobody is told: the webhook takes no message any more. Set another `ALERT_WEBHOOK_URL` and restart. What waits is sent then.',
    ],
  ] as const)('%s', (state, trouble, text) => {
    expect(isInTrouble(webhook(state))).toBe(trouble);
    expect(webhookText(webhook(state))).toBe(text);
  });

  it('names the code where there is one', () => {
    expect(webhookText(webhook('gone', 'webhook_404'))).toContain('any more (`webhook_404`).');
  });
});
