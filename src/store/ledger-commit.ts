import type pg from 'pg';
import type { RecordType } from '../ports/ledger-claim.ts';
import type { CommitResult, RecordResult } from '../ports/ledger-result.ts';
import { applyResults } from './apply-results.ts';
import { settleBirths } from './born.ts';
import { assertMayWork, type LedgerContext } from './context.ts';
import { followUp } from './follow-up.ts';
import { holdResults } from './hold-results.ts';
import { settleMerged } from './inherit-merged.ts';
import { contactType } from './kinds.ts';
import { locksOf } from './parent-locks.ts';
import { asLedger, inTransaction, isUnreachable, toLedgerError } from './pool.ts';
import { countOutcomes, lockLookRuns, settleLookRuns, withoutClosed } from './runs/look-runs.ts';
import { settle, settlePoisoned } from './settle.ts';
import { insertIntents, withPartitions } from './writes.ts';

type Work = { context: LedgerContext; of: RecordType; token: string; mappingVersion: number };
type Committed = { intentIds: ReadonlyMap<string, string>; stale: readonly string[]; poisoned: readonly string[] };

/**
 * Commits what happened: the whole batch in one transaction; should a row be refused, by halves, so that one record never undoes the
 * results of the others. Only a lost database throws. `of` says what the claim was about.
 *
 * @throws SyncError wait `mapping_changed` | retryable `ledger_unreachable`
 */
export async function commit(
  context: LedgerContext,
  token: string,
  mappingVersion: number,
  results: readonly RecordResult[],
  of: RecordType = contactType,
): Promise<CommitResult> {
  const work = { context, of, token, mappingVersion };
  const whole = { intentIds: new Map<string, string>(), stale: [] as string[], poisoned: [] as string[] };
  const queue: (readonly RecordResult[])[] = results.length === 0 ? [] : [results];
  for (let part = queue.shift(); part !== undefined; part = queue.shift()) {
    try {
      const done = await commitPart(work, part);
      for (const [contactId, intentId] of done.intentIds) whole.intentIds.set(contactId, intentId);
      whole.stale.push(...done.stale);
      whole.poisoned.push(...done.poisoned);
    } catch (thrown) {
      if (toLedgerError(thrown).kind === 'wait' || isUnreachable(thrown)) throw toLedgerError(thrown);
      const [only, ...others] = part;
      if (only !== undefined && others.length === 0) {
        await asLedger(() => inTransaction(context.pool, (client) => settlePoisoned(client, work, only, thrown)));
        whole.poisoned.push(only.contactId);
        continue;
      }
      const middle = Math.ceil(part.length / 2);
      queue.unshift(part.slice(0, middle), part.slice(middle));
    }
  }
  return whole;
}

async function commitPart(work: Work, part: readonly RecordResult[]): Promise<Committed> {
  const { pool } = work.context;
  return await withPartitions(pool, () => inTransaction(pool, (client) => commitWithin(client, work, part)));
}

async function commitWithin(client: pg.PoolClient, work: Work, part: readonly RecordResult[]): Promise<Committed> {
  const { context, of, mappingVersion } = work;
  await assertMayWork(client, context, { mappingVersion, evenPaused: true, locks: locksOf(of, part) });
  const held = await holdResults(client, work, part);
  // A create that was refused is taken off its run's count.
  const alone = part.some(({ outcomes = [] }) => outcomes.some(({ state }) => state === 'refused'));
  const runs = await lockLookRuns(client, held.values(), { alone });
  const looks = withoutClosed(held, runs);
  const ours = part.filter(({ contactId }) => held.has(contactId));
  const merges = await settleMerged(client, work, ours, looks);
  const births = await settleBirths(client, work, merges);
  const accepted = births.results;
  const stale = part.filter(({ contactId }) => !held.has(contactId)).map(({ contactId }) => contactId);
  const landed = await applyResults(
    client,
    work,
    accepted.map((result) => ({ result, runId: held.get(result.contactId)?.runId ?? null })),
  );
  await followUp(client, work, accepted, { held: looks, landed });
  const next = accepted.flatMap(({ contactId, pairId, nextIntent, runId }) =>
    nextIntent === undefined || pairId === undefined
      ? []
      : [{ contactId, pairId, runId: runId ?? held.get(contactId)?.runId ?? null, intent: nextIntent }],
  );
  const intentIds = await insertIntents(client, work, next);
  const settled = await settle(client, work, accepted, runs);
  await settleLookRuns(client, runs);
  await countOutcomes(client, work, accepted, { held, settled });
  return { intentIds, stale: [...stale, ...births.busy], poisoned: births.refused };
}
