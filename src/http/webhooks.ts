import express, { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import type { HubSpotEvent } from '../domain/event.ts';
import { describeError } from '../log.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from './metrics.ts';
import { Problem } from './problems.ts';

const largestBody = 1024 * 1024;

type SignedRequest = {
  method: string;
  /** Path and query as they came in. */
  path: string;
  body: Buffer;
  signature: string | undefined;
  timestamp: string | undefined;
};

export type WebhookDependencies = {
  /** Constant time, over the raw bytes. @returns the fault's code, or null when the signature holds */
  checkSignature(request: SignedRequest): string | null;
  /** Null for events that are malformed or about something we do not know. */
  parseEvent(event: unknown): HubSpotEvent | null;
  /** Marks what the events speak of. @throws SyncError when the ledger cannot take it */
  acceptEvents(events: readonly (HubSpotEvent | null)[]): Promise<{ accepted: number; ignored: number }>;
  /** Wakes the workers; never throws, never waits. */
  wake(): void;
  metrics: Metrics;
  log: Log;
};

/**
 * `POST /webhooks/hubspot`: checks the signature over the raw bytes, marks, answers, wakes. Nothing is parsed before the signature holds,
 * and nothing is answered 2xx before the ledger has it.
 */
export function createWebhookRouter(dependencies: WebhookDependencies): Router {
  const router = Router();
  // Any content type or none: the default type check leaves the body undefined when the header is absent.
  const raw = express.raw({ type: () => true, limit: largestBody, inflate: false });
  router.post('/webhooks/hubspot', raw, acceptWebhook(dependencies));
  return router;
}

function acceptWebhook({
  checkSignature,
  parseEvent,
  acceptEvents,
  wake,
  metrics,
  log,
}: WebhookDependencies): RequestHandler {
  return async (request, response) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const fault = checkSignature({
      method: request.method,
      path: request.originalUrl,
      body,
      signature: request.get('x-hubspot-signature-v3'),
      timestamp: request.get('x-hubspot-request-timestamp'),
    });
    if (fault !== null) {
      metrics.webhooks.inc({ outcome: 'unauthorized' });
      log.warn(
        { code: fault },
        'webhook refused: its signature does not hold; compare PUBLIC_URL and HUBSPOT_CLIENT_SECRET with the HubSpot app',
      );
      throw new Problem(
        401,
        'bad_signature',
        'The signature does not hold. Check HUBSPOT_CLIENT_SECRET and PUBLIC_URL.',
      );
    }
    const events = parseBody(body);
    const counts = events.length === 0 ? { accepted: 0, ignored: 0 } : await store(events.map(parseEvent));
    metrics.events.inc({ outcome: 'accepted' }, counts.accepted);
    metrics.events.inc({ outcome: 'ignored' }, counts.ignored);
    metrics.webhooks.inc({ outcome: 'stored' });
    response.json(counts);
    if (counts.accepted > 0) wake();
  };

  async function store(events: readonly (HubSpotEvent | null)[]) {
    try {
      return await acceptEvents(events);
    } catch (error) {
      metrics.webhooks.inc({ outcome: 'unavailable' });
      log.error(describeError(error), 'webhook not stored, HubSpot will send it again');
      throw new Problem(503, 'ledger_unavailable', 'The events could not be stored. Send them again.');
    }
  }
}

/** What every event of HubSpot has, whatever its type and version. */
const anyEvent = z.union([
  z.looseObject({ subscriptionType: z.string().min(1) }),
  z.looseObject({ eventType: z.string().min(1) }),
]);

/** @throws Problem 400 for what is not JSON, not an array, or an array in which nothing is an event */
function parseBody(body: Buffer): readonly unknown[] {
  const events = parseJson(body);
  if (!Array.isArray(events)) throw new Problem(400, 'not_an_array', 'The body must be a JSON array of events.');
  if (events.length > 0 && !events.some((event) => anyEvent.safeParse(event).success)) {
    throw new Problem(400, 'no_events', 'Nothing in the array is an event.');
  }
  return events;
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new Problem(400, 'not_json', 'The body is not JSON.');
  }
}
