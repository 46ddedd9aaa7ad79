import { createHash } from 'node:crypto';
import type { Response } from 'express';
import { z } from 'zod';
import { describeError } from '../log.ts';
import type { AccessLedger, KeptAnswer, KeyedRequest } from '../ports/ledger-access.ts';
import type { Log } from '../ports/log.ts';
import { Problem, toProblem } from './problems.ts';
import type { RouteGuards, Told } from './route.ts';

type Asked = Parameters<NonNullable<RouteGuards['once']>>[0];

type KeyLedger = Pick<AccessLedger, 'takeKey' | 'beatKey' | 'settleKey'>;

/** Whoever has not been heard of for this long is dead; whoever is at work says so more often. */
const deadMs = 60_000;
const beatMs = 20_000;
const askAgainSeconds = 2;

/** Pauses before what could not be kept is tried again. Together they are shorter than it takes to be given up for dead. */
const settlePausesMs = [500, 1_000, 2_000, 4_000, 8_000];

/** It changes nothing, and what it answers holds values of records. */
const neverKept = 'POST /plan';

/** Its words quote the expression that was asked for. Nothing was done, and asking again does nothing. */
const quotingProblem = 'bad_filter';

const problemBody = z.object({ code: z.string(), detail: z.string() });

/**
 * Does the work of a POST once per caller and `Idempotency-Key`, and tells again what was told before, problems with the request among that. Faults
 * on our side are not kept: the same request may be sent again.
 */
export function createOnce(ledger: KeyLedger, log: Log): NonNullable<RouteGuards['once']> {
  return async ({ name, actor, key, given, response }, work) => {
    if (!/^[\x20-\x7e]{1,200}$/.test(key))
      throw new Problem(400, 'bad_idempotency_key', 'An Idempotency-Key is 1 to 200 printable ASCII characters.');
    if (actor === null || name === neverKept) return await work();
    const keyed = { actor, key, requestHash: hashOf(name, given) };
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
  const beat = setInterval(() => {
    ledger.beatKey(keyed, worker).catch((thrown) => log.warn(describeError(thrown), unsettled));
  }, beatMs);
  const settle = async (kept: KeptAnswer | null) =>
    await tryFor(settlePausesMs, log, async () => await ledger.settleKey(keyed, worker, kept));
  beat.unref();
  try {
    const { status, location, body } = await work();
    await settle({ status, location, answer: withoutExpression(body) ?? null });
    return { status, location, body };
  } catch (thrown) {
    await settle(toKept(thrown));
    throw thrown;
  } finally {
    clearInterval(beat);
  }
}

const unsettled = 'an idempotency key could not be kept up to date';

/** Does one step, and again behind each pause while it fails; whoever waits does so for the first time alone. */
async function tryFor(pausesMs: readonly number[], log: Log, step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (thrown) {
    log.warn(describeError(thrown), unsettled);
    const [pauseMs, ...rest] = pausesMs;
    if (pauseMs !== undefined) setTimeout(() => void tryFor(rest, log, step), pauseMs).unref();
  }
}

function toKept(thrown: unknown): KeptAnswer | null {
  const { status, code, message: detail } = toProblem(thrown);
  return status >= 500 || code === quotingProblem ? null : { status, location: null, answer: { code, detail } };
}

/** @throws Problem where the first answer was one */
function tellAgain({ status, location, answer }: KeptAnswer, response: Response): Told {
  if (status < 400) return { status, location, body: answer ?? undefined, replayed: true };
  response.setHeader('Idempotency-Replayed', 'true');
  const { code, detail } = problemBody.parse(answer);
  throw new Problem(status, code, detail);
}

const runBody = z.looseObject({ filter: z.looseObject({ where: z.string() }) });

/** A run is answered with the expression that it was asked for by, which may hold values of records: that is not kept once more. */
function withoutExpression(body: unknown): unknown {
  const run = runBody.safeParse(body);
  if (!run.success) return body;
  const { where, ...filter } = run.data.filter;
  return { ...run.data, filter };
}

/** What was understood counts: the order of keys, defaults that were left out, a slash at the end make no other request. */
function hashOf(name: Asked['name'], given: Asked['given']): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([name, given], sortKeys))
    .digest();
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}
