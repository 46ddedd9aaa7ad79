import type { AlertMessage } from '../domain/alerts/write-message.ts';
import type { AlertChannel, Delivery } from '../ports/alerts.ts';

export type WebhookOptions = {
  /** Holds a secret: nobody logs it. */
  url: string;
  /** From sending to the end of the answer; default 10 s. */
  timeoutMs?: number;
  now?(): number;
};

const defaultTimeoutMs = 10_000;
/** What a webhook may ask us to wait. */
const shortestRetryMs = 1_000;
const longestRetryMs = 3_600_000;

/**
 * Answers that no waiting mends: the webhook was removed, its channel archived, or its app may not post there any more
 * (docs.slack.dev, Sending messages using incoming webhooks, Handling errors; read 2026-11-22). A redirect is no address to post to.
 */
const goneStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308, 401, 403, 404, 405, 410]);
/** What the receiver does not take about a message itself: it may take its text alone. */
const refusedStatuses: ReadonlySet<number> = new Set([400, 413, 415, 422]);

/** A Slack-compatible incoming webhook: one POST of JSON per message. */
export function createWebhook({ url, timeoutMs = defaultTimeoutMs, now = Date.now }: WebhookOptions): AlertChannel {
  const post = async (message: Partial<AlertMessage>): Promise<{ status: number; delivery: Delivery }> => {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify(message),
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      });
      // The answer is not read, however long it is; the connection is given back.
      await response.body?.cancel();
      return { status: response.status, delivery: toDelivery(response, now()) };
    } catch (thrown) {
      return { status: 0, delivery: { outcome: 'later', code: faultOf(thrown), retryMs: null } };
    }
  };
  return {
    async send({ text, blocks }) {
      const first = await post({ text, blocks });
      // Told in plain words is better than not told.
      return refusedStatuses.has(first.status) ? (await post({ text })).delivery : first.delivery;
    },
  };
}

function toDelivery({ status, headers }: Response, nowMs: number): Delivery {
  if (status >= 200 && status < 300) return { outcome: 'told' };
  const code = `http_${status}`;
  if (goneStatuses.has(status)) return { outcome: 'gone', code };
  return { outcome: 'later', code, retryMs: readRetryAfter(headers.get('retry-after'), nowMs) };
}

/** Seconds or a date (RFC 9110), kept within an hour; null: not told, or not to be read. */
function readRetryAfter(text: string | null, nowMs: number): number | null {
  if (text === null) return null;
  const isDate = /^[A-Za-z]{3}, \d/.test(text);
  const waitMs = /^\d+$/.test(text) ? Number(text) * 1_000 : isDate ? Date.parse(text) - nowMs : Number.NaN;
  if (Number.isNaN(waitMs)) return null;
  return Math.min(longestRetryMs, Math.max(shortestRetryMs, waitMs));
}

/** Of the thrown value only what kind it is: its message may hold the address. */
function faultOf(thrown: unknown): string {
  return thrown instanceof Error && thrown.name === 'TimeoutError' ? 'timeout' : 'unreachable';
}
