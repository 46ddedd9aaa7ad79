import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { describeError } from '../log.ts';
import type { AccessLedger, KeptAnswer, KeyedRequest } from '../ports/ledger-access.ts';
import type { Log } from '../ports/log.ts';
import { Problem, toProblem } from './problems.ts';
import type { RouteGuards, Told } from './route.ts';

type KeyLedger = Pick<AccessLedger, 'takeKey' | 'beatKey' | 'settleKey'>;

/** Whoever has not been heard of for this long is dead; whoever is at work says so more often. */
const deadMs = 60_000;
const beatMs = 20_000;
const askAgainSeconds = 2;

/** It changes nothing, and what it answers holds values of records. */
const neverKept = 'POST /plan';

const problemBody = z.object({ code: z.string(), detail: z.string() });

/**
 * Does the work of a POST once per caller and `Idempotency-Key`, and tells again what was told before, problems with the request among that. Faults
 * on our side are not kept: the same request may be sent again.
 */
export function createOnce(ledger: KeyLedger, log: Log): NonNullable<RouteGuards['once']> {
  return async ({ name, actor, key, request, response }, work) => {
    if (!/^[\x20-\x7e]{1,200}$/.test(key))
      throw new Problem(400, 'bad_idempotency_key', 'An Idempotency-Key is 1 to 200 printable ASCII characters.');
    if (actor === null || name === neverKept) return await work();
    const keyed = { actor, key, requestHash: hashOf(request) };
    const found = await ledger.takeKey(keyed, deadMs);
    if (found.state === 'mine') return await workOnce(ledger, log, { keyed, worker: found.worker }, work);
    if (found.state === 'kept') return tellAgain(found.kept, response);
    if (found.state === 'other')
      throw new Problem(422, 'idempotency_key_reused', 'This Idempotency-Key was sent with another request before.');
    response.setHeader('Retry-After', String(askAgainSeconds));
    throw new Problem(409, 'in_progress', 'The same request is being worked on. Ask again in a moment.');
  };
}

async function workOnce(
  ledger: KeyLedger,
  log: Log,
  { keyed, worker }: { keyed: KeyedRequest; worker: string },
  work: () => Promise<Told>,
): Promise<Told> {
  const quietly = (step: Promise<void>) => step.catch((thrown) => log.warn(describeError(thrown), unsettled));
  const beat = setInterval(() => void quietly(ledger.beatKey(keyed, worker)), beatMs);
  beat.unref();
  try {
    const { status, location, body } = await work();
    await quietly(ledger.settleKey(keyed, worker, { status, location, answer: body ?? null }));
    return { status, location, body };
  } catch (thrown) {
    await quietly(ledger.settleKey(keyed, worker, toKept(thrown)));
    throw thrown;
  } finally {
    clearInterval(beat);
  }
}

const unsettled = 'an idempotency key could not be kept up to date';

function toKept(thrown: unknown): KeptAnswer | null {
  const { status, code, message: detail } = toProblem(thrown);
  return status >= 500 ? null : { status, location: null, answer: { code, detail } };
}

/** @throws Problem where the first answer was one */
function tellAgain({ status, location, answer }: KeptAnswer, response: Response): Told {
  if (status < 400) return { status, location, body: answer ?? undefined, replayed: true };
  response.setHeader('Idempotency-Replayed', 'true');
  const { code, detail } = problemBody.parse(answer);
  throw new Problem(status, code, detail);
}

function hashOf({ method, originalUrl, body }: Request): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([method, originalUrl, body ?? {}]))
    .digest();
}
