import type { ChangeEvent, WebhookEvent } from './events.ts';
import { toWebhookEvent } from './events.ts';
import type { Settings } from './options.ts';
import { createShuffle } from './shuffle.ts';
import { signV3 } from './signature.ts';

/** Most events of one request, and requests in flight at a time (legacy webhooks guide). */
const MAX_EVENTS = 100;
const MAX_IN_FLIGHT = 10;
/** How many past events can be replayed. */
const MAX_JOURNAL = 500_000;

export type WebhookCounters = {
  emitted: number;
  delivered: number;
  requests: number;
  failedRequests: number;
  lost: number;
  pending: number;
};

export type Webhooks = {
  /** Queues the events of a change, if anything is subscribed to it and there is somewhere to send them. */
  push(change: ChangeEvent): void;
  /** Delivers all that is queued, also what a pause holds back; waits for retries to end. */
  flush(): Promise<void>;
  pause(): void;
  resume(): void;
  /** Queues every event there ever was once more. */
  replayAll(options?: { shuffled?: boolean; times?: number }): void;
  /** Everything emitted so far, oldest first. */
  journal: readonly WebhookEvent[];
  /** Not delivered yet. */
  pending(): WebhookEvent[];
  counters(): WebhookCounters;
  close(): void;
};

/** Posts one signed array of events; true for any 2xx in time. */
async function post(
  settings: Settings,
  uri: string,
  events: readonly WebhookEvent[],
  closing: AbortSignal,
  at: number,
): Promise<boolean> {
  const body = JSON.stringify(events);
  const timestamp = String(at);
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'HubSpot Connect 2.0 (http://dev.hubspot.com/)',
    'x-hubspot-request-timestamp': timestamp,
    'x-hubspot-signature-v3': signV3(settings.clientSecret, { method: 'POST', uri, body, timestamp }),
  };
  try {
    const signal = AbortSignal.any([closing, AbortSignal.timeout(settings.webhookTimeoutMs)]);
    const response = await fetch(uri, { method: 'POST', headers, body, signal });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    // No connection or no answer in time counts like an error status.
    return false;
  }
}

/** Events that wait for their next attempt. */
function createRetries(settings: Settings, again: (events: WebhookEvent[]) => void) {
  const waiting = new Map<NodeJS.Timeout, WebhookEvent[]>();
  return {
    events: () => [...waiting.values()].flat(),
    /** Answers how many are lost: those whose last attempt this was. */
    add(failed: readonly WebhookEvent[]): number {
      const delays = settings.webhookRetryDelaysMs;
      const kept = failed.filter((event) => event.attemptNumber < delays.length);
      if (kept.length === 0) return failed.length;
      const delayMs = Math.max(...kept.map((event) => delays[event.attemptNumber] ?? 0));
      const next = kept.map((event) => ({ ...event, attemptNumber: event.attemptNumber + 1 }));
      const timer = setTimeout(() => {
        waiting.delete(timer);
        again(next);
      }, delayMs);
      waiting.set(timer, next);
      return failed.length - kept.length;
    },
    clear(): void {
      for (const timer of waiting.keys()) clearTimeout(timer);
      waiting.clear();
    },
  };
}

/**
 * The sender of webhooks: signed arrays of up to 100 events, any 2xx in time is success, anything else is tried again until the
 * schedule ends and then lost (legacy webhooks guide). No order is kept.
 */
export function createWebhooks(settings: Settings, now: () => number): Webhooks {
  const journal: WebhookEvent[] = [];
  const shuffle = createShuffle();
  const retries = createRetries(settings, (events) => {
    queue.push(...events);
    pump();
  });
  const closing = new AbortController();
  const idleListeners: (() => void)[] = [];
  let queue: WebhookEvent[] = [];
  let paused = false;
  let flushing = 0;
  let inFlight = 0;
  let scheduled = false;
  let sequence = 0;
  const counters = { emitted: 0, delivered: 0, requests: 0, failedRequests: 0, lost: 0 };

  function schedule(): void {
    if (scheduled || closing.signal.aborted) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      pump();
    });
  }

  function pump(): void {
    const targetUrl = settings.webhookTargetUrl;
    while (targetUrl !== undefined && queue.length > 0 && inFlight < MAX_IN_FLIGHT && (!paused || flushing > 0)) {
      if (settings.webhookShuffle) shuffle(queue);
      const batch = queue.slice(0, MAX_EVENTS);
      queue = queue.slice(MAX_EVENTS);
      inFlight += 1;
      void deliver(batch, targetUrl).finally(() => {
        inFlight -= 1;
        pump();
      });
    }
    tellIdle();
  }

  function tellIdle(): void {
    const isHeld = settings.webhookTargetUrl === undefined || queue.length === 0;
    if (inFlight > 0 || retries.events().length > 0 || !isHeld) return;
    for (const listener of idleListeners.splice(0)) listener();
  }

  async function deliver(batch: WebhookEvent[], uri: string): Promise<void> {
    counters.requests += 1;
    const isTaken = await post(settings, uri, batch, closing.signal, now());
    if (isTaken) counters.delivered += batch.length;
    else counters.failedRequests += 1;
    if (!isTaken && !closing.signal.aborted) counters.lost += retries.add(batch);
  }

  return {
    journal,
    push(change) {
      const event = toWebhookEvent(change, settings, sequence);
      if (event === undefined) return;
      sequence += 1;
      counters.emitted += 1;
      journal.push(event);
      if (journal.length > MAX_JOURNAL * 1.1) journal.splice(0, journal.length - MAX_JOURNAL);
      if (settings.webhookTargetUrl === undefined) return;
      for (let copy = 0; copy <= settings.webhookDuplicates; copy += 1) queue.push(event);
      schedule();
    },
    async flush() {
      flushing += 1;
      await new Promise<void>((resolve) => {
        idleListeners.push(resolve);
        pump();
      });
      flushing -= 1;
    },
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
      schedule();
    },
    replayAll(options = {}) {
      for (let time = 0; time < (options.times ?? 1); time += 1) queue = queue.concat(journal);
      if (options.shuffled === true) shuffle(queue);
      schedule();
    },
    pending: () => [...queue, ...retries.events()],
    counters: () => ({ ...counters, pending: queue.length + retries.events().length }),
    close() {
      closing.abort();
      retries.clear();
      queue = [];
      tellIdle();
    },
  };
}
